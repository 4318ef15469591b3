//! Merge sort of a file of integers: `merge INPUT OUTPUT`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(sort)
}

/// Runs up to this length are sorted by insertion: below it, insertion moves less than
/// merging does.
const RUN: usize = 16;

/// Sorts `values` with top-down merge sort and one buffer of the same size.
fn sort(values: &mut [i32]) {
    // A copy, not zeros: source and target change roles at every level of the
    // recursion, so that nothing is ever copied back.
    let mut buffer = values.to_vec();
    sort_into(values, &mut buffer);
}

/// Sorts `target`, which holds the same integers as `scratch`.
fn sort_into(target: &mut [i32], scratch: &mut [i32]) {
    if target.len() <= RUN {
        insertion_sort(target);
        return;
    }
    let middle = target.len() / 2;
    let (target_left, target_right) = target.split_at_mut(middle);
    let (left, right) = scratch.split_at_mut(middle);
    sort_into(left, target_left);
    sort_into(right, target_right);
    merge(left, right, target);
}

/// Merges two sorted slices into `target`, which is as long as both together.
fn merge(left: &[i32], right: &[i32], target: &mut [i32]) {
    let (mut l, mut r) = (0, 0);
    while l < left.len() && r < right.len() {
        // Which side is smaller is as good as random: selecting is faster than a
        // branch that is mispredicted every second time. `<=` keeps the sort stable.
        let take_left = left[l] <= right[r];
        target[l + r] = if take_left { left[l] } else { right[r] };
        l += usize::from(take_left);
        r += usize::from(!take_left);
    }
    let rest = &mut target[l + r..];
    if l < left.len() {
        rest.copy_from_slice(&left[l..]);
    } else {
        rest.copy_from_slice(&right[r..]);
    }
}

fn insertion_sort(values: &mut [i32]) {
    for sorted in 1..values.len() {
        let value = values[sorted];
        let mut hole = sorted;
        while hole > 0 && values[hole - 1] > value {
            values[hole] = values[hole - 1];
            hole -= 1;
        }
        values[hole] = value;
    }
}

#[cfg(test)]
#[path = "../../harness/tests/support/sorting.rs"]
mod sorting;

#[cfg(test)]
mod tests {
    use super::*;

    crate::sorting::properties!(sort, 20_000);

    #[test]
    fn merges_empty_and_unequal_sides() {
        let mut target = [0; 4];
        merge(&[1, 5, 5, 9], &[], &mut target);
        assert_eq!(target, [1, 5, 5, 9]);
        merge(&[7], &[1, 2, 8], &mut target);
        assert_eq!(target, [1, 2, 7, 8]);
    }
}
