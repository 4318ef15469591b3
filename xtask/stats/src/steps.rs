//! Where a series changed for good.

use std::ops::Range;

/// The pieces of a series that lie on one level each, in their order: the piecewise constant fit with
/// the least weighted squares and `penalty` for each step (optimal partitioning: Jackson and others,
/// 2005). `errors` are the values' standard errors, all above 0.
pub fn levels(values: &[f64], errors: &[f64], penalty: f64) -> Vec<Range<usize>> {
    // The least cost of the values before each place, and where its last piece starts.
    let mut best = vec![(-penalty, 0)];
    for end in 1..=values.len() {
        let from = |start: usize| {
            let piece = squares(&values[start..end], &errors[start..end]);
            (best[start].0 + piece + penalty, start)
        };
        let least = (0..end).map(from).min_by(|a, b| a.0.total_cmp(&b.0));
        best.extend(least);
    }
    let (mut levels, mut end) = (Vec::new(), values.len());
    while end > 0 {
        let start = best[end].1;
        levels.push(start..end);
        end = start;
    }
    levels.reverse();
    levels
}

/// Weighted squares around the weighted mean.
fn squares(values: &[f64], errors: &[f64]) -> f64 {
    let weights = || errors.iter().map(|error| error.powi(-2));
    let sum = |of: &dyn Fn(f64) -> f64| -> f64 {
        let weighted = values.iter().zip(weights());
        weighted.map(|(value, weight)| weight * of(*value)).sum()
    };
    let mean = sum(&|value| value) / weights().sum::<f64>();
    sum(&|value| (value - mean).powi(2))
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    #[test]
    fn a_step_is_found_at_its_place_and_back() {
        let values = [0.0, 0.1, -0.1, 1.0, 1.1, 0.9, 0.0, 0.05];
        assert_eq!(levels(&values, &[0.1; 8], 10.0), [0..3, 3..6, 6..8]);
        // Noise as large as the step, or a penalty that nothing is worth.
        let one = |of: Vec<Range<usize>>| of.len() == 1 && of[0] == (0..8);
        assert!(one(levels(&values, &[1.0; 8], 10.0)));
        assert!(one(levels(&values, &[0.1; 8], f64::MAX)));
        assert!(levels(&[], &[], 10.0).is_empty());
        assert_eq!(levels(&[1.0], &[0.1], 10.0).len(), 1);
    }

    #[test]
    fn of_steady_series_few_are_called() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut uniform = || crate::draw(1 << 20, &mut rng) as f64 / f64::from(1 << 20) - 0.5;
        let mut series = || -> Vec<f64> {
            // Twelve uniform numbers add up to about a normal one.
            (0..10).map(|_| (0..12).map(|_| uniform()).sum()).collect()
        };
        let penalty = 3.0 * 10f64.ln() + 2.0 * 50f64.ln();
        let called = (0..1000).filter(|_| levels(&series(), &[1.0; 10], penalty).len() > 1);
        assert!(called.count() < 10, "of 1000, and a table has 50 cells");
    }
}
