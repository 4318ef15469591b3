//! A run of 100,000 samples: memory and the gaps between samples stay flat, and it is gone on with at once.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::matrix::Matrix;
use crate::support::run::Run;
use crate::support::scripts::LINE;
use crate::support::{Checkout, Started};

/// Blocks of a cell and its twin.
const BLOCKS: u64 = 50_000;
/// Samples that are taken at each point.
const TAKEN: usize = 400;

/// What was seen while [`TAKEN`] samples were taken.
#[derive(Debug)]
struct Seen {
    /// From the start of the program to its first sample.
    first_s: f64,
    /// The median from the end of a sample to the start of the next.
    gap_ms: f64,
    memory_mb: f64,
}

/// Takes samples, kills the bench, and says what was seen.
fn take(checkout: &Checkout, options: &[&str]) -> Seen {
    let size = |run: &Run| {
        run.path
            .join("samples.jsonl")
            .metadata()
            .map_or(0, |it| it.len())
    };
    let before = Run::all(&checkout.results()).first().map_or(0, size);
    let (started, bench) = (Instant::now(), checkout.start_bench(options));
    let grown = || {
        Run::all(&checkout.results())
            .first()
            .is_some_and(|run| size(run) > before)
    };
    wait(grown);
    let first_s = started.elapsed().as_secs_f64();
    let enough = before + TAKEN as u64 * 500;
    wait(|| size(&checkout.run()) > enough);
    let memory_mb = resident_mb(&bench);
    bench.kill();
    let samples = checkout.run().samples();
    let new = &samples[samples.len() - TAKEN..];
    let mut gaps_ms: Vec<f64> = new
        .windows(2)
        .map(|pair| gap_ms(&pair[0], &pair[1]))
        .collect();
    gaps_ms.sort_by(f64::total_cmp);
    Seen {
        first_s,
        gap_ms: gaps_ms[gaps_ms.len() / 2],
        memory_mb,
    }
}

fn wait(until: impl Fn() -> bool) {
    while !until() {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn gap_ms(sample: &Value, next: &Value) -> f64 {
    let started = |sample: &Value| {
        let time = sample["started_at"].as_str().unwrap();
        let time: jiff::Timestamp = time.parse().unwrap();
        time.as_nanosecond() as f64 / 1e6
    };
    started(next) - started(sample) - 1e3 * sample["wall_s"].as_f64().unwrap()
}

fn resident_mb(bench: &Started) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", bench.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: f64 = line.unwrap().trim_end_matches("kB").trim().parse().unwrap();
    kilobytes / 1e3
}

/// Puts blocks into the run as if they had been measured, up to this number.
fn fill(checkout: &Checkout, blocks: u64) {
    let (run, samples) = (checkout.run(), checkout.run().samples());
    let mut text = run.text("samples.jsonl");
    let last = samples.iter().map(|it| it["round"].as_u64().unwrap()).max();
    let model = samples
        .iter()
        .filter(|it| it["round"] == 2 && it["attempt"] == 1);
    let model: Vec<&Value> = model.collect();
    assert_eq!(model.len(), 2, "a cell and its twin");
    // The last block may be torn: it is completed when the run goes on.
    for round in last.unwrap() + 1..=blocks {
        for sample in &model {
            let mut sample = (*sample).clone();
            sample.as_object_mut().unwrap().remove("checksum");
            (sample["round"], sample["block"]) = (round.into(), round.into());
            writeln!(text, "{sample}").unwrap();
        }
    }
    std::fs::write(run.path.join("samples.jsonl"), text).unwrap();
}

/// `cargo test --release -p xtask --test integration -- --ignored --nocapture hundred_thousand`
#[test]
#[ignore = "looks at the clock"]
#[cfg(target_os = "linux")]
fn a_hundred_thousand_samples_change_neither_memory_nor_gaps() {
    let checkout = Checkout::new(&Matrix::default());
    // As quick as a shell can be.
    checkout.engine("fake", &format!("sort -n \"$2\" > \"$3\"\n{LINE}"));
    let runs = BLOCKS.to_string();
    let first = take(&checkout, &["--runs", &runs]);
    eprintln!("from the beginning: {first:?}");
    for blocks in [BLOCKS / 10, BLOCKS / 2, BLOCKS - 2 * TAKEN as u64] {
        fill(&checkout, blocks);
        let samples = checkout.run().lines();
        let seen = take(&checkout, &["--resume"]);
        eprintln!("after {samples} samples: {seen:?}");
        assert!(seen.first_s < 2.0, "going on takes {} s", seen.first_s);
        assert!(seen.gap_ms < 1.5 * first.gap_ms + 1.0, "{} ms", seen.gap_ms);
        assert!(seen.memory_mb < 200.0, "{} MB", seen.memory_mb);
    }
}
