//! Cells that depart from the pattern of their own engine and mode.

use super::{Results, times};
use crate::document::{Field, Piece, Table};
use crate::model::{Metric, Row, engine_modes, of_mode};
use crate::stats;

/// A ratio to native further than this from its pattern is an anomaly.
const FACTOR: f64 = 2.0;
/// Shorter phases of native are as much clock as work, and too short for a JIT to warm up, in
/// seconds: they follow the pattern, but do not make it.
const LONG_ENOUGH_S: f64 = 0.001;
/// Cells that make a pattern: of two that differ, nothing says which is the odd one.
const ENOUGH_CELLS: usize = 3;

/// A cell that is much slower or faster against native than its engine and mode elsewhere.
#[derive(Debug)]
struct Anomaly {
    cell: String,
    /// Wall time ÷ that of native.
    ratio: f64,
    /// What the pattern says the ratio should be.
    expected: f64,
    /// The phase that departs most, and its seconds beyond the pattern (negative: below it).
    phase: Metric,
    excess_s: f64,
}

/// A cell and native's with the same input; of both all phases were measured.
struct Beside<'r> {
    row: &'r Row,
    native: &'r Row,
}

impl Beside<'_> {
    fn own_s(&self, phase: Metric) -> f64 {
        phase.of(self.row).unwrap_or_default()
    }

    /// What a phase is a multiple of: native's, and a second of start-up.
    fn unit_s(&self, phase: Metric) -> f64 {
        match phase {
            Metric::Start => 1.0,
            _ => phase.of(self.native).unwrap_or_default(),
        }
    }

    /// What the pattern of all cells says of a phase, in seconds; what was seen, where too few
    /// cells make a pattern. Sorting has one a workload, or of all where one has too few sizes.
    fn expected_s(&self, phase: Metric, all: &[Beside]) -> f64 {
        let is_alike =
            |it: &&Beside| it.row.machine == self.row.machine && it.unit_s(phase) >= LONG_ENOUGH_S;
        let alike = all.iter().filter(is_alike);
        let (own, others): (Vec<&Beside>, Vec<&Beside>) =
            alike.partition(|it| it.row.cell.workload == self.row.cell.workload);
        let alike = match phase == Metric::Sort && own.len() >= ENOUGH_CELLS {
            true => own,
            false => [own, others].concat(),
        };
        let ratios = alike.iter().map(|it| it.own_s(phase) / it.unit_s(phase));
        let middle = stats::median(&ratios.collect::<Vec<_>>());
        let middle = middle.filter(|_| alike.len() >= ENOUGH_CELLS);
        middle.map_or(self.own_s(phase), |middle| middle * self.unit_s(phase))
    }

    fn anomaly(&self, all: &[Beside]) -> Option<Anomaly> {
        let excess_s = Metric::PHASES.map(|it| self.own_s(it) - self.expected_s(it, all));
        let excess: f64 = excess_s.iter().sum();
        let (wall_s, native_s) = (Metric::Wall.of(self.row)?, Metric::Wall.of(self.native)?);
        let expected_s = wall_s - excess;
        let departure = (wall_s / expected_s).ln().abs();
        let phases = Metric::PHASES.into_iter().zip(excess_s);
        // Of a cell that is too fast, the phase that saves most.
        let (phase, excess_s) = phases.max_by(|a, b| (a.1 * excess).total_cmp(&(b.1 * excess)))?;
        (departure > FACTOR.ln() && native_s > 0.0).then(|| Anomaly {
            cell: self.row.name(),
            ratio: wall_s / native_s,
            expected: expected_s / native_s,
            phase,
            excess_s,
        })
    }
}

/// The largest first. An engine and mode has a pattern in parts: its start-up takes the same
/// seconds for every cell, and its reading, writing and, workload by workload, sorting take the
/// same multiple of native's; medians, which one anomaly does not bend. The sum of what the parts
/// say is what a cell should take. Cells without phases have no pattern.
fn anomalies(results: &Results) -> Vec<Anomaly> {
    let rows: Vec<&Row> = results.ok().collect();
    let others = rows.iter().filter(|row| !results.is_native(row));
    let mut found = Vec::new();
    for mode in engine_modes(others.copied()) {
        let beside = |row| {
            let native = results.native(&rows, row)?;
            let has_phases = [row, native]
                .map(Metric::phases)
                .iter()
                .all(Option::is_some);
            has_phases.then_some(Beside { row, native })
        };
        let own = of_mode(&rows, &mode).into_iter();
        let all: Vec<Beside> = own.filter_map(beside).collect();
        found.extend(all.iter().filter_map(|cell| cell.anomaly(&all)));
    }
    let distance = |it: &Anomaly| (it.ratio / it.expected).ln().abs();
    found.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    found
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let table = Table::of(anomalies(results))
        .column("cell", |it| Field::from(&it.cell).of_cell(&it.cell))
        .column("ratio to native", |it| {
            Field::figure(times(it.ratio), it.ratio)
        })
        .column("its pattern", |it| {
            Field::figure(times(it.expected), it.expected)
        })
        .column("phase", |it| it.phase.name())
        .column("beyond the pattern", |it| {
            Field::difference(it.excess_s, "+")
        })
        .table;
    vec![
        Piece::heading("Odd ones out"),
        Piece::paragraph(
            "Cells that take more than twice, or less than half, of what their engine and mode's own pattern says: the same start-up for \
             every cell, and the same multiples of native's reading, writing and sorting (medians over at least three cells in which native \
             takes a millisecond; sorting workload by workload, or over all workloads where one has fewer such cells). With the phase that departs most. Cells without a native twin or without phases cannot be judged.",
        ),
        match table.rows.is_empty() {
            true => Piece::paragraph("None."),
            false => Piece::Table(table),
        },
    ]
}

#[cfg(test)]
mod tests;
