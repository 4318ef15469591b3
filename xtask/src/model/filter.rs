//! Which cells: one filter serves the cells of profiles, the rules of impossible.toml and the
//! options of commands.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, anyhow, bail};
use globset::{Glob, GlobMatcher};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use super::cell::{Cell, base_of};
use super::distinct;
use super::units::Size;

/// Lets the cells pass that every key lets pass; a key that names nothing lets all pass.
///
/// What is said of an engine is said of its versions and builds too: `wasmtime` matches `wasmtime@46`.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// Only these engines (names or globs; repeatable)
    #[arg(long = "engine", value_name = "ENGINE")]
    #[serde(alias = "engine", deserialize_with = "names")]
    pub engines: Vec<Pattern>,
    /// Only these modes, as MODE or ENGINE:MODE (names or globs; repeatable)
    #[arg(long = "mode", value_name = "MODE")]
    #[serde(alias = "mode", deserialize_with = "names")]
    pub modes: Vec<Pattern>,
    /// Only these workloads (names or globs; repeatable)
    #[arg(long = "workload", value_name = "WORKLOAD")]
    #[serde(alias = "workload", deserialize_with = "names")]
    pub workloads: Vec<Pattern>,
    /// Only these sizes, such as 1MB or '>= 1MB' (repeatable)
    #[arg(long = "size", value_name = "SIZE", value_parser = Pattern::of_sizes)]
    #[serde(alias = "size", deserialize_with = "sizes")]
    pub sizes: Vec<Pattern>,
    /// Only these distributions (names or globs; repeatable)
    #[arg(long = "distribution", value_name = "DISTRIBUTION")]
    #[serde(alias = "distribution", deserialize_with = "names")]
    pub distributions: Vec<Pattern>,
}

/// A key's name, its patterns, and the names of a cell of which one must match.
type Key = (
    &'static str,
    fn(&Filter) -> &[Pattern],
    fn(&Cell) -> Vec<String>,
);

const KEYS: [Key; 5] = [
    (
        "workload",
        |it| &it.workloads,
        |cell| vec![cell.workload.clone()],
    ),
    ("size", |it| &it.sizes, |cell| vec![cell.size.to_string()]),
    (
        "distribution",
        |it| &it.distributions,
        |cell| vec![cell.distribution.to_string()],
    ),
    (
        "engine",
        |it| &it.engines,
        |cell| vec![cell.engine.clone(), base_of(&cell.engine).to_owned()],
    ),
    (
        "mode",
        |it| &it.modes,
        |cell| {
            let (own, base) = (cell.engine_mode(), cell.base_engine_mode());
            vec![cell.mode.clone(), own.to_string(), base.to_string()]
        },
    ),
];

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Does the cell pass?
    pub fn matches(&self, cell: &Cell) -> bool {
        KEYS.iter().all(|key| self.passes(key, cell))
    }

    fn passes(&self, (_, patterns, names): &Key, cell: &Cell) -> bool {
        let patterns = patterns(self);
        if patterns.is_empty() {
            return true;
        }
        let names = names(cell);
        let matches = |pattern: &Pattern| names.iter().any(|name| pattern.matches(name));
        patterns.iter().any(matches)
    }

    /// The cells that pass. `place` says where the key with this name was written.
    ///
    /// # Errors
    /// When a pattern matches none of the cells that the keys before it let pass; the message
    /// lists the names that would.
    pub fn select(
        &self,
        mut cells: Vec<Cell>,
        place: impl Fn(&str) -> String,
    ) -> anyhow::Result<Vec<Cell>> {
        for key in &KEYS {
            self.check_key(key, &cells).with_context(|| place(key.0))?;
            cells.retain(|cell| self.passes(key, cell));
        }
        Ok(cells)
    }

    /// Does every pattern match one of the cells at least?
    ///
    /// # Errors
    /// When one does not, as in [`Filter::select`].
    pub fn check(&self, cells: &[Cell], place: impl Fn(&str) -> String) -> anyhow::Result<()> {
        KEYS.iter()
            .try_for_each(|key| self.check_key(key, cells).with_context(|| place(key.0)))
    }

    fn check_key(&self, (_, patterns, names): &Key, cells: &[Cell]) -> anyhow::Result<()> {
        if patterns(self).is_empty() {
            return Ok(());
        }
        let names = distinct(cells.iter().flat_map(names));
        let unmatched = |pattern: &&Pattern| !names.iter().any(|name| pattern.matches(name));
        match patterns(self).iter().find(unmatched) {
            Some(pattern) => bail!(
                "\"{pattern}\" matches nothing, expected one of {}",
                list(&names)
            ),
            None => Ok(()),
        }
    }
}

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

    pub fn matches(&self, name: &str) -> bool {
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

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
enum OneOrMany {
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

fn names<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Pattern>, D::Error> {
    one_or_many(source, Pattern::from_str)
}

fn sizes<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Pattern>, D::Error> {
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

    fn filter(text: &str) -> Filter {
        toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
    }

    /// `workload/size/distribution/engine:mode`
    fn cell(name: &str) -> Cell {
        let parts: Vec<&str> = name.split(['/', ':']).collect();
        Cell {
            workload: parts[0].to_owned(),
            size: parts[1].parse().unwrap(),
            distribution: parts[2].parse().unwrap(),
            engine: parts[3].to_owned(),
            mode: parts[4].to_owned(),
        }
    }

    fn matches(text: &str, name: &str) -> bool {
        filter(text).matches(&cell(name))
    }

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

    #[test]
    fn every_key_must_let_a_cell_pass_and_one_pattern_of_each() {
        let text = "workload = 'bubble'\nsize = '>= 1MB'";
        assert!(matches(text, "bubble/1MB/random/a:jit"));
        assert!(!matches(text, "bubble/1KB/random/a:jit"));
        assert!(!matches(text, "merge/1MB/random/a:jit"));
        let text = "distributions = ['sorted', 'ran*']\nengines = 'b'";
        assert!(matches(text, "merge/1KB/random/b:jit"));
        assert!(!matches(text, "merge/1KB/random/a:jit"));
        assert!(matches("", "merge/1KB/random/b:jit") && filter("").is_empty());
    }

    #[test]
    fn modes_are_named_alone_or_with_their_engine() {
        assert!(matches("mode = 'jit'", "merge/1KB/random/b:jit"));
        assert!(matches("mode = 'a:jit'", "merge/1KB/random/a:jit"));
        assert!(!matches("mode = 'a:jit'", "merge/1KB/random/b:jit"));
        assert!(matches("mode = ['a:*']", "merge/1KB/random/a:aot"));
    }

    #[test]
    fn a_version_of_an_engine_is_that_engine_too() {
        let version = "merge/1KB/random/a@46:jit";
        for text in [
            "engine = 'a'",
            "engine = 'a@46'",
            "mode = 'a:jit'",
            "mode = 'a@*:*'",
        ] {
            assert!(matches(text, version), "{text}");
        }
        assert!(!matches("engine = 'a@46'", "merge/1KB/random/a:jit"));
    }

    #[test]
    fn what_matches_nothing_is_told_with_the_names_that_would() {
        let cells = vec![
            cell("merge/1KB/random/a:jit"),
            cell("copy/1MB/random/b:aot"),
        ];
        let select = |text: &str| {
            let error = filter(text).select(cells.clone(), |key| format!("key \"{key}\""));
            format!("{:#}", error.unwrap_err())
        };
        assert_eq!(
            select("workload = 'copy'\nmode = ['aot', 'a:jit']"),
            "key \"mode\": \"a:jit\" matches nothing, expected one of \"aot\", \"b:aot\""
        );
        assert!(
            filter("workload = 'copy'\nmode = 'a:jit'")
                .check(&cells, str::to_owned)
                .is_ok()
        );
        let error = toml::from_str::<Filter>("engine = 1")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("expected a string or a list of strings"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn patterns_survive_printing(text in "((>=|<=|>|<|=) ?)?[1-9][0-9]{0,3}(B|KB|MB)|1\\?KB") {
            let pattern = Pattern::of_sizes(&text).unwrap();
            prop_assert_eq!(&Pattern::of_sizes(&pattern.to_string()).unwrap(), &pattern);
        }
    }
}
