//! How often the cells of an input are measured, judging by what one sample of each takes: pure.

use crate::model::{Load, Precision};
use crate::stats::{self, LEAST_PAIRS};

/// A cell that takes longer, and [`LONG_BESIDE`] times the median of its input, is measured last
/// in its block, and no more often than it must: it would part the others.
const LONG_S: f64 = 2.0;
const LONG_BESIDE: f64 = 3.0;
/// A cell that takes longer gets what a budget leaves.
const COSTLY_S: f64 = 30.0;
/// Modes are compared as sharply as asked where their pilots differ by less than this factor.
const COMPARABLE: f64 = 2.0;
/// After so many blocks it is looked whether they are enough; never oftener, because each look is
/// a chance to stop by luck.
pub const LOOKS: [u32; 10] = [15, 20, 30, 45, 70, 100, 150, 200, 250, 300];
/// What the half-width of a ratio is after one block, by load; after n blocks it is divided by √n.
/// From runs on a virtual machine with two processors (docs/METHODOLOGY.md).
const TYPICAL_REACH: [(Load, f64); 3] = [
    (Load::Light, 0.28),
    (Load::Medium, 0.23),
    (Load::High, 0.13),
];
/// Seconds around a sample: starting the stopwatch, checking the output.
pub const AROUND_S: f64 = 0.003;

/// The cells of one input, by their place in its block.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    pub load: Load,
    /// Seconds of one sample of each.
    pub sample_s: Vec<f64>,
    /// Samples that each must have.
    pub runs: Vec<u32>,
    pub is_long: Vec<bool>,
}

impl Pace {
    pub fn new(load: Load, sample_s: Vec<f64>, runs: u32) -> Pace {
        let median = stats::median(&sample_s).unwrap_or(0.0);
        let is_long = |wall_s: &f64| *wall_s > LONG_S && *wall_s > LONG_BESIDE * median;
        Pace {
            load,
            runs: vec![runs; sample_s.len()],
            is_long: sample_s.iter().map(is_long).collect(),
            sample_s,
        }
    }

    /// The blocks that this input must have.
    pub fn least_blocks(&self) -> u32 {
        self.runs.iter().copied().max().unwrap_or(0)
    }

    /// Is this cell part of the block with this number, from 1? Long and costly ones sit out
    /// once they have what they must.
    pub fn takes_part(&self, place: usize, block: u32) -> bool {
        !self.sits_out(place) || block <= self.runs[place]
    }

    fn sits_out(&self, place: usize) -> bool {
        self.is_long[place] || self.sample_s[place] > COSTLY_S
    }

    fn cheap(&self) -> impl Iterator<Item = usize> {
        (0..self.sample_s.len()).filter(|place| !self.sits_out(*place))
    }

    /// Seconds of the blocks from the one after `done` up to `blocks`, their twins included. Samples
    /// are counted, not summed up block by block: this is asked of each input before each block.
    pub fn blocks_s(&self, done: u32, blocks: u32) -> f64 {
        let last = blocks.max(done);
        let cheap = self.cheap().count() as u32;
        // Of the twins up to a block, how many are this one's.
        let twins = |at: u32, block: u32| (block + cheap - at) / cheap;
        let turns = self.cheap().zip(0..);
        let turns = turns.map(|(place, at)| (place, twins(at, last) - twins(at, done)));
        let own = (0..self.sample_s.len()).map(|place| {
            let last = match self.sits_out(place) {
                true => last.min(self.runs[place]).max(done),
                false => last,
            };
            (place, last - done)
        });
        let samples = own.chain(turns);
        samples
            .map(|(place, count)| f64::from(count) * (self.sample_s[place] + AROUND_S))
            .sum()
    }

    /// A cell that ended takes no part from here on.
    pub fn drop(&mut self, place: usize) {
        (self.sample_s[place], self.runs[place], self.is_long[place]) = (0.0, 0, true);
    }

    /// The cell that this block measures twice: the cheap ones take turns.
    pub fn twin(&self, block: u32) -> Option<usize> {
        let turn = block as usize % self.cheap().count().max(1);
        self.cheap().nth(turn)
    }

    /// The cells whose ratio is to be as sharp as asked, as pairs of places.
    pub fn comparable(&self) -> Vec<(usize, usize)> {
        let places = 0..self.sample_s.len();
        let pairs = places.flat_map(|a| (a + 1..self.sample_s.len()).map(move |b| (a, b)));
        let are_alike = |(a, b): &(usize, usize)| {
            let ratio = self.sample_s[*a] / self.sample_s[*b];
            (1.0 / COMPARABLE..=COMPARABLE).contains(&ratio)
        };
        pairs.filter(are_alike).collect()
    }

    /// The blocks that it will take to be as sharp, as far as can be known before: what `reach`
    /// the half-width of the widest ratio had after so many blocks, otherwise what it has elsewhere.
    pub fn expected_blocks(&self, precision: Option<Precision>, seen: Option<(f64, u32)>) -> u32 {
        let least = self.least_blocks();
        let Some(precision) = precision.filter(|_| !self.comparable().is_empty()) else {
            return least;
        };
        let typical = TYPICAL_REACH.iter().find(|(load, _)| *load == self.load);
        let typical = typical.map_or((0.0, 1), |(_, reach)| (*reach, 1));
        let known = seen.filter(|(reach, _)| reach.is_finite());
        let (reach, blocks) = known.unwrap_or(typical);
        let needed = f64::from(blocks) * (reach / precision.at(self.load)).powi(2);
        let look = LOOKS.iter().find(|look| f64::from(**look) >= needed);
        least.max(*look.unwrap_or(&LOOKS[LOOKS.len() - 1]))
    }
}

/// Half-width of the widest of these ratios after so many blocks, as a share; `log` is the
/// logarithm of what a cell took in a block. None where nothing is to be compared.
pub fn widest(
    pairs: &[(usize, usize)],
    blocks: u32,
    log: impl Fn(usize, u32) -> Option<f64>,
) -> Option<f64> {
    let half_width = |(a, b): &(usize, usize)| {
        let differences = (1..=blocks).filter_map(|block| Some(log(*a, block)? - log(*b, block)?));
        let shift = stats::signed_rank(&differences.collect::<Vec<_>>());
        let interval = shift.and_then(|shift| shift.interval);
        // Too few pairs say nothing.
        interval.map_or(f64::INFINITY, stats::half_width)
    };
    pairs.iter().map(half_width).reduce(f64::max)
}

/// The look after so many blocks; none where the last one is past.
pub fn next_look(blocks: u32) -> Option<u32> {
    LOOKS.into_iter().find(|look| *look > blocks)
}

/// The inputs that the rest of a budget lets have their next look. Of each the seconds until it is
/// expected to be sharp, and until that look. What makes a cheap one sharp is set aside before a
/// dear one has its look: otherwise all would stop halfway.
pub fn affordable_looks(costs_s: &[(f64, f64)], mut left_s: f64) -> Vec<usize> {
    let mut places: Vec<usize> = (0..costs_s.len()).collect();
    places.sort_by(|a, b| costs_s[*a].0.total_cmp(&costs_s[*b].0));
    places.retain(|place| {
        let (sharp_s, look_s) = costs_s[*place];
        let is_affordable = look_s <= left_s;
        if is_affordable {
            left_s -= sharp_s.clamp(look_s, left_s);
        }
        is_affordable
    });
    places
}

/// Gives costly cells the samples that a budget leaves when all others have had theirs, but enough
/// for an interval. `spent_s` is what else it must pay for.
pub fn share_budget<'p>(
    paces: impl IntoIterator<Item = &'p mut Pace>,
    budget_s: f64,
    spent_s: f64,
) {
    let paces: Vec<&mut Pace> = paces.into_iter().collect();
    let (mut others_s, mut costly_s) = (0.0, 0.0);
    for pace in &paces {
        for (wall_s, runs) in pace.sample_s.iter().zip(&pace.runs) {
            match *wall_s > COSTLY_S {
                true => costly_s += wall_s,
                false => others_s += (wall_s + AROUND_S) * f64::from(*runs),
            }
        }
    }
    let left = ((budget_s - spent_s - others_s) / costly_s).max(0.0) as u32;
    for pace in paces {
        for (wall_s, runs) in pace.sample_s.iter().zip(&mut pace.runs) {
            if *wall_s > COSTLY_S {
                *runs = left.clamp(LEAST_PAIRS as u32, (*runs).max(LEAST_PAIRS as u32));
            }
        }
    }
}

/// Seconds that the rest of these inputs' blocks will take: what they must have, and what sharpness
/// and the rest of the budget let them go on. Of each its pace, how many blocks it has, and how many
/// are expected.
pub fn forecast_s<'p>(
    inputs: impl IntoIterator<Item = (&'p Pace, u32, u32)>,
    budget_left_s: Option<f64>,
) -> f64 {
    let (mut least_s, mut sharp_s) = (0.0, 0.0);
    for (pace, done, expected) in inputs {
        least_s += pace.blocks_s(done, pace.least_blocks());
        sharp_s += pace.blocks_s(done, expected);
    }
    budget_left_s.map_or(sharp_s, |left_s| sharp_s.min(left_s.max(least_s)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(sample_s: &[f64]) -> Pace {
        Pace::new(Load::Light, sample_s.to_vec(), 15)
    }

    #[test]
    fn a_long_cell_comes_last_and_no_oftener_than_it_must() {
        let pace = pace(&[0.5, 0.6, 3.0, 0.7]);
        assert_eq!(pace.is_long, [false, false, true, false]);
        assert!(pace.takes_part(2, 15) && !pace.takes_part(2, 16) && pace.takes_part(1, 16));
        let block_s = |block| pace.blocks_s(block - 1, block);
        assert!((block_s(15) - block_s(16 - 4)).abs() < 0.3);
        assert!(block_s(15) - block_s(16) > 2.5);
        // Three times the median, but not long in itself; long, but as all are.
        assert_eq!(self::pace(&[0.1, 0.1, 1.0]).is_long, [false; 3]);
        assert_eq!(self::pace(&[5.0, 6.0, 7.0]).is_long, [false; 3]);
    }

    #[test]
    fn counted_blocks_take_as_long_as_blocks_one_by_one() {
        let one_s = |pace: &Pace, block| -> f64 {
            let own = (0..pace.sample_s.len()).filter(|place| pace.takes_part(*place, block));
            let places = own.chain(pace.twin(block));
            places.map(|place| pace.sample_s[place] + AROUND_S).sum()
        };
        let mut dropped = pace(&[0.5, 0.6, 0.7]);
        dropped.drop(1);
        let mut unlike = pace(&[0.5, 40.0, 3.0, 0.7, 0.1]);
        unlike.runs = vec![15, 6, 15, 15, 15];
        let none = pace(&[]);
        for pace in [dropped, unlike, none, pace(&[40.0, 41.0]), pace(&[0.2])] {
            for (done, blocks) in [
                (0, 0),
                (0, 1),
                (0, 15),
                (3, 7),
                (5, 40),
                (15, 300),
                (20, 15),
            ] {
                let sum_s: f64 = (done + 1..=blocks).map(|block| one_s(&pace, block)).sum();
                let counted_s = pace.blocks_s(done, blocks);
                assert!(
                    (counted_s - sum_s).abs() < 1e-9 * sum_s.max(1.0),
                    "{pace:?}, {done} to {blocks}: {counted_s} instead of {sum_s}"
                );
            }
        }
    }

    #[test]
    fn cheap_cells_take_turns_as_twins() {
        let pace = pace(&[0.5, 0.6, 3.0, 0.7]);
        let mut twins: Vec<_> = (1..=6).filter_map(|block| pace.twin(block)).collect();
        assert_eq!(twins.len(), 6);
        twins.sort_unstable();
        assert_eq!(twins, [0, 0, 1, 1, 3, 3]);
        assert_eq!(self::pace(&[]).twin(1), None);
    }

    #[test]
    fn only_modes_that_are_near_each_other_must_be_told_apart() {
        assert_eq!(pace(&[1.0, 1.9, 3.7]).comparable(), [(0, 1), (1, 2)]);
    }

    #[test]
    fn what_is_dear_gets_what_a_budget_leaves_and_at_least_an_interval() {
        let shared = |budget_s| {
            let mut paces = [pace(&[1.0, 40.0]), pace(&[60.0])];
            share_budget(&mut paces, budget_s, 100.0);
            [paces[0].runs.clone(), paces[1].runs.clone()].concat()
        };
        assert_eq!(shared(1e5), [15, 15, 15]);
        assert_eq!(shared(115.05 + 1000.0), [15, 10, 10]);
        assert_eq!(shared(1.0), [15, 6, 6]);
    }

    #[test]
    fn what_is_cheap_is_made_sharp_before_what_is_dear_is_looked_at() {
        let costs_s = [(500.0, 40.0), (20.0, 5.0), (90.0, 10.0)];
        assert_eq!(affordable_looks(&costs_s, 1000.0), [1, 2, 0]);
        assert_eq!(affordable_looks(&costs_s, 150.0), [1, 2, 0]);
        assert_eq!(affordable_looks(&costs_s, 149.0), [1, 2]);
        // Not all that it needs, but as far as its next look.
        assert_eq!(affordable_looks(&costs_s, 30.0), [1, 2]);
        assert_eq!(affordable_looks(&costs_s, 4.0), [0; 0]);
    }

    #[test]
    fn a_forecast_keeps_to_the_budget_but_not_below_what_must_be() {
        let paces = [pace(&[0.1, 0.1]), pace(&[1.0, 5.0])];
        let precision = Some(Precision::default());
        let of = |precision, budget_s| {
            let inputs = paces.iter();
            let inputs = inputs.map(|pace| (pace, 0, pace.expected_blocks(precision, None)));
            forecast_s(inputs, budget_s)
        };
        let forecast = |budget_s| of(precision, budget_s);
        let least_s = of(None, None);
        assert!(forecast(None) > least_s);
        assert_eq!(forecast(Some(1.0)), least_s);
        assert_eq!(forecast(Some(least_s + 1.0)), least_s + 1.0);
    }

    #[test]
    fn more_blocks_are_expected_where_intervals_are_wide() {
        let blocks = |seen| pace(&[1.0, 1.1]).expected_blocks(Some(Precision::default()), seen);
        assert_eq!(blocks(None), 70);
        assert_eq!(blocks(Some((0.03, 15))), 15);
        assert_eq!(blocks(Some((0.08, 15))), 70);
        assert_eq!(blocks(Some((0.9, 15))), 300);
        assert_eq!(
            pace(&[1.0, 9.0]).expected_blocks(Some(Precision::default()), None),
            15
        );
        assert_eq!(
            (next_look(15), next_look(16), next_look(300)),
            (Some(20), Some(20), None)
        );
    }
}
