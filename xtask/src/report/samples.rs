//! The samples behind each cell's figures, as they were taken.

use crate::document::html::CellSamples;
use crate::document::{Field, Table};
use crate::model::{Kind, Sample, human_memory};
use crate::plan::PlannedCell;
use crate::questions::Run;

const HEADER: [&str; 10] = [
    "round", "kind", "outcome", "wall", "user", "system", "memory", "read", "sort", "write",
];

/// A table for each planned cell that has samples.
pub fn samples(run: &Run) -> Vec<CellSamples> {
    let of_cell = |planned: &PlannedCell| {
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let floor_bytes = environment.memory_floor_bytes as f64;
        let own = run
            .samples
            .iter()
            .filter(|sample| sample.cell == planned.name);
        let table = Table::new(HEADER, own.map(|sample| row(sample, floor_bytes)));
        let cell = planned.name.clone();
        (!table.rows.is_empty()).then_some(CellSamples { cell, table })
    };
    run.plan.cells.iter().filter_map(of_cell).collect()
}

fn row(sample: &Sample, memory_floor_bytes: f64) -> Vec<Field> {
    let memory = sample.peak_rss_bytes.map(|bytes| bytes as f64);
    let kind = match sample.kind {
        Kind::Run => "run",
        Kind::Compile => "compile",
        Kind::Pilot => "pilot",
        Kind::Control => "control",
    };
    vec![
        Field::count(sample.round as usize),
        kind.into(),
        sample.outcome.into(),
        Field::seconds(sample.wall_s),
        Field::seconds(sample.user_s),
        Field::seconds(sample.system_s),
        Field::maybe(memory, |bytes| human_memory(bytes, memory_floor_bytes)),
        Field::seconds(sample.read_s),
        Field::seconds(sample.sort_s),
        Field::seconds(sample.write_s),
    ]
}
