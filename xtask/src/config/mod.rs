//! What the user wrote in `matrix.toml` and `impossible.toml`, checked once.

mod custom;
mod engine;
mod mode;
mod profile;
mod read;
mod template;
mod tool;
mod version;
mod workload;

use std::fmt;
use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::data::Distribution;
use crate::model;
use crate::model::Cell;
use crate::model::Names;
use crate::model::Size;

pub use crate::model::{distinct, list};
pub use custom::{Content, Custom, Stdin, Verify};
pub use engine::Engine;
pub use mode::{Commands, EnvWay, GuestKind, Mode, Tier};
pub use profile::{Profile, Rule};
pub use template::{Template, Values};
pub use tool::{CargoInstall, DebianInstall, Install, Lookup, NpmInstall, Tool, WheelInstall};
pub use version::with_absolute_path;
pub use workload::{Complexity, ExpectedOutput, Workload};

/// Both files, checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    pub default_profile: String,
    pub inputs: Inputs,
    pub hyperfine: Tool,
    #[serde(rename = "workload", default)]
    pub workloads: Vec<Workload>,
    #[serde(rename = "engine", default)]
    pub engines: Vec<Engine>,
    #[serde(rename = "profile", default)]
    pub profiles: Vec<Profile>,
    /// The rules of `impossible.toml`, in its order.
    #[serde(skip)]
    pub rules: Vec<Rule>,
}

/// The generated inputs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    pub seed: u64,
    pub sizes: Vec<Size>,
    pub distributions: Vec<Distribution>,
}

/// `impossible.toml` as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rules {
    impossible: Vec<Rule>,
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
        let mut config: Config = read::read(matrix).context("matrix.toml")?;
        config.check().context("matrix.toml")?;
        let rules: Rules = read::read(impossible).context("impossible.toml")?;
        let names = Names::of(&config.cells());
        for (i, rule) in rules.impossible.iter().enumerate() {
            let place = || format!("impossible.toml: [[impossible]] number {}", i + 1);
            rule.check(&names).with_context(place)?;
        }
        config.rules = rules.impossible;
        Ok(config)
    }

    /// Checks what spans tables.
    fn check(&mut self) -> anyhow::Result<()> {
        unique(&self.inputs.sizes).context("[inputs]: key \"sizes\"")?;
        unique(&self.inputs.distributions).context("[inputs]: key \"distributions\"")?;
        let workloads = self.workloads.iter().map(|it| it.name.as_str()).collect();
        let engines = self.engines.iter().map(Engine::name).collect();
        let profiles = self.profiles.iter().map(|it| it.name.as_str()).collect();
        let kinds: [(&str, Vec<&str>); 3] = [
            ("workload", workloads),
            ("engine", engines),
            ("profile", profiles),
        ];
        for (kind, names) in kinds {
            if names.is_empty() {
                bail!("there is no [[{kind}]]");
            }
            unique(&names).with_context(|| format!("two [[{kind}]] tables with one name"))?;
        }
        for workload in &mut self.workloads {
            let checked = workload.take_inputs(&self.inputs);
            checked.with_context(|| format!("workload \"{}\"", workload.name))?;
        }
        let names = Names::of(&self.cells());
        for profile in &self.profiles {
            let checked = profile.check(&names);
            checked.with_context(|| format!("profile \"{}\"", profile.name))?;
        }
        self.profile(&self.default_profile)
            .context("key \"default-profile\"")?;
        Ok(())
    }

    /// Every combination, in the order of the matrix.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for workload in &self.workloads {
            for &size in &workload.sizes {
                for &distribution in &workload.distributions {
                    for engine in &self.engines {
                        cells.extend(engine.modes.iter().map(|mode| Cell {
                            workload: workload.name.clone(),
                            size,
                            distribution,
                            engine: engine.name().to_owned(),
                            mode: mode.name.clone(),
                        }));
                    }
                }
            }
        }
        cells
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
    ///
    /// # Errors
    /// When they cannot be compared; a bug.
    pub fn differences_of_workloads(&self, now: &Config) -> anyhow::Result<Vec<String>> {
        let mut lines = Vec::new();
        for then in &self.workloads {
            if let Some(now) = now.workload(&then.name) {
                let differences = model::differences(then, now)?.into_iter();
                lines.extend(differences.map(|it| format!("workload \"{}\": {it}", then.name)));
            }
        }
        Ok(lines)
    }
}

/// # Errors
/// When the list is empty or names something twice.
fn unique<T: PartialEq + fmt::Display>(items: &[T]) -> anyhow::Result<()> {
    if items.is_empty() {
        bail!("the list is empty");
    }
    for (i, item) in items.iter().enumerate() {
        if items[..i].contains(item) {
            bail!("\"{item}\" is there twice; remove one");
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
