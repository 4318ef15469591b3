//! Whether the instrument is right: how often something that was measured twice under two names
//! is called different. A check, never a threshold.

use std::collections::HashMap;

use super::{Results, Run};
use crate::document::Piece;
use crate::model::{Kind, Outcome, Sample};
use crate::stats::{self, Interval};

/// Pairs of one test, as many as a run has blocks at least.
const PAIRS: usize = 15;

/// Tests of identical pairs, and how many called them different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calibration {
    pub tests: usize,
    pub called: usize,
}

impl Calibration {
    /// Puts each cell's twins beside it. The blocks of an input measure another of its cells twice
    /// each time, so its pairs are of all of them.
    pub fn of(run: &Run) -> Calibration {
        let mut own: HashMap<(&str, u32, u32), [Option<f64>; 2]> = HashMap::new();
        let counted = run.samples.iter().filter(|sample| {
            let is_one = matches!(sample.kind, Kind::Run | Kind::Twin);
            is_one && sample.outcome == Outcome::Ok && sample.size.is_some()
        });
        for sample in counted {
            let place = (sample.cell.as_str(), sample.round, sample.sitting);
            let name = usize::from(sample.kind == Kind::Twin);
            own.entry(place).or_default()[name] = sample.wall_s;
        }
        let twins = run.samples.iter().filter(|it| it.kind == Kind::Twin);
        let mut lists: Vec<(String, Vec<f64>)> = Vec::new();
        for twin in twins {
            let place = (twin.cell.as_str(), twin.round, twin.sitting);
            let Some([Some(run_s), Some(twin_s)]) = own.remove(&place) else {
                continue;
            };
            let input = input(twin);
            let list = lists.iter_mut().find(|(name, _)| *name == input);
            match list {
                Some((_, list)) => list.push((twin_s / run_s).ln()),
                None => lists.push((input, vec![(twin_s / run_s).ln()])),
            }
        }
        let tests = lists.iter().flat_map(|(_, list)| list.chunks(PAIRS));
        let intervals = tests.filter_map(|pairs| stats::signed_rank(pairs)?.interval);
        intervals.fold(Calibration::default(), |sum, Interval { low, high }| {
            Calibration {
                tests: sum.tests + 1,
                called: sum.called + usize::from(low > 0.0 || high < 0.0),
            }
        })
    }

    /// For people; none where nothing was measured twice.
    pub fn sentence(self) -> Option<String> {
        let Interval { low, high } = stats::share_interval(self.called, self.tests)?;
        Some(format!(
            "Calibration: {} of {} sets of up to {PAIRS} pairs of one command under two names were called different; 5 in 100 are expected, and this run says {:.0} to {:.0} in 100.",
            self.called,
            self.tests,
            100.0 * low,
            100.0 * high
        ))
    }
}

fn input(sample: &Sample) -> String {
    let (size, distribution) = (sample.size, sample.distribution);
    let size = size.map_or_else(String::new, |it| it.to_string());
    let distribution = distribution.map_or_else(String::new, |it| it.to_string());
    format!("{}/{size}/{distribution}", sample.workload)
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let sentence = Calibration::of(results.run).sentence();
    sentence.map(Piece::paragraph).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::{cell, sample};
    use crate::questions::tests::run_of;

    fn samples(name: &str, twin_by: impl Fn(u32) -> f64) -> Vec<Sample> {
        let cell = cell(name);
        let of = |round: u32, kind, wall_s| Sample {
            cell: name.to_owned(),
            workload: cell.workload.clone(),
            size: Some(cell.size),
            distribution: Some(cell.distribution),
            kind,
            round,
            ..sample(wall_s, [0.0; 3], 1e6)
        };
        let both = |round| {
            [
                of(round, Kind::Run, 1.0),
                of(round, Kind::Twin, twin_by(round)),
            ]
        };
        (1..=30).flat_map(both).collect()
    }

    #[test]
    fn twins_that_agree_are_not_called_and_others_are() {
        let wobble = |round| if round % 2 == 0 { 1.01 } else { 0.99 };
        let same = samples("merge/1KB/random/vm:jit", wobble);
        let off = samples("merge/1MB/random/vm:jit", |_| 1.02);
        let calibration = Calibration::of(&run_of([same, off].concat()));
        assert_eq!(
            calibration,
            Calibration {
                tests: 4,
                called: 2
            }
        );
        let text = calibration.sentence().unwrap();
        assert!(text.starts_with("Calibration: 2 of 4 sets"), "{text}");
    }

    #[test]
    fn a_run_without_twins_says_nothing() {
        let calibration = Calibration::of(&run_of(Vec::new()));
        assert_eq!((calibration.tests, calibration.sentence()), (0, None));
    }
}
