//! Whether the instrument is right: how often something that was measured twice under two names
//! is called different. A check, never a threshold.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

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
        let of_kind = |kind| {
            let samples = run.samples.iter();
            samples.filter(move |it| it.kind == kind && it.outcome == Outcome::Ok)
        };
        let twins: Vec<&Arc<Sample>> = of_kind(Kind::Twin).collect();
        let place = |sample: &Sample| (sample.round, sample.attempt, sample.sitting);
        let places: HashSet<_> = twins
            .iter()
            .map(|twin| (twin.cell.as_str(), place(twin)))
            .collect();
        let own = of_kind(Kind::Run).filter_map(|sample| {
            let place = (sample.cell.as_str(), place(sample));
            places.contains(&place).then_some((place, sample.wall_s?))
        });
        let own: HashMap<_, f64> = own.collect();
        let mut lists: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for twin in twins {
            let run_s = own.get(&(twin.cell.as_str(), place(twin)));
            if let Some((twin_s, run_s)) = twin.wall_s.zip(run_s) {
                lists
                    .entry(input(twin))
                    .or_default()
                    .push((twin_s / run_s).ln());
            }
        }
        let tests = lists.values().flat_map(|list| list.chunks(PAIRS));
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
