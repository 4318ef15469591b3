//! Which changes does `compare` find, and which does it make up? Resamples the wall times of a recorded
//! run, shifts those of one mode, another each time, and counts the verdicts: within a run (by pairs,
//! against one mode), between two runs, and between two that differ as a whole, as six others show.
//!
//! `cargo run --package xtask --example shifts -- results/RUN`

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use xtask::model::{EngineMode, Load, Metric, Row, Sample, engine_modes, inputs};
use xtask::questions::comparison::compare;
use xtask::questions::{Run, Verdict, rows};
use xtask::report::compare::{Compared, Drift, Side};
use xtask::report::load;
use xtask::store::RunFolder;

const RESAMPLINGS: usize = 200;
const SHIFTS: [f64; 5] = [0.0, 0.02, 0.05, 0.10, 0.30];
/// It has cells at every load.
const WORKLOAD: &str = "merge";
/// What the other modes are compared with within a run.
const BASE: (&str, &str) = ("wasmtime", "jit-cached");
/// Standard deviation of the logarithm of what a whole run differs by.
const DRIFT: f64 = 0.02;
const OTHERS: usize = 6;

#[derive(Clone, Copy)]
enum Kind {
    Within,
    Between,
    Drifting,
}

/// What is said of a shifted cell or of another, or of the mean of such at a load.
struct Said {
    is_mean: bool,
    is_shifted: bool,
    load: Load,
    is_called: bool,
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1);
    let path = path.map(PathBuf::from).context("name a run's folder")?;
    let mut run = load(&RunFolder { path })?;
    let mut rows = rows(&run);
    rows.retain(|row| row.is_ok() && row.cell.workload == WORKLOAD);
    // Each resampling has its own copy.
    run.samples.clear();
    run.plan.cells.clear();
    println!(
        "called of 100, at light, medium and high loads: shifted cells | their means | other cells"
    );
    for (name, kind) in [
        ("within a run", Kind::Within),
        ("between runs", Kind::Between),
        ("between runs that differ", Kind::Drifting),
    ] {
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let (run, rows) = (&run, &rows);
            let threads = SHIFTS.map(|shift| scope.spawn(move || all(run, rows, kind, shift)));
            for (shift, thread) in SHIFTS.into_iter().zip(threads) {
                let said = thread.join().map_err(|_| anyhow!("a thread failed"))??;
                print(name, shift, &said);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// What all resamplings say.
fn all(run: &Run, rows: &[Row], kind: Kind, shift: f64) -> anyhow::Result<Vec<Said>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let tables = (0..RESAMPLINGS).map(|_| resampling(run, rows, kind, shift, &mut rng));
    let tables: Vec<Vec<Said>> = tables.collect::<anyhow::Result<_>>()?;
    Ok(tables.into_iter().flatten().collect())
}

fn print(name: &str, shift: f64, said: &[Said]) {
    let called = |is_mean, is_shifted| -> String {
        let shares = Load::ALL.map(|load| {
            let own = said.iter().filter(|it| it.load == load);
            let own = own.filter(|it| (it.is_mean, it.is_shifted) == (is_mean, is_shifted));
            let own: Vec<&Said> = own.collect();
            let called = own.iter().filter(|it| it.is_called).count();
            format!("{:6.1}", 100.0 * called as f64 / own.len() as f64)
        });
        shares.concat()
    };
    println!(
        "{name:24} {:3.0} % |{} |{} |{}",
        100.0 * shift,
        called(false, true),
        called(true, true),
        called(false, false)
    );
}

/// What one table says, in which a mode takes longer by the shift.
fn resampling(
    run: &Run,
    rows: &[Row],
    kind: Kind,
    shift: f64,
    rng: &mut ChaCha8Rng,
) -> anyhow::Result<Vec<Said>> {
    let base = EngineMode::new(BASE.0, BASE.1);
    let mut modes = engine_modes(rows);
    modes.retain(|mode| *mode != base);
    let shifted = modes[below(modes.len(), rng)].clone();
    let factor = |row: &Row| match row.cell.is_of(&shifted) {
        true => 1.0 + shift,
        false => 1.0,
    };
    let side = |rows| Side {
        run: run.clone(),
        rows,
    };
    let (one, new);
    let compared = match kind {
        Kind::Within => {
            one = side(within(rows, &base, factor, rng));
            Compared::modes(&one, &base.to_string())?
        }
        Kind::Between => {
            one = side(whole(rows, 0.0, |_| 1.0, rng));
            new = [side(whole(rows, 0.0, factor, rng))];
            Compared::runs(&one, &new, Drift::default())?
        }
        Kind::Drifting => {
            let others = (0..OTHERS).map(|_| side(whole(rows, DRIFT, |_| 1.0, rng)));
            let drift = Drift::of(&others.collect::<Vec<Side>>());
            one = side(whole(rows, DRIFT, |_| 1.0, rng));
            new = [side(whole(rows, DRIFT, factor, rng))];
            Compared::runs(&one, &new, drift)?
        }
    };
    let is_called = |verdict| matches!(verdict, Verdict::More | Verdict::Less);
    let cells = compared.changes.iter().map(|it| Said {
        is_mean: false,
        is_shifted: it.new.cell.is_of(&shifted),
        load: it.new.cell.size.load(),
        is_called: is_called(it.comparison.verdict),
    });
    let means = compared.means.iter().filter_map(|it| {
        Some(Said {
            is_mean: true,
            is_shifted: *it.mode.as_ref()? == shifted,
            load: it.load?,
            is_called: is_called(it.comparison.verdict),
        })
    });
    Ok(cells.chain(means).collect())
}

/// Resampled blocks of each input. What modes differ from the base by in the record is taken out.
fn within(
    rows: &[Row],
    base: &EngineMode,
    factor: impl Fn(&Row) -> f64,
    rng: &mut ChaCha8Rng,
) -> Vec<Row> {
    let mut all = Vec::new();
    for rows in inputs(rows) {
        let Some(base) = rows.iter().find(|row| row.cell.is_of(base)) else {
            continue;
        };
        let blocks = blocks(base, rng);
        for row in &rows {
            let recorded = compare(&[(row, base)], Metric::Wall).map(|it| it.ratio);
            let new = recorded.map(|ratio| drawn(row, &blocks, factor(row) / ratio));
            all.extend(new);
        }
    }
    all
}

/// A run: each cell resampled, all longer or shorter by its drift.
fn whole(rows: &[Row], drift: f64, factor: impl Fn(&Row) -> f64, rng: &mut ChaCha8Rng) -> Vec<Row> {
    let run = (drift * normal(rng)).exp();
    let rows = rows.iter();
    rows.map(|row| drawn(row, &blocks(row, rng), run * factor(row)))
        .collect()
}

/// As many blocks as the row has samples, drawn from theirs.
fn blocks(row: &Row, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let count = row.samples.len();
    let blocks = (0..count).map(|_| row.samples[below(count, rng)].round);
    blocks.collect()
}

/// The row with its samples of these blocks, which took so many times as long.
fn drawn(row: &Row, blocks: &[u32], factor: f64) -> Row {
    let samples = (1..).zip(blocks).filter_map(|(round, block)| {
        let sample = row.samples.iter().find(|it| it.round == *block)?;
        let wall_s = Some(sample.wall_s? * factor);
        let sample = Sample {
            round,
            wall_s,
            ..Sample::default()
        };
        Some(sample.into())
    });
    Row {
        samples: samples.collect(),
        ..row.clone()
    }
}

fn below(n: usize, rng: &mut ChaCha8Rng) -> usize {
    (rng.next_u64() % n as u64) as usize
}

/// Twelve uniform numbers add up to about a normal one.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let uniform = |_| rng.next_u64() as f64 / u64::MAX as f64;
    (0..12).map(uniform).sum::<f64>() - 6.0
}
