//! What the user wrote in `matrix.toml` and `impossible.toml`, checked once.

mod engine;
mod guest;
mod own;
mod pattern;
mod profile;
mod rule;
mod template;
mod tool;
mod version;
mod workload;

use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::data::Distribution;
use crate::model::{Cell, Size};

pub use engine::{Commands, Engine, Mode, Tier};
pub use guest::{EnvWay, GuestKind};
pub use own::{Content, Own, Stdin, Verify};
pub use pattern::{Pattern, matches_any};
pub use profile::{Block, Profile, patterns};
pub use rule::Rule;
pub use template::{Template, Values};
pub use tool::{CargoInstall, DebianInstall, Install, Lookup, NpmInstall, Tool, WheelInstall};
pub use version::with_absolute_path;
pub use workload::{Complexity, ExpectedOutput, Workload, distinct, list};

/// Both files, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Seed of the inputs.
    pub data_seed: u64,
    pub sizes: Vec<Size>,
    pub distributions: Vec<Distribution>,
    pub default_profile: String,
    pub hyperfine: Tool,
    pub workloads: Vec<Workload>,
    pub engines: Vec<Engine>,
    pub profiles: Vec<Profile>,
    /// The rules of `impossible.toml`, in its order.
    pub rules: Vec<Rule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WireMatrix {
    default_profile: String,
    inputs: WireInputs,
    hyperfine: tool::WireTool,
    #[serde(default)]
    workload: Vec<workload::WireWorkload>,
    #[serde(default)]
    engine: Vec<engine::WireEngine>,
    #[serde(default)]
    profile: Vec<profile::WireProfile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireInputs {
    seed: u64,
    sizes: Vec<Size>,
    distributions: Vec<Distribution>,
}

impl Config {
    /// Reads and checks both files.
    ///
    /// # Errors
    /// With the file, the table and the key that is wrong, and what is expected there.
    pub fn load(matrix: &Path, impossible: &Path) -> anyhow::Result<Config> {
        let read = |path: &Path| {
            std::fs::read_to_string(path)
                .with_context(|| format!("cannot read \"{}\"", path.display()))
        };
        Config::parse(&read(matrix)?, &read(impossible)?)
    }

    /// Checks the text of both files.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(matrix: &str, impossible: &str) -> anyhow::Result<Config> {
        let mut config = parse_toml::<WireMatrix>(matrix)
            .and_then(WireMatrix::check)
            .context("matrix.toml")?;
        config.rules = parse_toml::<rule::WireRules>(impossible)
            .and_then(|rules| rules.check(&config.names()))
            .context("impossible.toml")?;
        Ok(config)
    }

    /// The profile with this name.
    ///
    /// # Errors
    /// When there is none; the message lists those that exist.
    pub fn profile(&self, name: &str) -> anyhow::Result<&Profile> {
        let names: Vec<_> = self
            .profiles
            .iter()
            .map(|profile| profile.name.as_str())
            .collect();
        self.profiles
            .iter()
            .find(|profile| profile.name == name)
            .with_context(|| {
                format!(
                    "unknown profile \"{name}\", expected one of {}",
                    list(&names)
                )
            })
    }

    /// The engine with this name, if there is one.
    pub fn engine(&self, name: &str) -> Option<&Engine> {
        self.engines.iter().find(|engine| engine.name() == name)
    }

    /// A mode of an engine, if there is one.
    pub fn mode(&self, engine: &str, mode: &str) -> Option<&Mode> {
        let modes = &self.engine(engine)?.modes;
        modes.iter().find(|other| other.name == mode)
    }

    /// The workload with this name, if there is one.
    pub fn workload(&self, name: &str) -> Option<&Workload> {
        self.workloads.iter().find(|workload| workload.name == name)
    }

    /// The mode of a cell, if there is one.
    pub fn mode_of(&self, cell: &Cell) -> Option<&Mode> {
        self.mode(&cell.engine, &cell.mode)
    }

    /// What a cell is made of.
    ///
    /// # Errors
    /// When the matrix has no such workload or mode.
    pub fn parts_of(&self, cell: &Cell) -> anyhow::Result<(&Workload, &Engine, &Mode)> {
        let parts = || {
            let engine = self.engine(&cell.engine)?;
            let mode = engine.modes.iter().find(|mode| mode.name == cell.mode)?;
            Some((self.workload(&cell.workload)?, engine, mode))
        };
        parts().with_context(|| format!("matrix.toml no longer has the cell \"{cell}\""))
    }

    /// What differs in workloads that both have; empty if nothing does.
    pub fn differences_of_workloads(&self, now: &Config) -> Vec<String> {
        let both = self
            .workloads
            .iter()
            .filter_map(|then| Some((then, now.workload(&then.name)?)));
        both.filter_map(|(then, now)| {
            let name = &then.name;
            if then.complexity != now.complexity || then.output != now.output {
                return Some(format!(
                    "workload \"{name}\": was complexity \"{}\" and output {:?}, is \"{}\" and {:?}",
                    then.complexity, then.output, now.complexity, now.output
                ));
            }
            (then.own != now.own).then(|| {
                format!("workload \"{name}\": its program, args, stdin, env or files are not those in the run's matrix.toml")
            })
        })
        .collect()
    }

    fn names(&self) -> profile::Names {
        let modes = self.engines.iter().flat_map(|engine| {
            engine
                .modes
                .iter()
                .map(|mode| format!("{}:{}", engine.name(), mode.name))
        });
        profile::Names {
            workloads: self
                .workloads
                .iter()
                .map(|workload| workload.name.clone())
                .collect(),
            sizes: self.sizes.clone(),
            distributions: self.distributions.iter().map(ToString::to_string).collect(),
            modes: modes.collect(),
        }
    }
}

impl WireMatrix {
    fn check(self) -> anyhow::Result<Config> {
        workload::unique(&self.inputs.sizes).context("[inputs]: key \"sizes\"")?;
        workload::unique(&self.inputs.distributions).context("[inputs]: key \"distributions\"")?;
        let (sizes, distributions) = (self.inputs.sizes, self.inputs.distributions);
        let workloads = named(
            self.workload,
            "workload",
            |w| w.name.clone(),
            |w| w.check(&sizes, &distributions),
        )?;
        let engines = named(
            self.engine,
            "engine",
            |e| e.name.clone(),
            engine::WireEngine::check,
        )?;
        let mut config = Config {
            data_seed: self.inputs.seed,
            sizes,
            distributions,
            default_profile: self.default_profile,
            hyperfine: self.hyperfine.check().context("[hyperfine]")?,
            workloads,
            engines,
            profiles: Vec::new(),
            rules: Vec::new(),
        };
        let names = config.names();
        config.profiles = named(
            self.profile,
            "profile",
            |p| p.name.clone(),
            |p| p.check(&names),
        )?;
        config
            .profile(&config.default_profile)
            .context("key \"default-profile\"")?;
        Ok(config)
    }
}

/// Checks the tables of one kind, whose names must differ.
fn named<W, T>(
    tables: Vec<W>,
    kind: &str,
    name_of: impl Fn(&W) -> String,
    check: impl Fn(W) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<T>> {
    if tables.is_empty() {
        bail!("there is no [[{kind}]]");
    }
    let names: Vec<_> = tables.iter().map(&name_of).collect();
    if let Err(error) = workload::unique(&names) {
        bail!("two [[{kind}]] tables with one name: {error}");
    }
    tables
        .into_iter()
        .zip(names)
        .map(|(table, name)| check(table).with_context(|| format!("{kind} \"{name}\"")))
        .collect()
}

fn parse_toml<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    // The error of the parser shows the line, the column and the text itself.
    toml::from_str(text).map_err(|error| anyhow::anyhow!("{}", error.to_string().trim_end()))
}

#[cfg(test)]
pub(crate) mod tests;
