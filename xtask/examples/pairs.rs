//! How often are identical cells called different? Reads a run whose modes come in pairs,
//! `NAME-a` and `NAME-b`, with the same commands, and compares each pair as reports do.
//!
//! `cargo run --package xtask --example pairs -- results/RUN`

use anyhow::Context;
use xtask::model::{Cell, Metric};
use xtask::questions::noise::{Noise, Verdict, compare};
use xtask::questions::rows;
use xtask::report::load;
use xtask::stats::ratio_of_medians;
use xtask::store::RunFolder;

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1).context("name a run's folder")?;
    let run = load(&RunFolder { path: path.into() })?;
    let noise = Noise::of(&run);
    let rows = rows(&run);
    let (mut by_interval, mut called, mut off) = (0, 0, Vec::new());
    for a in &rows {
        let Some(name) = a.cell.mode.strip_suffix("-a") else {
            continue;
        };
        let mode = format!("{name}-b");
        let twin = Cell {
            mode,
            ..a.cell.clone()
        };
        let Some(b) = rows.iter().find(|row| row.cell == twin) else {
            continue;
        };
        let [a_s, b_s] = [a, b].map(|row| Metric::Wall.values(row));
        let floor = noise.floor(Metric::Wall, a.cell.size.load());
        let [alone, with_floor] = [0.0, floor].map(|floor| {
            let verdict = compare(&b_s, &a_s, floor);
            u32::from(verdict.is_some_and(|verdict| verdict != Verdict::Tie))
        });
        by_interval += alone;
        called += with_floor;
        off.extend(ratio_of_medians(&b_s, &a_s).map(|(ratio, _)| 100.0 * (ratio - 1.0).abs()));
    }
    off.sort_by(f64::total_cmp);
    let pairs = off.len();
    let percentile = |percent: usize| off.get(pairs * percent / 100).unwrap_or(&0.0);
    println!(
        "{pairs} identical pairs: {called} called different; {by_interval} by the interval alone"
    );
    println!("{}", noise.sentences().join("\n"));
    let (median, most) = (percentile(50), percentile(90));
    println!("|ratio - 1|: median {median:.1} %, 90th percentile {most:.1} %");
    Ok(())
}
