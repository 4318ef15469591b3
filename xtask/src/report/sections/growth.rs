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
            "The exponent is fitted to the sort phase over sizes (n log n counts as 1), for at least three sizes; what is expected is known of random input only. Memory is bytes of peak \
             resident set for each byte of input, above the base that the engine needs anyway; sizes below the floor are left out.",
        ),
        Block::Table(Table::new(header, scalings.iter().map(row))),
    ]
}

fn row(scaling: &Scaling) -> Vec<Field> {
    let figure = |line: Option<Line>, value: fn(Line) -> f64, text: fn(f64) -> String| {
        line.map_or_else(Field::none, |line| {
            Field::figure(text(value(line)), value(line))
        })
    };
    let on = scaling.machine.as_ref().map(|host| format!(", on {host}"));
    let on = on.unwrap_or_default();
    let two_digits = |value: f64| format!("{value:.2}");
    let base = |bytes: f64| human_bytes(bytes.max(0.0));
    vec![
        format!("{}, {}{on}", scaling.workload, scaling.distribution).into(),
        scaling.engine_mode.clone().into(),
        figure(scaling.time, |line| line.slope, two_digits),
        scaling.expected.map_or_else(Field::none, |expected| {
            Field::figure(format!("{expected:.0}"), expected)
        }),
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
