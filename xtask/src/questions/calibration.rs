//! Whether the instrument is right: how often something that was measured twice under two names
//! is called different. A check, never a threshold.

use std::collections::BTreeMap;

use super::Results;
use super::comparison::log_ratios;
use crate::document::Piece;
use crate::model::{Metric, Row};
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
    pub fn of(rows: &[Row]) -> Calibration {
        let mut by_input: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for row in rows.iter().filter(|row| !row.twins.is_empty()) {
            let ratios = log_ratios([&row.twins, &row.samples], Metric::Wall, 0.0);
            by_input.entry(row.input()).or_default().extend(ratios);
        }
        let in_order = by_input.into_values().map(|mut ratios| -> Vec<f64> {
            ratios.sort_by_key(|(place, _)| *place);
            ratios.into_iter().map(|(_, ratio)| ratio).collect()
        });
        let lists: Vec<Vec<f64>> = in_order.collect();
        let tests = lists.iter().flat_map(|list| list.chunks(PAIRS));
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

pub fn pieces(results: &Results) -> Vec<Piece> {
    let sentence = results.calibration.sentence();
    sentence.map(Piece::paragraph).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::row;
    use crate::questions::tests::sampled;

    /// 30 blocks, in each of which the second name takes this many times as long.
    fn measured_twice(name: &str, twin_by: impl Fn(u32) -> f64) -> Row {
        let twins: Vec<f64> = (1..=30).map(twin_by).collect();
        Row {
            twins: sampled(row(name), &twins).samples,
            ..sampled(row(name), &[1.0; 30])
        }
    }

    #[test]
    fn twins_that_agree_are_not_called_and_others_are() {
        let wobble = |round| if round % 2 == 0 { 1.01 } else { 0.99 };
        let same = measured_twice("merge/1KB/random/vm:jit", wobble);
        let off = measured_twice("merge/1MB/random/vm:jit", |_| 1.02);
        let calibration = Calibration::of(&[same, off]);
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
    fn the_cells_of_an_input_that_take_turns_are_one_test() {
        let in_turn = |name, is_own: fn(u32) -> bool| {
            let mut row = measured_twice(name, |_| 1.02);
            row.twins.retain(|sample| is_own(sample.round));
            row
        };
        let rows = [
            in_turn("merge/1KB/random/vm:jit", |round| round % 2 == 0),
            in_turn("merge/1KB/random/vm:aot", |round| round % 2 == 1),
        ];
        let Calibration { tests, called } = Calibration::of(&rows);
        assert_eq!((tests, called), (2, 2));
    }

    #[test]
    fn a_run_without_twins_says_nothing() {
        let calibration = Calibration::of(&[row("merge/1KB/random/vm:jit")]);
        assert_eq!((calibration.tests, calibration.sentence()), (0, None));
    }
}
