//! How a guest gets into a mode: which program it is, and how variables reach it.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::Context;

use super::engine::{Commands, Engine, Mode};
use super::template::Values;

/// How variables reach the guest of a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvWay {
    /// As words of the command, where it holds `{env}`.
    Words,
    /// As variables of the process.
    Process,
}

/// What kind of program a mode runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestKind {
    Wasm,
    Native,
    Js,
}

impl Mode {
    /// What kind of program the mode runs.
    pub fn guest_kind(&self) -> GuestKind {
        let runs = |name| self.commands.iter().any(|commands| commands.run.uses(name));
        if runs("native") {
            GuestKind::Native
        } else if runs("js") {
            GuestKind::Js
        } else {
            GuestKind::Wasm
        }
    }

    /// How variables reach the guest; none if they do not.
    pub fn env_way(&self) -> Option<EnvWay> {
        let words = |commands: &Commands| commands.run.uses("env");
        match self.guest_kind() {
            _ if self.commands.iter().all(words) => Some(EnvWay::Words),
            // The guest is the process, or runs in it with all that it has.
            GuestKind::Native | GuestKind::Js => Some(EnvWay::Process),
            GuestKind::Wasm => None,
        }
    }
}

impl Engine {
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
