//! What each engine and mode costs against native code.

use super::{charts_of, heading, paragraph, with_interval};
use crate::analysis::overhead::Overhead;
use crate::analysis::{Estimate, Facts};
use crate::chart::Chart;
use crate::report::document::{Block, Field, Table};

pub fn blocks(facts: &Facts, charts: &[Chart]) -> Vec<Block> {
    let overheads = &facts.overheads;
    if overheads.iter().all(|overhead| overhead.wall.is_none()) {
        return Vec::new();
    }
    let header = [
        "engine:mode",
        "wall time",
        "inputs",
        "peak memory",
        "inputs",
    ];
    let mut blocks = vec![
        heading("Against native code"),
        paragraph(
            "Geometric means of the ratios to native code on the same input, with 95 % bootstrap intervals. Small inputs, where starting is all, \
             count as much as large ones; memory counts only where native needs more than the floor.",
        ),
        Block::Table(Table::new(header, overheads.iter().map(row))),
    ];
    blocks.extend(charts_of(charts, "overhead-"));
    blocks
}

fn row(overhead: &Overhead) -> Vec<Field> {
    let ratio = |estimate: Option<Estimate>| {
        estimate.map_or_else(Field::none, |estimate| {
            Field::figure(with_interval(&estimate), estimate.ratio)
        })
    };
    let inputs =
        |estimate: Option<Estimate>| Field::count(estimate.map_or(0, |estimate| estimate.inputs));
    vec![
        overhead.engine_mode.clone().into(),
        ratio(overhead.wall),
        inputs(overhead.wall),
        ratio(overhead.memory),
        inputs(overhead.memory),
    ]
}
