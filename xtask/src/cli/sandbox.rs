//! `sandbox`

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::{Checkout, Misuse};
use crate::document::terminal;
use crate::experiments::{self, Lab, sandbox};
use crate::model::{Filter, Pattern, parse_duration};
use crate::store::RunFolder;

#[derive(Args)]
pub struct Sandbox {
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
    /// Limit of one attempt, such as 30s or 10m; four times that for those without bounds
    #[arg(long, value_name = "T", default_value = "30s", value_parser = parse_duration)]
    timeout: Duration,
    /// Install and build nothing, try what is there
    #[arg(long)]
    no_setup: bool,
}

impl Sandbox {
    /// # Errors
    /// When the arguments are wrong, the guest cannot be built, or the user interrupts.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let filter = Filter {
            engines: self.engines,
            modes: self.modes,
            ..Filter::default()
        };
        let Checkout { paths, config } = checkout;
        let modes = experiments::choose(config, &filter).map_err(Misuse)?;
        let results = checkout.results(self.results.as_deref())?;
        let folder = RunFolder::open_or_newest(&results, self.run.as_deref());
        let folder = match self.run {
            Some(_) => Ok(folder?),
            None => folder,
        };
        let lab = Lab::new(paths, config, modes, "sandbox", self.no_setup)?;
        let sandbox = sandbox::try_all(&lab, &paths.root, self.timeout);
        let sandbox = sandbox.context("nothing was written")?;
        let pieces = sandbox::terminal_pieces(&sandbox);
        println!("{}", terminal::render(&pieces, terminal::width()));
        match folder {
            Ok(folder) => {
                folder.write_json(sandbox::FILE, &sandbox)?;
                println!("{}", folder.file(sandbox::FILE).display());
            }
            Err(no_run) => println!("not kept: {no_run}"),
        }
        Ok(!sandbox.is_surprising())
    }
}
