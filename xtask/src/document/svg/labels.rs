//! Where labels stand so that none covers another.

/// Moves positions apart until neighbours are `gap` from each other, as little as possible (least
/// squares) and inside `low..=high`; closer where there is no room. Keeps their order.
pub fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let gaps = wanted.len().saturating_sub(1) as f64;
    let gap = gap.min((high - low) / gaps.max(1.0));
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Less the gaps before it, each position need only not be above the next one: positions that
    // are share their mean (isotonic regression by pooling neighbours).
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, index) in order.iter().enumerate() {
        let (mut sum, mut count) = (wanted[*index] - rank as f64 * gap, 1);
        while let Some((above, others)) =
            pools.pop_if(|(above, others)| *above / *others as f64 > sum / count as f64)
        {
            (sum, count) = (sum + above, count + others);
        }
        pools.push((sum, count));
    }
    let means = pools
        .iter()
        .flat_map(|(sum, count)| std::iter::repeat_n(sum / *count as f64, *count));
    let mut placed = vec![0.0; wanted.len()];
    for (rank, (index, mean)) in order.iter().zip(means).enumerate() {
        placed[*index] = mean.min(high - gaps * gap).max(low) + rank as f64 * gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_with_room_stay_and_others_part_evenly() {
        assert!(spread(&[], 10.0, 0.0, 100.0).is_empty());
        assert_eq!(spread(&[50.0, 10.0], 10.0, 0.0, 100.0), [50.0, 10.0]);
        assert_eq!(spread(&[50.0, 50.0], 10.0, 0.0, 100.0), [45.0, 55.0]);
        assert_eq!(
            spread(&[52.0, 48.0, 90.0], 10.0, 0.0, 100.0),
            [55.0, 45.0, 90.0]
        );
    }

    #[test]
    fn labels_stay_inside() {
        assert_eq!(spread(&[99.0, 100.0], 10.0, 0.0, 100.0), [90.0, 100.0]);
        assert_eq!(spread(&[-5.0], 10.0, 0.0, 100.0), [0.0]);
        // Three with a gap of 10 have no room in 10.
        assert_eq!(spread(&[1.0, 2.0, 3.0], 10.0, 0.0, 10.0), [0.0, 5.0, 10.0]);
    }

    proptest! {
        #[test]
        fn no_two_overlap_and_order_holds(wanted in prop::collection::vec(-50.0f64..500.0, 1..25)) {
            let placed = spread(&wanted, 15.0, 0.0, 400.0);
            let mut both: Vec<_> = wanted.iter().zip(&placed).collect();
            both.sort_by(|a, b| a.1.total_cmp(b.1));
            prop_assert!(both.is_sorted_by(|a, b| a.0 <= b.0 && b.1 - a.1 > 15.0 - 1e-6));
            prop_assert!(placed.iter().all(|at| (-1e-6..=400.0 + 1e-6).contains(at)));
        }
    }
}
