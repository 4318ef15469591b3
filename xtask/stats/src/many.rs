//! Many comparisons at once.

use crate::{Interval, Z95};

/// Which of these probabilities are rare enough that among all called at most `rate` are expected
/// to be false (Benjamini and Hochberg, 1995).
pub fn benjamini_hochberg(p: &[f64], rate: f64) -> Vec<bool> {
    let mut ascending = p.to_vec();
    ascending.sort_by(f64::total_cmp);
    let allowed = |(i, p): &(usize, &f64)| **p <= rate * (i + 1) as f64 / ascending.len() as f64;
    let limit = ascending.iter().enumerate().rev().find(allowed);
    let limit = limit.map_or(f64::NEG_INFINITY, |(_, p)| *p);
    p.iter().map(|p| *p <= limit).collect()
}

/// 95 % interval of a share of which `hits` of `trials` were seen (Wilson, 1927). None of no trial.
pub fn share_interval(hits: usize, trials: usize) -> Option<Interval> {
    let n = trials as f64;
    let share = (trials > 0).then(|| hits as f64 / n)?;
    let middle = share + Z95 * Z95 / (2.0 * n);
    let reach = Z95 * (share * (1.0 - share) / n + Z95 * Z95 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z95 * Z95 / n;
    let (low, high) = ((middle - reach) / scale, (middle + reach) / scale);
    Some(Interval::new(low.max(0.0), high.min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_benjamini_and_hochberg() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let called = benjamini_hochberg(&p, 0.05);
        assert_eq!(called.iter().filter(|it| **it).count(), 4);
        assert!(called[..4].iter().all(|it| *it));
        assert_eq!(benjamini_hochberg(&[], 0.05), [false; 0]);
        // One alone is decided as if it stood alone, in whatever place.
        assert_eq!(benjamini_hochberg(&[0.9, 0.049], 0.1), [false, true]);
    }

    #[test]
    fn a_share_of_few_trials_is_hardly_known() {
        let interval = share_interval(0, 6).unwrap();
        assert!(interval.low == 0.0 && (0.38..0.40).contains(&interval.high));
        let interval = share_interval(50, 1000).unwrap();
        assert!((0.037..0.039).contains(&interval.low) && (0.064..0.066).contains(&interval.high));
        assert_eq!(share_interval(0, 0), None);
    }
}
