//! Quicksort of a file of integers: `quick INPUT OUTPUT`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(sort)
}

/// Up to this length, insertion sort moves less than partitioning does.
const SMALL: usize = 24;

/// From this length on, the pivot is worth nine looks instead of three.
const LARGE: usize = 128;

/// Sorts `values` with quicksort in place.
///
/// It recurs into the smaller part only, so the stack holds at most log₂ n frames.
fn sort(mut values: &mut [i32]) {
    while values.len() > SMALL {
        let pivot = choose_pivot(values);
        let (smaller, larger) = by_length(partition(values, pivot));
        sort(smaller);
        values = larger;
    }
    insertion_sort(values);
}

fn by_length<'a>((a, b): (&'a mut [i32], &'a mut [i32])) -> (&'a mut [i32], &'a mut [i32]) {
    if a.len() <= b.len() { (a, b) } else { (b, a) }
}

/// The median of three integers of `values`, or of three such medians (Tukey's ninther).
fn choose_pivot(values: &[i32]) -> i32 {
    let at = |i: usize| values[i];
    let last = values.len() - 1;
    let middle = values.len() / 2;
    if values.len() < LARGE {
        return median(at(0), at(middle), at(last));
    }
    let step = values.len() / 8;
    median(
        median(at(0), at(step), at(2 * step)),
        median(at(middle - step), at(middle), at(middle + step)),
        median(at(last - 2 * step), at(last - step), at(last)),
    )
}

fn median(a: i32, b: i32, c: i32) -> i32 {
    a.min(b).max(a.max(b).min(c))
}

/// Hoare's partition: splits `values` in two, no integer of the left part above
/// `pivot` and none of the right part below it.
///
/// Both scans stop at integers equal to the pivot and swap them. That looks wasteful,
/// but it is what splits a run of equal integers in the middle instead of taking one
/// off at a time, which would be quadratic.
///
/// `pivot` must be the median of at least three integers of `values`: then one at or
/// above it and one at or below it stop the scans, and neither part is empty.
fn partition(values: &mut [i32], pivot: i32) -> (&mut [i32], &mut [i32]) {
    let mut i = 0;
    let mut j = values.len() - 1;
    loop {
        while values[i] < pivot {
            i += 1;
        }
        while values[j] > pivot {
            j -= 1;
        }
        if i >= j {
            return values.split_at_mut(j + 1);
        }
        values.swap(i, j);
        i += 1;
        j -= 1;
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
    use proptest::prelude::*;

    crate::sorting::properties!(sort, 20_000);

    proptest! {
        #[test]
        fn partition_splits_at_the_pivot(
            mut values in prop::collection::vec(-20..20, 3..300),
        ) {
            let pivot = choose_pivot(&values);
            let (left, right) = partition(&mut values, pivot);
            prop_assert!(!left.is_empty() && !right.is_empty());
            prop_assert!(left.iter().all(|&value| value <= pivot));
            prop_assert!(right.iter().all(|&value| value >= pivot));
        }
    }

    #[test]
    fn the_smaller_part_comes_first() {
        for (a, b) in [(1, 5), (5, 1), (3, 3)] {
            let (mut a, mut b) = (vec![0; a], vec![0; b]);
            let (smaller, larger) = by_length((&mut a, &mut b));
            assert!(smaller.len() <= larger.len());
        }
    }

    #[test]
    fn the_median_of_three() {
        for (a, b, c) in [
            (1, 2, 3),
            (1, 3, 2),
            (2, 1, 3),
            (2, 3, 1),
            (3, 1, 2),
            (3, 2, 1),
        ] {
            assert_eq!(median(a, b, c), 2);
        }
        assert_eq!(median(5, 5, 1), 5);
    }

    #[test]
    fn equal_integers_are_split_in_the_middle() {
        let (left, right) = (50, 50);
        let mut values = [7; 100];
        let parts = partition(&mut values, 7);
        assert_eq!((parts.0.len(), parts.1.len()), (left, right));
    }

    #[test]
    fn patterns_are_neither_quadratic_nor_deep() {
        // At this size quadratic means an hour, and a frame an integer means 100 MB.
        const N: i32 = 2_000_000;
        let patterns: [(&str, Vec<i32>); 7] = [
            ("sorted", (0..N).collect()),
            ("reversed", (0..N).rev().collect()),
            ("all equal", vec![42; N as usize]),
            (
                "few unique",
                (0..N).map(|i| i.wrapping_mul(7919) % 5).collect(),
            ),
            ("organ pipe", (0..N).map(|i| i.min(N - i)).collect()),
            (
                "inverted organ pipe",
                (0..N).map(|i| i.max(N - i)).collect(),
            ),
            ("sawtooth", (0..N).map(|i| i % 1000).collect()),
        ];
        let small_stack = std::thread::Builder::new().stack_size(64 * 1024);
        let sorting = small_stack.spawn(move || {
            for (name, mut values) in patterns {
                sort(&mut values);
                assert!(values.is_sorted(), "{name}");
            }
        });
        sorting.unwrap().join().unwrap();
    }
}
