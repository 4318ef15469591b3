//! Statistics of samples: of a cell, of pairs of cells, of many comparisons. Pure.

mod many;
mod paired;
mod steps;
mod unpaired;

use rand::Rng;
use rand::rngs::ChaCha8Rng;

pub use many::{benjamini_hochberg, share_interval};
pub use paired::{
    LEAST_PAIRS, Shift, detectable, error_of, half_width, mean_of, mean_shift, signed_rank,
};
pub use steps::levels;
pub use unpaired::{rank_sum, student};

/// What an interval at 95 % leaves out on each side.
const TAIL: f64 = 0.025;
/// Where that is of the normal distribution, in standard deviations.
pub const Z95: f64 = 1.959_964;

/// An interval from low to high, in the unit of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    pub fn new(low: f64, high: f64) -> Interval {
        Interval { low, high }
    }

    /// Both ends in another unit, such as ratios of their logarithms; `to` ascends.
    pub fn map(self, to: fn(f64) -> f64) -> Interval {
        Interval::new(to(self.low), to(self.high))
    }
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
    /// 95 % interval of the median.
    pub ci95: Interval,
}

/// Describes the values; none if there are none.
pub fn describe(values: &[f64]) -> Option<Description> {
    let sorted = sorted(values);
    let (&min, &max) = (sorted.first()?, sorted.last()?);
    let mean = mean(values)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let degrees = (values.len() - 1).max(1) as f64;
    Some(Description {
        count: values.len(),
        mean,
        stddev: (squares / degrees).sqrt(),
        median: median(values)?,
        mad: median(&deviations(values))?,
        min,
        max,
        ci95: median_interval(&sorted),
    })
}

/// How far each value is from the median.
fn deviations(values: &[f64]) -> Vec<f64> {
    let middle = median(values).unwrap_or(0.0);
    values.iter().map(|value| (value - middle).abs()).collect()
}

/// The arithmetic mean; none of no values.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The median; none of no values.
pub fn median(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let mut values = values.to_vec();
    let (middle, odd) = (values.len() / 2, values.len() % 2 == 1);
    let (lower, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let below = lower.iter().copied().max_by(f64::total_cmp);
    Some(match below.filter(|_| !odd) {
        Some(below) => (below + upper) / 2.0,
        None => upper,
    })
}

/// A number below `n`, by multiplication instead of division; its bias is below n / 2^32.
fn draw(n: usize, rng: &mut ChaCha8Rng) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

/// The geometric mean; none of no values, or where one is not above 0 and finite.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let logs: Vec<f64> = values.iter().map(|value| value.ln()).collect();
    let sound = logs.iter().all(|log| log.is_finite());
    mean(&logs).filter(|_| sound).map(f64::exp)
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
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    let (mean_x, mean_y) = (mean(&x)?, mean(&y)?);
    let sum = |product: fn(f64, f64) -> f64| -> f64 {
        let points = points.iter();
        points.map(|(x, y)| product(x - mean_x, y - mean_y)).sum()
    };
    let (spread_x, spread_y, both) = (sum(|x, _| x * x), sum(|_, y| y * y), sum(|x, y| x * y));
    if !(spread_x > 0.0 && spread_y.is_finite()) {
        return None;
    }
    let slope = both / spread_x;
    Some(Line {
        slope,
        intercept: mean_y - slope * mean_x,
        r_squared: match spread_y {
            0.0 => 1.0,
            _ => slope * both / spread_y,
        },
    })
}

/// How far the slope of that line may be off, of each x and how far its y may be off: a slope is a
/// weighted sum of the y, and errors that are independent add up in squares. None of fewer than two
/// different x.
pub fn slope_error(points: &[(f64, f64)]) -> Option<f64> {
    let x: Vec<f64> = points.iter().map(|(x, _)| *x).collect();
    let mean_x = mean(&x)?;
    let spread: f64 = x.iter().map(|x| (x - mean_x).powi(2)).sum();
    let squares = points
        .iter()
        .map(|(x, error)| ((x - mean_x) * error).powi(2));
    Some(squares.sum::<f64>().sqrt() / spread).filter(|error| error.is_finite())
}

/// Which values are outliers: their modified z-score is above 3.5 (Iglewicz and Hoaglin, 1993).
/// Without spread (a MAD of 0) nothing is.
pub fn outliers(values: &[f64]) -> Vec<bool> {
    let deviations = deviations(values);
    let mad = median(&deviations).unwrap_or(0.0);
    // 0.6745 is the 75th percentile of the normal distribution: it scales the MAD to its deviation.
    let is_far = |deviation: &f64| mad > 0.0 && 0.6745 * deviation / mad > 3.5;
    deviations.iter().map(is_far).collect()
}

/// Between which of `sorted` the median lies at 95 %, whatever the distribution: the values at the
/// ranks that a fair coin's tails leave out (David and Nagaraja, *Order Statistics*, 7.1). Of fewer
/// than six, from the smallest to the largest.
fn median_interval(sorted: &[f64]) -> Interval {
    let n = sorted.len();
    let left_out = match n {
        // Where 2^-n is no number any more, the tails are normal.
        1000.. => (0.5 * (n as f64 - 1.0 - Z95 * (n as f64).sqrt())) as usize,
        _ => left_out_by_coins(n),
    };
    Interval::new(sorted[left_out], sorted[n - 1 - left_out])
}

/// How many ranks on each side: one less than of `n` coins may fall on one side.
fn left_out_by_coins(n: usize) -> usize {
    let (mut probability, mut below) = (0.5f64.powi(n as i32), 0.0);
    let mut rank = 0;
    while below + probability <= TAIL && 2 * rank < n {
        below += probability;
        rank += 1;
        probability *= (n + 1 - rank) as f64 / rank as f64;
    }
    rank.saturating_sub(1)
}

/// The probability of the normal distribution below so many standard deviations.
fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn a_known_list() {
        let d = describe(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!(
            (d.mean, d.median, d.mad, d.min, d.max),
            (5.0, 4.5, 0.5, 2.0, 9.0)
        );
        assert!((d.stddev - 2.138_089_935).abs() < 1e-9);
    }

    #[test]
    fn a_slope_is_as_far_off_as_its_points() {
        // The slope is the difference of the two.
        assert_eq!(slope_error(&[(0.0, 3.0), (1.0, 4.0)]), Some(5.0));
        // What stands in the middle does not turn the line.
        assert_eq!(
            slope_error(&[(0.0, 0.0), (1.0, 9.0), (2.0, 0.0)]),
            Some(0.0)
        );
        assert_eq!(slope_error(&[(1.0, 3.0), (1.0, 4.0)]), None);
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
        // 96.5 % of 15 values.
        assert!((376..=396).contains(&covered.count()));
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        let ends = |values: &[f64]| (median_interval(values).low, median_interval(values).high);
        assert_eq!(ends(&ten), (2.0, 9.0));
        assert_eq!(ends(&ten[..5]), (1.0, 5.0));
        // Counted and normal tails meet.
        let many: Vec<f64> = (0..2000).map(f64::from).collect();
        assert_eq!(ends(&many[..999]), (468.0, 530.0));
        assert_eq!(ends(&many[..1000]), (468.0, 531.0));
        assert_eq!(ends(&many), (955.0, 1044.0));
    }

    proptest! {
        #[test]
        fn bounds_hold(values in prop::collection::vec(1e-6f64..1e3, 1..40)) {
            let d = describe(&values).unwrap();
            prop_assert!(d.min <= d.ci95.low && d.ci95.low <= d.ci95.high && d.ci95.high <= d.max);
            prop_assert!(d.min <= d.median && d.median <= d.max);
            prop_assert_eq!(describe(&values), Some(d));
        }
    }
}
