//! What disturbed a run: other processes, holes, rounds that were slower than the others.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Results;
use super::comparison::percent;
use crate::document::Piece;
use crate::model::{Kind, Metric, Sample, human_seconds};
use crate::stats;

/// So long between two samples needs an explanation.
const HOLE_S: f64 = 30.0;
/// A round whose samples differ by more than this from those of the others, in the median.
const OFF: f64 = 0.1;
/// Others had more than this share of one processor.
const BUSY: f64 = 0.02;

/// Warnings, and what a reader must know of when the run was made.
pub fn pieces(results: &Results) -> Vec<Piece> {
    let mut samples: Vec<&Sample> = results.run.samples.iter().map(Arc::as_ref).collect();
    samples.sort_by_key(|sample| sample.started_at);
    let several = [sittings(&samples), busy(&samples), again(&samples)];
    let sentences = several.into_iter().flatten().chain(holes(&samples));
    let sentences: Vec<String> = sentences.chain(slow_rounds(results)).collect();
    let warning = |sentence| Piece::Warning(format!("**Disturbed?** {sentence}"));
    sentences.into_iter().map(warning).collect()
}

fn sittings(samples: &[&Sample]) -> Option<String> {
    let mut starts: BTreeMap<u32, jiff::Timestamp> = BTreeMap::new();
    for sample in samples {
        starts.entry(sample.sitting).or_insert(sample.started_at);
    }
    let times = starts.values().map(|it| it.strftime("%Y-%m-%d %H:%M UTC"));
    let times: Vec<String> = times.map(|time| time.to_string()).collect();
    (times.len() > 1).then(|| {
        format!(
            "It was measured in {} sittings, begun at {}; pairs are of one sitting.",
            times.len(),
            times.join(", ")
        )
    })
}

/// What others had all the while.
fn busy(samples: &[&Sample]) -> Option<String> {
    let of = |value: fn(&Sample) -> Option<f64>| -> f64 {
        samples.iter().filter_map(|sample| value(sample)).sum()
    };
    let (steal_s, others_s) = (of(|it| it.steal_s), of(|it| it.others_cpu_s));
    let measured = samples.iter().filter(|sample| sample.steal_s.is_some());
    let wall_s: f64 = measured.filter_map(|sample| sample.wall_s).sum();
    ((steal_s + others_s) / wall_s > BUSY).then(|| {
        format!(
            "Other processes used {} and the hypervisor took {} of processor time in {} of measuring.",
            human_seconds(others_s),
            human_seconds(steal_s),
            human_seconds(wall_s)
        )
    })
}

fn again(samples: &[&Sample]) -> Option<String> {
    let takes = samples.iter().map(|it| (it.attempt, it.block));
    let mut takes: Vec<(u32, u32)> = takes.filter(|(_, block)| *block > 0).collect();
    takes.sort_unstable();
    takes.dedup();
    let [all, again] = [1, 2].map(|attempt| takes.iter().filter(|it| it.0 == attempt).count());
    (again > 0).then(|| {
        format!("{again} of {all} blocks were taken again because other processes were busy meanwhile; their first takes do not count.")
    })
}

/// Between two samples of one sitting; how long one took that did not end is not recorded.
fn holes(samples: &[&Sample]) -> Vec<String> {
    let hole = |pair: &[&Sample]| {
        let (before, after) = (pair[0], pair[1]);
        let gap_s = after.started_s() - before.started_s() - before.wall_s?;
        let is_hole = gap_s > HOLE_S && before.sitting == after.sitting;
        is_hole.then(|| {
            format!(
                "Nothing was measured for {} after {} in round {}.",
                human_seconds(gap_s),
                before.cell,
                before.round
            )
        })
    };
    samples.windows(2).filter_map(hole).collect()
}

/// Each round's samples against the median of their cell.
fn slow_rounds(results: &Results) -> Option<String> {
    let mut rounds: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for row in results.rows {
        let Some(median) = Metric::Wall.of(row) else {
            continue;
        };
        for sample in row.samples.iter().filter(|it| it.kind == Kind::Run) {
            let off = sample.wall_s.map(|wall_s| wall_s / median - 1.0);
            rounds.entry(sample.round).or_default().extend(off);
        }
    }
    let off = |(round, offs): (&u32, &Vec<f64>)| {
        let off = stats::median(offs).filter(|off| off.abs() > OFF)?;
        Some((*round, off.abs()))
    };
    let off: Vec<(u32, f64)> = rounds.iter().filter_map(off).collect();
    let most = off.iter().map(|(_, off)| *off).reduce(f64::max)?;
    let numbers: Vec<String> = off.iter().map(|(round, _)| round.to_string()).collect();
    Some(format!(
        "{} of {} rounds were up to {} slower or faster than the others, in the median over the cells: {}. Ratios are of pairs and hardly feel it, times do.",
        off.len(),
        rounds.len(),
        percent(most),
        numbers.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Row;
    use crate::model::tests::{row, sample};
    use crate::questions::tests::{run_of, sampled};

    fn said(samples: Vec<Sample>, rows: &[Row]) -> Vec<String> {
        let run = run_of(samples);
        let pieces = pieces(&Results::new(&run, rows));
        let text = |piece| match piece {
            Piece::Warning(text) => text,
            other => panic!("{other:?}"),
        };
        pieces.into_iter().map(text).collect()
    }

    fn at(second: i64) -> Sample {
        Sample {
            cell: "merge/1KB/random/vm:jit".to_owned(),
            started_at: jiff::Timestamp::from_second(second).unwrap(),
            steal_s: Some(0.0),
            others_cpu_s: Some(0.0),
            ..sample(1.0, [0.1; 3], 1e6)
        }
    }

    #[test]
    fn a_quiet_run_says_nothing() {
        assert_eq!(said(vec![at(0), at(1), at(25)], &[]), [""; 0]);
        let timed_out = Sample {
            wall_s: None,
            ..at(0)
        };
        assert_eq!(said(vec![timed_out, at(60)], &[]), [""; 0]);
        assert_eq!(said(Vec::new(), &[]), [""; 0]);
    }

    #[test]
    fn holes_sittings_second_takes_and_busy_others_are_told() {
        let busy = Sample {
            others_cpu_s: Some(0.5),
            ..at(1)
        };
        let again = Sample {
            attempt: 2,
            ..at(300)
        };
        let later = Sample {
            sitting: 2,
            ..at(9000)
        };
        let said = said(vec![later, at(0), busy, again], &[]);
        let expected = [
            "It was measured in 2 sittings, begun at 1970-01-01 00:00 UTC, 1970-01-01 02:30 UTC;",
            "Other processes used 500 ms and the hypervisor took 0.00 ms",
            "1 of 1 blocks were taken again",
            "Nothing was measured for 4m 58s after merge/1KB/random/vm:jit in round 1.",
        ];
        assert_eq!(said.len(), expected.len(), "{said:?}");
        for (said, expected) in said.iter().zip(expected) {
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn a_round_that_was_slower_is_told() {
        let mut walls = [1.0; 15];
        walls[2] = 1.2;
        let said = said(
            Vec::new(),
            &[sampled(row("merge/1KB/random/vm:jit"), &walls)],
        );
        assert_eq!(
            said,
            [
                "**Disturbed?** 1 of 15 rounds were up to 20 % slower or faster than the others, in the median over the cells: 3. Ratios are of pairs and hardly feel it, times do."
            ]
        );
    }
}
