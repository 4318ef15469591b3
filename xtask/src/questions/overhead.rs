//! What each engine and mode costs against native code, over all inputs.

use super::ratio::{Estimate, estimate};
use super::{NATIVE, Results, charts_of};
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Metric, Row, engine_modes, of_mode};

/// An engine and mode against native code.
#[derive(Clone, Debug, PartialEq)]
pub struct Overhead {
    pub mode: EngineMode,
    pub wall: Option<Estimate>,
    /// Of peak memory, over the inputs for which native needs more than the floor.
    pub memory: Option<Estimate>,
}

/// One for each engine and mode of these rows but native, in their order; all are measured.
pub fn of_rows<'r>(measured: &[&'r Row]) -> Vec<Overhead> {
    let others = measured.iter().filter(|row| row.cell.engine != NATIVE);
    let overhead = |mode: EngineMode| {
        let pair = |row: &'r Row| Some((row, native(measured, row)?));
        let own = of_mode(measured, &mode).into_iter();
        let pairs: Vec<(&Row, &Row)> = own.filter_map(pair).collect();
        let mut seen = pairs.clone();
        seen.retain(|(_, native)| Metric::Memory.of(native) > Some(Metric::Memory.floor(native)));
        Overhead {
            mode,
            wall: estimate(&pairs, Metric::Wall),
            memory: estimate(&seen, Metric::Memory),
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

pub fn pieces(results: &Results, charts: &[Piece]) -> Vec<Piece> {
    let overheads = &results.overheads;
    if overheads.iter().all(|overhead| overhead.wall.is_none()) {
        return Vec::new();
    }
    let fields = |estimate: Option<Estimate>| match estimate {
        Some(it) => [Field::figure(it.text(), it.ratio), Field::count(it.inputs)],
        None => [Field::none(), Field::count(0)],
    };
    let row = |overhead: &Overhead| {
        let [wall, memory] = [overhead.wall, overhead.memory].map(fields);
        [[Field::from(&overhead.mode)].as_slice(), &wall, &memory].concat()
    };
    let header = [
        "engine:mode",
        "wall time",
        "inputs",
        "peak memory",
        "inputs",
    ];
    let mut pieces = vec![
        Piece::heading("Against native code"),
        Piece::paragraph(
            "Geometric means of the ratios to native code on the same input, with 95 % bootstrap intervals. Small inputs, where starting is all, \
             count as much as large ones; memory counts only where native needs more than the floor.",
        ),
        Piece::Table(Table::new(header, overheads.iter().map(row))),
    ];
    pieces.extend(charts_of(charts, "overhead-"));
    pieces
}
