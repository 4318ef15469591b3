//! The words that every later stage uses, as types. Pure.
//!
//! A run is [`Row`]s: a cell and its figures. What a figure is, is said once, by [`Metric`]:
//! its name, its unit, its value of a row, its text for people. How rows stand beside each other
//! is said once, by [`Grid`]: one workload and distribution on one machine, a line a size, a column
//! an engine and mode. Tables, charts, sheets and questions are made from these two and regroup
//! nothing.

mod cell;
mod cpus;
mod difference;
mod filter;
mod grid;
mod metric;
mod pattern;
mod precision;
mod row;
mod sample;
mod units;

use std::collections::HashSet;
use std::hash::Hash;

pub use cell::{Cell, EngineMode, Origin, Outcome, base_of};
pub use cpus::Cpus;
pub use difference::differences;
pub use filter::{Filter, Names};
pub use grid::{Grid, engine_modes, grids, inputs, main_grids, of_mode};
pub use metric::{Metric, Unit};
pub use pattern::{GLOB, OneOrMany, Pattern, list};
pub use precision::{Precision, parse_percent};
pub use row::{Row, any_trouble};
pub use sample::{Kind, Sample};
pub use units::{Load, Size, human_bytes, human_seconds, parse_duration};

#[cfg(test)]
pub(crate) use row::tests;

/// What is alike, together, in the order of the first of each. No group is empty.
pub fn grouped<T>(
    items: impl IntoIterator<Item = T>,
    are_alike: impl Fn(&T, &T) -> bool,
) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in items {
        let mut known = groups.iter_mut();
        match known.find(|group| are_alike(&item, &group[0])) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

/// The names, each once, in the order of their first appearance.
pub fn distinct<T: Clone + Eq + Hash>(names: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    names
        .into_iter()
        .filter(|name| seen.insert(name.clone()))
        .collect()
}
