//! Rules of `impossible.toml`: combinations that make no sense, each with its reason.

use anyhow::{Context, bail};
use serde::Deserialize;

use super::pattern::{Pattern, SizeTest, matches_any};
use super::profile::{Names, patterns};
use super::workload::distinct;
use crate::model::{Cell, base_of};

/// Excludes the cells that satisfy all its conditions; a condition that is not named always holds.
#[derive(Clone, Debug)]
pub struct Rule {
    workloads: Vec<Pattern>,
    sizes: Vec<SizeTest>,
    distributions: Vec<Pattern>,
    engines: Vec<Pattern>,
    /// Patterns over the mode alone, or over `engine:mode` when they hold a colon.
    modes: Vec<Pattern>,
    pub reason: String,
}

impl Rule {
    /// Does the rule exclude this cell?
    pub fn excludes(&self, cell: &Cell) -> bool {
        matches_any(&self.workloads, &cell.workload)
            && (self.sizes.is_empty() || self.sizes.iter().any(|test| test.matches(cell.size)))
            && matches_any(&self.distributions, cell.distribution.name())
            && (matches_any(&self.engines, &cell.engine)
                || matches_any(&self.engines, base_of(&cell.engine)))
            && (matches_any(&self.modes, &cell.mode)
                || [cell.engine_mode(), cell.base_engine_mode()]
                    .iter()
                    .any(|mode| matches_any(&self.modes, &mode.to_string())))
    }
}

/// `impossible.toml` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WireRules {
    #[serde(default)]
    impossible: Vec<WireRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRule {
    #[serde(default)]
    workload: OneOrMany,
    #[serde(default)]
    size: OneOrMany,
    #[serde(default)]
    distribution: OneOrMany,
    #[serde(default)]
    engine: OneOrMany,
    #[serde(default)]
    mode: OneOrMany,
    reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> OneOrMany {
        OneOrMany::Many(Vec::new())
    }
}

impl OneOrMany {
    fn into_vec(self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

impl WireRules {
    /// # Errors
    /// When a rule has no condition or no reason, or names something that does not exist.
    pub fn check(self, names: &Names) -> anyhow::Result<Vec<Rule>> {
        self.impossible
            .into_iter()
            .enumerate()
            .map(|(i, rule)| rule.check(names).with_context(|| format!("rule {}", i + 1)))
            .collect()
    }
}

impl WireRule {
    fn check(self, names: &Names) -> anyhow::Result<Rule> {
        let engines: Vec<String> = names
            .modes
            .iter()
            .filter_map(|mode| Some(mode.split_once(':')?.0.to_owned()))
            .collect();
        let mut modes = names.modes.clone();
        modes.extend(
            names
                .modes
                .iter()
                .filter_map(|mode| Some(mode.split_once(':')?.1.to_owned())),
        );
        let sizes = self.size.into_vec();
        let rule = Rule {
            workloads: patterns(&self.workload.into_vec(), &names.workloads)
                .context("key \"workload\"")?,
            sizes: sizes
                .iter()
                .map(|text| SizeTest::parse(text))
                .collect::<anyhow::Result<_>>()
                .context("key \"size\"")?,
            distributions: patterns(&self.distribution.into_vec(), &names.distributions)
                .context("key \"distribution\"")?,
            engines: patterns(&self.engine.into_vec(), &distinct(engines))
                .context("key \"engine\"")?,
            modes: patterns(&self.mode.into_vec(), &distinct(modes)).context("key \"mode\"")?,
            reason: self.reason,
        };
        if rule.reason.trim().is_empty() {
            bail!("key \"reason\" is empty: say why the combination makes no sense");
        }
        let conditions = [
            &rule.workloads,
            &rule.distributions,
            &rule.engines,
            &rule.modes,
        ];
        if rule.sizes.is_empty() && conditions.iter().all(|patterns| patterns.is_empty()) {
            bail!(
                "it has no condition and would exclude everything; name a workload, size, distribution, engine or mode"
            );
        }
        Ok(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> anyhow::Result<Rule> {
        let names = Names {
            workloads: vec!["merge".to_owned(), "bubble".to_owned()],
            sizes: vec!["1KB".parse().unwrap(), "1MB".parse().unwrap()],
            distributions: vec!["random".to_owned(), "sorted".to_owned()],
            modes: vec!["a:jit".to_owned(), "a:aot".to_owned(), "b:jit".to_owned()],
        };
        let text = format!("[[impossible]]\n{text}");
        let mut rules = toml::from_str::<WireRules>(&text)?.check(&names)?;
        Ok(rules.remove(0))
    }

    /// Does the rule exclude `workload/size/distribution/engine/mode`?
    fn excludes(text: &str, cell: &str) -> bool {
        let parts: Vec<&str> = cell.split('/').collect();
        let cell = Cell {
            workload: parts[0].to_owned(),
            size: parts[1].parse().unwrap(),
            distribution: parts[2].parse().unwrap(),
            engine: parts[3].to_owned(),
            mode: parts[4].to_owned(),
        };
        let rule = rule(&format!("{text}\nreason = 'r'")).unwrap();
        rule.excludes(&cell)
    }

    #[test]
    fn all_conditions_must_hold_and_one_of_each_list() {
        let text = "workload = 'bubble'\nsize = '>= 1MB'";
        assert!(excludes(text, "bubble/1MB/random/a/jit"));
        assert!(!excludes(text, "bubble/1KB/random/a/jit"));
        assert!(!excludes(text, "merge/1MB/random/a/jit"));
        let text = "distribution = ['sorted', 'ran*']\nengine = 'b'";
        assert!(excludes(text, "merge/1KB/random/b/jit"));
        assert!(!excludes(text, "merge/1KB/random/a/jit"));
        let text = "size = ['1KB', '> 1KB']";
        assert!(
            excludes(text, "merge/1KB/random/b/jit") && excludes(text, "merge/1MB/random/b/jit")
        );
    }

    #[test]
    fn modes_are_named_alone_or_with_their_engine() {
        assert!(excludes("mode = 'jit'", "merge/1KB/random/a/jit"));
        assert!(excludes("mode = 'jit'", "merge/1KB/random/b/jit"));
        assert!(excludes("mode = 'a:jit'", "merge/1KB/random/a/jit"));
        assert!(!excludes("mode = 'a:jit'", "merge/1KB/random/b/jit"));
        assert!(excludes("mode = ['a:*']", "merge/1KB/random/a/aot"));
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| format!("{:#}", rule(text).unwrap_err());
        assert!(error("reason = 'r'").contains("would exclude everything"));
        assert!(error("engine = 'a'\nreason = ''").contains("key \"reason\" is empty"));
        assert!(error("engine = 'a'").contains("missing field `reason`"));
        assert!(
            error("engine = 1\nreason = 'r'").contains("expected a string or a list of strings")
        );
        assert_eq!(
            error("mode = 'wasi'\nreason = 'r'"),
            "rule 1: key \"mode\": \"wasi\" matches nothing, expected one of \"a:jit\", \"a:aot\", \"b:jit\", \"jit\", \"aot\""
        );
    }
}
