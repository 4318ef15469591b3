//! How often are identical cells called different? Reads a run whose modes come in pairs,
//! `NAME-a` and `NAME-b`, with the same commands, and compares each pair as reports do.
//!
//! `cargo run --package xtask --example pairs -- results/RUN`

use std::path::PathBuf;

use anyhow::Context;
use xtask::model::Metric;
use xtask::questions::noise::{Noise, Verdict, compare};
use xtask::questions::rows;
use xtask::report::load;
use xtask::stats::ratio_of_medians;
use xtask::store::RunFolder;

fn main() -> anyhow::Result<()> {
    let path = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .context("name a run's folder")?;
    let run = load(&RunFolder { path })?;
    let noise = Noise::of(&run);
    let rows = rows(&run);
    let (mut pairs, mut by_interval, mut called, mut off) = (0, 0, 0, Vec::new());
    for a in &rows {
        let Some(name) = a.cell.mode.strip_suffix("-a") else {
            continue;
        };
        let mut twin = a.cell.clone();
        twin.mode = format!("{name}-b");
        let Some(b) = rows.iter().find(|row| row.cell == twin) else {
            continue;
        };
        let [a_s, b_s] = [a, b].map(|row| Metric::Wall.values(row));
        let different =
            |floor| compare(&b_s, &a_s, floor).filter(|verdict| *verdict != Verdict::Tie);
        pairs += 1;
        by_interval += usize::from(different(0.0).is_some());
        called += usize::from(different(noise.floor(Metric::Wall, a.cell.size.load())).is_some());
        off.extend(ratio_of_medians(&b_s, &a_s).map(|(ratio, _)| (ratio - 1.0).abs()));
    }
    off.sort_by(f64::total_cmp);
    let percent = |share: f64| {
        off.get((off.len() as f64 * share) as usize)
            .map_or(0.0, |off| 100.0 * off)
    };
    println!(
        "{pairs} identical pairs: {called} called different; {by_interval} by the interval alone"
    );
    for sentence in noise.sentences() {
        println!("{sentence}");
    }
    println!(
        "|ratio - 1|: median {:.1} %, 90th percentile {:.1} %",
        percent(0.5),
        percent(0.9)
    );
    Ok(())
}
