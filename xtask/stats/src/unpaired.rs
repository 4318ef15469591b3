//! Two things that were measured apart: the rank-sum family. With logarithms, a shift is the
//! logarithm of a ratio.

use crate::paired::Shift;
use crate::{Interval, LEAST_PAIRS, Z95, normal_cdf, sorted};

/// Halvings of the range of all differences: what is left is far below what can be told apart.
const HALVINGS: usize = 60;

/// By how much the values of `a` lie above those of `b`: the median of all differences, its interval
/// by the rank-sum distribution, taken as normal, and that test (Hollander and Wolfe, *Nonparametric
/// Statistical Methods*, chapter 4). None where one has no values, or one is no number.
pub fn rank_sum(a: &[f64], b: &[f64]) -> Option<Shift> {
    let (a, b) = (sorted(a), sorted(b));
    let range = Interval {
        low: a.first()? - b.last()?,
        high: a.last()? - b.first()?,
    };
    if !(range.low.is_finite() && range.high.is_finite()) {
        return None;
    }
    let (m, n) = (a.len() as f64, b.len() as f64);
    let (mean, deviation) = (m * n / 2.0, (m * n * (m + n + 1.0) / 12.0).sqrt());
    let at = |rank: f64| difference_at(&a, &b, range, rank);
    let pairs = a.len().min(b.len());
    let interval = (pairs >= LEAST_PAIRS).then(|| {
        let left_out = (mean - 0.5 - Z95 * deviation).floor();
        Interval {
            low: at(left_out + 1.0),
            high: at(m * n - left_out),
        }
    });
    // Ties count half.
    let below = differences_up_to(&a, &b, 0.0) + differences_up_to(&a, &b, -f64::MIN_POSITIVE);
    let distance = ((below as f64 / 2.0 - mean).abs() - 0.5).max(0.0);
    Some(Shift {
        pairs,
        estimate: f64::midpoint(at((mean + 0.5).floor()), at((mean + 1.0).floor())),
        interval,
        p: match interval {
            Some(_) => (2.0 * normal_cdf(-distance / deviation)).min(1.0),
            None => 1.0,
        },
        range,
    })
}

/// The difference of this rank, from 1: the smallest that so many are at most as large as. They are
/// counted, never listed.
fn difference_at(a: &[f64], b: &[f64], range: Interval, rank: f64) -> f64 {
    let Interval { mut low, mut high } = range;
    if differences_up_to(a, b, low) as f64 >= rank {
        return low;
    }
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        match differences_up_to(a, b, middle) as f64 >= rank {
            true => high = middle,
            false => low = middle,
        }
    }
    high
}

/// How many differences are at most so large; both lists ascend.
fn differences_up_to(a: &[f64], b: &[f64], limit: f64) -> usize {
    let mut first = 0;
    let of = |value: &f64| {
        while first < b.len() && value - b[first] > limit {
            first += 1;
        }
        b.len() - first
    };
    a.iter().map(of).sum()
}

/// The 97.5 % quantile of Student's t, which a standard deviation from so few values has in place of
/// 1.96; infinite of none. From tables, and from ten degrees on by its expansion (Fisher and
/// Cornish, 1960), right within 0.001.
pub fn student(degrees: usize) -> f64 {
    const FEW: [f64; 10] = [
        f64::INFINITY,
        12.706,
        4.303,
        3.182,
        2.776,
        2.571,
        2.447,
        2.365,
        2.306,
        2.262,
    ];
    let n = degrees as f64;
    let large = || Z95 + 2.372 / n + 2.823 / n.powi(2) + 2.557 / n.powi(3);
    FEW.get(degrees).copied().unwrap_or_else(large)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_hollander_and_wolfe() {
        // Permeability of the human chorioamnion at term and before: example 4.1, estimate -0.305
        // of b against a, exact p 0.254.
        let term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        let before = [1.15, 0.88, 0.90, 0.74, 1.21];
        let shift = rank_sum(&term, &before).unwrap();
        assert!((shift.estimate - 0.305).abs() < 1e-9, "{shift:?}");
        assert_eq!(shift.interval, None, "five are too few");
    }

    #[test]
    fn a_shift_is_found_and_nothing_is_not() {
        let values: Vec<f64> = (0..20).map(f64::from).collect();
        let shifted: Vec<f64> = values.iter().map(|value| value + 9.0).collect();
        let shift = rank_sum(&shifted, &values).unwrap();
        let interval = shift.interval.unwrap();
        assert!((shift.estimate - 9.0).abs() < 1e-9 && shift.p < 0.001);
        assert!(interval.low > 4.0 && interval.high < 14.0, "{interval:?}");
        let none = rank_sum(&values, &values).unwrap();
        assert_eq!((none.estimate.abs() < 1e-9, none.p), (true, 1.0));
        assert!(rank_sum(&[], &values).is_none());
        assert!(rank_sum(&[f64::NAN], &values).is_none());
    }

    #[test]
    fn few_degrees_are_wide() {
        assert_eq!(student(0), f64::INFINITY);
        assert_eq!(student(2), 4.303);
        assert!((student(10) - 2.228).abs() < 1e-3, "{}", student(10));
        assert!((student(30) - 2.042).abs() < 1e-3);
        assert!((1..60).all(|n| student(n) < student(n - 1)));
    }

    proptest! {
        #[test]
        fn the_estimate_is_the_median_of_all_differences(
            a in prop::collection::vec(-9..9, 1..12), b in prop::collection::vec(-9..9, 1..12)
        ) {
            let [a, b] = [a, b].map(|list| list.into_iter().map(f64::from).collect::<Vec<_>>());
            let all: Vec<f64> = a.iter().flat_map(|a| b.iter().map(move |b| a - b)).collect();
            let shift = rank_sum(&a, &b).unwrap();
            prop_assert!((shift.estimate - crate::median(&all).unwrap()).abs() < 1e-9);
            let back = rank_sum(&b, &a).unwrap();
            prop_assert!((shift.estimate + back.estimate).abs() < 1e-9 && (shift.p - back.p).abs() < 1e-9);
        }
    }
}
