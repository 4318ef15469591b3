//! What starting costs, as far as it can be seen from outside.

use super::{Facts, engine_modes};
use crate::cell::Outcome;
use crate::config::ExpectedOutput;
use crate::sample::{Kind, start_name};
use crate::stats;
use crate::summary::Row;

/// The start of an engine and mode: median seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    pub engine_mode: String,
    /// The engine's version command: its process starts, and ends. None for native guests.
    pub process_s: Option<f64>,
    /// A guest that does nothing, from start to end.
    pub noop_s: f64,
    /// The difference: loading, validating, compiling and instantiating the guest. None where
    /// the version command takes as long: some do more than start and end.
    pub load_s: Option<f64>,
}

/// One for each engine and mode that ran the guest that does nothing.
pub fn starts(facts: &Facts) -> Vec<Start> {
    let noops: Vec<&Row> = facts
        .rows
        .iter()
        .filter(|row| row.is_ok() && does_nothing(facts, row))
        .collect();
    let start = |engine_mode: String| {
        let row = noops
            .iter()
            .find(|row| row.cell.engine_mode() == engine_mode)?;
        let (process_s, noop_s) = (process_s(facts, &row.cell.engine), row.wall?.median);
        Some(Start {
            engine_mode,
            process_s,
            noop_s,
            load_s: process_s
                .map(|process_s| noop_s - process_s)
                .filter(|load_s| *load_s > 0.0),
        })
    };
    engine_modes(noops.iter().copied())
        .into_iter()
        .filter_map(start)
        .collect()
}

fn does_nothing(facts: &Facts, row: &Row) -> bool {
    let workload = facts.config().workload(&row.cell.workload);
    workload.is_some_and(|workload| workload.output == ExpectedOutput::Nothing)
}

/// Median wall time of the engine's version command; none in a run of several machines, whose
/// samples do not say where they were taken.
fn process_s(facts: &Facts, engine: &str) -> Option<f64> {
    if !facts.run.environment.other_machines.is_empty() {
        return None;
    }
    let name = start_name(engine);
    let samples = facts.run.samples.iter().filter(|sample| {
        sample.kind == Kind::Control && sample.outcome == Outcome::Ok && sample.cell == name
    });
    stats::median(
        &samples
            .filter_map(|sample| sample.wall_s)
            .collect::<Vec<_>>(),
    )
}
