//! The samples behind each cell's figures, as they were taken.

use serde_json::json;

use crate::document::html::CellSamples;
use crate::document::{Field, Table};
use crate::model::{Metric, Sample};
use crate::plan::PlannedCell;
use crate::questions::Run;

const HEADER: [&str; 10] = [
    "round", "kind", "outcome", "wall", "user", "system", "memory", "read", "sort", "write",
];

const METRICS: [Metric; 7] = [
    Metric::Wall,
    Metric::User,
    Metric::System,
    Metric::Memory,
    Metric::Read,
    Metric::Sort,
    Metric::Write,
];

/// A table for each planned cell that has samples.
pub fn samples(run: &Run) -> Vec<CellSamples> {
    let of_cell = |planned: &PlannedCell| {
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let floor_bytes = environment.memory_floor_bytes as f64;
        let own = run.samples.iter().filter(|it| it.cell == planned.name);
        let table = Table::new(HEADER, own.map(|sample| row(sample, floor_bytes)));
        let cell = planned.name.clone();
        (!table.rows.is_empty()).then_some(CellSamples { cell, table })
    };
    run.plan.cells.iter().filter_map(of_cell).collect()
}

fn row(sample: &Sample, floor_bytes: f64) -> Vec<Field> {
    let figure = |metric: Metric| {
        Field::maybe(metric.value(sample), |value| {
            metric.text(value, floor_bytes)
        })
    };
    let mut row = vec![
        Field::count(sample.round as usize),
        Field::json(&json!(sample.kind)),
        sample.outcome.into(),
    ];
    row.extend(METRICS.map(figure));
    row
}
