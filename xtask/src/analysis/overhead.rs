//! What an engine and mode costs against native code, over all inputs.

use super::pairs::{Estimate, estimate, of_mode};
use super::{Facts, Metric, engine_modes};
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
    of_rows(&facts.work().collect::<Vec<_>>())
}

/// The same of these rows, all of them measured.
pub(crate) fn of_rows<'r>(measured: &[&'r Row]) -> Vec<Overhead> {
    let others = measured.iter().filter(|row| row.cell.engine != NATIVE);
    let overhead = |engine_mode: String| {
        let own = of_mode(measured, &engine_mode);
        let pair = |row: &'r Row| Some((row, native(measured, row)?));
        let pairs: Vec<(&Row, &Row)> = own.into_iter().filter_map(pair).collect();
        let seen = |(_, native): &&(&Row, &Row)| {
            let bytes = native.peak_rss_mean_bytes;
            bytes.is_some_and(|bytes| bytes > native.memory_floor_bytes)
        };
        let seen: Vec<(&Row, &Row)> = pairs.iter().filter(seen).copied().collect();
        Overhead {
            engine: engine_mode.split(':').next().unwrap_or_default().to_owned(),
            wall: estimate(&pairs, Metric::Wall),
            memory: estimate(&seen, Metric::Memory),
            engine_mode,
        }
    };
    engine_modes(others.copied())
        .into_iter()
        .map(overhead)
        .collect()
}

/// The native cell with the same input.
pub fn native<'r>(rows: &[&'r Row], row: &Row) -> Option<&'r Row> {
    let mut natives = rows.iter().filter(|other| other.cell.engine == NATIVE);
    natives.find(|other| other.same_input(row)).copied()
}
