//! How noisy a run was, and when two cells differ for real.

use super::Run;
use crate::model::{Kind, Load, Metric, Outcome, Sample};
use crate::stats::{self, Interval};

/// A cell against itself, under its second name.
struct Twin {
    cell: String,
    load: Load,
    /// Median of one name ÷ median of the other; 1 on a quiet machine.
    ratio: f64,
    /// How far the ratio's 95 % interval reaches from 1.
    floor: f64,
    /// The same for peak memory.
    memory_floor: f64,
    /// Pairs of samples.
    samples: usize,
}

/// The noise of a run by load, the noisiest twin of each: short processes are noisier than long ones.
pub struct Noise(Vec<Twin>);

impl Noise {
    /// Reads the cells that were measured twice.
    pub fn of(run: &Run) -> Noise {
        let twins = |load| {
            let cells = run.plan.cells.iter().map(|planned| &planned.cell);
            let cells = cells.filter(move |cell| cell.size.load() == load);
            cells.filter_map(move |cell| {
                let own = run.samples.iter().filter(|sample| sample.is_of(cell));
                let ok = own.filter(|sample| sample.outcome == Outcome::Ok);
                twin(cell.to_string(), load, &ok.collect::<Vec<_>>())
            })
        };
        let noisiest = |load| twins(load).max_by(|a, b| a.floor.total_cmp(&b.floor));
        Noise(Load::ALL.into_iter().filter_map(noisiest).collect())
    }

    /// A difference between two cells of this load that is smaller is a tie; 0.05 means 5 %. Of a
    /// load without a twin, the highest there is; without any, 0.
    pub fn floor(&self, metric: Metric, load: Load) -> f64 {
        let floor = |twin: &Twin| match metric {
            Metric::Memory => twin.memory_floor,
            // The floor is a ratio of times; of their spread only the interval knows.
            Metric::Spread => 0.0,
            _ => twin.floor,
        };
        let own = self.0.iter().find(|twin| twin.load == load);
        own.map_or_else(|| self.0.iter().map(floor).fold(0.0, f64::max), floor)
    }

    /// For people, a line a twin.
    pub fn sentences(&self) -> Vec<String> {
        let sentence = |twin: &Twin| {
            format!(
                "noise floor {:.1} % at {} loads: {}, measured twice with {} samples each, differs from itself by a factor of {:.3}; smaller differences are ties",
                100.0 * twin.floor,
                twin.load,
                twin.cell,
                twin.samples,
                twin.ratio
            )
        };
        self.0.iter().map(sentence).collect()
    }
}

fn twin(cell: String, load: Load, samples: &[&Sample]) -> Option<Twin> {
    let values = |kind, value: fn(&Sample) -> Option<f64>| -> Vec<f64> {
        let own = samples.iter().filter(|sample| sample.kind == kind);
        own.filter_map(|sample| value(sample)).collect()
    };
    let ratio =
        |value| stats::ratio_of_medians(&values(Kind::Control, value), &values(Kind::Run, value));
    let reach = |interval: Interval| (interval.high - 1.0).max(1.0 - interval.low);
    let (wall_ratio, interval) = ratio(|sample| sample.wall_s)?;
    let memory = ratio(|sample| sample.peak_rss_bytes.map(|bytes| bytes as f64));
    Some(Twin {
        cell,
        load,
        ratio: wall_ratio,
        floor: reach(interval),
        memory_floor: memory.map_or(0.0, |(_, interval)| reach(interval)),
        samples: values(Kind::Run, |sample| sample.wall_s).len(),
    })
}

/// Whether a takes less or more than b for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Less,
    More,
    /// The interval holds 1, or the difference is below the noise floor.
    Tie,
}

/// The one place where a difference is called real: what the interval of the ratio says is
/// different *and* what exceeds the noise floor. The interval knows the spread within the
/// samples, the floor also what a second name for the same thing makes of it.
pub fn verdict(ratio: f64, interval: Interval, floor: f64) -> Verdict {
    match (ratio - 1.0).abs() > floor {
        true if interval.high < 1.0 => Verdict::Less,
        true if interval.low > 1.0 => Verdict::More,
        _ => Verdict::Tie,
    }
}

/// The same of the median times of two cells, in seconds. None where one was not measured.
pub fn compare(a_s: &[f64], b_s: &[f64], floor: f64) -> Option<Verdict> {
    let (ratio, interval) = stats::ratio_of_medians(a_s, b_s)?;
    Some(verdict(ratio, interval, floor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::tests::around;

    #[test]
    fn a_clear_difference_is_called() {
        let verdict = |a, b, floor| compare(&around(a), &around(b), floor);
        assert_eq!(verdict(1.0, 1.2, 0.02), Some(Verdict::Less));
        assert_eq!(verdict(1.2, 1.0, 0.02), Some(Verdict::More));
        assert_eq!(verdict(1.0, 1.0, 0.0), Some(Verdict::Tie));
    }

    #[test]
    fn below_the_noise_floor_all_is_a_tie() {
        let verdict = compare(&around(1.2), &around(1.0), 0.25);
        assert_eq!(verdict, Some(Verdict::Tie));
        assert_eq!(compare(&[], &around(1.0), 0.0), None);
    }
}
