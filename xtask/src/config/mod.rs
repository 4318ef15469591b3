//! What the user wrote in `matrix.toml` and `impossible.toml`, checked once.

mod engine;
mod install;
mod mode;
mod profile;
mod read;
mod template;
mod version;
mod workload;

use std::fmt;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde::de::Deserializer;

use crate::data::{Distribution, Spec};
use crate::model::{self, Cell, Names, Size};

pub use crate::model::{distinct, list};
pub use engine::{Engine, Lookup};
pub use install::{CargoInstall, DebianInstall, Install, NpmInstall, WheelInstall};
pub use mode::{Commands, Mode, Tier};
pub use profile::{Profile, Rule};
pub use template::{Template, Values};
pub use version::with_absolute_path;
pub use workload::{Complexity, Output, Verify, Workload};

/// Both files, checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    pub default_profile: String,
    pub inputs: Inputs,
    pub hyperfine: Engine,
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
    #[serde(deserialize_with = "unique_list")]
    pub sizes: Vec<Size>,
    #[serde(deserialize_with = "unique_list")]
    pub distributions: Vec<Distribution>,
}

impl Inputs {
    /// What to generate for this size and distribution.
    pub fn spec(&self, size: Size, distribution: Distribution) -> Spec {
        Spec {
            size_bytes: size.bytes,
            size_label: size.to_string(),
            distribution,
            seed: self.seed,
        }
    }
}

/// `impossible.toml` as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Rules {
    impossible: Vec<toml::Table>,
}

impl Config {
    /// Reads and checks both files.
    ///
    /// # Errors
    /// With the file, the table and the key that is wrong, and what is expected there.
    pub fn load(matrix: &Path, impossible: &Path) -> anyhow::Result<Config> {
        let read = fs_err::read_to_string::<&Path>;
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
        for (i, table) in rules.impossible.into_iter().enumerate() {
            let place = || format!("impossible.toml: [[impossible]] number {}", i + 1);
            let rule = Rule::read(table, &names).with_context(place)?;
            config.rules.push(rule);
        }
        Ok(config)
    }

    /// Checks what spans keys and tables.
    fn check(&mut self) -> anyhow::Result<()> {
        for (kind, names) in [
            ("workload", named(&self.workloads, |it| &it.name)),
            ("engine", named(&self.engines, |it| &it.name)),
            ("profile", named(&self.profiles, |it| &it.name)),
        ] {
            ensure!(!names.is_empty(), "there is no [[{kind}]]");
            unique(names).with_context(|| format!("two [[{kind}]] tables with one name"))?;
        }
        self.hyperfine.check_stopwatch().context("[hyperfine]")?;
        for engine in &self.engines {
            let place = || format!("engine \"{}\"", engine.name);
            engine.check().with_context(place)?;
        }
        for workload in &mut self.workloads {
            let checked = workload.check(&self.inputs);
            checked.with_context(|| format!("workload \"{}\"", workload.name))?;
        }
        let names = Names::of(&self.cells());
        for profile in &self.profiles {
            let place = || format!("profile \"{}\"", profile.name);
            profile.check(&names).with_context(place)?;
        }
        let default = self.profile(&self.default_profile);
        default.context("key \"default-profile\"")?;
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
                            engine: engine.name.clone(),
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
        let mut profiles = self.profiles.iter();
        profiles.find(|it| it.name == name).with_context(|| {
            let known = list(&named(&self.profiles, |it| &it.name));
            format!("unknown profile \"{name}\", expected one of {known}")
        })
    }

    /// The engine with this name, if there is one.
    pub fn engine(&self, name: &str) -> Option<&Engine> {
        self.engines.iter().find(|engine| engine.name == name)
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

    /// What a cell is made of.
    ///
    /// # Errors
    /// When the matrix has no such workload or mode.
    pub fn parts_of(&self, cell: &Cell) -> anyhow::Result<(&Workload, &Engine, &Mode)> {
        let parts = || {
            let workload = self.workload(&cell.workload)?;
            let engine = self.engine(&cell.engine)?;
            Some((workload, engine, self.mode(&cell.engine, &cell.mode)?))
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

fn named<T>(tables: &[T], name: fn(&T) -> &String) -> Vec<&String> {
    tables.iter().map(name).collect()
}

/// # Errors
/// When there is none, or one twice.
fn unique<T: PartialEq + fmt::Display>(
    items: impl IntoIterator<Item = T>,
) -> anyhow::Result<Vec<T>> {
    let mut seen = Vec::new();
    for item in items {
        ensure!(
            !seen.contains(&item),
            "\"{item}\" is there twice; remove one"
        );
        seen.push(item);
    }
    ensure!(!seen.is_empty(), "the list is empty");
    Ok(seen)
}

/// For serde: a list that is not empty and names nothing twice.
fn unique_list<'de, D, T>(source: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + PartialEq + fmt::Display,
{
    unique(Vec::deserialize(source)?).map_err(read::one_line)
}

#[cfg(test)]
pub(crate) mod tests;
