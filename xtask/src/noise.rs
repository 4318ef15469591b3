//! How noisy a run was, and when two cells differ for real. Pure.

use serde::Serialize;

use crate::cell::{Cell, Outcome};
use crate::sample::{Kind, Sample};
use crate::stats::{self, Interval};
use crate::summary::Run;
use crate::units::Load;

/// A control cell against itself, under its second name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Noise {
    pub cell: String,
    pub load: Load,
    /// Median of one name ÷ median of the other; 1 on a quiet machine.
    pub ratio: f64,
    /// The noise floor: how far the ratio's 95 % interval reaches from 1. A difference
    /// between two cells of this load that is smaller is a tie. 0.05 means 5 %.
    pub floor: f64,
    /// The same for peak memory.
    pub memory_floor: f64,
    /// Pairs of samples.
    pub samples: usize,
}

/// The noise of a run by load: short processes are noisier than long ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Noises(Vec<Noise>);

impl Noises {
    /// Reads the control cells; of a run merged from shards, the noisiest of each load.
    pub fn of(run: &Run) -> Noises {
        let cells = run.plan.cells.iter().map(|planned| &planned.cell);
        let all: Vec<Noise> = cells
            .filter_map(|cell| noise_of(&run.samples, cell))
            .collect();
        let noisiest = |load| {
            let same = all.iter().filter(|noise| noise.load == load);
            same.max_by(|a, b| a.floor.total_cmp(&b.floor)).cloned()
        };
        Noises(Load::ALL.into_iter().filter_map(noisiest).collect())
    }

    /// The noise floor of a load; of one without a control, the highest there is; without any, 0.
    pub fn floor(&self, load: Load) -> f64 {
        let own = self.0.iter().find(|noise| noise.load == load);
        let highest = self.0.iter().map(|noise| noise.floor).fold(0.0, f64::max);
        own.map_or(highest, |noise| noise.floor)
    }

    /// The same for peak memory.
    pub fn memory_floor(&self, load: Load) -> f64 {
        let own = self.0.iter().find(|noise| noise.load == load);
        let highest = self
            .0
            .iter()
            .map(|noise| noise.memory_floor)
            .fold(0.0, f64::max);
        own.map_or(highest, |noise| noise.memory_floor)
    }

    /// For people, a line a control cell.
    pub fn sentences(&self) -> Vec<String> {
        let sentence = |noise: &Noise| {
            format!(
                "noise floor {:.1} % at {} loads: {}, measured twice with {} samples each, differs from itself by a factor of {:.3}; smaller differences are ties",
                100.0 * noise.floor,
                noise.load,
                noise.cell,
                noise.samples,
                noise.ratio
            )
        };
        self.0.iter().map(sentence).collect()
    }
}

fn noise_of(samples: &[Sample], cell: &Cell) -> Option<Noise> {
    let wall_s: Value = |sample| sample.wall_s;
    let memory: Value = |sample| sample.peak_rss_bytes.map(|bytes| bytes as f64);
    let ratio = |value| {
        let second = values(samples, cell, Kind::Control, value);
        stats::ratio_of_medians(&second, &values(samples, cell, Kind::Run, value))
    };
    let reach = |interval: Interval| (interval.high - 1.0).max(1.0 - interval.low);
    let (wall_ratio, interval) = ratio(wall_s)?;
    Some(Noise {
        cell: cell.to_string(),
        load: cell.size.load(),
        ratio: wall_ratio,
        floor: reach(interval),
        memory_floor: ratio(memory).map_or(0.0, |(_, interval)| reach(interval)),
        samples: values(samples, cell, Kind::Run, wall_s).len(),
    })
}

type Value = fn(&Sample) -> Option<f64>;

fn values(samples: &[Sample], cell: &Cell, kind: Kind, value: Value) -> Vec<f64> {
    let counted = |sample: &&Sample| {
        sample.kind == kind && sample.outcome == Outcome::Ok && sample.is_of(cell)
    };
    samples.iter().filter(counted).filter_map(value).collect()
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
