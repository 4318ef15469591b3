//! `bench`

use std::path::PathBuf;
use std::time::Instant;

use anyhow::anyhow;
use clap::Args;

use super::{Checkout, Misuse};
use crate::host::process::shell_line;
use crate::model::any_trouble;
use crate::plan::{Overrides, Plan, Selection};
use crate::report;
use crate::run::Benchmark;
use crate::store::{self, RunFolder, is_first_look};

#[derive(Args)]
pub struct Bench {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    overrides: Overrides,
    /// Go on with this run, or with the newest
    #[arg(long, value_name = "RUN")]
    resume: Option<Option<PathBuf>>,
    /// Where run folders are made [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Install and build nothing, measure at once with what is there
    #[arg(long)]
    no_setup: bool,
    /// Only show the plan
    #[arg(long)]
    dry_run: bool,
}

impl Bench {
    /// # Errors
    /// When the arguments are wrong, something other than a guest or an engine fails, or the user
    /// interrupts.
    pub fn run(mut self, mut checkout: Checkout) -> anyhow::Result<bool> {
        let mut results = checkout.results(self.results.as_deref())?;
        let resumed = self.resume.take();
        let resumed = resumed.map(|name| RunFolder::open_or_newest(&results, name.as_deref()));
        let resumed = resumed.transpose()?;
        if let Some(folder) = &resumed {
            self.go_on_with(folder)?;
            results = folder.path.parent().unwrap_or(&results).to_owned();
        }
        let plan = checkout.plan(&self.selection, &self.overrides)?;
        if self.dry_run {
            super::plan::print(&plan, &checkout.paths.results());
            return Ok(true);
        }
        let benchmark = Benchmark {
            config: &checkout.config,
            paths: &checkout.paths,
            resumed,
            results,
            no_setup: self.no_setup,
            command: command_line(),
        };
        bench(&benchmark, plan)
    }

    /// Asks for what the run was asked for, where nothing else was typed.
    fn go_on_with(&mut self, folder: &RunFolder) -> anyhow::Result<()> {
        if is_first_look(&folder.path) {
            return Err(Misuse(anyhow!(
                "run \"{}\" is a first look, which nobody goes on with: run bench without --resume for a whole run",
                folder.path.display()
            ))
            .into());
        }
        if self.selection == Selection::default() && self.overrides == Overrides::default() {
            let stored: Plan = folder.read_json("plan.json")?;
            (self.selection, self.overrides) = (stored.selection, stored.overrides);
        }
        Ok(())
    }
}

/// Did every cell end as it should?
fn bench(benchmark: &Benchmark, plan: Plan) -> anyhow::Result<bool> {
    let started = Instant::now();
    let _lock = store::lock(&benchmark.results)?;
    let mut toolbox = benchmark.find_tools(&plan)?;
    if !benchmark.no_setup {
        if benchmark.resumed.is_none()
            && let Some((folder, what)) = benchmark.first_look(&plan, &toolbox)?
        {
            let report = report::report(&folder)?;
            println!("\n{what}\n");
            report.print(None);
        }
        toolbox.build()?;
    }
    let folder = benchmark.measure(plan, &toolbox)?;
    let report = report::report(&folder)?;
    report.print(Some(started.elapsed()));
    Ok(!any_trouble(&report.rows))
}

/// What the user typed, as far as it can be known.
fn command_line() -> String {
    format!("cargo xtask {}", shell_line(std::env::args().skip(1)))
}
