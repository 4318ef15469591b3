//! Who is tried, and the commands that run the guest.

use std::collections::BTreeMap;

use anyhow::{Context, bail};

use super::attempts::{Attempt, ENVIRONMENT, READ_ONLY};
use crate::config::{Config, Engine, Mode, distinct, list, matches_any, patterns};
use crate::run::stopwatch::Command;
use crate::run::target::{Place, Target};
use crate::tools::Guest;

/// The variable that holds the secret; no engine is told to pass it to its guest.
pub const SECRET_VARIABLE: &str = "WASI_BENCH_SECRET";

/// A mode that runs WebAssembly. (Native code and plain JavaScript are in no sandbox.)
#[derive(Clone, Copy)]
pub struct Chosen<'c> {
    pub engine: &'c Engine,
    pub mode: &'c Mode,
}

impl Chosen<'_> {
    pub fn name(&self) -> String {
        format!("{}:{}", self.engine.name(), self.mode.name)
    }
}

/// The modes that the filters leave.
///
/// # Errors
/// When a filter is malformed, or nothing is left; the message lists what there is.
pub fn choose<'c>(
    config: &'c Config,
    engines: &[String],
    modes: &[String],
) -> anyhow::Result<Vec<Chosen<'c>>> {
    let all: Vec<Chosen> = config
        .engines
        .iter()
        .flat_map(|engine| engine.modes.iter().map(move |mode| Chosen { engine, mode }))
        .filter(|chosen| {
            let mut commands = chosen.mode.commands.iter();
            commands.any(|it| it.run.uses("wasm") || it.run.uses("artifact"))
        })
        .collect();
    let engine_names = distinct(all.iter().map(|it| it.engine.name().to_owned()));
    let engines = patterns(engines, &engine_names).context("option --engine")?;
    let mut chosen = all.clone();
    chosen.retain(|chosen| matches_any(&engines, chosen.engine.name()));
    let names: Vec<String> = chosen.iter().map(Chosen::name).collect();
    let full = modes.iter().map(|mode| match mode.contains(':') {
        true => mode.clone(),
        false => format!("*:{mode}"),
    });
    let modes = patterns(&full.collect::<Vec<_>>(), &names).context("option --mode")?;
    chosen.retain(|chosen| matches_any(&modes, &chosen.name()));
    if chosen.is_empty() {
        bail!("no engine is left to try; there are {}", list(&names));
    }
    Ok(chosen)
}

/// A mode whose engine is there, and the guest that tries to get out.
pub struct Subject<'c> {
    pub target: Target<'c>,
    pub guest: &'c Guest,
}

impl Subject<'_> {
    /// Makes an attempt, with the secret in the environment where that is what it looks for;
    /// none where the engine cannot do what it needs. The guest's only argument names the attempt
    /// by a path inside its folder.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn run(
        &self,
        attempt: &Attempt,
        place: &Place,
        secret: &str,
    ) -> anyhow::Result<Option<Command>> {
        let commands = self.target.commands;
        let template = match attempt.name {
            READ_ONLY => commands.read_only.as_ref(),
            _ => Some(&commands.run),
        };
        let Some(template) = template else {
            return Ok(None);
        };
        let args = vec![place.dir.join(attempt.name).into()];
        let mut command = self
            .target
            .run(template, self.guest, place, args, &BTreeMap::new())?;
        if attempt.name == ENVIRONMENT {
            let variable = (SECRET_VARIABLE.to_owned(), secret.into());
            command.env.push(variable);
        }
        Ok(Some(command))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(engines: &[&str], modes: &[&str]) -> anyhow::Result<Vec<String>> {
        let config = crate::config::tests::config();
        let texts = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let chosen = choose(&config, &texts(engines), &texts(modes))?;
        Ok(chosen.iter().map(Chosen::name).collect())
    }

    #[test]
    fn native_code_is_in_no_sandbox() {
        assert_eq!(names(&[], &[]).unwrap(), ["vm:jit", "vm:aot"]);
        assert_eq!(names(&["v*"], &["aot"]).unwrap(), ["vm:aot"]);
        assert_eq!(names(&[], &["vm:jit"]).unwrap(), ["vm:jit"]);
        let error = format!("{:#}", names(&["native"], &[]).unwrap_err());
        assert!(
            error.contains("option --engine") && error.contains("\"vm\""),
            "{error}"
        );
        assert!(format!("{:#}", names(&[], &["x"]).unwrap_err()).contains("option --mode"));
    }
}
