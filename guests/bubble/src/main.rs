//! Bubble sort of a file of integers: `bubble INPUT OUTPUT`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(sort)
}

/// Sorts `values` with bubble sort; a pass goes only as far as the last swap of the
/// pass before, because nothing beyond it was out of order.
fn sort(values: &mut [i32]) {
    let mut unsorted = values.len();
    while unsorted > 1 {
        let pass = &mut values[..unsorted];
        let mut last_swap = 0;
        for i in 1..pass.len() {
            if pass[i - 1] > pass[i] {
                pass.swap(i - 1, i);
                last_swap = i;
            }
        }
        unsorted = last_swap;
    }
}

#[cfg(test)]
#[path = "../../harness/tests/support/sorting.rs"]
mod sorting;

#[cfg(test)]
mod tests {
    use super::*;

    crate::sorting::properties!(sort, 500);

    #[test]
    fn sorted_input_takes_one_pass() {
        // Would take hours without the last-swap bound.
        let mut values: Vec<i32> = (0..10_000_000).collect();
        sort(&mut values);
        assert!(values.is_sorted());
    }
}
