//! `plan`

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::Checkout;
use crate::model::{Outcome, human_seconds};
use crate::plan::suggestions::suggest;
use crate::plan::{self, Overrides, Selection};
use crate::store::RunFolder;
use crate::store::history;

#[derive(Args)]
pub struct Plan {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    overrides: Overrides,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Instead, print the rules for impossible.toml that the failures of this run suggest
    #[arg(long, value_name = "RUN", exclusive = true)]
    suggest: Option<PathBuf>,
}

impl Plan {
    /// # Errors
    /// When the selection is wrong, or there is no such run.
    pub fn run(self, mut checkout: Checkout) -> anyhow::Result<bool> {
        if let Some(run) = &self.suggest {
            let folder = RunFolder::open(&checkout.paths.results(), run)?;
            let measured = folder.read_json("plan.json")?;
            print!("{}", suggest(&checkout.config, &measured, &folder.name())?);
            return Ok(true);
        }
        let plan = checkout.plan(&self.selection, &self.overrides)?;
        if self.json {
            let json = serde_json::to_string_pretty(&plan).context("cannot print the plan")?;
            println!("{json}");
        } else {
            print(&plan, &checkout.paths.results());
        }
        Ok(true)
    }
}

/// Prints every cell, and the time they will take, judging by the runs in `results`.
pub fn print(plan: &plan::Plan, results: &Path) {
    for planned in &plan.cells {
        match (planned.outcome, &planned.reason) {
            (Some(outcome), Some(reason)) => println!("{}  {outcome}: {reason}", planned.name),
            _ => println!("{}", planned.name),
        }
    }
    let count = |outcome| plan.cells.iter().filter(|it| it.outcome == outcome).count();
    let (live, impossible) = (count(None), count(Some(Outcome::Impossible)));
    let unsupported = match plan.cells.len() - live - impossible {
        0 => String::new(),
        count => format!(", {count} unsupported"),
    };
    let budget = plan.budget_s.map_or_else(String::new, |budget_s| {
        format!(" or {} have passed", human_seconds(budget_s))
    });
    let until = plan.precision.map_or_else(String::new, |precision| {
        format!(", until ratios are known to {precision}{budget}")
    });
    let runs = format!("{} each{until}", plan.samples_each());
    println!(
        "\n{live} cells to measure, {impossible} impossible{unsupported}; {runs}, after an uncounted pilot"
    );
    let (seconds, unknown) = history::estimate(results, plan);
    if unknown == live {
        println!("time: unknown before the pilot; no run in results/ has measured these cells");
        return;
    }
    let rest = match unknown {
        0 => String::new(),
        unknown => format!(", and {unknown} cells that no run has measured yet"),
    };
    let time = human_seconds(seconds);
    println!("time: about {time}{rest}, judging by the runs in results/");
}
