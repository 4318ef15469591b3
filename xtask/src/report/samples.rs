//! The samples behind each cell's figures, as they were taken.

use std::collections::HashMap;

use serde_json::json;

use crate::document::{Field, Table};
use crate::model::{Metric, Sample};
use crate::plan::PlannedCell;
use crate::questions::Run;

/// User and system time apart are worth showing from here on, in seconds: what a process takes is
/// counted, how it is split is sampled at ticks of 1 to 10 ms.
const SPLIT_FROM_S: f64 = 0.1;
/// Page and workbook show so many samples of a cell; `samples.jsonl` has all.
const SHOWN: usize = 50;

/// The samples that page and workbook show.
pub struct Shown<'r> {
    /// The first of each cell, in their order.
    pub samples: Vec<&'r Sample>,
    /// What a reader is told of that; none where all are shown.
    pub note: Option<String>,
}

impl<'r> Shown<'r> {
    pub fn of(run: &'r Run) -> Shown<'r> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        let mut samples = Vec::new();
        for sample in &run.samples {
            let count = counts.entry(&sample.cell).or_default();
            *count += 1;
            if *count <= SHOWN {
                samples.push(sample.as_ref());
            }
        }
        let all = run.samples.len();
        let note = (samples.len() < all).then(|| {
            format!("The first {SHOWN} samples of each cell; all {all} are in samples.jsonl.")
        });
        Shown { samples, note }
    }
}

/// What a reader of their tables is told.
pub fn note(shown: &Shown) -> String {
    format!(
        "User and system time are shown apart from 100 ms on: their sum is counted, how it is split is sampled at ticks of some milliseconds. {}",
        shown.note.as_deref().unwrap_or_default()
    )
}

/// The name of each planned cell that has samples, and their table.
pub fn tables(run: &Run, shown: &Shown) -> Vec<(String, Table)> {
    let mut by_cell: HashMap<&str, Vec<&Sample>> = HashMap::new();
    for sample in &shown.samples {
        by_cell.entry(&sample.cell).or_default().push(sample);
    }
    let of_cell = |planned: &PlannedCell| {
        let own = by_cell.get(planned.name.as_str())?;
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let table = table(own, environment.memory_floor_bytes as f64);
        Some((planned.name.clone(), table))
    };
    run.plan.cells.iter().filter_map(of_cell).collect()
}

fn table(samples: &[&Sample], floor_bytes: f64) -> Table {
    let figure = |metric: Metric| {
        let text = move |value| metric.text(value, floor_bytes);
        move |sample: &&Sample| Field::maybe(metric.value(sample), text)
    };
    let split = |metric: Metric| {
        let field = figure(metric);
        move |sample: &&Sample| match Metric::Cpu.value(sample) {
            Some(cpu_s) if cpu_s >= SPLIT_FROM_S => field(sample),
            _ => Field::none(),
        }
    };
    Table::of(samples.iter().copied())
        .column("round", |sample| Field::count(sample.round as usize))
        .column("kind", |sample| Field::json(&json!(sample.kind)))
        .column("outcome", |sample| sample.outcome)
        .column("wall", figure(Metric::Wall))
        .column("CPU", figure(Metric::Cpu))
        .column("user", split(Metric::User))
        .column("system", split(Metric::System))
        .column("memory", figure(Metric::Memory))
        .column("read", figure(Metric::Read))
        .column("sort", figure(Metric::Sort))
        .column("write", figure(Metric::Write))
        .table
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::store::RunFolder;

    #[test]
    fn memory_is_told_down_to_the_floor_of_the_machine_that_measured_it() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
        let mut run = crate::report::load(&RunFolder { path }).unwrap();
        let memory = |run: &Run| tables(run, &Shown::of(run))[0].1.rows[0][7].text.clone();
        let here = memory(&run);
        let mut other = run.environment.clone();
        other.machine.host = "elsewhere".to_owned();
        other.memory_floor_bytes = 1_000_000_000;
        run.environment.other_machines.push(other);
        assert_eq!(memory(&run), here);
        run.plan.cells[0].machine = Some("elsewhere".to_owned());
        assert_eq!(memory(&run), "≤ 1.00 GB");
    }
}
