//! The samples behind each cell's figures, as they were taken.

use crate::report::document::{Field, Table};
use crate::report::html::CellSamples;
use crate::sample::{Kind, Sample};
use crate::summary::Run;

const HEADER: [&str; 10] = [
    "round", "kind", "outcome", "wall", "user", "system", "memory", "read", "sort", "write",
];

/// A table for each planned cell that has samples.
pub fn samples(run: &Run) -> Vec<CellSamples> {
    let cells = run.plan.cells.iter().map(|planned| {
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let floor_bytes = environment.memory_floor_bytes as f64;
        let samples = run.samples.iter();
        let own = samples.filter(|sample| sample.cell == planned.name);
        CellSamples {
            cell: planned.name.clone(),
            table: Table::new(HEADER, own.map(|sample| row(sample, floor_bytes))),
        }
    });
    cells
        .filter(|samples| !samples.table.rows.is_empty())
        .collect()
}

fn row(sample: &Sample, memory_floor_bytes: f64) -> Vec<Field> {
    let memory = sample.peak_rss_bytes.map(|bytes| bytes as f64);
    vec![
        Field::figure(sample.round.to_string(), sample.round.into()),
        kind(sample.kind).into(),
        sample.outcome.name().into(),
        Field::seconds(sample.wall_s),
        Field::seconds(sample.user_s),
        Field::seconds(sample.system_s),
        Field::memory(memory, memory_floor_bytes),
        Field::seconds(sample.read_s),
        Field::seconds(sample.sort_s),
        Field::seconds(sample.write_s),
    ]
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Run => "run",
        Kind::Compile => "compile",
        Kind::Pilot => "pilot",
        Kind::Control => "control",
    }
}
