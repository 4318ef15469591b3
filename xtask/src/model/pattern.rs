//! What filters hold: names, globs, and comparisons of sizes.

use std::fmt;
use std::str::FromStr;

use anyhow::anyhow;
use globset::{Glob, GlobMatcher};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use super::units::Size;

/// A name or a glob such as `wasm*`; of sizes also a comparison such as `>= 1MB`.
#[derive(Clone, Debug, Serialize)]
#[serde(into = "String")]
pub enum Pattern {
    Name(GlobMatcher),
    Size(&'static str, Size),
}

impl Pattern {
    /// # Errors
    /// When the text is no size, no comparison with one, and no glob.
    pub fn of_sizes(text: &str) -> anyhow::Result<Pattern> {
        let operators = [">=", "<=", ">", "<", "="];
        match operators.into_iter().find(|it| text.starts_with(it)) {
            Some(operator) => {
                let size = text[operator.len()..].trim().parse()?;
                Ok(Pattern::Size(operator, size))
            }
            None if text.contains(GLOB) => text.parse(),
            None => Ok(Pattern::Size("=", text.parse()?)),
        }
    }

    pub fn matches_one(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.matches(name))
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Pattern::Name(glob) => glob.is_match(name),
            Pattern::Size(operator, size) => {
                name.parse().is_ok_and(|other: Size| match *operator {
                    ">=" => other >= *size,
                    "<=" => other <= *size,
                    ">" => other > *size,
                    "<" => other < *size,
                    _ => other == *size,
                })
            }
        }
    }
}

/// What a glob holds and a name does not.
pub const GLOB: [char; 4] = ['*', '?', '[', '{'];

impl FromStr for Pattern {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Pattern> {
        match Glob::new(text) {
            Ok(glob) => Ok(Pattern::Name(glob.compile_matcher())),
            Err(error) => Err(anyhow!("\"{text}\" is neither a name nor a glob: {error}")),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Name(glob) => write!(f, "{}", glob.glob()),
            Pattern::Size("=", size) => write!(f, "{size}"),
            Pattern::Size(operator, size) => write!(f, "{operator} {size}"),
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.to_string() == other.to_string()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.to_string()
    }
}

/// What may be written as one string or a list of them.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn one_or_many<'de, D: Deserializer<'de>>(
    source: D,
    parse: fn(&str) -> anyhow::Result<Pattern>,
) -> Result<Vec<Pattern>, D::Error> {
    let texts = match OneOrMany::deserialize(source)? {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(texts) => texts,
    };
    let patterns = texts
        .iter()
        .map(|text| parse(text).map_err(D::Error::custom));
    patterns.collect()
}

/// For serde: one name or glob, or a list of them.
pub fn names<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Pattern>, D::Error> {
    one_or_many(source, Pattern::from_str)
}

/// For serde: as [`names`], of sizes.
pub fn sizes<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Pattern>, D::Error> {
    one_or_many(source, Pattern::of_sizes)
}

/// Names for an error message: `"a", "b"`.
pub fn list<T: fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_and_globs() {
        let matches = |text: &str, name| text.parse::<Pattern>().unwrap().matches(name);
        assert!(matches("jit", "jit") && !matches("jit", "jit-cached"));
        assert!(matches("jit*", "jit-cached") && matches("{a,b}", "b"));
        assert!(matches("wasmtime:*", "wasmtime:aot"));
        assert!("[".parse::<Pattern>().is_err());
    }

    #[test]
    fn sizes_are_compared_not_their_spelling() {
        let matches = |text: &str, size| Pattern::of_sizes(text).unwrap().matches(size);
        assert!(matches(">= 10MB", "10MB") && matches(">=10MB", "100MB"));
        assert!(!matches(">= 10MB", "1MB") && !matches("1KB", "1MB"));
        assert!(matches("1000KB", "1MB") && matches("= 1KB", "1KB") && matches("1?KB", "10KB"));
        assert!(matches("< 1MB", "1KB") && matches("<= 1MB", "1MB") && matches("> 1MB", "10MB"));
        for text in [">= 10XB", "!= 10MB", "10XB"] {
            assert!(Pattern::of_sizes(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn patterns_survive_printing(text in "((>=|<=|>|<|=) ?)?[1-9][0-9]{0,3}(B|KB|MB)|1\\?KB") {
            let pattern = Pattern::of_sizes(&text).unwrap();
            prop_assert_eq!(&Pattern::of_sizes(&pattern.to_string()).unwrap(), &pattern);
        }
    }
}
