//! Which charts a run has, and what they show: from rows to values that can be drawn.

mod group;
mod overhead;
mod phases;
mod sizes;
mod style;

use super::draw::Drawing;
use crate::config::Engine;
use crate::model::Row;
use crate::questions::overhead::Overhead;

/// Overhead over all inputs first, then a workload after the other, machines apart.
pub fn drawings(engines: &[Engine], rows: &[Row], overheads: &[Overhead]) -> Vec<Drawing> {
    let mut drawings = overhead::drawings(engines, overheads);
    for group in group::groups(rows) {
        drawings.extend(sizes::drawings(engines, &group));
        drawings.extend(phases::drawings(&group));
    }
    drawings
}

#[cfg(test)]
mod tests;
