//! Named parts of the matrix, and combinations that make no sense.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde::de::Deserializer;

use super::read::{name, read_table, text};
use crate::model::{Cell, Cpus, Filter, Names, Precision, parse_duration};

/// A named part of the matrix, with how often and how long to measure.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    #[serde(deserialize_with = "name")]
    pub name: String,
    pub description: String,
    /// Samples of each cell, at least.
    pub runs: NonZeroU32,
    /// How sharp ratios are to be, such as `"3%"`; with a budget alone, as sharp as usual.
    #[serde(default, deserialize_with = "parsed")]
    pub precision: Option<Precision>,
    /// Time for all samples, as far as what must be measured leaves a choice.
    #[serde(default, deserialize_with = "budget")]
    pub budget: Option<Duration>,
    /// Samples of each ahead-of-time compilation.
    pub compile_runs: NonZeroU32,
    /// The processors that all is measured on, such as `"0"`; without it, all that there are.
    #[serde(default, deserialize_with = "parsed")]
    pub pin: Option<Cpus>,
    /// Limit of one process.
    #[serde(deserialize_with = "duration")]
    pub timeout: Duration,
    /// The profile holds a cell that passes one of these.
    #[serde(default)]
    pub cells: Vec<Filter>,
}

impl Profile {
    /// # Errors
    /// When the profile is empty, or a filter matches none of the cells.
    pub fn check(&self, names: &Names) -> anyhow::Result<()> {
        ensure!(
            !self.cells.is_empty(),
            "it is empty: add [[profile.cells]] with workloads, sizes, distributions or modes"
        );
        for (i, filter) in self.cells.iter().enumerate() {
            let key = |key: &str| format!("[[profile.cells]] number {}: key \"{key}s\"", i + 1);
            filter.check(names, key)?;
        }
        Ok(())
    }
}

/// A rule of `impossible.toml`: excludes the cells that pass its filter.
#[derive(Clone, Debug)]
pub struct Rule {
    filter: Filter,
    pub reason: String,
}

impl Rule {
    /// A table of the file, checked against the names that the cells of the matrix have.
    ///
    /// # Errors
    /// With the key that must be mended.
    pub fn read(mut table: toml::Table, names: &Names) -> anyhow::Result<Rule> {
        let reason = table.remove("reason").context("missing field `reason`")?;
        let reason: String = reason.try_into().context("key \"reason\"")?;
        let filter: Filter = read_table(table)?;
        ensure!(
            !reason.trim().is_empty(),
            "key \"reason\" is empty: say why the combination makes no sense"
        );
        ensure!(
            !filter.is_empty(),
            "it has no condition and would exclude everything; name a workload, size, distribution, engine or mode"
        );
        filter.check(names, |key| format!("key \"{key}\""))?;
        Ok(Rule { filter, reason })
    }

    /// Does the rule exclude this cell?
    pub fn excludes(&self, cell: &Cell) -> bool {
        self.filter.matches(cell)
    }
}

fn duration<'de, D: Deserializer<'de>>(source: D) -> Result<Duration, D::Error> {
    text(source, parse_duration)
}

fn budget<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Duration>, D::Error> {
    duration(source).map(Some)
}

fn parsed<'de, D, T>(source: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = anyhow::Error>,
{
    text(source, str::parse).map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::tests::config;
    use super::*;

    #[test]
    fn a_profile_holds_what_its_filters_name_and_all_of_what_they_do_not() {
        let config = config();
        let names = |profile: &str, at: usize| -> Vec<String> {
            let filter = &config.profile(profile).unwrap().cells[at];
            let cells = config.cells().into_iter();
            let kept = cells.filter(|cell| filter.matches(cell));
            kept.map(|cell| cell.to_string()).collect()
        };
        assert_eq!(
            names("small", 0),
            ["merge/1KB/random/vm:jit", "merge/1KB/random/vm:aot"]
        );
        assert_eq!(names("small", 1), ["bubble/10KB/random/native:release"]);
        assert_eq!(names("full", 0).len(), config.cells().len());
    }

    #[test]
    fn mistakes_in_rules_are_named() {
        let error = |text: &str| {
            let names = Names::of(&config().cells());
            format!(
                "{:#}",
                Rule::read(text.parse().unwrap(), &names).unwrap_err()
            )
        };
        assert!(error("reason = 'r'").contains("would exclude everything"));
        assert!(error("engine = 'vm'\nreason = ' '").contains("key \"reason\" is empty"));
        assert!(error("engine = 'vm'").contains("missing field `reason`"));
        assert!(error("engin = 'vm'\nreason = 'r'").contains("unknown field `engin`"));
        assert!(
            error("engine = 1\nreason = 'r'")
                .contains("key \"engine\": expected a string or a list of strings")
        );
        assert_eq!(
            error("mode = 'wasi'\nreason = 'r'"),
            "key \"mode\": \"wasi\" matches nothing, expected one of \"release\", \"native:release\", \"jit\", \"vm:jit\", \"aot\", \"vm:aot\""
        );
    }
}
