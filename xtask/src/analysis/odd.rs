//! Cells that depart from the pattern of their own engine and mode.

use std::collections::BTreeMap;

use super::{Facts, engine_modes, overhead};
use crate::stats;
use crate::summary::Row;

/// A ratio to native further than this from its pattern is odd.
const FACTOR: f64 = 2.0;
/// Sweeps of the median polish; it settles within a few.
const SWEEPS: usize = 10;

/// A cell that is much slower or faster against native than its engine and mode elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Odd {
    pub cell: String,
    /// Wall time ÷ that of native.
    pub ratio: f64,
    /// What the pattern over sizes and workloads says the ratio should be.
    pub expected: f64,
    /// The phase that makes most of the difference, and its seconds beyond the pattern.
    pub phase: &'static str,
    pub phase_excess_s: f64,
}

/// The odd cells, the oddest first. The pattern of an engine and mode is its table of ratios,
/// workloads by inputs, fitted by Tukey's median polish (*Exploratory Data Analysis*, 1977) of
/// their logarithms: one odd cell does not bend it.
pub fn odd_ones(facts: &Facts) -> Vec<Odd> {
    let rows: Vec<&Row> = facts.rows.iter().filter(|row| row.is_ok()).collect();
    let work: Vec<&Row> = facts.work().collect();
    let others = work
        .iter()
        .copied()
        .filter(|row| row.cell.engine != overhead::NATIVE);
    let mut odd: Vec<Odd> = engine_modes(others)
        .iter()
        .flat_map(|engine_mode| {
            let own = work
                .iter()
                .filter(|row| row.cell.engine_mode() == *engine_mode);
            let pairs: Vec<Pair> = own
                .filter_map(|row| Pair::new(row, overhead::native(&rows, row)?))
                .collect();
            odd_of(&pairs)
        })
        .collect();
    let distance = |odd: &Odd| (odd.ratio / odd.expected).ln().abs();
    odd.sort_by(|a, b| distance(b).total_cmp(&distance(a)));
    odd
}

/// A cell beside the native one.
struct Pair<'r> {
    row: &'r Row,
    native: &'r Row,
    log_ratio: f64,
}

impl<'r> Pair<'r> {
    fn new(row: &'r Row, native: &'r Row) -> Option<Pair<'r>> {
        let log_ratio = (row.wall?.median / native.wall?.median).ln();
        log_ratio.is_finite().then_some(Pair {
            row,
            native,
            log_ratio,
        })
    }

    fn column(&self) -> String {
        let machine = self.row.machine.as_deref().unwrap_or_default();
        format!(
            "{}/{} {machine}",
            self.row.cell.size, self.row.cell.distribution
        )
    }

    /// Seconds of each phase, and of native's.
    fn phases(&self) -> [(&'static str, f64, f64); 4] {
        let of = |name, value: fn(&Row) -> Option<f64>| {
            (
                name,
                value(self.row).unwrap_or(0.0),
                value(self.native).unwrap_or(0.0),
            )
        };
        [
            of("start-up", |row| row.startup_median_s),
            of("read", |row| row.read_median_s),
            of("sort", |row| row.sort_median_s),
            of("write", |row| row.write_median_s),
        ]
    }
}

fn odd_of(pairs: &[Pair]) -> Vec<Odd> {
    let residuals = median_polish(pairs);
    let odd = pairs
        .iter()
        .zip(residuals)
        .filter(|(_, residual)| residual.abs() > FACTOR.ln());
    odd.map(|(pair, residual)| {
        let expected = (pair.log_ratio - residual).exp();
        let excess =
            |(name, own_s, native_s): (&'static str, f64, f64)| (name, own_s - expected * native_s);
        // Too fast where the residual is negative: then the phase that saves most.
        let (phase, phase_excess_s) = pair
            .phases()
            .map(excess)
            .into_iter()
            .max_by(|a, b| (a.1 * residual).total_cmp(&(b.1 * residual)))
            .unwrap_or(("start-up", 0.0));
        Odd {
            cell: pair.row.cell.to_string(),
            ratio: pair.log_ratio.exp(),
            expected,
            phase,
            phase_excess_s,
        }
    })
    .collect()
}

/// What is left of each log ratio when the medians of its workload and of its input are taken
/// away, by turns. A workload or input with one cell only would explain that cell completely,
/// so it says nothing: such cells keep what the other direction leaves.
fn median_polish(pairs: &[Pair]) -> Vec<f64> {
    let overall = stats::median(&pairs.iter().map(|pair| pair.log_ratio).collect::<Vec<_>>());
    let mut rest: Vec<f64> = pairs
        .iter()
        .map(|pair| pair.log_ratio - overall.unwrap_or(0.0))
        .collect();
    let columns: Vec<String> = pairs.iter().map(Pair::column).collect();
    let workloads: Vec<String> = pairs
        .iter()
        .map(|pair| pair.row.cell.workload.clone())
        .collect();
    for _ in 0..SWEEPS {
        for names in [&columns, &workloads] {
            sweep(&mut rest, names);
        }
    }
    rest
}

/// Takes the median of each group away from its members.
fn sweep(rest: &mut [f64], names: &[String]) {
    let mut groups: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        groups.entry(name).or_default().push(at);
    }
    for members in groups.values().filter(|members| members.len() > 1) {
        let values: Vec<f64> = members.iter().map(|at| rest[*at]).collect();
        if let Some(middle) = stats::median(&values) {
            for at in members {
                rest[*at] -= middle;
            }
        }
    }
}
