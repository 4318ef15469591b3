//! Names in filters, profiles and rules: exact, or globs such as `wasm*`.

use std::fmt;

use anyhow::Context;
use globset::{Glob, GlobMatcher};

use crate::model::Size;

/// An exact name or a glob.
#[derive(Clone, Debug)]
pub struct Pattern(GlobMatcher);

impl Pattern {
    /// # Errors
    /// When the text is a malformed glob.
    pub fn parse(text: &str) -> anyhow::Result<Pattern> {
        let glob =
            Glob::new(text).with_context(|| format!("\"{text}\" is neither a name nor a glob"))?;
        Ok(Pattern(glob.compile_matcher()))
    }

    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.glob().glob())
    }
}

/// Does any pattern match? No patterns at all match everything.
pub fn matches_any(patterns: &[Pattern], name: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(name))
}

type Comparison = fn(&u64, &u64) -> bool;

/// A condition on a size: `1MB`, `>= 10MB`, `< 1KB`.
#[derive(Clone, Copy, Debug)]
pub struct SizeTest {
    compare: Comparison,
    size: Size,
}

const COMPARISONS: [(&str, Comparison); 5] = [
    (">=", u64::ge),
    ("<=", u64::le),
    (">", u64::gt),
    ("<", u64::lt),
    ("=", u64::eq),
];

impl SizeTest {
    /// # Errors
    /// When what follows the comparison is no size.
    pub fn parse(text: &str) -> anyhow::Result<SizeTest> {
        let (compare, rest) = COMPARISONS
            .into_iter()
            .find_map(|(sign, compare)| Some((compare, text.strip_prefix(sign)?)))
            .unwrap_or((u64::eq, text));
        Ok(SizeTest {
            compare,
            size: rest.trim().parse()?,
        })
    }

    pub fn matches(&self, size: Size) -> bool {
        (self.compare)(&size.bytes, &self.size.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_globs() {
        let pattern = |text| Pattern::parse(text).unwrap();
        assert!(pattern("jit").matches("jit") && !pattern("jit").matches("jit-cached"));
        assert!(pattern("jit*").matches("jit-cached"));
        assert!(pattern("wasmtime:*").matches("wasmtime:aot"));
        assert!(pattern("{a,b}").matches("b"));
        assert!(Pattern::parse("[").is_err());
        assert!(matches_any(&[], "anything"));
    }

    #[test]
    fn size_tests() {
        let matches = |test, size: &str| {
            SizeTest::parse(test)
                .unwrap()
                .matches(size.parse().unwrap())
        };
        assert!(
            matches(">= 10MB", "10MB") && matches(">=10MB", "100MB") && !matches(">= 10MB", "1MB")
        );
        assert!(matches("1KB", "1KB") && !matches("1KB", "1MB") && matches("= 1KB", "1KB"));
        assert!(matches("< 1MB", "1KB") && matches("<= 1MB", "1MB") && matches("> 1MB", "10MB"));
        assert!(SizeTest::parse(">= 10XB").is_err());
        assert!(SizeTest::parse("!= 10MB").is_err());
    }
}
