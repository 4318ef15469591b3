//! A run as it lies in its folder, and the rows that all questions are put to.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::config::Config;
use crate::model::{Kind, Outcome, Row, Sample};
use crate::plan::{Plan, PlannedCell};
use crate::store::environment::Environment;

/// Everything that a report is made from, as it lies in a run's folder.
#[derive(Clone, Debug)]
pub struct Run {
    /// The folder's name.
    pub name: String,
    pub config: Config,
    pub plan: Plan,
    pub environment: Environment,
    pub samples: Vec<Arc<Sample>>,
}

/// One row for each planned cell, in the order of the plan.
pub fn rows(run: &Run) -> Vec<Row> {
    let mut by_cell: BTreeMap<(&str, bool), Vec<Arc<Sample>>> = BTreeMap::new();
    for sample in &run.samples {
        let is_counted = matches!(sample.kind, Kind::Run | Kind::Compile | Kind::Twin);
        if sample.outcome == Outcome::Ok && is_counted {
            let own = by_cell.entry((&sample.cell, sample.kind == Kind::Twin));
            own.or_default().push(sample.clone());
        }
    }
    for samples in by_cell.values_mut() {
        keep_last_attempts(samples);
    }
    let of = |name: &str, is_twin| by_cell.get(&(name, is_twin)).cloned().unwrap_or_default();
    let row = |planned: &PlannedCell| {
        let cell = &planned.cell;
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let engine = environment.engines.get(&cell.engine);
        let mut compilations = of(&format!("{}/{}", cell.workload, cell.engine_mode()), false);
        // The pilot's only where there is no other.
        if compilations.iter().any(|sample| sample.round > 0) {
            compilations.retain(|sample| sample.round > 0);
        }
        let samples = of(&planned.name, false);
        let (count, runs) = (samples.len(), run.plan.runs);
        Row {
            cell: cell.clone(),
            memory_floor_bytes: environment.memory_floor_bytes as f64,
            machine: planned.machine.clone().filter(|_| run.several_machines()),
            version: engine.map_or(String::new(), |engine| engine.version.clone()),
            outcome: planned.outcome,
            reason: match planned.outcome {
                Some(_) => planned.reason.clone(),
                None => Some(format!("not finished: {count} of {runs} samples")),
            },
            compilations,
            samples,
            twins: of(&planned.name, true),
            figures: Default::default(),
        }
    };
    run.plan.cells.iter().map(row).collect()
}

/// Of a block that was taken again only the last attempt counts.
fn keep_last_attempts(samples: &mut Vec<Arc<Sample>>) {
    let again = samples.iter().filter(|sample| sample.attempt > 1);
    let again: HashSet<u32> = again.map(|sample| sample.round).collect();
    samples.retain(|sample| sample.attempt > 1 || !again.contains(&sample.round));
}

impl Run {
    /// Was it measured on several machines, as shards?
    pub fn several_machines(&self) -> bool {
        !self.environment.other_machines.is_empty()
    }
}
