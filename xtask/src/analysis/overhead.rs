//! What an engine and mode costs against native code, over all inputs.

use super::{Estimate, Facts, Metric, engine_modes, estimate};
use crate::summary::Row;

/// The engine whose cells are the yardstick.
pub const NATIVE: &str = "native";

/// An engine and mode against native code.
#[derive(Clone, Debug, PartialEq)]
pub struct Overhead {
    pub engine: String,
    /// `wasmtime:aot`
    pub engine_mode: String,
    /// Wall time.
    pub wall: Option<Estimate>,
    /// Peak memory, over the inputs for which native needs more than the floor.
    pub memory: Option<Estimate>,
}

/// One for each engine and mode but native, over the workloads that are no controls, in the
/// order of the rows.
pub(super) fn overheads(facts: &Facts) -> Vec<Overhead> {
    of_rows(
        &facts.work().collect::<Vec<_>>(),
        facts.memory_floor_bytes(),
    )
}

/// The same of these rows, all of them measured.
pub(crate) fn of_rows(measured: &[&Row], memory_floor_bytes: f64) -> Vec<Overhead> {
    let others = measured.iter().filter(|row| row.cell.engine != NATIVE);
    let overhead = |engine_mode: String| {
        let pairs = pairs(measured, &engine_mode);
        let seen = |(_, native): &&(&Row, &Row)| {
            let bytes = native.peak_rss_mean_bytes;
            bytes.is_some_and(|bytes| bytes > memory_floor_bytes)
        };
        let seen: Vec<(&Row, &Row)> = pairs.iter().filter(seen).copied().collect();
        Overhead {
            engine: engine_mode.split(':').next().unwrap_or_default().to_owned(),
            wall: estimate(&pairs, Metric::Wall, memory_floor_bytes),
            memory: estimate(&seen, Metric::Memory, memory_floor_bytes),
            engine_mode,
        }
    };
    engine_modes(others.copied())
        .into_iter()
        .map(overhead)
        .collect()
}

/// Each cell of the engine and mode beside the native cell with the same input.
fn pairs<'r>(rows: &[&'r Row], engine_mode: &str) -> Vec<(&'r Row, &'r Row)> {
    let own = rows
        .iter()
        .filter(|row| row.cell.engine_mode() == engine_mode);
    own.filter_map(|row| Some((*row, native(rows, row)?)))
        .collect()
}

/// The native cell with the same input.
pub fn native<'r>(rows: &[&'r Row], row: &Row) -> Option<&'r Row> {
    let mut natives = rows.iter().filter(|other| other.cell.engine == NATIVE);
    natives.find(|other| other.same_input(row)).copied()
}
