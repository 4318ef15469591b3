//! How time and memory grow.

use super::{heading, paragraph};
use crate::analysis::Facts;
use crate::analysis::scaling::{Scaling, scalings};
use crate::report::document::{Block, Field, Table};
use crate::stats::Line;
use crate::units::human_bytes;

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let scalings = scalings(facts);
    if scalings.is_empty() {
        return Vec::new();
    }
    let header = [
        "workload",
        "engine:mode",
        "exponent",
        "expected",
        "R²",
        "memory per byte",
        "base",
        "R² of memory",
    ];
    vec![
        heading("How it grows"),
        paragraph(
            "The exponent is fitted to the sort phase over sizes (n log n counts as 1), for at least three sizes. Memory is bytes of peak \
             resident set for each byte of input, above the base that the engine needs anyway; sizes below the floor are left out.",
        ),
        Block::Table(Table {
            title: String::new(),
            header: header.map(str::to_owned).to_vec(),
            rows: scalings.iter().map(row).collect(),
        }),
    ]
}

fn row(scaling: &Scaling) -> Vec<Field> {
    let figure = |line: Option<Line>, value: fn(Line) -> f64, text: fn(f64) -> String| {
        line.map_or("–".into(), |line| {
            Field::figure(text(value(line)), value(line))
        })
    };
    let two_digits = |value: f64| format!("{value:.2}");
    let base = |bytes: f64| human_bytes(bytes.max(0.0));
    vec![
        format!("{}, {}", scaling.workload, scaling.distribution).into(),
        scaling.engine_mode.clone().into(),
        figure(scaling.time, |line| line.slope, two_digits),
        Field::figure(format!("{:.0}", scaling.expected), scaling.expected),
        figure(
            scaling.time,
            |line| line.r_squared,
            |value| format!("{value:.4}"),
        ),
        figure(scaling.memory, |line| line.slope, two_digits),
        figure(scaling.memory, |line| line.intercept, base),
        figure(
            scaling.memory,
            |line| line.r_squared,
            |value| format!("{value:.4}"),
        ),
    ]
}
