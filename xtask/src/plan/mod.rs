//! From the matrix, the rules and a selection to the cells of a run: pure.

pub mod pace;
mod selection;
pub mod shards;
pub mod suggestions;

use anyhow::{Context, ensure};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::Config;
use crate::model::{Cell, Cpus, Outcome, Precision, differences, parse_duration};
pub use selection::{Overrides, Selection};
use shards::Shard;

/// The cells of a run, and how they are measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What the user asked for; `--resume` alone asks for the same again.
    pub selection: Selection,
    pub overrides: Overrides,
    pub profile: String,
    /// Samples of each cell, at least.
    pub runs: u32,
    /// Rounds go on until ratios are so sharp; none: after `runs` samples all is done.
    pub precision: Option<Precision>,
    /// Seconds that all samples may take, as far as what must be measured leaves a choice.
    pub budget_s: Option<f64>,
    /// Samples of each ahead-of-time compilation.
    pub compile_runs: u32,
    /// The processors that all is measured on; none: all that there are.
    pub pin: Option<Cpus>,
    /// Limit of one process, in seconds.
    pub timeout_s: f64,
    /// Seed of the order of the samples, drawn when the run's folder is made.
    pub order_seed: u64,
    /// Seed of the inputs.
    pub data_seed: u64,
    /// The part of the selected cells that this run measures; all if none.
    pub shard: Option<Shard>,
    pub cells: Vec<PlannedCell>,
}

/// A cell, and its outcome so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedCell {
    /// The cell's name, for people and for `grep`.
    pub name: String,
    #[serde(flatten)]
    pub cell: Cell,
    /// None while the cell can still be measured.
    pub outcome: Option<Outcome>,
    pub reason: Option<String>,
    /// The host that measured it; only in a run that was merged from shards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
}

impl PlannedCell {
    /// Gives the cell its outcome; the first one stays.
    pub fn conclude(&mut self, outcome: Outcome, reason: Option<String>) {
        if self.outcome.is_none() {
            (self.outcome, self.reason) = (Some(outcome), reason);
        }
    }
}

/// Samples of each cell of a first look.
const FIRST_LOOK_RUNS: u32 = 3;

impl Plan {
    /// Expands the matrix to the selected cells, in the order of the matrix.
    ///
    /// # Errors
    /// When a filter, the profile or an override makes no sense; the message lists what would.
    pub fn new(
        config: &Config,
        selection: &Selection,
        overrides: &Overrides,
    ) -> anyhow::Result<Plan> {
        let default = &config.default_profile;
        let profile = config.profile(selection.profile.as_ref().unwrap_or(default));
        let profile = profile.context("option --profile")?;
        let mut cells = config.cells();
        for rule in &config.rules {
            ensure!(
                cells.iter().any(|cell| rule.excludes(cell)),
                "impossible.toml: the rule \"{}\" matches nothing in matrix.toml; remove or mend it",
                rule.reason
            );
        }
        cells.retain(|cell| profile.cells.iter().any(|filter| filter.matches(cell)));
        let name = profile.name.clone();
        ensure!(
            !cells.is_empty(),
            "matrix.toml: profile \"{name}\" holds no cell: its workloads, sizes and distributions never meet"
        );
        let mut cells = selection.filter.select(cells, |key| {
            format!("option --{key}, among the selected cells of profile \"{name}\"")
        })?;
        let shard = overrides.shard.as_deref().map(str::parse::<Shard>);
        let shard = shard.transpose().context("option --shard")?;
        if let Some(shard) = shard {
            cells = shard.keep(config, cells);
        }
        ensure!(
            overrides.runs != Some(0),
            "option --runs: must be at least 1"
        );
        let duration = |text: &Option<String>, option: &'static str| {
            let parsed = text.as_deref().map(parse_duration).transpose();
            parsed.context(option)
        };
        let timeout = duration(&overrides.timeout, "option --timeout")?;
        let budget = duration(&overrides.budget, "option --budget")?;
        let precision = overrides.precision.as_deref().map(str::parse).transpose();
        let precision = precision.context("option --precision")?;
        let pin = overrides.pin.as_deref().map(str::parse).transpose();
        let pin = pin.context("option --pin")?;
        // Who says how many samples wants so many.
        let is_free = overrides.runs.is_none();
        let budget = budget.or(profile.budget.filter(|_| is_free));
        let precision = precision.or(profile.precision.filter(|_| is_free));
        let compile_runs = profile.compile_runs.get();
        let planned = cells.into_iter().map(|cell| planned(config, cell));
        Ok(Plan {
            selection: selection.clone(),
            overrides: overrides.clone(),
            profile: name,
            runs: overrides.runs.unwrap_or(profile.runs.get()),
            precision: precision.or(budget.map(|_| Precision::default())),
            budget_s: budget.map(|budget| budget.as_secs_f64()),
            compile_runs: compile_runs.min(overrides.runs.unwrap_or(u32::MAX)),
            pin: pin.or(profile.pin.clone()),
            timeout_s: timeout.unwrap_or(profile.timeout).as_secs_f64(),
            order_seed: 0,
            data_seed: config.inputs.seed,
            shard,
            cells: planned.collect(),
        })
    }

    /// How many samples each cell gets: `15 samples`, `at least 15 samples`.
    pub fn samples_each(&self) -> String {
        let at_least = match self.precision {
            Some(_) => "at least ",
            None => "",
        };
        format!("{at_least}{} samples", self.runs)
    }

    /// Cells that can still be measured.
    pub fn live(&self) -> impl Iterator<Item = &Cell> {
        let live = self.cells.iter().filter(|it| it.outcome.is_none());
        live.map(|planned| &planned.cell)
    }

    /// The part of the plan that needs none of these engines, with few samples: what can be measured
    /// while they are not there yet.
    pub fn without(&self, engines: &[&str]) -> Plan {
        let mut plan = self.clone();
        let cells = &mut plan.cells;
        cells.retain(|it| !engines.contains(&it.cell.engine.as_str()));
        plan.runs = plan.runs.min(FIRST_LOOK_RUNS);
        plan.compile_runs = plan.compile_runs.min(FIRST_LOOK_RUNS);
        (plan.precision, plan.budget_s) = (None, None);
        plan
    }

    /// What differs between two plans that must be the same for one run, outcomes aside; empty if nothing does.
    ///
    /// # Errors
    /// When they cannot be compared; a bug.
    pub fn differences(&self, now: &Plan) -> anyhow::Result<Vec<String>> {
        differences(&self.identity()?, &now.identity()?)
    }

    /// All but what was typed, what was drawn and what came out of it.
    fn identity(&self) -> anyhow::Result<Value> {
        let mut plan = serde_json::to_value(Plan {
            selection: Selection::default(),
            overrides: Overrides::default(),
            order_seed: 0,
            cells: Vec::new(),
            ..self.clone()
        })?;
        let cells = self.cells.iter().map(|planned| {
            let state = match planned.outcome {
                Some(Outcome::Impossible) => "impossible",
                _ => "planned",
            };
            (planned.name.clone(), state.into())
        });
        plan["cells"] = Value::Object(cells.collect());
        Ok(plan)
    }
}

/// `count` things in random order: a Fisher-Yates shuffle that depends on the seed and the stream
/// alone, so that a resumed run goes on in the same order.
pub fn shuffled(order_seed: u64, stream: u64, count: usize) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(order_seed);
    rng.set_stream(stream);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        // The modulo's bias is below count / 2^64.
        order.swap(last, (rng.next_u64() % (last as u64 + 1)) as usize);
    }
    order
}

fn planned(config: &Config, cell: Cell) -> PlannedCell {
    let (outcome, reason) = excluded(config, &cell).unzip();
    PlannedCell {
        name: cell.to_string(),
        outcome,
        reason,
        machine: None,
        cell,
    }
}

/// Why the cell is left out, if it is.
fn excluded(config: &Config, cell: &Cell) -> Option<(Outcome, String)> {
    if let Some(rule) = config.rules.iter().find(|rule| rule.excludes(cell)) {
        return Some((Outcome::Impossible, rule.reason.clone()));
    }
    unsupported(config, cell).map(|reason| (Outcome::Unsupported, reason))
}

/// Why a program cannot run in a mode.
fn unsupported(config: &Config, cell: &Cell) -> Option<String> {
    let (workload, _, mode) = config.parts_of(cell).ok()?;
    let (key, name) = (mode.guest(), &cell.workload);
    if workload.code.is_some() && key != "wasm" {
        return Some(format!(
            "workload \"{name}\" is a WebAssembly module, which this mode does not run"
        ));
    }
    let is_there = workload.sources().iter().any(|(own, _)| own == key);
    if workload.is_own() && !is_there {
        return Some(format!(
            "workload \"{name}\" has no program for this mode; its key \"{key}\" would name it"
        ));
    }
    let unreached = !workload.env.is_empty() && !mode.passes_env();
    unreached.then(|| {
        format!(
            "workload \"{name}\" needs variables, and the mode's key \"run\" lacks the placeholder \"{{env}}\""
        )
    })
}

#[cfg(test)]
mod tests;
