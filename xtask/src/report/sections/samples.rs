//! The samples behind each cell's figures, as they were taken.

use crate::report::document::{Field, Table};
use crate::report::html::CellSamples;
use crate::sample::{Kind, Sample};
use crate::summary::Run;
use crate::units::{human_bytes, human_seconds};

/// A table for each planned cell that has samples.
pub fn samples(run: &Run) -> Vec<CellSamples> {
    let of = |name: &str| -> Vec<&Sample> {
        run.samples
            .iter()
            .filter(|sample| sample.cell == name)
            .collect()
    };
    let cells = run.plan.cells.iter().map(|planned| {
        let rows: Vec<Vec<Field>> = of(&planned.name).into_iter().map(row).collect();
        CellSamples {
            cell: planned.name.clone(),
            table: table(rows),
        }
    });
    cells
        .filter(|samples| !samples.table.rows.is_empty())
        .collect()
}

fn table(rows: Vec<Vec<Field>>) -> Table {
    let header = [
        "round", "kind", "outcome", "wall", "user", "system", "memory", "read", "sort", "write",
    ];
    Table {
        title: String::new(),
        header: header.map(str::to_owned).to_vec(),
        rows,
    }
}

fn row(sample: &Sample) -> Vec<Field> {
    let seconds = |seconds: Option<f64>| {
        seconds.map_or("–".into(), |seconds| {
            Field::figure(human_seconds(seconds), seconds)
        })
    };
    let memory = sample.peak_rss_bytes.map(|bytes| bytes as f64);
    vec![
        Field::figure(sample.round.to_string(), sample.round.into()),
        kind(sample.kind).into(),
        sample.outcome.name().into(),
        seconds(sample.wall_s),
        seconds(sample.user_s),
        seconds(sample.system_s),
        memory.map_or("–".into(), |bytes| {
            Field::figure(human_bytes(bytes), bytes)
        }),
        seconds(sample.read_s),
        seconds(sample.sort_s),
        seconds(sample.write_s),
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
