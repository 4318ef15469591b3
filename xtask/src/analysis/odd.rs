//! Cells that depart from the pattern of their own engine and mode.

use super::pairs::of_mode;
use super::{Facts, engine_modes, overhead};
use crate::stats;
use crate::summary::Row;

/// A ratio to native further than this from its pattern is odd.
const FACTOR: f64 = 2.0;
/// Shorter phases of native are as much clock as work, and too short for a JIT to warm up, in
/// seconds: they follow the pattern, but do not make it.
const LONG_ENOUGH_S: f64 = 0.001;
/// Cells that make a pattern: of two that differ, nothing says which is odd.
const ENOUGH_CELLS: usize = 3;

/// A cell that is much slower or faster against native than its engine and mode elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Odd {
    pub cell: String,
    /// Wall time ÷ that of native.
    pub ratio: f64,
    /// What the pattern says the ratio should be.
    pub expected: f64,
    /// The phase that departs most, and its seconds beyond the pattern (negative: below it).
    pub phase: &'static str,
    pub excess_s: f64,
}

/// The odd cells, the oddest first. An engine and mode has a pattern in parts: its start-up takes
/// the same seconds for every cell, and its reading, writing and, workload by workload, sorting
/// take the same multiple of native's; medians, which one odd cell does not bend. The sum of what
/// the parts say is what a cell should take. Cells without phases have no pattern.
pub fn odd_ones(facts: &Facts) -> Vec<Odd> {
    let rows: Vec<&Row> = facts.rows.iter().filter(|row| row.is_ok()).collect();
    let others = rows.iter().copied();
    let mut odd: Vec<Odd> = engine_modes(others.filter(|row| row.cell.engine != overhead::NATIVE))
        .iter()
        .flat_map(|engine_mode| {
            let own = of_mode(&rows, engine_mode).into_iter();
            let times = |row: &Row| Times::new(row, overhead::native(&rows, row)?);
            odd_of(&own.filter_map(times).collect::<Vec<Times>>())
        })
        .collect();
    let distance = |odd: &Odd| (odd.ratio / odd.expected).ln().abs();
    odd.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    odd
}

const NAMES: [&str; 4] = ["start-up", "read", "sort", "write"];

/// A cell and native's: median seconds of each phase, and of the whole process.
struct Times {
    cell: String,
    /// What the cell is compared with: `merge`, with the machine where there are several.
    workload: String,
    place: String,
    own_s: [f64; 4],
    native_s: [f64; 4],
    wall_s: f64,
    native_wall_s: f64,
}

impl Times {
    /// None where a phase was not measured.
    fn new(row: &Row, native: &Row) -> Option<Times> {
        let phases = |row: &Row| {
            Some([
                row.startup_median_s?,
                row.read_median_s?,
                row.sort_median_s?,
                row.write_median_s?,
            ])
        };
        Some(Times {
            cell: format!("{}{}", row.cell, row.place()),
            workload: format!("{}{}", row.cell.workload, row.place()),
            place: row.place(),
            own_s: phases(row)?,
            native_s: phases(native)?,
            wall_s: row.wall?.median,
            native_wall_s: native.wall?.median,
        })
    }

    /// What the pattern of all cells says of a phase, in seconds; what was seen, where too few
    /// cells make a pattern.
    fn expected_s(&self, phase: usize, all: &[Times]) -> f64 {
        let alike = all.iter().filter(|other| match NAMES[phase] {
            "sort" => other.workload == self.workload,
            _ => other.place == self.place,
        });
        let factor = |times: &Times| match NAMES[phase] {
            "start-up" => 1.0,
            _ => times.native_s[phase],
        };
        let ratios: Vec<f64> = alike
            .filter(|other| factor(other) >= LONG_ENOUGH_S)
            .map(|other| other.own_s[phase] / factor(other))
            .collect();
        let middle = stats::median(&ratios).filter(|_| ratios.len() >= ENOUGH_CELLS);
        middle.map_or(self.own_s[phase], |middle| middle * factor(self))
    }
}

fn odd_of(all: &[Times]) -> Vec<Odd> {
    let odd = |times: &Times| {
        let excess_s = [0, 1, 2, 3].map(|at| times.own_s[at] - times.expected_s(at, all));
        let excess: f64 = excess_s.iter().sum();
        let expected_s = times.wall_s - excess;
        let departure = (times.wall_s / expected_s).ln().abs();
        let worst = NAMES.into_iter().zip(excess_s);
        // Of a cell that is too fast, the phase that saves most.
        let (phase, excess_s) = worst.max_by(|a, b| (a.1 * excess).total_cmp(&(b.1 * excess)))?;
        (departure > FACTOR.ln() && times.native_wall_s > 0.0).then(|| Odd {
            cell: times.cell.clone(),
            ratio: times.wall_s / times.native_wall_s,
            expected: expected_s / times.native_wall_s,
            phase,
            excess_s,
        })
    };
    all.iter().filter_map(odd).collect()
}

#[cfg(test)]
mod tests;
