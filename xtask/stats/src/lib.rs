//! Statistics of the samples of a cell: pure.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// Resamples of a bootstrap: enough for the second digit of a 95 % interval.
const RESAMPLES: usize = 2000;
/// Seed of every bootstrap, so that reports are the same again.
const BOOTSTRAP_SEED: u64 = 95;

/// An interval from low to high, in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// Describes a list of values; all in their unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Description {
    pub count: usize,
    pub mean: f64,
    /// Sample standard deviation (divided by n − 1); 0 for one value.
    pub stddev: f64,
    pub median: f64,
    /// Median absolute deviation from the median, not scaled.
    pub mad: f64,
    pub min: f64,
    pub max: f64,
    /// 95 % bootstrap interval of the median.
    pub ci95: Interval,
}

/// Describes the values; none if there are none.
pub fn describe(values: &[f64]) -> Option<Description> {
    let sorted = sorted(values);
    let (&min, &max) = (sorted.first()?, sorted.last()?);
    let middle = median(values)?;
    let deviations: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some(Description {
        count: values.len(),
        mean,
        stddev: if values.len() > 1 {
            (squares / (values.len() - 1) as f64).sqrt()
        } else {
            0.0
        },
        median: middle,
        mad: median(&deviations)?,
        min,
        max,
        ci95: bootstrap(|rng| Some(median_of_resample(&sorted, rng)))?,
    })
}

/// The arithmetic mean; none of no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The median; none of no values.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut values = values.to_vec();
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let odd = values.len() % 2 == 1;
    let (lower, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let below = lower.iter().copied().max_by(f64::total_cmp);
    below
        .filter(|_| !odd)
        .map_or(Some(upper), |below| Some((below + upper) / 2.0))
}

/// 95 % bootstrap interval of the ratio of the medians of `a` and `b`.
/// The same in every call with the same values. None if either is empty, or the base is 0.
pub fn ratio_of_medians(a: &[f64], b: &[f64]) -> Option<(f64, Interval)> {
    let ratio = Some(median(a)? / median(b)?).filter(|ratio| ratio.is_finite())?;
    let (a, b) = (sorted(a), sorted(b));
    let resampled = |rng: &mut _| median_of_resample(&a, rng) / median_of_resample(&b, rng);
    let interval = bootstrap(|rng| Some(resampled(rng)).filter(|ratio| ratio.is_finite()))?;
    Some((ratio, interval))
}

/// What stands for a list of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    Median,
    Mean,
    /// Median absolute deviation ÷ median: how unsteady the values are.
    Spread,
}

impl Statistic {
    /// None of no values, or of the spread around 0.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        match self {
            Statistic::Median => median(values),
            Statistic::Mean => mean(values),
            Statistic::Spread => {
                let middle = median(values)?;
                let deviations: Vec<f64> =
                    values.iter().map(|value| (value - middle).abs()).collect();
                Some(median(&deviations)? / middle).filter(|spread| spread.is_finite())
            }
        }
    }
}

/// How much `a` takes of what `b` takes, over pairs of lists that all count alike: the geometric
/// mean of the ratios of their statistics, and its 95 % bootstrap interval. None of no pairs, or
/// where a statistic is not above 0, in most resamples too.
pub fn mean_ratio(pairs: &[(&[f64], &[f64])], statistic: Statistic) -> Option<(f64, Interval)> {
    let ratio = |(a, b): (&[f64], &[f64])| Some(statistic.of(a)? / statistic.of(b)?);
    let ratios: Option<Vec<f64>> = pairs.iter().map(|pair| ratio(*pair)).collect();
    let mean = geometric_mean(&ratios?)?;
    let interval = bootstrap(|rng| {
        let ratios = pairs.iter().map(|(a, b)| {
            let (a, b) = (resample(a, rng), resample(b, rng));
            ratio((&a, &b))
        });
        let ratios: Vec<Option<f64>> = ratios.collect();
        geometric_mean(&ratios.into_iter().collect::<Option<Vec<f64>>>()?)
    })?;
    Some((mean, interval))
}

fn resample(values: &[f64], rng: &mut ChaCha8Rng) -> Vec<f64> {
    values
        .iter()
        .map(|_| values[draw(values.len(), rng)])
        .collect()
}

/// A number below `n`, by multiplication instead of division; its bias is below n / 2^32.
fn draw(n: usize, rng: &mut ChaCha8Rng) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

/// The geometric mean; none of no values, or where one is not above 0 and finite.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let sound = |value: &f64| *value > 0.0 && value.is_finite();
    (!values.is_empty() && values.iter().all(sound))
        .then(|| (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp())
}

/// A line through points, and how well it fits them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub slope: f64,
    pub intercept: f64,
    /// The share of the spread in y that the line explains (R²); 1 where there is none.
    pub r_squared: f64,
}

/// The line of least squares; none of fewer than two different x.
pub fn fit_line(points: &[(f64, f64)]) -> Option<Line> {
    let n = points.len() as f64;
    let (mean_x, mean_y) = (
        points.iter().map(|(x, _)| x).sum::<f64>() / n,
        points.iter().map(|(_, y)| y).sum::<f64>() / n,
    );
    let spread_x: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let spread_y: f64 = points.iter().map(|(_, y)| (y - mean_y).powi(2)).sum();
    let both: f64 = points
        .iter()
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    // Also false where there are no points: their means are not numbers.
    if !(spread_x > 0.0 && spread_y.is_finite()) {
        return None;
    }
    let slope = both / spread_x;
    Some(Line {
        slope,
        intercept: mean_y - slope * mean_x,
        r_squared: if spread_y > 0.0 {
            slope * both / spread_y
        } else {
            1.0
        },
    })
}

/// Which values are outliers: their modified z-score is above 3.5 (Iglewicz and Hoaglin, 1993).
/// Without spread (a MAD of 0) nothing is.
pub fn outliers(values: &[f64]) -> Vec<bool> {
    let middle = median(values).unwrap_or(0.0);
    let deviations: Vec<f64> = values.iter().map(|value| (value - middle).abs()).collect();
    let mad = median(&deviations).unwrap_or(0.0);
    // 0.6745 is the 75th percentile of the normal distribution: it scales the MAD to its deviation.
    deviations
        .iter()
        .map(|deviation| mad > 0.0 && 0.6745 * deviation / mad > 3.5)
        .collect()
}

/// Percentile bootstrap: the 2.5th and 97.5th percentile of the statistic over resamples. One that
/// says nothing, for example because it lacks all spread, is left out; none if most do.
fn bootstrap(statistic: impl Fn(&mut ChaCha8Rng) -> Option<f64>) -> Option<Interval> {
    let mut rng = ChaCha8Rng::seed_from_u64(BOOTSTRAP_SEED);
    let resampled = (0..RESAMPLES).filter_map(|_| statistic(&mut rng));
    let sorted = sorted(&resampled.collect::<Vec<f64>>());
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    (sorted.len() * 2 > RESAMPLES).then(|| Interval {
        low: at(0.025),
        high: at(0.975),
    })
}

/// The median of as many values drawn with replacement. Only ranks are drawn: the values are
/// sorted already, so the median of the draw is the value at the median rank.
fn median_of_resample(sorted: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    let n = sorted.len();
    let mut ranks: Vec<usize> = (0..n).map(|_| draw(n, rng)).collect();
    let (lower, &mut upper, _) = ranks.select_nth_unstable(n / 2);
    match n % 2 {
        1 => sorted[upper],
        _ => (sorted[lower.iter().copied().max().unwrap_or(upper)] + sorted[upper]) / 2.0,
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Three of seven values are the same, so that some resamples have no spread.
    #[test]
    fn a_resample_that_says_nothing_pulls_nothing_to_a_tie() {
        let (a, b) = ([1.0, 1.0, 1.0, 9.0, 8.0], [1.0, 1.0, 1.0, 1.1, 1.2]);
        let (a, b) = ([&a[..]; 1], [&b[..]; 1]);
        assert_eq!(
            mean_ratio(&[(a[0], b[0])], Statistic::Spread),
            None,
            "no spread at all"
        );
        let wide = [1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0];
        let narrow = [5.0, 5.0, 5.0, 5.1, 5.2, 5.3, 5.4];
        let (_, interval) = mean_ratio(&[(&wide, &narrow)], Statistic::Spread).unwrap();
        assert!(interval.low > 1.0, "{interval:?}");
    }

    #[test]
    fn a_known_list() {
        let d = describe(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!(
            (d.mean, d.median, d.mad, d.min, d.max),
            (5.0, 4.5, 0.5, 2.0, 9.0)
        );
        assert!((d.stddev - 2.138_089_935).abs() < 1e-9);
    }

    /// Another draw in a later version would change the intervals of runs that are there.
    #[test]
    fn resamples_never_change() {
        let values: Vec<f64> = (1..=15).map(|i| f64::from(i * i)).collect();
        let interval = mean_ratio(&[(&values, &values[3..])], Statistic::Mean)
            .unwrap()
            .1;
        assert_eq!(
            (interval.low, interval.high),
            (0.43608832807570974, 1.4704347826086956)
        );
    }

    #[test]
    fn one_value_has_no_spread_and_none_no_description() {
        let d = describe(&[3.0]).unwrap();
        assert_eq!(
            (d.stddev, d.mad, d.ci95),
            (
                0.0,
                0.0,
                Interval {
                    low: 3.0,
                    high: 3.0
                }
            )
        );
        assert_eq!(describe(&[]), None);
        assert_eq!(ratio_of_medians(&[], &[1.0]), None);
    }

    #[test]
    fn far_values_are_outliers() {
        assert_eq!(
            outliers(&[1.0, 1.1, 0.9, 1.05, 5.0]),
            [false, false, false, false, true]
        );
        assert_eq!(outliers(&[1.0, 1.0, 1.0, 5.0]), [false; 4]);
    }

    #[test]
    fn the_interval_covers_the_true_median_about_as_often_as_it_says() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut uniform = || rng.next_u64() as f64 / u64::MAX as f64;
        let covered = (0..400).filter(|_| {
            let values: Vec<f64> = (0..15).map(|_| uniform()).collect();
            let ci = describe(&values).unwrap().ci95;
            ci.low <= 0.5 && 0.5 <= ci.high
        });
        // 95 % nominal; a percentile interval of 15 values covers a little less.
        assert!((360..=396).contains(&covered.count()));
    }

    proptest! {
        #[test]
        fn bounds_hold(values in prop::collection::vec(1e-6f64..1e3, 1..40)) {
            let d = describe(&values).unwrap();
            prop_assert!(d.min <= d.ci95.low && d.ci95.low <= d.ci95.high && d.ci95.high <= d.max);
            prop_assert!(d.min <= d.median && d.median <= d.max);
            prop_assert_eq!(describe(&values), Some(d));
        }

        #[test]
        fn a_ratio_is_one_against_itself_and_scales(values in prop::collection::vec(0.5f64..2.0, 1..20), factor in 0.1f64..10.0) {
            let (one, interval) = ratio_of_medians(&values, &values).unwrap();
            prop_assert!(one == 1.0 && interval.low <= 1.0 && interval.high >= 1.0);
            let scaled: Vec<f64> = values.iter().map(|v| v * factor).collect();
            let (ratio, _) = ratio_of_medians(&scaled, &values).unwrap();
            prop_assert!((ratio / factor - 1.0).abs() < 1e-9);
        }
    }
}
