use proptest::prelude::*;
use rand::Rng;

use super::*;

/// All averages, listed.
fn listed(values: &[f64]) -> Vec<f64> {
    let pairs = values.iter().enumerate();
    let averages = pairs.flat_map(|(i, a)| values[i..].iter().map(move |b| average(*a, *b)));
    sorted(&averages.collect::<Vec<_>>())
}

/// Darwin's maize, in eighths of an inch: a textbook's example (Fisher, 1935); R's `wilcox.test`
/// says V = 96, p = 0.0413, an estimate of 3.125 and (0.5, 5.2) up to its correction for the ties.
#[test]
fn darwins_maize() {
    let differences = [
        6.125, -8.375, 1.0, 2.0, 0.75, 2.875, 3.5, 5.125, 1.75, 3.625, 7.0, 3.0, 9.375, 7.5, -6.0,
    ];
    let shift = signed_rank(&differences).unwrap();
    assert_eq!((shift.pairs, shift.estimate), (15, 3.125));
    assert!((shift.p - 0.0413).abs() < 0.0005, "{shift:?}");
    assert_eq!(
        shift.interval,
        Some(Interval {
            low: 0.5,
            high: 5.1875
        })
    );
}

#[test]
fn tails_are_those_of_the_tables() {
    // Hollander and Wolfe, table A.4: P(W >= 111) = 0.002 of 15; a tail of 0.025 is at rank 26.
    assert_eq!(Null::of(15).rank(), 26);
    assert_eq!(Null::of(6).rank(), 1);
    assert_eq!(Null::of(5).rank(), 0);
    let exact = Null::of(EXACT);
    let n = EXACT as f64;
    let normal = Null::Normal {
        mean: n * (n + 1.0) / 4.0,
        deviation: (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt(),
    };
    assert!(exact.rank().abs_diff(normal.rank()) <= 1);
    assert!((exact.at_most(150) - normal.at_most(150)).abs() < 0.002);
}

#[test]
fn few_pairs_have_a_range_and_no_interval() {
    let shift = signed_rank(&[0.1, 0.2, 0.3, 0.2, 0.1]).unwrap();
    assert_eq!((shift.interval, shift.p), (None, 1.0));
    assert_eq!(
        shift.range,
        Interval {
            low: 0.1,
            high: 0.3
        }
    );
    assert_eq!(signed_rank(&[]), None);
    assert_eq!(signed_rank(&[f64::NAN; 9]), None);
    assert_eq!(mean_shift(&[]), None);
    let long = [0.1; 20];
    assert_eq!(mean_shift(&[&long, &[0.1, 0.2]]).unwrap().interval, None);
}

#[test]
fn the_same_values_are_a_tie_and_always_different_ones_are_not() {
    let tie = signed_rank(&[0.0; 40]).unwrap();
    assert_eq!((tie.estimate, tie.p), (0.0, 1.0));
    let half = [[0.0; 10], [0.1; 10]].concat();
    assert_eq!(signed_rank(&half).unwrap().interval.unwrap().low, 0.0);
    let sure = signed_rank(&[0.1; 6]).unwrap();
    assert_eq!(sure.p, 2.0 / 64.0);
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let mut uniform = || (f64::from(rng.next_u32()) + 0.5) / f64::from(u32::MAX);
    (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()
}

/// Nothing differs: 5 in 100 are called different. Skewed noise, as times have it, and long.
#[test]
fn identical_things_are_called_different_as_often_as_said() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for pairs in [8, 15, 40] {
        let called = (0..2000).filter(|_| {
            let time = |rng: &mut ChaCha8Rng| (0.3 * normal(rng)).exp();
            let differences =
                (0..pairs).map(|_| (1.0 + time(&mut rng)).ln() - (1.0 + time(&mut rng)).ln());
            let shift = signed_rank(&differences.collect::<Vec<_>>()).unwrap();
            let interval = shift.interval.unwrap();
            assert_eq!(shift.p <= 0.05, interval.low > 0.0 || interval.high < 0.0);
            shift.p <= 0.05
        });
        let called = called.count();
        assert!(
            (60..=130).contains(&called),
            "{pairs} pairs: {called} of 2000"
        );
    }
}

/// Few pairs, and more than a resample has.
#[test]
fn the_interval_of_a_mean_covers_the_truth_as_often_as_said() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (pairs, trials) in [(15, 400), (150, 200)] {
        let covered = (0..trials).filter(|_| {
            let mut list = |shift: f64, spread: f64| -> Vec<f64> {
                (0..pairs)
                    .map(|_| shift + spread * normal(&mut rng))
                    .collect()
            };
            let lists = [list(0.1, 0.05), list(0.2, 0.1), list(0.3, 0.2)];
            let lists: Vec<&[f64]> = lists.iter().map(Vec::as_slice).collect();
            let interval = mean_shift(&lists).unwrap().interval.unwrap();
            interval.low <= 0.2 && 0.2 <= interval.high
        });
        let share = covered.count() as f64 / f64::from(trials);
        assert!((0.91..0.985).contains(&share), "{pairs} pairs: {share}");
    }
}

proptest! {
    #[test]
    fn averages_are_counted_as_if_listed(values in prop::collection::vec(-9i32..9, 1..40)) {
        let values: Vec<f64> = sorted(&values.iter().map(|it| f64::from(*it) / 4.0).collect::<Vec<_>>());
        let all = listed(&values);
        for (i, average) in all.iter().enumerate() {
            prop_assert_eq!(average_at(&values, i + 1), *average);
        }
        let zeros = averages_up_to(&values, 0.0) - averages_up_to(&values, -f64::MIN_POSITIVE);
        prop_assert_eq!(zeros, all.iter().filter(|it| **it == 0.0).count());
    }

    #[test]
    fn turning_the_pairs_round_turns_the_shift_round(values in prop::collection::vec(-1.0f64..1.0, 6..50)) {
        let there = signed_rank(&values).unwrap();
        let back = signed_rank(&values.iter().map(|it| -it).collect::<Vec<_>>()).unwrap();
        let (one, other) = (there.interval.unwrap(), back.interval.unwrap());
        prop_assert!((there.estimate + back.estimate).abs() < 1e-9);
        prop_assert!((one.low + other.high).abs() < 1e-9 && (there.p - back.p).abs() < 1e-9);
        prop_assert!(one.low <= there.estimate && there.estimate <= one.high);
    }
}
