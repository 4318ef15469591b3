//! How much one engine and mode takes of what another takes.

use super::noise::{Verdict, verdict};
use super::{decimals, times};
use crate::model::{EngineMode, Metric, Row, of_mode};
use crate::stats::{self, Interval};

/// A geometric mean of ratios, and its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub ratio: f64,
    pub interval: Interval,
    /// Inputs that it is the mean over.
    pub inputs: usize,
}

impl Estimate {
    /// Is it more than 1 for real? Less than the floor is noise.
    pub fn is_more(&self, floor: f64) -> bool {
        verdict(self.ratio, self.interval, floor) == Verdict::More
    }

    /// `1.23× [1.20–1.27]`
    pub fn text(&self) -> String {
        let (digits, Interval { low, high }) = (decimals(self.ratio), self.interval);
        format!("{} [{low:.digits$}–{high:.digits$}]", times(self.ratio))
    }
}

/// `over 2 inputs`
pub fn over(inputs: usize) -> String {
    let s = if inputs == 1 { "" } else { "s" };
    format!("over {inputs} input{s}")
}

/// The cells of `a` with those of `b` on the same input.
pub fn pairs<'r>(rows: &[&'r Row], a: &EngineMode, b: &EngineMode) -> Vec<(&'r Row, &'r Row)> {
    let others = of_mode(rows, b);
    let pair = |row: &'r Row| Some((row, *others.iter().find(|other| other.same_input(row))?));
    of_mode(rows, a).into_iter().filter_map(pair).collect()
}

/// How much the first of each pair takes of what the second takes; all inputs count alike.
pub fn estimate(pairs: &[(&Row, &Row)], metric: Metric) -> Option<Estimate> {
    let samples: Vec<[Vec<f64>; 2]> = pairs
        .iter()
        .map(|(a, b)| [metric.seen_values(a), metric.seen_values(b)])
        .collect();
    let samples: Vec<(&[f64], &[f64])> = samples.iter().map(|[a, b]| (&a[..], &b[..])).collect();
    let (ratio, interval) = stats::mean_ratio(&samples, metric.statistic())?;
    Some(Estimate {
        ratio,
        interval,
        inputs: samples.len(),
    })
}
