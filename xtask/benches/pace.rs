//! What looking ahead costs between two blocks, in a run of 215 cells: five modes on 43 inputs.

use divan::{Bencher, black_box};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use xtask::model::{Load, Precision};
use xtask::plan::pace::{Pace, forecast_s, share_budget, widest};

const INPUTS: usize = 43;
const MODES: usize = 5;

fn main() {
    divan::main();
}

/// Each mode takes twice as long as the one before it, each input 1.3 times: from 5 ms to minutes.
fn paces() -> Vec<Pace> {
    let of_input = |input: usize| {
        let walls_s =
            (0..MODES).map(|mode| 0.005 * 1.3_f64.powi(input as i32) * 2_f64.powi(mode as i32));
        Pace::new(Load::ALL[input * 3 / INPUTS], walls_s.collect(), 15)
    };
    (0..INPUTS).map(of_input).collect()
}

/// The time that is left; at 4 % for 15 to 70 blocks of each input, at 1 % for 200 and 300.
#[divan::bench(args = ["4%", "1%"])]
fn forecast(bencher: Bencher, precision: &str) {
    let (paces, precision) = (paces(), precision.parse::<Precision>().ok());
    bencher.bench(|| {
        let inputs = black_box(&paces).iter();
        let inputs = inputs.map(|pace| (pace, 0, pace.expected_blocks(precision, None)));
        forecast_s(inputs, Some(3600.0))
    });
}

#[divan::bench]
fn budget(bencher: Bencher) {
    let paces = paces();
    bencher
        .with_inputs(|| paces.clone())
        .bench_refs(|paces| share_budget(paces, 3600.0, 60.0));
}

/// One look at one input: the widest of ten ratios after so many blocks.
#[divan::bench(args = [15, 100, 300])]
fn look(bencher: Bencher, blocks: u32) {
    let pairs = (0..MODES).flat_map(|a| (a + 1..MODES).map(move |b| (a, b)));
    let pairs: Vec<(usize, usize)> = pairs.collect();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut noise = || 0.05 * rng.next_u64() as f64 / u64::MAX as f64;
    let logs: Vec<[f64; MODES]> = (0..blocks).map(|_| [0.0; MODES].map(|_| noise())).collect();
    let log = |mode: usize, block: u32| Some(logs[block as usize - 1][mode]);
    bencher.bench(|| widest(black_box(&pairs), blocks, log));
}
