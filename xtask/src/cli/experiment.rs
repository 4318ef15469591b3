//! What the commands have in common that try something besides a run: in which modes, and where
//! the result is kept.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::{Checkout, Misuse};
use crate::config::Mode;
use crate::document::{Piece, terminal};
use crate::experiments::{self, Lab};
use crate::model::{Filter, Pattern};
use crate::store::{self, RunFolder};

#[derive(Args)]
pub struct Experiment {
    /// Only these engines (names or globs; repeatable)
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<Pattern>,
    /// Only these modes, as MODE or ENGINE:MODE (names or globs; repeatable)
    #[arg(long = "mode", value_name = "MODE")]
    modes: Vec<Pattern>,
    /// Where runs are [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The run whose folder and report get the result [default: the newest]
    #[arg(long, value_name = "RUN")]
    run: Option<PathBuf>,
    /// Install and build nothing, try what is there
    #[arg(long)]
    no_setup: bool,
}

impl Experiment {
    /// Gets the engines of the modes that are fit for it, tries, prints the result, and keeps it under this name in the run's folder.
    ///
    /// # Errors
    /// When the arguments are wrong, what is needed cannot be had, or the user interrupts.
    pub fn run<R: Serialize>(
        self,
        checkout: &Checkout,
        file: &str,
        is_fit: fn(&Mode) -> bool,
        try_all: impl FnOnce(&Lab) -> anyhow::Result<R>,
        pieces: fn(&R) -> Vec<Piece>,
    ) -> anyhow::Result<R> {
        let filter = Filter {
            engines: self.engines,
            modes: self.modes,
            ..Filter::default()
        };
        let Checkout { paths, config } = checkout;
        let modes = experiments::choose(config, &filter, is_fit).map_err(Misuse)?;
        let results = checkout.results(self.results.as_deref())?;
        let folder = RunFolder::open_or_newest(&results, self.run.as_deref());
        let folder = match self.run {
            Some(_) => Ok(folder?),
            None => folder,
        };
        let _lock = store::lock(&results)?;
        let lab = Lab::new(paths, config, modes, self.no_setup)?;
        let result = try_all(&lab).context("nothing was written")?;
        println!("{}", terminal::render(&pieces(&result), terminal::width()));
        match folder {
            Ok(folder) => {
                folder.write_json(file, &result)?;
                println!("{}", folder.file(file).display());
            }
            Err(no_run) => println!("not kept: {no_run}"),
        }
        Ok(result)
    }
}
