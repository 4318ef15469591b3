//! How much one engine and mode takes of what another takes, and whether that is real.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::{decimals, times};
use crate::model::{EngineMode, Metric, Row, Sample, of_mode};
use crate::stats::{self, Interval, Shift};

/// Among all comparisons of a table that are called different, so many may be so by chance.
const FALSE_DISCOVERIES: f64 = 0.05;

/// What a takes of what b takes on the same inputs: the geometric mean of the ratios.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// `merge/1KB/random`, each.
    pub inputs: Vec<String>,
    pub a: EngineMode,
    pub b: EngineMode,
    pub metric: Metric,
    /// Blocks that hold both, over all inputs.
    pub pairs: usize,
    pub ratio: f64,
    /// At 95 %; none of fewer than six pairs.
    pub interval: Option<Interval>,
    /// From the smallest to the largest ratio: of a pair, or of an input where there are several.
    pub range: Interval,
    /// How probable so much or more is where nothing differs.
    pub p: f64,
    pub verdict: Verdict,
}

/// Whether a takes less or more than b for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Less,
    More,
    Tie,
    /// Too few pairs to tell.
    Unknown,
}

/// The cells of `a` with those of `b` on the same input.
pub fn pairs<'r>(rows: &[&'r Row], a: &EngineMode, b: &EngineMode) -> Vec<(&'r Row, &'r Row)> {
    let others = of_mode(rows, b);
    let pair = |row: &'r Row| Some((row, *others.iter().find(|other| other.same_input(row))?));
    of_mode(rows, a).into_iter().filter_map(pair).collect()
}

/// How much the first of each pair of cells takes of what the second takes; all inputs count
/// alike. Its verdict is that of its own interval.
pub fn compare(cells: &[(&Row, &Row)], metric: Metric) -> Option<Comparison> {
    let lists = cells.iter().map(|(a, b)| -> Vec<f64> {
        // Cells of one input are of one machine, which has one floor.
        let samples = [a, b].map(|row| metric.samples(row));
        let ratios = log_ratios(samples, metric, metric.floor(a));
        ratios.into_iter().map(|(_, ratio)| ratio).collect()
    });
    let lists: Vec<Vec<f64>> = lists.collect();
    let lists: Vec<&[f64]> = lists.iter().map(Vec::as_slice).collect();
    of_shift(cells, metric, stats::mean_shift(&lists)?)
}

/// What says by how much the logarithms of cells differ, as a ratio. Its verdict is that of its interval.
pub fn of_shift(cells: &[(&Row, &Row)], metric: Metric, logs: Shift) -> Option<Comparison> {
    let (first, second) = cells.first()?;
    let mut comparison = Comparison {
        inputs: cells.iter().map(|(row, _)| row.input()).collect(),
        a: first.cell.engine_mode(),
        b: second.cell.engine_mode(),
        metric,
        pairs: logs.pairs,
        ratio: logs.estimate.exp(),
        interval: logs.interval.map(|interval| interval.map(f64::exp)),
        range: logs.range.map(f64::exp),
        p: logs.p,
        verdict: Verdict::Unknown,
    };
    comparison.verdict = comparison.where_it_lies(logs.p <= 0.05);
    Some(comparison)
}

/// The block and the sitting of a sample.
type Place = (u32, u32);

/// Of each block that holds a sample of both, the logarithm of the ratio of what they say, no less
/// than the floor. Blocks that an interruption tore apart hold no pairs: what they share is gone.
pub fn log_ratios(samples: [&[Arc<Sample>]; 2], metric: Metric, floor: f64) -> Vec<(Place, f64)> {
    let value = |sample: &Arc<Sample>| {
        let value = metric.value(sample)?.max(floor);
        (value > 0.0).then(|| ((sample.round, sample.sitting), value.ln()))
    };
    let [a, b] = samples.map(|samples| {
        let mut values: Vec<(Place, f64)> = samples.iter().filter_map(value).collect();
        values.sort_by_key(|(place, _)| *place);
        values
    });
    let mut b = b.into_iter().peekable();
    let ratio = |(place, value): (Place, f64)| {
        while b.next_if(|(other, _)| *other < place).is_some() {}
        let (_, other) = b.next_if(|(other, _)| *other == place)?;
        Some((place, value - other))
    };
    a.into_iter().filter_map(ratio).collect()
}

/// Decides the comparisons of a table together, so that among those that are called different few
/// are so by chance; their intervals stay as they are. Returns the table.
pub fn decide_together<'c>(
    table: impl IntoIterator<Item = &'c mut Comparison>,
) -> Vec<&'c mut Comparison> {
    let mut table: Vec<&mut Comparison> = table.into_iter().collect();
    let p: Vec<f64> = table.iter().map(|comparison| comparison.p).collect();
    let called = stats::benjamini_hochberg(&p, FALSE_DISCOVERIES);
    for (comparison, is_called) in table.iter_mut().zip(called) {
        comparison.verdict = comparison.where_it_lies(is_called);
    }
    table
}

impl Comparison {
    fn where_it_lies(&self, is_called: bool) -> Verdict {
        match self.interval {
            None => Verdict::Unknown,
            Some(interval) if is_called && interval.high < 1.0 => Verdict::Less,
            Some(interval) if is_called && interval.low > 1.0 => Verdict::More,
            Some(_) => Verdict::Tie,
        }
    }

    /// Does a take more for real?
    pub fn is_more(&self) -> bool {
        self.verdict == Verdict::More
    }

    /// What is drawn beside the ratio: its interval, or of few pairs their range.
    pub fn ends(&self) -> Interval {
        self.interval.unwrap_or(self.range)
    }

    fn logs(&self) -> Option<Interval> {
        self.interval.map(|interval| interval.map(f64::ln))
    }

    /// Of the interval, as a share: 0.04 is ±4 %.
    pub fn half_width(&self) -> Option<f64> {
        self.logs().map(stats::half_width)
    }

    /// The difference that would have been seen in 80 of 100 cases, as a share.
    pub fn detectable(&self) -> Option<f64> {
        self.logs().map(stats::detectable)
    }

    /// `1.23× [1.20–1.27]`, or the range where there is no interval: `1.23× (1.10 to 1.40)`
    pub fn text(&self) -> String {
        let (digits, ratio) = (decimals(self.ratio), times(self.ratio));
        match self.interval {
            Some(Interval { low, high }) => format!("{ratio} [{low:.digits$}–{high:.digits$}]"),
            None => {
                let Interval { low, high } = self.range;
                format!("{ratio} ({low:.digits$} to {high:.digits$})")
            }
        }
    }

    /// `a tie; 4 % or more would have been seen`
    pub fn tie_text(&self) -> String {
        match self.detectable() {
            Some(share) => format!("a tie; {} or more would have been seen", percent(share)),
            None => "too few pairs to tell".to_owned(),
        }
    }

    /// `over 2 inputs`
    pub fn over(&self) -> String {
        match self.inputs.len() {
            1 => "over 1 input".to_owned(),
            many => format!("over {many} inputs"),
        }
    }
}

/// `4 %`, `0.6 %`
pub fn percent(share: f64) -> String {
    let digits = usize::from(share < 0.0995);
    format!("{:.digits$} %", 100.0 * share)
}

/// What is compared: a figure of pairs of cells, by their names.
type Compared = (Metric, Vec<[String; 2]>);

/// The comparisons of a report: several questions ask for the same.
#[derive(Debug, Default)]
pub struct Ledger {
    made: RefCell<HashMap<Compared, Option<Comparison>>>,
    told: RefCell<Vec<Comparison>>,
}

impl Ledger {
    /// As [`compare`], once for the same cells.
    pub fn compare(&self, cells: &[(&Row, &Row)], metric: Metric) -> Option<Comparison> {
        let names = cells.iter().map(|(a, b)| [a.name(), b.name()]);
        let mut made = self.made.borrow_mut();
        let made = made.entry((metric, names.collect()));
        made.or_insert_with(|| compare(cells, metric)).clone()
    }

    /// The same, which is told, and is decided by its own interval.
    pub fn tell(&self, cells: &[(&Row, &Row)], metric: Metric) -> Option<Comparison> {
        let comparison = self.compare(cells, metric);
        comparison.iter().for_each(|it| self.write(it));
        comparison
    }

    /// As [`decide_together`], and writes the table down.
    pub fn decide_together<'c>(&self, table: impl IntoIterator<Item = &'c mut Comparison>) {
        let table = decide_together(table);
        table.iter().for_each(|it| self.write(it));
    }

    fn write(&self, comparison: &Comparison) {
        let mut told = self.told.borrow_mut();
        if !told.contains(comparison) {
            told.push(comparison.clone());
        }
    }

    /// All that were told, each once, in the order in which they were.
    pub fn all(&self) -> Vec<Comparison> {
        self.told.borrow().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::row;
    use crate::questions::tests::sampled;

    fn alone(a: &[f64], b: &[f64]) -> Option<Comparison> {
        let [a, b] = [("x:a", a), ("y:b", b)].map(|(mode, walls_s)| {
            let name = format!("merge/1KB/random/{mode}");
            sampled(row(&name), walls_s)
        });
        compare(&[(&a, &b)], Metric::Wall)
    }

    #[test]
    fn what_blocks_share_does_not_count() {
        // All take twice as long in some blocks: nothing of that is left in the ratio.
        let noise = [1.0, 2.0, 1.1, 2.2, 1.0, 1.9, 1.0, 2.0];
        let slower = noise.map(|wall_s| 1.05 * wall_s);
        let comparison = alone(&slower, &noise).unwrap();
        assert!((comparison.ratio - 1.05).abs() < 1e-9);
        assert_eq!(comparison.verdict, Verdict::More);
        assert_eq!(comparison.pairs, 8);
        assert_eq!(comparison.text(), "1.05× [1.05–1.05]");
        assert_eq!(alone(&noise, &slower).unwrap().verdict, Verdict::Less);
        assert_eq!(alone(&noise, &noise).unwrap().verdict, Verdict::Tie);
    }

    #[test]
    fn blocks_that_lack_one_or_were_torn_apart_are_no_pairs() {
        let mut a = sampled(row("merge/1KB/random/x:a"), &[1.0; 10]);
        let b = sampled(row("merge/1KB/random/y:b"), &[1.0; 8]);
        Arc::make_mut(&mut a.samples[0]).sitting = 2;
        let comparison = compare(&[(&a, &b)], Metric::Wall).unwrap();
        assert_eq!(comparison.pairs, 7);
        assert_eq!(compare(&[], Metric::Wall), None);
    }

    #[test]
    fn few_pairs_have_a_range_and_no_verdict() {
        let comparison = alone(&[1.0, 1.2, 1.1, 1.0, 1.3], &[1.0; 5]).unwrap();
        assert_eq!(comparison.verdict, Verdict::Unknown);
        assert_eq!(comparison.text(), "1.10× (1.00 to 1.30)");
        assert_eq!(comparison.tie_text(), "too few pairs to tell");
    }

    #[test]
    fn a_tie_says_what_would_have_been_seen() {
        let a = [1.0, 1.02, 0.98, 1.01, 0.99, 1.03, 0.97, 1.0];
        let comparison = alone(&a, &[1.0; 8]).unwrap();
        assert_eq!(comparison.verdict, Verdict::Tie);
        assert_eq!(
            comparison.tie_text(),
            "a tie; 2.9 % or more would have been seen"
        );
    }

    #[test]
    fn a_table_calls_less_than_its_comparisons_would_alone() {
        let almost = alone(&[1.1, 1.1, 1.1, 1.1, 1.1, 1.1], &[1.0; 6]).unwrap();
        assert!(almost.is_more() && almost.p > 0.03);
        let tie = alone(&[1.0; 6], &[1.0; 6]).unwrap();
        let mut table = vec![tie.clone(), almost.clone(), tie];
        decide_together(&mut table);
        assert_eq!(table[1].verdict, Verdict::Tie);
        assert_eq!(table[1].interval, almost.interval);
        let mut all = vec![almost; 3];
        decide_together(&mut all);
        assert!(all.iter().all(Comparison::is_more));
    }

    #[test]
    fn ratios_have_as_many_digits_as_help() {
        let some = alone(&[1.0; 6], &[1.0; 6]).unwrap();
        let text = |ratio, low, high| {
            let interval = Some(Interval { low, high });
            let comparison = Comparison {
                ratio,
                interval,
                ..some.clone()
            };
            comparison.text()
        };
        assert_eq!(text(1.234, 1.2, 1.27), "1.23× [1.20–1.27]");
        assert_eq!(text(41.83, 40.31, 44.25), "41.8× [40.3–44.2]");
        assert_eq!(text(212.4, 199.0, 230.0), "212× [199–230]");
    }
}
