//! What the user asked for on the command line: the same options for every command.

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::config::{Config, with_absolute_path};
use crate::model::Filter;

/// Which part of the matrix.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
pub struct Selection {
    /// Part of the matrix to use [default: the default-profile of matrix.toml]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub filter: Filter,
}

/// What the user set instead of the profile's values.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
pub struct Overrides {
    /// Samples of each cell [default: the profile's]
    #[arg(long, value_name = "N")]
    pub runs: Option<u32>,
    /// Go on until ratios are as sharp as this, such as 3% [default: the profile's; not with --runs]
    #[arg(long, value_name = "P")]
    pub precision: Option<String>,
    /// Stop going on after this time, such as 10m [default: the profile's; not with --runs]
    #[arg(long, value_name = "T")]
    pub budget: Option<String>,
    /// Limit of one process, such as 30s or 10m [default: the profile's]
    #[arg(long, value_name = "T")]
    pub timeout: Option<String>,
    /// Measure on these processors only, such as 0 or 0,2-3 [default: the profile's, or all]
    #[arg(long, value_name = "CPUS")]
    pub pin: Option<String>,
    /// Only part I of N of the cells; engines of one workload and input stay together
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Also measure this build of an engine, as ENGINE@bin, or as ENGINE@NAME (repeatable)
    #[arg(long = "bin", value_name = "ENGINE=PATH", value_parser = with_absolute_path)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<String>,
}

impl Overrides {
    /// Adds to the matrix what the user asked for beside it: builds, and versions of engines.
    ///
    /// # Errors
    /// When there is no such engine, version or program.
    pub fn extend(&self, config: &mut Config, selection: &Selection) -> anyhow::Result<()> {
        for build in &self.builds {
            config.add_build(build).context("option --bin")?;
        }
        let Filter { engines, modes, .. } = &selection.filter;
        for (option, patterns) in [("--engine", engines), ("--mode", modes)] {
            for pattern in patterns.iter().map(ToString::to_string) {
                let engine = pattern.split(':').next().unwrap_or(&pattern);
                let added = config.add_version(engine);
                added.with_context(|| format!("option {option}"))?;
            }
        }
        Ok(())
    }
}
