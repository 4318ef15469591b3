//! Engines: the programs that run guests.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::{Context, bail};
use regex_lite::Regex;
use serde::Deserialize;

use super::mode::Mode;
use super::template::{Template, Values};
use super::tool::{self, Install, Lookup, Tool};
use super::unique;

/// A program that runs guests.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "EngineKeys")]
pub struct Engine {
    pub tool: Tool,
    pub modes: Vec<Mode>,
    /// The words that give a guest one variable; `{env}` in a run command stands for all of them.
    pub guest_env: Option<Template>,
    /// How other versions are installed that somebody may ask for: `wasmtime@46`.
    pub versions: BTreeMap<String, Install>,
}

impl Engine {
    pub fn name(&self) -> &str {
        &self.tool.name
    }

    /// Is the engine a process of its own? Native guests are not run by any.
    pub fn starts(&self) -> bool {
        let commands = self.modes.iter().flat_map(|mode| &mode.commands);
        commands
            .into_iter()
            .any(|commands| commands.run.uses("bin"))
    }

    /// The words that give a guest these variables.
    ///
    /// # Errors
    /// When the engine has no such words; a bug.
    pub fn env_words(&self, env: &BTreeMap<String, String>) -> anyhow::Result<Vec<OsString>> {
        let way = self.guest_env.as_ref().context("no key \"guest-env\"")?;
        let mut words = Vec::new();
        for (name, value) in env {
            let values = Values::from([("name", vec![name.into()]), ("value", vec![value.into()])]);
            words.extend(way.expand(&values)?);
        }
        Ok(words)
    }
}

/// An engine as it is written: its modes beside the keys that every tool has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EngineKeys {
    #[serde(deserialize_with = "tool::name")]
    name: String,
    program: Option<String>,
    #[serde(
        default = "tool::default_command",
        deserialize_with = "tool::version_command"
    )]
    version_command: Template,
    #[serde(
        default = "tool::default_pattern",
        deserialize_with = "tool::version_pattern"
    )]
    version_pattern: Regex,
    #[serde(default)]
    install: Install,
    guest_env: Option<Template>,
    #[serde(default)]
    versions: BTreeMap<String, Install>,
    #[serde(default, rename = "mode")]
    modes: Vec<Mode>,
}

impl TryFrom<EngineKeys> for Engine {
    type Error = String;

    fn try_from(keys: EngineKeys) -> Result<Engine, String> {
        let mut engine = Engine {
            tool: Tool {
                name: keys.name,
                program: keys.program,
                version_command: keys.version_command,
                version_pattern: keys.version_pattern,
                install: keys.install,
                lookup: Lookup::default(),
                toolchain: false,
            },
            modes: keys.modes,
            guest_env: keys.guest_env,
            versions: keys.versions,
        };
        engine.tool.toolchain = !engine.starts();
        engine.check().map_err(|error| format!("{error:#}"))?;
        Ok(engine)
    }
}

impl Engine {
    fn check(&self) -> anyhow::Result<()> {
        if self.modes.is_empty() {
            bail!("it has no mode: add [[engine.mode]]");
        }
        let names: Vec<&String> = self.modes.iter().map(|mode| &mode.name).collect();
        unique(&names)
            .context("two modes with one name, or make one an [[engine.mode.otherwise]]")?;
        if self.modes.iter().filter(|mode| mode.shipped).count() != 1 {
            bail!(
                "exactly one of its modes must have \"shipped = true\": the one that a user gets without options"
            );
        }
        if let Some(words) = &self.guest_env {
            let needed = ["name", "value"];
            words.check(&needed, &needed).context("key \"guest-env\"")?;
        }
        let uses_env = |mode: &&Mode| mode.commands.iter().any(|it| it.run.uses("env"));
        match self.modes.iter().find(uses_env) {
            Some(mode) if self.guest_env.is_none() => bail!(
                "mode \"{}\" uses \"{{env}}\", so the engine needs the key \"guest-env\", such as \"--env {{name}}={{value}}\"",
                mode.name
            ),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(text: &str) -> anyhow::Result<Engine> {
        crate::config::read::read(text)
    }

    fn error(text: &str) -> String {
        format!("{:#}", engine(text).unwrap_err())
    }

    #[test]
    fn modes_are_unique_and_one_is_shipped() {
        let mode = "[[mode]]\nname = 'm'\ntier = 'baseline'\nrun = '{wasm} {args}'\n";
        assert!(error(&format!("name = 'e'\n{mode}")).contains("shipped = true"));
        assert!(error(&format!("name = 'e'\n{mode}{mode}")).contains("\"m\" is there twice"));
        assert!(error("name = 'e'").contains("no mode"));
    }
}
