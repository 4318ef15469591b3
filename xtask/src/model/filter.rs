//! Which cells: one filter serves the cells of profiles, the rules of impossible.toml and the
//! options of commands.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::cell::{Cell, base_of};
use super::distinct;
use super::pattern::{self, Pattern, list, sizes};

/// Lets the cells pass that every key lets pass; a key that names nothing lets all pass.
///
/// What is said of an engine is said of its versions and builds too: `wasmtime` matches `wasmtime@46`.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// Only these engines (names or globs; repeatable)
    #[arg(long = "engine", value_name = "ENGINE")]
    #[serde(alias = "engine", deserialize_with = "pattern::names")]
    pub engines: Vec<Pattern>,
    /// Only these modes, as MODE or ENGINE:MODE (names or globs; repeatable)
    #[arg(long = "mode", value_name = "MODE")]
    #[serde(alias = "mode", deserialize_with = "pattern::names")]
    pub modes: Vec<Pattern>,
    /// Only these workloads (names or globs; repeatable)
    #[arg(long = "workload", value_name = "WORKLOAD")]
    #[serde(alias = "workload", deserialize_with = "pattern::names")]
    pub workloads: Vec<Pattern>,
    /// Only these sizes, such as 1MB or '>= 1MB' (repeatable)
    #[arg(long = "size", value_name = "SIZE", value_parser = Pattern::of_sizes)]
    #[serde(alias = "size", deserialize_with = "sizes")]
    pub sizes: Vec<Pattern>,
    /// Only these distributions (names or globs; repeatable)
    #[arg(long = "distribution", value_name = "DISTRIBUTION")]
    #[serde(alias = "distribution", deserialize_with = "pattern::names")]
    pub distributions: Vec<Pattern>,
}

/// The names of the cell of which one must match, for a key of [`Filter::keys`].
fn names_of(cell: &Cell, key: &str) -> Vec<String> {
    match key {
        "workload" => vec![cell.workload.clone()],
        "size" => vec![cell.size.to_string()],
        "distribution" => vec![cell.distribution.to_string()],
        "engine" => vec![cell.engine.clone(), base_of(&cell.engine).to_owned()],
        _ => {
            let (engine, mode) = (&cell.engine, &cell.mode);
            let of_base = format!("{}:{mode}", base_of(engine));
            vec![mode.clone(), format!("{engine}:{mode}"), of_base]
        }
    }
}

fn names(cells: &[Cell], key: &str) -> Vec<String> {
    distinct(cells.iter().flat_map(|cell| names_of(cell, key)))
}

/// The names that some cells have, for each key: made once, checked against many filters.
pub struct Names([Vec<String>; 5]);

impl Names {
    pub fn of(cells: &[Cell]) -> Names {
        Names(Filter::default().keys().map(|(key, _)| names(cells, key)))
    }
}

impl Filter {
    /// Each key with its patterns.
    fn keys(&self) -> [(&'static str, &[Pattern]); 5] {
        [
            ("workload", &self.workloads),
            ("size", &self.sizes),
            ("distribution", &self.distributions),
            ("engine", &self.engines),
            ("mode", &self.modes),
        ]
    }

    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// Does the cell pass?
    pub fn matches(&self, cell: &Cell) -> bool {
        let mut keys = self.keys().into_iter();
        keys.all(|(key, patterns)| passes(patterns, cell, key))
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
        for (key, patterns) in self.keys() {
            check(patterns, &names(&cells, key)).with_context(|| place(key))?;
            cells.retain(|cell| passes(patterns, cell, key));
        }
        Ok(cells)
    }

    /// Does every pattern match one of the names at least?
    ///
    /// # Errors
    /// When one does not, as in [`Filter::select`].
    pub fn check(&self, names: &Names, place: impl Fn(&str) -> String) -> anyhow::Result<()> {
        for ((key, patterns), names) in self.keys().into_iter().zip(&names.0) {
            check(patterns, names).with_context(|| place(key))?;
        }
        Ok(())
    }
}

fn passes(patterns: &[Pattern], cell: &Cell, key: &str) -> bool {
    let passes = |names: Vec<String>| patterns.iter().any(|pattern| pattern.matches_one(&names));
    patterns.is_empty() || passes(names_of(cell, key))
}

fn check(patterns: &[Pattern], names: &[String]) -> anyhow::Result<()> {
    match patterns.iter().find(|pattern| !pattern.matches_one(names)) {
        Some(pattern) => bail!(
            "\"{pattern}\" matches nothing, expected one of {}",
            list(names)
        ),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(text: &str) -> Filter {
        toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
    }

    /// `workload/size/distribution/engine:mode`
    fn cell(name: &str) -> Cell {
        let parts: Vec<&str> = name.split(['/', ':']).collect();
        Cell {
            workload: parts[0].to_owned(),
            size: parts[1].parse().unwrap(),
            distribution: serde_json::from_value(parts[2].into()).unwrap(),
            engine: parts[3].to_owned(),
            mode: parts[4].to_owned(),
        }
    }

    fn matches(text: &str, name: &str) -> bool {
        filter(text).matches(&cell(name))
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
                .check(&Names::of(&cells), str::to_owned)
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
}
