//! The samples behind each cell's figures, as they were taken.

use serde_json::json;

use crate::document::{Field, Table};
use crate::model::{Metric, Sample};
use crate::plan::PlannedCell;
use crate::questions::Run;

/// The name of each planned cell that has samples, and their table.
pub fn samples(run: &Run) -> Vec<(String, Table)> {
    let of_cell = |planned: &PlannedCell| {
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let own = run.samples.iter().filter(|it| it.cell == planned.name);
        let own = own.map(|sample| (sample, environment.memory_floor_bytes as f64));
        (planned.name.clone(), table(own))
    };
    let mut samples: Vec<(String, Table)> = run.plan.cells.iter().map(of_cell).collect();
    samples.retain(|(_, table)| !table.rows.is_empty());
    samples
}

/// Of samples and the least memory that can be seen, in bytes.
fn table<'s>(samples: impl Iterator<Item = (&'s Sample, f64)>) -> Table {
    Table::of(
        samples,
        &[
            ("round", |(sample, _)| Field::count(sample.round as usize)),
            ("kind", |(sample, _)| Field::json(&json!(sample.kind))),
            ("outcome", |(sample, _)| sample.outcome.into()),
            ("wall", |it| figure(it, Metric::Wall)),
            ("user", |it| figure(it, Metric::User)),
            ("system", |it| figure(it, Metric::System)),
            ("memory", |it| figure(it, Metric::Memory)),
            ("read", |it| figure(it, Metric::Read)),
            ("sort", |it| figure(it, Metric::Sort)),
            ("write", |it| figure(it, Metric::Write)),
        ],
    )
}

fn figure((sample, floor_bytes): &(&Sample, f64), metric: Metric) -> Field {
    Field::maybe(metric.value(sample), |value| {
        metric.text(value, *floor_bytes)
    })
}
