//! Which charts a run has, and what they show: from rows to values that can be drawn.

mod group;
mod overhead;
mod phases;
mod sizes;
mod style;

use group::Group;

use super::draw::Drawing;
use crate::analysis::overhead::Overhead;
use crate::config::{Engine, distinct};
use crate::summary::Row;

/// Overhead over all inputs first, then a workload after the other, machines apart.
pub fn drawings(engines: &[Engine], rows: &[Row], overheads: &[Overhead]) -> Vec<Drawing> {
    let mut drawings = overhead::drawings(engines, overheads);
    let measured: Vec<&Row> = rows.iter().filter(|row| row.is_ok()).collect();
    let place_of = |row: &&Row| format!("{}{}", row.cell.workload, row.place());
    for place in distinct(measured.iter().map(place_of)) {
        let own = measured
            .iter()
            .copied()
            .filter(|row| place_of(row) == place);
        let Some(group) = Group::new(engines, own.collect(), place) else {
            continue;
        };
        drawings.extend(sizes::latency(&group));
        drawings.extend(sizes::memory(&group));
        drawings.extend(phases::drawings(&group));
    }
    drawings
}

#[cfg(test)]
mod tests;
