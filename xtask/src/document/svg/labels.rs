//! Where labels stand so that none covers another.

/// Moves positions apart until neighbours are `gap` from each other and all are below `high`,
/// towards `high` first. Keeps their order.
pub fn spread(wanted: &[f64], gap: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut placed = wanted.to_vec();
    for two in order.windows(2) {
        placed[two[1]] = placed[two[1]].max(placed[two[0]] + gap);
    }
    let mut free_until = high;
    for index in order.into_iter().rev() {
        placed[index] = placed[index].min(free_until);
        free_until = placed[index] - gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_with_room_stay_and_others_part() {
        assert!(spread(&[], 10.0, 100.0).is_empty());
        assert_eq!(spread(&[50.0, 10.0], 10.0, 100.0), [50.0, 10.0]);
        assert_eq!(spread(&[50.0, 50.0], 10.0, 100.0), [50.0, 60.0]);
        assert_eq!(spread(&[52.0, 48.0, 90.0], 10.0, 100.0), [58.0, 48.0, 90.0]);
        assert_eq!(spread(&[99.0, 100.0], 10.0, 100.0), [90.0, 100.0]);
    }

    proptest! {
        #[test]
        fn no_two_overlap_and_order_holds(wanted in prop::collection::vec(0.0f64..400.0, 1..25)) {
            let placed = spread(&wanted, 15.0, 400.0);
            let mut both: Vec<_> = wanted.iter().zip(&placed).collect();
            both.sort_by(|a, b| a.1.total_cmp(b.1));
            prop_assert!(both.is_sorted_by(|a, b| a.0 <= b.0 && b.1 - a.1 > 15.0 - 1e-6));
            prop_assert!(placed.iter().all(|at| (0.0..=400.0 + 1e-6).contains(at)));
        }
    }
}
