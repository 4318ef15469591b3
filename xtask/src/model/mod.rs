//! The words that every later stage uses, as types. Pure.
//!
//! A run is [`Row`]s: a cell and its figures. What a figure is, is said once, by [`Metric`]:
//! its name, its unit, its value of a row, its text for people. How rows stand beside each other
//! is said once, by [`Grid`]: one workload and distribution on one machine, a line a size, a column
//! an engine and mode. Tables, charts, sheets and questions are made from these two and regroup
//! nothing.

pub mod cell;
mod difference;
mod filter;
mod grid;
mod metric;
mod pattern;
mod row;
pub mod sample;
pub mod units;

use std::collections::HashSet;
use std::hash::Hash;

pub use difference::differences;
pub use filter::Filter;
pub use grid::{Grid, engine_modes, grids, of_mode};
pub use metric::{Metric, Unit};
pub use pattern::{GLOB, Pattern, list};
pub use row::Row;

/// The names, each once, in the order of their first appearance.
pub fn distinct<T: Clone + Eq + Hash>(names: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    names
        .into_iter()
        .filter(|name| seen.insert(name.clone()))
        .collect()
}
