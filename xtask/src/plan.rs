//! From the matrix, the rules and a selection to the cells of a run: pure.

use std::time::Duration;

use anyhow::{Context, bail};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::config::{Config, Profile, distinct, matches_any, with_absolute_path};
use crate::model::{Cell, Load, Outcome, Size, base_of, parse_duration};
use crate::own;
use crate::shard::{self, Shard};

/// Which part of the matrix, as the user typed it; the same for every command.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
pub struct Selection {
    /// Part of the matrix to use [default: the default-profile of matrix.toml]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Only these engines (names or globs; repeatable)
    #[arg(long = "engine", value_name = "ENGINE")]
    pub engines: Vec<String>,
    /// Only these modes, as MODE or ENGINE:MODE (names or globs; repeatable)
    #[arg(long = "mode", value_name = "MODE")]
    pub modes: Vec<String>,
    /// Only these workloads (names or globs; repeatable)
    #[arg(long = "workload", value_name = "WORKLOAD")]
    pub workloads: Vec<String>,
    /// Only these sizes (repeatable)
    #[arg(long = "size", value_name = "SIZE")]
    pub sizes: Vec<String>,
    /// Only these distributions (names or globs; repeatable)
    #[arg(long = "distribution", value_name = "DISTRIBUTION")]
    pub distributions: Vec<String>,
}

/// What the user set instead of the profile's values.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
pub struct Overrides {
    /// Samples of each cell [default: the profile's]
    #[arg(long, value_name = "N")]
    pub runs: Option<u32>,
    /// Limit of one process, such as 30s or 10m [default: the profile's]
    #[arg(long, value_name = "T")]
    pub timeout: Option<String>,
    /// Only part I of N of the cells; engines of one workload and input stay together
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Also measure this build of an engine, as ENGINE@bin, or as ENGINE@NAME (repeatable)
    #[arg(long = "bin", value_name = "ENGINE=PATH", value_parser = with_absolute_path)]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<String>,
}

impl Overrides {
    /// Adds to the matrix what the user asked for beside it: builds, and versions of engines.
    ///
    /// # Errors
    /// When there is no such engine, version or program.
    pub fn extend(&self, config: &mut Config, selection: &Selection) -> anyhow::Result<()> {
        for build in &self.builds {
            config.add_build(build).context("option --bin")?;
        }
        for name in &selection.engines {
            config.add_version(name).context("option --engine")?;
        }
        for mode in &selection.modes {
            let engine = mode.split(':').next().unwrap_or(mode);
            config.add_version(engine).context("option --mode")?;
        }
        Ok(())
    }
}

/// The cells of a run, and how they are measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What the user asked for; `--resume` alone asks for the same again.
    pub selection: Selection,
    pub overrides: Overrides,
    pub profile: String,
    /// Samples of each cell.
    pub runs: u32,
    /// Samples of each ahead-of-time compilation.
    pub compile_runs: u32,
    /// Limit of one process, in seconds.
    pub timeout_s: f64,
    /// Seed of the order of the samples.
    pub order_seed: u64,
    /// Seed of the inputs.
    pub data_seed: u64,
    /// The part of the selected cells that this run measures; all if none.
    pub shard: Option<Shard>,
    /// The cells that are measured twice in every round, to see the run's noise: one a load.
    pub controls: Vec<Cell>,
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

/// Samples of each cell of a first look.
const FIRST_LOOK_RUNS: u32 = 3;

/// Seed of the order of the samples; any constant does, it is recorded in `plan.json`.
const ORDER_SEED: u64 = 2023;

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
        let profile = config
            .profile(
                selection
                    .profile
                    .as_ref()
                    .unwrap_or(&config.default_profile),
            )
            .context("option --profile")?;
        let all = all_cells(config);
        let mut cells = select(profile_cells(&all, profile), selection, profile)?;
        let shard: Option<Shard> = overrides
            .shard
            .as_ref()
            .map(|text| text.parse())
            .transpose()
            .context("option --shard")?;
        if let Some(shard) = shard {
            cells = shard::keep(config, cells, shard);
        }
        for rule in &config.rules {
            let used = all.iter().any(|cell| rule.excludes(cell));
            if !used {
                bail!(
                    "impossible.toml: the rule \"{}\" matches nothing in matrix.toml; remove or mend it",
                    rule.reason
                );
            }
        }
        if overrides.runs == Some(0) {
            bail!("option --runs: must be at least 1");
        }
        let timeout = overrides
            .timeout
            .as_deref()
            .map(parse_duration)
            .transpose()
            .context("option --timeout")?;
        Ok(Plan {
            selection: selection.clone(),
            overrides: overrides.clone(),
            profile: profile.name.clone(),
            runs: overrides.runs.unwrap_or(profile.runs),
            compile_runs: profile.compile_runs.min(overrides.runs.unwrap_or(u32::MAX)),
            timeout_s: timeout.unwrap_or(profile.timeout).as_secs_f64(),
            order_seed: ORDER_SEED,
            data_seed: config.data_seed,
            shard,
            controls: Vec::new(),
            cells: cells
                .into_iter()
                .map(|cell| planned(config, cell))
                .collect(),
        })
    }

    /// Limit of one process.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs_f64(self.timeout_s)
    }

    /// Cells that can still be measured.
    pub fn live(&self) -> impl Iterator<Item = &Cell> {
        self.cells
            .iter()
            .filter(|planned| planned.outcome.is_none())
            .map(|planned| &planned.cell)
    }

    /// The part of the plan that needs none of these engines, with few samples: what can be measured
    /// while they are not there yet.
    pub fn without(&self, engines: &[&str]) -> Plan {
        let mut plan = self.clone();
        plan.cells
            .retain(|planned| !engines.contains(&planned.cell.engine.as_str()));
        plan.runs = plan.runs.min(FIRST_LOOK_RUNS);
        plan.compile_runs = plan.compile_runs.min(FIRST_LOOK_RUNS);
        plan
    }

    /// Makes a live cell of each load a control: of its smallest size, where noise shows most,
    /// and not native if possible, because engines are what is compared.
    pub fn choose_controls(&mut self) {
        let control = |load: Load| {
            let cells = self.live().filter(|cell| cell.size.load() == load);
            cells
                .min_by_key(|cell| (cell.engine == "native", cell.size))
                .cloned()
        };
        self.controls = Load::ALL.into_iter().filter_map(control).collect();
    }

    /// Gives a cell its outcome; the first one stays.
    pub fn conclude(&mut self, cell: &Cell, outcome: Outcome, reason: Option<String>) {
        let planned = self.cells.iter_mut().find(|planned| planned.cell == *cell);
        if let Some(planned) = planned.filter(|planned| planned.outcome.is_none()) {
            planned.outcome = Some(outcome);
            planned.reason = reason;
        }
    }
}

impl Plan {
    /// The names of the cells that a rule excludes.
    fn impossible(&self) -> std::collections::BTreeSet<&str> {
        let excluded = self
            .cells
            .iter()
            .filter(|planned| planned.outcome == Some(Outcome::Impossible));
        excluded.map(|planned| planned.name.as_str()).collect()
    }

    /// What differs between two plans that must be the same for one run, outcomes aside; empty if nothing does.
    pub fn differences(&self, now: &Plan) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, then: String, now: String| {
            if then != now {
                differences.push(format!("{what}: was {then}, is {now}"));
            }
        };
        compare("profile", self.profile.clone(), now.profile.clone());
        compare("runs", self.runs.to_string(), now.runs.to_string());
        compare(
            "compile-runs",
            self.compile_runs.to_string(),
            now.compile_runs.to_string(),
        );
        compare(
            "timeout in seconds",
            self.timeout_s.to_string(),
            now.timeout_s.to_string(),
        );
        compare(
            "seed of the order",
            self.order_seed.to_string(),
            now.order_seed.to_string(),
        );
        compare(
            "seed of the inputs",
            self.data_seed.to_string(),
            now.data_seed.to_string(),
        );
        let shard = |plan: &Plan| {
            plan.shard
                .map_or("none".to_owned(), |shard| shard.to_string())
        };
        compare("shard", shard(self), shard(now));
        let gone = missing(self, now).map(|name| format!("cell \"{name}\" was planned, is not"));
        let added =
            missing(now, self).map(|name| format!("cell \"{name}\" was not planned, is now"));
        differences.extend(gone.chain(added));
        let (then, now) = (self.impossible(), now.impossible());
        let excluded = now
            .difference(&then)
            .map(|name| format!("cell \"{name}\" was not impossible, is now"));
        let allowed = then
            .difference(&now)
            .map(|name| format!("cell \"{name}\" was impossible, is not"));
        differences.extend(excluded.chain(allowed));
        differences
    }
}

/// The names of cells that are in `a` but not in `b`.
fn missing<'p>(a: &'p Plan, b: &Plan) -> impl Iterator<Item = &'p str> {
    let names: std::collections::HashSet<String> =
        b.cells.iter().map(|planned| planned.name.clone()).collect();
    a.cells
        .iter()
        .map(|planned| planned.name.as_str())
        .filter(move |name| !names.contains(*name))
}

/// The order of `count` things in one round: a Fisher-Yates shuffle that depends on
/// the seed and the round alone, so that a resumed run goes on in the same order.
pub fn round_order(order_seed: u64, round: u32, count: usize) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(order_seed);
    rng.set_stream(round.into());
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        // The modulo's bias is below count / 2^64.
        order.swap(last, (rng.next_u64() % (last as u64 + 1)) as usize);
    }
    order
}

fn planned(config: &Config, cell: Cell) -> PlannedCell {
    let rule = config.rules.iter().find(|rule| rule.excludes(&cell));
    let (outcome, reason) = match rule {
        Some(rule) => (Some(Outcome::Impossible), Some(rule.reason.clone())),
        None => {
            let reason = own::unsupported(config, &cell);
            (reason.as_ref().map(|_| Outcome::Unsupported), reason)
        }
    };
    PlannedCell {
        name: cell.to_string(),
        outcome,
        reason,
        machine: None,
        cell,
    }
}

fn all_cells(config: &Config) -> Vec<Cell> {
    let mut cells = Vec::new();
    for workload in &config.workloads {
        for &size in &workload.sizes {
            for &distribution in &workload.distributions {
                for engine in &config.engines {
                    cells.extend(engine.modes.iter().map(|mode| Cell {
                        workload: workload.name.clone(),
                        size,
                        distribution,
                        engine: engine.name().to_owned(),
                        mode: mode.name.clone(),
                    }));
                }
            }
        }
    }
    cells
}

fn profile_cells(all: &[Cell], profile: &Profile) -> Vec<Cell> {
    let in_profile = |cell: &Cell| {
        // A version of an engine has the cells of the engine.
        let (distribution, mode) = (
            cell.distribution.name(),
            cell.base_engine_mode().to_string(),
        );
        profile
            .blocks
            .iter()
            .any(|block| block.holds(&cell.workload, cell.size, distribution, &mode))
    };
    all.iter()
        .filter(|cell| in_profile(cell))
        .cloned()
        .collect()
}

/// The cells that pass every filter.
fn select(
    mut cells: Vec<Cell>,
    selection: &Selection,
    profile: &Profile,
) -> anyhow::Result<Vec<Cell>> {
    let sizes = selection
        .sizes
        .iter()
        .map(|text| match text.contains(['*', '?', '[', '{']) {
            true => Ok(text.clone()),
            // `1000KB` means 1MB.
            false => Ok(text.parse::<Size>()?.to_string()),
        });
    let sizes: Vec<String> = sizes
        .collect::<anyhow::Result<_>>()
        .context("option --size")?;
    type Name = fn(&Cell) -> Vec<String>;
    let filters: [(&str, &[String], Name); 5] = [
        ("--workload", &selection.workloads, |cell| {
            vec![cell.workload.clone()]
        }),
        ("--size", &sizes, |cell| vec![cell.size.to_string()]),
        ("--distribution", &selection.distributions, |cell| {
            vec![cell.distribution.to_string()]
        }),
        ("--engine", &selection.engines, |cell| {
            vec![cell.engine.clone(), base_of(&cell.engine).to_owned()]
        }),
        ("--mode", &selection.modes, |cell| {
            vec![
                cell.mode.clone(),
                cell.engine_mode().to_string(),
                cell.base_engine_mode().to_string(),
            ]
        }),
    ];
    if cells.is_empty() {
        bail!(
            "matrix.toml: profile \"{}\" holds no cell: its workloads, sizes and distributions never meet",
            profile.name
        );
    }
    for (option, texts, names_of) in filters {
        let names = distinct(cells.iter().flat_map(names_of));
        let patterns = crate::config::patterns(texts, &names).with_context(|| {
            format!(
                "option {option}, among the selected cells of profile \"{}\"",
                profile.name
            )
        })?;
        cells.retain(|cell| {
            names_of(cell)
                .iter()
                .any(|name| matches_any(&patterns, name))
        });
    }
    Ok(cells)
}

#[cfg(test)]
mod tests;
