//! Profiles: named parts of the matrix, with how often and how long to measure.

use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::pattern::{Pattern, matches_any};
use super::template::check_name;
use crate::model::{Size, parse_duration};

/// A named part of the matrix.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    pub description: String,
    /// Samples of each cell.
    pub runs: u32,
    /// Samples of each ahead-of-time compilation.
    pub compile_runs: u32,
    /// Limit of one process.
    pub timeout: Duration,
    /// The profile holds a cell when one of these does.
    pub blocks: Vec<Block>,
}

/// Cells by patterns; an empty list stands for everything.
#[derive(Clone, Debug)]
pub struct Block {
    pub workloads: Vec<Pattern>,
    pub sizes: Vec<Size>,
    pub distributions: Vec<Pattern>,
    /// Patterns over `engine:mode`.
    pub modes: Vec<Pattern>,
}

impl Block {
    /// Does the block hold this cell? `mode` is written `engine:mode`.
    pub fn holds(&self, workload: &str, size: Size, distribution: &str, mode: &str) -> bool {
        matches_any(&self.workloads, workload)
            && (self.sizes.is_empty() || self.sizes.contains(&size))
            && matches_any(&self.distributions, distribution)
            && matches_any(&self.modes, mode)
    }
}

/// The keys of a profile as they are written in `matrix.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WireProfile {
    pub name: String,
    description: String,
    runs: u32,
    compile_runs: u32,
    timeout: String,
    #[serde(default)]
    cells: Vec<WireBlock>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WireBlock {
    workloads: Vec<String>,
    sizes: Vec<Size>,
    distributions: Vec<String>,
    modes: Vec<String>,
}

/// The names that patterns are checked against.
pub struct Names {
    pub workloads: Vec<String>,
    pub sizes: Vec<Size>,
    pub distributions: Vec<String>,
    /// `engine:mode`.
    pub modes: Vec<String>,
}

impl WireProfile {
    /// # Errors
    /// When the profile is empty, or a number, duration or pattern makes no sense.
    pub fn check(self, names: &Names) -> anyhow::Result<Profile> {
        check_name(&self.name)?;
        if self.cells.is_empty() {
            bail!(
                "it is empty: add [[profile.cells]] with workloads, sizes, distributions or modes"
            );
        }
        for (key, runs) in [("runs", self.runs), ("compile-runs", self.compile_runs)] {
            if runs == 0 {
                bail!("key \"{key}\" is 0, must be at least 1");
            }
        }
        let blocks = self.cells.into_iter().enumerate().map(|(i, block)| {
            block
                .check(names)
                .with_context(|| format!("[[profile.cells]] number {}", i + 1))
        });
        Ok(Profile {
            name: self.name,
            description: self.description,
            runs: self.runs,
            compile_runs: self.compile_runs,
            timeout: parse_duration(&self.timeout).context("key \"timeout\"")?,
            blocks: blocks.collect::<anyhow::Result<_>>()?,
        })
    }
}

impl WireBlock {
    fn check(self, names: &Names) -> anyhow::Result<Block> {
        if let Some(size) = self.sizes.iter().find(|size| !names.sizes.contains(size)) {
            bail!(
                "key \"sizes\": \"{size}\" is not in [inputs]; add it there, or use one of {}",
                super::workload::list(&names.sizes)
            );
        }
        Ok(Block {
            workloads: patterns(&self.workloads, &names.workloads).context("key \"workloads\"")?,
            sizes: self.sizes,
            distributions: patterns(&self.distributions, &names.distributions)
                .context("key \"distributions\"")?,
            modes: patterns(&self.modes, &names.modes).context("key \"modes\"")?,
        })
    }
}

/// Parses patterns of which each must match one of the names.
///
/// # Errors
/// When a pattern is malformed or matches nothing; the message lists the names.
pub fn patterns(texts: &[String], names: &[String]) -> anyhow::Result<Vec<Pattern>> {
    texts
        .iter()
        .map(|text| {
            let pattern = Pattern::parse(text)?;
            if !names.iter().any(|name| pattern.matches(name)) {
                bail!(
                    "\"{text}\" matches nothing, expected one of {}",
                    super::workload::list(names)
                );
            }
            Ok(pattern)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::config;

    #[test]
    fn a_block_holds_what_it_names_and_all_of_what_it_does_not() {
        let config = config();
        let size = |text: &str| text.parse().unwrap();
        let small = &config.profile("small").unwrap().blocks;
        assert!(small[0].holds("merge", size("1KB"), "random", "vm:aot"));
        assert!(!small[0].holds("bubble", size("1KB"), "random", "vm:aot"));
        assert!(!small[0].holds("merge", size("10KB"), "random", "vm:aot"));
        assert!(!small[0].holds("merge", size("1KB"), "sorted", "vm:aot"));
        assert!(!small[0].holds("merge", size("1KB"), "random", "native:release"));
        assert!(small[1].holds("bubble", size("10KB"), "sorted", "native:release"));
        let full = &config.profile("full").unwrap().blocks[0];
        assert!(full.holds("bubble", size("1MB"), "sorted", "vm:jit"));
    }

    #[test]
    fn patterns_must_all_match_something() {
        let names = ["wasmtime:jit", "wasmer:jit"].map(str::to_owned);
        let patterns = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            super::patterns(&texts, &names).map(|patterns| patterns.len())
        };
        assert_eq!(patterns(&["wasm*", "wasmer:jit"]).unwrap(), 2);
        assert_eq!(
            patterns(&["wasm*", "node:*"]).unwrap_err().to_string(),
            "\"node:*\" matches nothing, expected one of \"wasmtime:jit\", \"wasmer:jit\""
        );
        assert!(patterns(&["["]).is_err());
    }
}
