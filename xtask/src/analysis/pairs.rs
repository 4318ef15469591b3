//! Cells beside each other that differ in engine and mode only.

use super::Metric;
use crate::stats::{self, Interval};
use crate::summary::Row;

/// A geometric mean of ratios, and its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub ratio: f64,
    pub interval: Interval,
    /// Inputs that it is the mean over.
    pub inputs: usize,
}

impl Estimate {
    /// Does the interval say more than 1, and the ratio more than the noise floor?
    pub fn is_more(&self, floor: f64) -> bool {
        self.interval.low > 1.0 && self.ratio - 1.0 > floor
    }
}

/// The cells of `a` with those of `b` on the same input.
pub fn pairs<'r>(rows: &[&'r Row], a: &str, b: &str) -> Vec<(&'r Row, &'r Row)> {
    let others: Vec<&'r Row> = of_mode(rows, b);
    let pair = |row: &'r Row| Some((row, *others.iter().find(|other| other.same_input(row))?));
    of_mode(rows, a).into_iter().filter_map(pair).collect()
}

/// The cells of an engine and mode.
pub fn of_mode<'r>(rows: &[&'r Row], engine_mode: &str) -> Vec<&'r Row> {
    let own = rows.iter().copied();
    own.filter(|row| row.cell.engine_mode() == engine_mode)
        .collect()
}

/// How much the first of each pair takes of what the second takes; all inputs count alike.
pub fn estimate(pairs: &[(&Row, &Row)], metric: Metric) -> Option<Estimate> {
    let lists: Vec<(Vec<f64>, Vec<f64>)> = pairs
        .iter()
        .map(|(a, b)| (metric.values(a), metric.values(b)))
        .collect();
    let samples: Vec<(&[f64], &[f64])> = lists
        .iter()
        .map(|(a, b)| (a.as_slice(), b.as_slice()))
        .collect();
    let (ratio, interval) = stats::mean_ratio(&samples, metric.statistic())?;
    Some(Estimate {
        ratio,
        interval,
        inputs: samples.len(),
    })
}
