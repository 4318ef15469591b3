//! What a comparison costs. `rounds` makes one of each pair of modes at each look, a report of all.

use divan::{Bencher, black_box};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

fn main() {
    divan::main();
}

/// Logarithms of ratios that lie around 1.01, most within 3 %.
fn differences(pairs: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut share = || rng.next_u64() as f64 / u64::MAX as f64;
    let bell = (0..pairs).map(|_| share() + share() + share() - 1.5);
    bell.map(|deviation| 0.01 + 0.03 * deviation).collect()
}

#[divan::bench(args = [15, 100, 5000])]
fn signed_rank(bencher: Bencher, pairs: usize) {
    let differences = differences(pairs, 1);
    bencher.bench(|| stats::signed_rank(black_box(&differences)));
}

#[divan::bench]
fn mean_shift_of_9_lists_of_100(bencher: Bencher) {
    let lists: Vec<Vec<f64>> = (0..9).map(|seed| differences(100, seed)).collect();
    let lists: Vec<&[f64]> = lists.iter().map(Vec::as_slice).collect();
    bencher.bench(|| stats::mean_shift(black_box(&lists)));
}
