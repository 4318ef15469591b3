//! Where a series changed for good.

/// The places at which values step to another level, ascending: the piecewise constant fit with the
/// least weighted squares and `penalty` for each step (optimal partitioning: Jackson and others,
/// 2005). `errors` are the values' standard errors, all above 0.
pub fn steps(values: &[f64], errors: &[f64], penalty: f64) -> Vec<usize> {
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
    let mut steps = Vec::new();
    let mut place = best[values.len()].1;
    while place > 0 {
        steps.push(place);
        place = best[place].1;
    }
    steps.reverse();
    steps
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
        assert_eq!(steps(&values, &[0.1; 8], 10.0), [3, 6]);
        assert_eq!(
            steps(&values, &[1.0; 8], 10.0),
            [0; 0],
            "noise as large as the step"
        );
        assert_eq!(steps(&[], &[], 10.0), [0; 0]);
        assert_eq!(steps(&[1.0], &[0.1], 10.0), [0; 0]);
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
        let called = (0..1000).filter(|_| !steps(&series(), &[1.0; 10], penalty).is_empty());
        assert!(called.count() < 10, "of 1000, and a table has 50 cells");
    }
}
