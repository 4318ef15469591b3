//! How noisy a run was, and when two cells differ for real. Pure.

use serde::Serialize;

use crate::cell::{Cell, Outcome};
use crate::sample::{Kind, Sample};
use crate::stats::{self, Interval};
use crate::summary::Run;

/// The control cell against itself, under its second name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Noise {
    pub cell: String,
    /// Median of one name ÷ median of the other; 1 on a quiet machine.
    pub ratio: f64,
    /// The noise floor: how far the ratio's 95 % interval reaches from 1. A difference
    /// between two cells that is smaller than this is a tie. 0.05 means 5 %.
    pub floor: f64,
    /// Pairs of samples.
    pub samples: usize,
}

impl Noise {
    /// For people.
    pub fn sentence(&self) -> String {
        format!(
            "noise floor {:.1} %: {} measured twice, {} samples each, differs from itself by a factor of {:.3}; smaller differences are ties",
            100.0 * self.floor,
            self.cell,
            self.samples,
            self.ratio
        )
    }
}

/// The noise of a run, from its control cell; of a run merged from shards, the noisiest
/// shard's. None if no control was measured.
pub fn noise(run: &Run) -> Option<Noise> {
    let cells = run.plan.cells.iter().map(|planned| &planned.cell);
    cells
        .filter_map(|cell| noise_of(&run.samples, cell))
        .max_by(|a, b| a.floor.total_cmp(&b.floor))
}

fn noise_of(samples: &[Sample], cell: &Cell) -> Option<Noise> {
    let second = walls_s(samples, cell, Kind::Control);
    let first = walls_s(samples, cell, Kind::Run);
    let (ratio, interval) = stats::ratio_of_medians(&second, &first)?;
    let floor = (interval.high - 1.0).max(1.0 - interval.low);
    Some(Noise {
        cell: cell.to_string(),
        ratio,
        floor,
        samples: first.len().min(second.len()),
    })
}

fn walls_s(samples: &[Sample], cell: &Cell, kind: Kind) -> Vec<f64> {
    let counted = |sample: &&Sample| {
        sample.kind == kind && sample.outcome == Outcome::Ok && sample.is_of(cell)
    };
    samples
        .iter()
        .filter(counted)
        .filter_map(|sample| sample.wall_s)
        .collect()
}

/// What two cells' times say of each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Median of the new ÷ median of the base.
    pub ratio: f64,
    /// 95 % bootstrap interval of the ratio.
    pub interval: Interval,
    pub verdict: Verdict,
}

/// Whether a difference is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Faster,
    Slower,
    /// The interval holds 1, or the difference is below the noise floor.
    Tie,
}

/// Compares times in seconds. Different is what the interval says is different *and* what
/// exceeds the noise floor: the interval knows the spread within the samples, the floor also
/// what a second name for the same thing makes of it.
pub fn compare(new_s: &[f64], base_s: &[f64], floor: f64) -> Option<Comparison> {
    let (ratio, interval) = stats::ratio_of_medians(new_s, base_s)?;
    let verdict = match (ratio - 1.0).abs() > floor {
        true if interval.high < 1.0 => Verdict::Faster,
        true if interval.low > 1.0 => Verdict::Slower,
        _ => Verdict::Tie,
    };
    Some(Comparison {
        ratio,
        interval,
        verdict,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(middle: f64) -> Vec<f64> {
        (0..15)
            .map(|i| middle * (1.0 + (f64::from(i) - 7.0) / 1000.0))
            .collect()
    }

    #[test]
    fn a_clear_difference_is_called() {
        let verdict =
            |new, base, floor| compare(&around(new), &around(base), floor).unwrap().verdict;
        assert_eq!(verdict(1.0, 1.2, 0.02), Verdict::Faster);
        assert_eq!(verdict(1.2, 1.0, 0.02), Verdict::Slower);
        assert_eq!(verdict(1.0, 1.0, 0.0), Verdict::Tie);
    }

    #[test]
    fn below_the_noise_floor_all_is_a_tie() {
        assert_eq!(
            compare(&around(1.2), &around(1.0), 0.25).unwrap().verdict,
            Verdict::Tie
        );
        assert_eq!(compare(&[], &around(1.0), 0.0), None);
    }
}
