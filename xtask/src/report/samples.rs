//! The samples behind each cell's figures, as they were taken.

use serde_json::json;

use crate::document::{Field, Table};
use crate::model::{Metric, Sample};
use crate::plan::PlannedCell;
use crate::questions::Run;

/// The name of each planned cell that has samples, and their table.
pub fn samples(run: &Run) -> Vec<(String, Table)> {
    let of_cell = |planned: &PlannedCell| {
        let own = run.samples.iter().filter(|it| it.cell == planned.name);
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let table = table(own, environment.memory_floor_bytes as f64);
        (planned.name.clone(), table)
    };
    let mut samples: Vec<(String, Table)> = run.plan.cells.iter().map(of_cell).collect();
    samples.retain(|(_, table)| !table.rows.is_empty());
    samples
}

fn table<'s>(samples: impl Iterator<Item = &'s Sample>, floor_bytes: f64) -> Table {
    let figure = |metric: Metric| {
        let text = move |value| metric.text(value, floor_bytes);
        move |sample: &&Sample| Field::maybe(metric.value(sample), text)
    };
    Table::of(samples)
        .column("round", |sample| Field::count(sample.round as usize))
        .column("kind", |sample| Field::json(&json!(sample.kind)))
        .column("outcome", |sample| sample.outcome)
        .column("wall", figure(Metric::Wall))
        .column("user", figure(Metric::User))
        .column("system", figure(Metric::System))
        .column("memory", figure(Metric::Memory))
        .column("read", figure(Metric::Read))
        .column("sort", figure(Metric::Sort))
        .column("write", figure(Metric::Write))
        .table
}
