//! What can be typed: a file a command, each with its arguments and what they do.

pub mod bench;
pub mod build;
pub mod compare;
pub mod density;
mod experiment;
pub mod export;
pub mod features;
pub mod gen_data;
pub mod history;
pub mod merge;
pub mod plan;
pub mod report;
pub mod sandbox;
pub mod setup;
pub mod test;

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::config::Config;
use crate::host::paths::Paths;
use crate::host::process;
use crate::plan::{Overrides, Plan, Selection};
use crate::tools;

/// What every command works on.
pub struct Checkout {
    pub(crate) paths: Paths,
    pub(crate) config: Config,
}

impl Checkout {
    /// Finds the checkout, reads its configuration, and catches interrupts from now on.
    ///
    /// # Errors
    /// When the current folder is in no checkout, or its configuration is wrong.
    pub fn open() -> anyhow::Result<Checkout> {
        let paths = Paths::find().map_err(Misuse)?;
        let config = Config::load(&paths.matrix(), &paths.impossible()).map_err(Misuse)?;
        process::catch_interrupts()?;
        Ok(Checkout { paths, config })
    }

    /// The plan of a selection, for which the configuration takes in the versions that it names.
    fn plan(&mut self, selection: &Selection, overrides: &Overrides) -> anyhow::Result<Plan> {
        let config = &mut self.config;
        overrides.extend(config, selection).map_err(Misuse)?;
        let plan = Plan::new(config, selection, overrides).map_err(Misuse)?;
        tools::check_files(config, &self.paths.root, &plan).map_err(Misuse)?;
        Ok(plan)
    }

    /// Where runs are: what was typed, or the checkout's folder.
    fn results(&self, option: Option<&Path>) -> anyhow::Result<PathBuf> {
        match option {
            Some(path) => std::path::absolute(path).context("cannot find the current folder"),
            None => Ok(self.paths.results()),
        }
    }
}

/// An error in what the user wrote: status 2 instead of 1.
#[derive(Debug)]
struct Misuse(anyhow::Error);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for Misuse {}

/// The status that tells how a command ended, after its error was told.
pub fn exit_code(ended_well: anyhow::Result<bool>) -> ExitCode {
    match ended_well {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(3),
        Err(error) => {
            // Not eprintln!, which panics when the terminal was closed.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(if error.is::<Misuse>() { 2 } else { 1 })
        }
    }
}
