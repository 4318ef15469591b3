use super::*;
use crate::document::{markdown, terminal};
use crate::experiments::density::Step;
use crate::model::Outcome;

const MIB: u64 = 1 << 20;

/// So many instances that share 20 MiB, and of which each adds 5, and workers with this throughput.
fn step((at_once, runs_per_s): (u32, f64)) -> Step {
    let all = u64::from(at_once);
    // One alone shares with nobody.
    let shared = if at_once == 1 { 20 * MIB } else { 0 };
    Step {
        at_once,
        memory: Memory {
            pss_bytes: 20 * MIB + all * 5 * MIB,
            private_bytes: all * 5 * MIB + shared,
            virtual_bytes: all * 1000 * MIB,
            peak_rss_bytes: all * 25 * MIB,
        },
        runs: (runs_per_s * 2.0) as u64,
        runs_per_s,
        median_s: f64::from(at_once) / runs_per_s,
        p99_s: 2.0 * f64::from(at_once) / runs_per_s,
    }
}

pub fn sample() -> Density {
    let tried = |name: &str, rates: &[(u32, f64)], outcome, reason: Option<&str>| {
        let (engine, mode) = name.split_once(':').unwrap();
        Tried {
            engine: engine.to_owned(),
            mode: mode.to_owned(),
            version: "1.2.3".to_owned(),
            attempt: "noop".to_owned(),
            finding: Steps {
                size: "1MB".parse().unwrap(),
                time_s: 2.0,
                steps: rates.iter().copied().map(step).collect(),
                outcome,
                reason: reason.map(str::to_owned),
            },
        }
    };
    let falls = [(1, 100.0), (2, 190.0), (4, 185.0), (8, 160.0)];
    let (fails, full) = (Some("a run: no"), Some("too little memory"));
    let missing = Some("\"gone\" is not on PATH");
    let tried = vec![
        tried("vm:jit", &falls, Outcome::Ok, None),
        tried("vm:aot", &[(1, 10.0), (2, 15.0)], Outcome::Failed, fails),
        tried("vm:slow", &[(1, 1.0)], Outcome::Ok, full),
        tried("gone:jit", &[], Outcome::Unsupported, missing),
    ];
    Density { tried }
}

#[test]
fn slopes_are_what_one_more_takes() {
    let density = sample();
    let jit = &density.tried[0];
    let pss = line(jit, 1, |it| it.pss_bytes).unwrap();
    let private = line(jit, 2, |it| it.private_bytes).unwrap();
    for slope in [pss.slope, private.slope] {
        assert!((slope / (5 * MIB) as f64 - 1.0).abs() < 1e-9, "{slope}");
    }
    // (1e9 − 20 MiB) ÷ 5 MiB
    assert_eq!(summary(&density).rows[0][6].text, "186");
}

#[test]
fn it_breaks_where_throughput_falls() {
    let density = sample();
    let breaks = density.tried.iter().map(|it| it.finding.text());
    assert_eq!(
        breaks.collect::<Vec<_>>(),
        ["at 8", "above 2", "above 1", ""]
    );
}

#[test]
fn the_section() {
    insta::assert_snapshot!(markdown::pieces(&pieces(&sample())));
}

#[test]
fn the_terminal() {
    insta::assert_snapshot!(terminal::render(&pieces(&sample()), 80));
}
