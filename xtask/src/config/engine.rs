//! Engines: the programs that run guests, and hyperfine, which runs none.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use regex_lite::Regex;
use serde::Deserialize;
use serde::de::Deserializer;

use super::install::Install;
use super::mode::Mode;
use super::read::{name, text};
use super::template::{Template, Values};
use super::unique;

/// A program that the benchmark needs: an engine with its modes, or hyperfine, which has none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Engine {
    #[serde(deserialize_with = "name")]
    pub name: String,
    pub(super) program: Option<String>,
    /// Prints the version; its only placeholder is `{bin}`.
    #[serde(default = "default_command", deserialize_with = "version_command")]
    pub version_command: Template,
    /// Its first group is the version.
    #[serde(default = "default_pattern", deserialize_with = "version_pattern")]
    pub version_pattern: Regex,
    #[serde(default)]
    pub install: Install,
    /// How other versions are installed that somebody may ask for: `wasmtime@46`.
    #[serde(default)]
    pub versions: BTreeMap<String, Install>,
    #[serde(skip)]
    pub lookup: Lookup,
    /// The words that give a guest one variable; `{env}` in a run command stands for all of them.
    pub guest_env: Option<Template>,
    /// By proposal, the words that switch it on; `{flags}` in a command stands for them.
    #[serde(default)]
    pub feature_flags: BTreeMap<String, Template>,
    /// What it prints where it interprets what it cannot compile.
    pub fallback_message: Option<String>,
    #[serde(default, rename = "mode")]
    pub modes: Vec<Mode>,
}

/// Where an engine is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lookup {
    /// On PATH, whatever its version, then among what was installed.
    #[default]
    PathThenInstalled,
    /// Among what was installed only: this version and no other.
    Installed,
    /// The user's own build.
    File(PathBuf),
}

impl Engine {
    /// The name looked up on PATH, for example `wasmtime`.
    pub fn program(&self) -> &str {
        self.program.as_ref().unwrap_or(&self.name)
    }

    /// Is it a process of its own? Native guests are not run by any: of these, it is the compiler.
    pub fn starts(&self) -> bool {
        self.modes.is_empty() || self.modes.iter().any(|mode| mode.uses("bin"))
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

    /// Has it modes, with names of their own, that get all that they use?
    ///
    /// # Errors
    /// With the mode and the key that must be mended.
    pub fn check(&self) -> anyhow::Result<()> {
        ensure!(
            !self.modes.is_empty(),
            "it has no mode: add [[engine.mode]]"
        );
        unique(self.modes.iter().map(|mode| &mode.name))
            .context("two modes with one name, or make one an [[engine.mode.otherwise]]")?;
        ensure!(
            self.modes.iter().filter(|mode| mode.shipped).count() == 1,
            "exactly one of its modes must have \"shipped = true\": the one that a user gets without options"
        );
        if let Some(words) = &self.guest_env {
            let needed = ["name", "value"];
            words.check(&needed, &needed).context("key \"guest-env\"")?;
        }
        for (proposal, words) in &self.feature_flags {
            let place = || format!("key \"feature-flags\": \"{proposal}\"");
            words.check(&[], &[]).with_context(place)?;
        }
        ensure!(
            self.feature_flags.is_empty() || self.modes.iter().any(|mode| mode.uses("flags")),
            "it has \"feature-flags\", so a mode must hold the placeholder {{flags}}"
        );
        for mode in &self.modes {
            let name = &mode.name;
            mode.check().with_context(|| format!("mode \"{name}\""))?;
            ensure!(
                self.guest_env.is_some() || !mode.uses("env"),
                "mode \"{name}\" uses \"{{env}}\", so the engine needs the key \"guest-env\", such as \"--env {{name}}={{value}}\""
            );
        }
        Ok(())
    }

    /// Has it only keys that hyperfine has a use for, which runs no guests?
    ///
    /// # Errors
    /// With the key that is of no use.
    pub fn check_stopwatch(&self) -> anyhow::Result<()> {
        for (key, is_there) in [
            ("mode", !self.modes.is_empty()),
            ("guest-env", self.guest_env.is_some()),
            ("feature-flags", !self.feature_flags.is_empty()),
            ("fallback-message", self.fallback_message.is_some()),
            ("versions", !self.versions.is_empty()),
        ] {
            ensure!(
                !is_there,
                "unknown field `{key}`: only an [[engine]] has it"
            );
        }
        Ok(())
    }
}

fn default_command() -> Template {
    Template::parse("{bin} --version").expect("has words and balanced braces")
}

fn version_command<'de, D: Deserializer<'de>>(source: D) -> Result<Template, D::Error> {
    text(source, |text| {
        let template = Template::parse(text)?;
        template.check(&["bin"], &[])?;
        Ok(template)
    })
}

fn default_pattern() -> Regex {
    Regex::new(r"(\d+\.\d+\.\d+\S*)").expect("is a regular expression")
}

fn version_pattern<'de, D: Deserializer<'de>>(source: D) -> Result<Regex, D::Error> {
    text(source, |text| {
        let pattern =
            Regex::new(text).with_context(|| format!("\"{text}\" is no regular expression"))?;
        ensure!(
            pattern.captures_len() > 1,
            "\"{text}\" needs a group in parentheses around the version"
        );
        Ok(pattern)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::engine;

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

    #[test]
    fn flags_need_a_place_in_a_command() {
        let text = |run: &str, words: &str| {
            let mode = "[[mode]]\nname = 'm'\ntier = 'baseline'\nshipped = true\n";
            format!("name = 'e'\nfeature-flags.gc = '{words}'\n{mode}run = '{run}'\n")
        };
        assert!(engine(&text("{wasm} {flags} {args}", "-W gc=y")).is_ok());
        let nowhere = error(&text("{wasm} {args}", "-W gc=y"));
        assert!(nowhere.contains("must hold the placeholder {flags}"));
        let unknown = error(&text("{wasm} {flags} {args}", "{gc}"));
        assert!(unknown.contains("key \"feature-flags\": \"gc\"") && unknown.contains("{gc}"));
    }

    #[test]
    fn variables_need_words_that_give_them_to_the_guest() {
        let mode = "[[mode]]\nname = 'm'\ntier = 'baseline'\nshipped = true\nrun = '{wasm} {env} {args}'\n";
        assert!(error(&format!("name = 'e'\n{mode}")).contains("needs the key \"guest-env\""));
        let lacks = error(&format!("name = 'e'\nguest-env = '-e {{name}}'\n{mode}"));
        assert!(
            lacks.contains("key \"guest-env\": \"-e {name}\" lacks the placeholder \"{value}\"")
        );
        assert!(
            engine(&format!(
                "name = 'e'\nguest-env = '{{name}}={{value}}'\n{mode}"
            ))
            .is_ok()
        );
    }
}
