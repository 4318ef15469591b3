//! `ratios.csv`: a row a comparison, every one that the report makes.

use serde_json::{Value as Json, json};

use super::summary::rounded;
use crate::questions::Comparison;

/// The fields of a line of `ratios.csv`; their order is part of the format.
pub fn fields(it: &Comparison) -> [(&'static str, Json); 11] {
    let number = |value: Option<f64>| json!(value.map(rounded));
    [
        ("input", json!(it.inputs.join("+"))),
        ("a", json!(it.a.to_string())),
        ("b", json!(it.b.to_string())),
        ("metric", json!(it.metric.name())),
        ("pairs", json!(it.pairs)),
        ("ratio", number(Some(it.ratio))),
        ("low", number(it.interval.map(|interval| interval.low))),
        ("high", number(it.interval.map(|interval| interval.high))),
        ("detectable", number(it.detectable())),
        ("p", number(Some(it.p))),
        ("verdict", json!(it.verdict)),
    ]
}
