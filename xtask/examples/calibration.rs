//! How often are identical commands called different, and which difference is found? Reads a run
//! of one command under many names (`xtask/examples/calibration.toml` is its matrix), draws
//! shorter runs from its blocks, and lets each stop by the rule that `bench` stops by. Once with the
//! names as recorded, whose chance differences all draws share; once with the names of each block
//! shuffled, which leaves the rule's own errors.
//!
//! `cargo run --package xtask --example calibration -- results/RUN`

use std::path::PathBuf;

use anyhow::Context;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use xtask::model::{Metric, Precision, Row, inputs};
use xtask::plan::pace::{LOOKS, widest};
use xtask::questions::rows;
use xtask::report::load;
use xtask::stats::{benjamini_hochberg, share_interval, signed_rank};
use xtask::store::RunFolder;

/// Shorter runs that are drawn of each input.
const DRAWS: usize = 1000;
/// Names that each of them compares: 28 pairs.
const NAMES: usize = 8;

/// What the drawn runs of one input came to.
#[derive(Default)]
struct Tally {
    pairs: usize,
    called: usize,
    /// Tables in which at least one pair was called different, all of them decided together.
    tables: usize,
    blocks: Vec<f64>,
    /// The true difference from which on each pair would have been called different.
    found_from: Vec<f64>,
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .context("name a run's folder")?;
    let run = load(&RunFolder { path })?;
    let rows = rows(&run);
    println!(
        "{:18} {:8} {:>6} {:>6} {:>22} {:>14} {:>9} {:>9}",
        "input", "names", "blocks", "stop", "called of pairs", "tables", "80 of 100", "90 of 100"
    );
    for rows in inputs(&rows) {
        let logs = logs(&rows);
        let precision = Precision::default().at(rows[0].cell.size.load());
        for is_shuffled in [false, true] {
            let mut tally = Tally::default();
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            for _ in 0..DRAWS {
                let drawn = draw(&logs, is_shuffled, &mut rng);
                stop(&drawn, precision, &mut tally);
            }
            let names = if is_shuffled { "shuffled" } else { "recorded" };
            let what = format!("{:18} {names} {:6}", rows[0].input(), logs[0].len());
            print(&what, &mut tally);
        }
    }
    Ok(())
}

/// The logarithms of the wall times of each name, block by block; only whole blocks.
fn logs(rows: &[&Row]) -> Vec<Vec<f64>> {
    let walls: Vec<Vec<f64>> = rows.iter().map(|row| Metric::Wall.values(row)).collect();
    let blocks = walls.iter().map(Vec::len).min().unwrap_or(0);
    let logs = |walls: Vec<f64>| walls[..blocks].iter().map(|wall_s| wall_s.ln()).collect();
    walls.into_iter().map(logs).collect()
}

/// Shuffles the first of many.
fn some(count: usize, of: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut all: Vec<usize> = (0..of).collect();
    for i in 0..count {
        all.swap(i, i + (rng.next_u64() % (of - i) as u64) as usize);
    }
    all.truncate(count);
    all
}

/// All blocks in random order, of each some names: the same in all of them, or others in each.
fn draw(logs: &[Vec<f64>], is_shuffled: bool, rng: &mut ChaCha8Rng) -> Vec<Vec<f64>> {
    let names = some(NAMES, logs.len(), rng);
    let blocks = some(logs[0].len(), logs[0].len(), rng);
    let block = |block: usize| {
        let names = match is_shuffled {
            true => some(NAMES, logs.len(), rng),
            false => names.clone(),
        };
        names.into_iter().map(|name| logs[name][block]).collect()
    };
    blocks.into_iter().map(block).collect()
}

fn stop(drawn: &[Vec<f64>], precision: f64, tally: &mut Tally) {
    let log = |name: usize, block: u32| Some(drawn[block as usize - 1][name]);
    let pairs: Vec<(usize, usize)> = (0..NAMES)
        .flat_map(|a| (a + 1..NAMES).map(move |b| (a, b)))
        .collect();
    let all = drawn.len() as u32;
    let is_sharp = |look: &u32| widest(&pairs, *look, log).is_none_or(|it| it <= precision);
    let mut looks = LOOKS.into_iter().filter(|look| *look <= all);
    let stop = looks.find(is_sharp).unwrap_or(all);
    let shifts = pairs.iter().filter_map(|(a, b)| {
        let differences = (1..=stop).filter_map(|it| Some(log(*a, it)? - log(*b, it)?));
        signed_rank(&differences.collect::<Vec<_>>())
    });
    let shifts: Vec<_> = shifts.collect();
    let p: Vec<f64> = shifts.iter().map(|shift| shift.p).collect();
    tally.blocks.push(f64::from(stop));
    tally.pairs += shifts.len();
    tally.called += p.iter().filter(|p| **p <= 0.05).count();
    tally.tables += usize::from(benjamini_hochberg(&p, 0.05).contains(&true));
    let lows = shifts.iter().filter_map(|shift| shift.interval);
    tally.found_from.extend(lows.map(|it| (-it.low).exp_m1()));
}

fn print(what: &str, tally: &mut Tally) {
    tally.found_from.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (tally.found_from.len() as f64 * share) as usize;
        tally.found_from.get(place).map_or(0.0, |it| 100.0 * it)
    };
    let interval = share_interval(tally.called, tally.pairs);
    let (low, high) = interval.map_or((0.0, 1.0), |it| (it.low, it.high));
    println!(
        "{what} {:6.0} {:5.1} % of {:6} [{:.1}–{:.1}] {:5.1} % of {DRAWS} {:7.1} % {:7.1} %",
        xtask::stats::median(&tally.blocks).unwrap_or(0.0),
        100.0 * tally.called as f64 / tally.pairs as f64,
        tally.pairs,
        100.0 * low,
        100.0 * high,
        100.0 * tally.tables as f64 / DRAWS as f64,
        at(0.8),
        at(0.9),
    );
}
