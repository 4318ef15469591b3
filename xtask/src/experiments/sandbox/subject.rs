//! Who is tried, and the commands that run the guest.

use std::collections::BTreeMap;

use anyhow::bail;

use super::attempts::{Attempt, ENVIRONMENT, READ_ONLY};
use crate::config::{Config, Engine, GuestKind, Mode};
use crate::model::Cell;
use crate::model::{Filter, distinct};
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

/// The modes that the filter lets pass.
///
/// # Errors
/// When a pattern matches nothing; the message lists what there is.
pub fn choose<'c>(config: &'c Config, filter: &Filter) -> anyhow::Result<Vec<Chosen<'c>>> {
    let mut cells = config.cells();
    cells.retain(|cell| {
        let mode = config.mode_of(cell);
        mode.is_some_and(|mode| mode.guest_kind() == GuestKind::Wasm)
    });
    let cells = filter.select(cells, |key| format!("option --{key}"))?;
    if cells.is_empty() {
        bail!("no mode in matrix.toml runs WebAssembly");
    }
    let chosen = distinct(cells.iter().map(Cell::engine_mode)).into_iter();
    let chosen = chosen.filter_map(|chosen| {
        let engine = config.engine(&chosen.engine)?;
        let mode = config.mode(&chosen.engine, &chosen.mode)?;
        Some(Chosen { engine, mode })
    });
    Ok(chosen.collect())
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

    fn names(filter: &str) -> anyhow::Result<Vec<String>> {
        let config = crate::config::tests::config();
        let chosen = choose(&config, &toml::from_str(filter)?)?;
        Ok(chosen.iter().map(Chosen::name).collect())
    }

    #[test]
    fn native_code_is_in_no_sandbox() {
        assert_eq!(names("").unwrap(), ["vm:jit", "vm:aot"]);
        assert_eq!(names("engine = 'v*'\nmode = 'aot'").unwrap(), ["vm:aot"]);
        assert_eq!(names("mode = 'vm:jit'").unwrap(), ["vm:jit"]);
        let error = format!("{:#}", names("engine = 'native'").unwrap_err());
        assert!(
            error.contains("option --engine") && error.contains("\"vm\""),
            "{error}"
        );
        assert!(format!("{:#}", names("mode = 'x'").unwrap_err()).contains("option --mode"));
    }
}
