//! Two things that were measured side by side: the signed-rank family, on differences of pairs.
//! With differences of logarithms, a shift is the logarithm of a ratio.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use crate::{Interval, TAIL, Z95, draw, normal_cdf, sorted};

/// Fewer pairs have no interval at 95 %: the most extreme of 2^5 signs is not rare enough.
pub const LEAST_PAIRS: usize = 6;
/// Up to so many pairs the null distribution is counted, above it is taken as normal.
const EXACT: usize = 30;
/// Resamples that a standard error is taken from: it is right within 5 %.
const RESAMPLES: usize = 200;
/// Pairs of a resample. Of more the error follows, as it falls with their square root.
const RESAMPLED: usize = 60;
/// Seed of the resamples, so that reports are the same again.
const SEED: u64 = 95;

/// Where differences lie; all but `p` in their unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    pub pairs: usize,
    /// The Hodges–Lehmann estimate: the median of all pairwise averages.
    pub estimate: f64,
    /// At 95 %; none of fewer than [`LEAST_PAIRS`] pairs.
    pub interval: Option<Interval>,
    /// How probable so much or more is where nothing differs, two-sided; 1 without an interval.
    pub p: f64,
    /// From the smallest to the largest.
    pub range: Interval,
}

/// Hodges–Lehmann estimate and signed-rank interval and test (Hollander and Wolfe, *Nonparametric
/// Statistical Methods*, chapter 3). None of no differences, or where one is no number.
pub fn signed_rank(differences: &[f64]) -> Option<Shift> {
    let sorted = sorted(differences);
    let range = Interval::new(*sorted.first()?, *sorted.last()?);
    if !(range.low.is_finite() && range.high.is_finite()) {
        return None;
    }
    let (pairs, averages) = (sorted.len(), averages(sorted.len()));
    let null = Null::of(pairs);
    let interval = (pairs >= LEAST_PAIRS).then(|| {
        let ranks = [null.rank(), averages + 1 - null.rank()];
        let [low, high] = ranks.map(|rank| average_at(&sorted, rank));
        Interval::new(low, high)
    });
    // Tukey's count: the signed-rank statistic is the number of averages above 0; here twice those
    // that are not, where one that is 0 counts half.
    let below = averages_up_to(&sorted, 0.0) + averages_up_to(&sorted, -f64::MIN_POSITIVE);
    let twice = below.min(2 * averages - below);
    Some(Shift {
        pairs,
        estimate: estimate(&sorted),
        interval,
        p: match interval {
            Some(_) => (2.0 * null.at_most(twice / 2)).min(1.0),
            None => 1.0,
        },
        range,
    })
}

/// The mean of several independent shifts, each of a list of differences, and its interval: each
/// estimate's standard error comes from resampling its own pairs. One list has the interval of
/// its signed ranks. None where a list is empty.
pub fn mean_shift(lists: &[&[f64]]) -> Option<Shift> {
    if let [only] = lists {
        return signed_rank(only);
    }
    let lists: Vec<Vec<f64>> = lists.iter().map(|list| sorted(list)).collect();
    let mut estimates = Vec::new();
    for list in &lists {
        let sound = !list.is_empty() && list.iter().all(|it| it.is_finite());
        estimates.push(sound.then(|| estimate(list))?);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let squares = lists
        .iter()
        .map(|list| standard_error(list, &mut rng).powi(2));
    let whole = lists.iter().all(|list| list.len() >= LEAST_PAIRS);
    let variance = whole.then(|| squares.sum());
    let pairs = lists.iter().map(|list| list.len()).sum();
    mean_with(&estimates, pairs, variance)
}

/// The mean of several independent shifts. None of none.
pub fn mean_of(shifts: &[Shift]) -> Option<Shift> {
    if let [only] = shifts {
        return Some(*only);
    }
    let estimates: Vec<f64> = shifts.iter().map(|shift| shift.estimate).collect();
    let squares = shifts.iter().map(|shift| Some(shift.error()?.powi(2)));
    let pairs = shifts.iter().map(|shift| shift.pairs).sum();
    mean_with(&estimates, pairs, squares.sum())
}

/// The mean of estimates whose variances have this sum.
fn mean_with(estimates: &[f64], pairs: usize, variance: Option<f64>) -> Option<Shift> {
    let estimate = crate::mean(estimates)?;
    let shift = Shift {
        pairs,
        estimate,
        interval: None,
        p: 1.0,
        range: Interval {
            low: estimates.iter().copied().fold(f64::INFINITY, f64::min),
            high: estimates.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        },
    };
    let error = variance.map(|variance| variance.sqrt() / estimates.len() as f64);
    Some(error.map_or(shift, |error| shift.with_error(error)))
}

impl Shift {
    /// The standard error that the interval speaks of.
    fn error(&self) -> Option<f64> {
        self.interval.map(error_of)
    }

    /// The same estimate, taken as normal with this standard error.
    fn with_error(self, error: f64) -> Shift {
        Shift {
            interval: Some(Interval {
                low: self.estimate - Z95 * error,
                high: self.estimate + Z95 * error,
            }),
            p: match self.estimate {
                0.0 => 1.0,
                estimate => 2.0 * normal_cdf(-estimate.abs() / error),
            },
            ..self
        }
    }

    /// The same, where each of both sides is off by a draw with this standard deviation as well.
    pub fn widened(self, deviation: f64) -> Shift {
        match self.error() {
            Some(error) if deviation > 0.0 => {
                self.with_error((error.powi(2) + 2.0 * deviation.powi(2)).sqrt())
            }
            _ => self,
        }
    }
}

/// The standard error that a 95 % interval of something normal speaks of.
pub fn error_of(interval: Interval) -> f64 {
    (interval.high - interval.low) / (2.0 * Z95)
}

/// Half the width of an interval of logarithms, as a share: 0.04 is ±4 % of the ratio.
pub fn half_width(interval: Interval) -> f64 {
    ((interval.high - interval.low) / 2.0).exp_m1()
}

/// The difference that an interval of this width would have shown in 80 of 100 cases, as a share:
/// of logarithms, (1.96 + 0.84) / 1.96 = 1.43 times its half-width.
pub fn detectable(interval: Interval) -> f64 {
    (1.43 * (interval.high - interval.low) / 2.0).exp_m1()
}

/// Standard deviation of the estimate over resamples of the pairs; of many pairs over smaller ones
/// (the m-out-of-n bootstrap: Bickel, Götze and van Zwet, 1997).
fn standard_error(sorted: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    let n = sorted.len();
    let m = n.min(RESAMPLED);
    let resampled = (0..RESAMPLES).map(|_| {
        let mut ranks: Vec<usize> = (0..m).map(|_| draw(n, rng)).collect();
        ranks.sort_unstable();
        estimate(&ranks.iter().map(|rank| sorted[*rank]).collect::<Vec<_>>())
    });
    let resampled: Vec<f64> = resampled.collect();
    let mean = crate::mean(&resampled).unwrap_or_default();
    let squares = resampled.iter().map(|value| (value - mean).powi(2));
    // A resample spreads less than the pairs did, by one degree of freedom.
    let shrunk = n as f64 / (n as f64 - 1.0).max(1.0);
    (squares.sum::<f64>() / RESAMPLES as f64 * shrunk * m as f64 / n as f64).sqrt()
}

/// How many averages of two of `n` values there are, each with itself included.
fn averages(n: usize) -> usize {
    n * (n + 1) / 2
}

/// The median of all pairwise averages.
fn estimate(sorted: &[f64]) -> f64 {
    let averages = averages(sorted.len());
    let (low, high) = (averages.div_ceil(2), averages / 2 + 1);
    let lower = average_at(sorted, low);
    match low == high {
        true => lower,
        false => (lower + average_at(sorted, high)) / 2.0,
    }
}

/// The pairwise average of this rank, from 1. They are counted, never listed, until bisection has
/// left about as many as there are values.
fn average_at(sorted: &[f64], rank: usize) -> f64 {
    let n = sorted.len();
    let (mut low, mut high) = (sorted[0], sorted[n - 1]);
    let (mut below, mut up_to) = (averages_up_to(sorted, low), averages(n));
    if below >= rank {
        return low;
    }
    // `below` averages are at most `low`, too few, and `up_to` at most `high`, enough.
    while up_to - below > 2 * n {
        let middle = average(low, high);
        if middle <= low || middle >= high {
            return high;
        }
        match averages_up_to(sorted, middle) {
            enough if enough >= rank => (high, up_to) = (middle, enough),
            few => (low, below) = (middle, few),
        }
    }
    let mut starts = partners(sorted, low);
    let between = partners(sorted, high).flat_map(|(i, end)| {
        let start = starts.next().map_or(i, |(_, end)| end);
        sorted[start..end]
            .iter()
            .map(move |other| average(sorted[i], *other))
    });
    let mut between: Vec<f64> = between.collect();
    *between
        .select_nth_unstable_by(rank - below - 1, f64::total_cmp)
        .1
}

/// How many pairwise averages are at most so large.
fn averages_up_to(sorted: &[f64], limit: f64) -> usize {
    partners(sorted, limit).map(|(i, j)| j - i).sum()
}

/// Each value, and the end of those from it on whose average with it is at most so large.
fn partners(sorted: &[f64], limit: f64) -> impl Iterator<Item = (usize, usize)> {
    let mut end = sorted.len();
    (0..sorted.len()).map_while(move |i| {
        while end > i && average(sorted[i], sorted[end - 1]) > limit {
            end -= 1;
        }
        (end > i).then_some((i, end))
    })
}

fn average(a: f64, b: f64) -> f64 {
    (a + b) / 2.0
}

/// The signed-rank statistic where nothing differs: a sum of the ranks 1 to n, each with
/// probability one half.
enum Null {
    /// Probability of at most each sum.
    Exact(Vec<f64>),
    Normal {
        mean: f64,
        deviation: f64,
    },
}

impl Null {
    fn of(pairs: usize) -> Null {
        let n = pairs as f64;
        if pairs > EXACT {
            return Null::Normal {
                mean: n * (n + 1.0) / 4.0,
                deviation: (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt(),
            };
        }
        let mut probabilities = vec![0.0; averages(pairs) + 1];
        probabilities[0] = 1.0;
        for rank in 1..=pairs {
            for sum in (0..=averages(rank)).rev() {
                let with = sum
                    .checked_sub(rank)
                    .map_or(0.0, |rest| probabilities[rest]);
                probabilities[sum] = f64::midpoint(probabilities[sum], with);
            }
        }
        let mut below = 0.0;
        let cumulated = probabilities.into_iter().map(|probability| {
            below += probability;
            below
        });
        Null::Exact(cumulated.collect())
    }

    /// The probability of a sum of at most this.
    fn at_most(&self, sum: usize) -> f64 {
        match self {
            Null::Exact(cumulated) => cumulated[sum],
            Null::Normal { mean, deviation } => normal_cdf((sum as f64 + 0.5 - mean) / deviation),
        }
    }

    /// The rank of the average that an interval at 95 % ends at.
    fn rank(&self) -> usize {
        match self {
            Null::Exact(cumulated) => cumulated.iter().take_while(|it| **it <= TAIL).count(),
            Null::Normal { mean, deviation } => {
                ((mean - 0.5 - Z95 * deviation).floor() as usize) + 1
            }
        }
    }
}

#[cfg(test)]
mod tests;
