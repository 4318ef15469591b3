//! Every question on rows that are made up: what is asked is known beforehand.

use super::answer::{Goal, answers};
use super::crossover::{crossovers, paybacks};
use super::overhead::of_rows;
use super::scaling::scalings;
use super::start::starts;
use super::study::{Entry, Quantity, study};
use super::verdict::{Verdict, conclusions};
use super::*;
use crate::cell::Outcome;
use crate::sample::{Kind, Sample};
use crate::stats;
use crate::summary::tests::row;

/// A run without samples, of the study's matrix.
pub fn run() -> Run {
    let fixture = |text| serde_json::from_str(text).unwrap();
    Run {
        name: "run".to_owned(),
        config: crate::config::tests::study(),
        plan: serde_json::from_str(include_str!("../../tests/fixtures/run/plan.json")).unwrap(),
        environment: fixture(include_str!("../../tests/fixtures/run/environment.json")),
        samples: Vec::new(),
    }
}

/// Fifteen values within 0.7 % of the middle.
pub fn around(middle: f64) -> Vec<f64> {
    (0..15)
        .map(|i| middle * (1.0 + (f64::from(i) - 7.0) / 1000.0))
        .collect()
}

/// A measured cell: so many seconds, a tenth of them start-up, and so many MB.
pub fn measured(cell: &str, wall_s: f64, mb: f64) -> Row {
    let wall = around(wall_s);
    Row {
        wall: stats::describe(&wall),
        startup_s: around(wall_s / 10.0),
        startup_median_s: Some(wall_s / 10.0),
        read_median_s: Some(wall_s / 10.0),
        sort_median_s: Some(wall_s * 0.7),
        write_median_s: Some(wall_s / 10.0),
        cpu_s: wall.clone(),
        peak_rss_bytes: around(mb * 1e6),
        peak_rss_mean_bytes: Some(mb * 1e6),
        wall_s: wall,
        ..row(cell)
    }
}

pub fn failed(cell: &str) -> Row {
    Row {
        outcome: Some(Outcome::Timeout),
        ..row(cell)
    }
}

#[test]
fn the_best_wins_by_a_stated_factor() {
    let run = run();
    let rows = [
        measured("merge/1KB/random/native:release", 0.001, 10.0),
        measured("merge/1KB/random/wasmtime:aot", 0.010, 30.0),
        measured("merge/1KB/random/wasmer:aot", 0.020, 20.0),
        measured("merge/10KB/random/wasmtime:aot", 0.010, 30.0),
        measured("merge/10KB/random/wasmer:aot", 0.045, 20.0),
        measured("merge/1KB/random/node:js", 0.001, 1.0),
        failed("merge/10KB/random/node:js"),
    ];
    let answers = answers(&Facts::new(&run, &rows));
    assert_eq!(answers.len(), Goal::ALL.len(), "one load, four goals");
    let of = |goal| answers.iter().find(|answer| answer.goal == goal).unwrap();
    let throughput = of(Goal::BestThroughput);
    assert_eq!(throughput.winner, "wasmtime:aot");
    let second = throughput.second.as_ref().unwrap();
    // The geometric mean of 2 and 4.5.
    assert!((second.ratio.ratio - 3.0).abs() < 1e-9 && second.real);
    assert_eq!(second.engine_mode, "wasmer:aot");
    assert_eq!(throughput.left_out, ["node:js"], "it lacks an input");
    assert_eq!(throughput.inputs, ["merge/1KB/random", "merge/10KB/random"]);
    assert_eq!(of(Goal::LeastMemory).winner, "wasmer:aot");
    // All are equally steady.
    assert!(!of(Goal::Steadiest).second.as_ref().unwrap().real);
}

#[test]
fn going_further_than_the_others_is_no_win() {
    let run = run();
    let rows = [
        measured("merge/1KB/random/wasmtime:aot", 0.010, 30.0),
        measured("merge/1KB/random/wasmer:aot", 0.020, 20.0),
        measured("merge/1KB/random/wasmedge:aot", 0.030, 20.0),
        measured("merge/10KB/random/wasmedge:aot", 0.030, 20.0),
    ];
    for answer in answers(&Facts::new(&run, &rows)) {
        assert_eq!(answer.inputs, ["merge/1KB/random"], "{answer:?}");
        assert!(answer.second.is_some() && answer.left_out.is_empty());
    }
}

#[test]
fn who_lacks_a_figure_for_a_goal_is_named() {
    let run = run();
    let silent = Row {
        startup_s: Vec::new(),
        ..measured("merge/1KB/random/wasmer:aot", 0.020, 20.0)
    };
    let rows = [
        measured("merge/1KB/random/wasmtime:aot", 0.010, 30.0),
        silent,
    ];
    for answer in answers(&Facts::new(&run, &rows)) {
        match answer.goal {
            Goal::FastestStart => assert_eq!(answer.left_out, ["wasmer:aot"]),
            _ => assert!(answer.left_out.is_empty()),
        }
    }
}

#[test]
fn nothing_measured_gives_no_answer_and_no_figure() {
    let run = run();
    for rows in [vec![], vec![failed("merge/1KB/random/wasmtime:aot")]] {
        let facts = Facts::new(&run, &rows);
        assert_eq!(answers(&facts), []);
        assert_eq!(crossovers(&facts), []);
        assert_eq!(paybacks(&facts), []);
        assert_eq!(scalings(&facts), []);
        assert_eq!(super::odd::odd_ones(&facts), []);
        assert_eq!(starts(&facts), []);
        let verdicts: Vec<Verdict> = conclusions(&facts).iter().map(|it| it.verdict).collect();
        assert_eq!(verdicts, [Verdict::NotMeasured; 7]);
    }
}

#[test]
fn overhead_is_a_mean_over_inputs_with_a_native_twin() {
    let rows = [
        measured("merge/1KB/random/native:release", 1.0, 10.0),
        measured("merge/1MB/random/native:release", 1.0, 100.0),
        measured("merge/1KB/random/wasmtime:aot", 2.0, 20.0),
        measured("merge/1MB/random/wasmtime:aot", 8.0, 150.0),
        measured("quick/1MB/random/wasmtime:aot", 99.0, 150.0),
    ];
    // Of native's memory only that of 1MB can be seen.
    let rows = rows.map(|row| Row {
        memory_floor_bytes: 15e6,
        ..row
    });
    let overheads = of_rows(&rows.iter().collect::<Vec<_>>());
    assert_eq!(overheads.len(), 1);
    let (wall, memory) = (overheads[0].wall.unwrap(), overheads[0].memory.unwrap());
    assert!(
        (wall.ratio - 4.0).abs() < 1e-9 && wall.inputs == 2,
        "{wall:?}"
    );
    assert!(wall.interval.low < 4.0 && wall.interval.high > 4.0);
    assert!(
        (memory.ratio - 1.5).abs() < 1e-9 && memory.inputs == 1,
        "{memory:?}"
    );
}

#[test]
fn compiling_pays_from_a_size_on() {
    let run = run();
    let rows = [
        measured("merge/1KB/random/wasmedge:interpreter", 0.01, 9.0),
        measured("merge/1MB/random/wasmedge:interpreter", 1.0, 9.0),
        measured("merge/10MB/random/wasmedge:interpreter", 10.0, 9.0),
        measured("merge/1KB/random/wasmedge:jit", 2.0, 9.0),
        measured("merge/1MB/random/wasmedge:jit", 2.0, 9.0),
        measured("merge/10MB/random/wasmedge:jit", 2.1, 9.0),
    ];
    let found = crossovers(&Facts::new(&run, &rows));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].from.unwrap().to_string(), "10MB");
    assert_eq!(found[0].sizes.len(), 3);
    let never = crossovers(&Facts::new(&run, &rows[..5]));
    assert_eq!(never[0].from, None);
}

#[test]
fn a_tie_is_no_crossover() {
    let run = run();
    let rows = [
        measured("merge/1KB/random/wasmedge:interpreter", 0.02, 9.0),
        measured("merge/1MB/random/wasmedge:interpreter", 1.0, 9.0),
        measured("merge/1KB/random/wasmedge:aot", 0.01, 9.0),
        measured("merge/1MB/random/wasmedge:aot", 0.9999, 9.0),
    ];
    let found = crossovers(&Facts::new(&run, &rows));
    assert!(found[0].from.is_none() && found[0].tie);
}

#[test]
fn compiling_ahead_pays_after_some_runs_or_never() {
    let run = run();
    let ahead = |wall_s| Row {
        compile_median_s: Some(1.0),
        ..measured("merge/1KB/random/wasmtime:aot", wall_s, 9.0)
    };
    let runs = |ahead_s, jit_s| {
        let rows = [
            ahead(ahead_s),
            measured("merge/1KB/random/wasmtime:jit", jit_s, 9.0),
        ];
        paybacks(&Facts::new(&run, &rows))[0].runs
    };
    assert_eq!(runs(0.1, 0.4), Some(4.0));
    assert_eq!(runs(0.4, 0.1), None);
    assert_eq!(runs(0.1, 0.1), None, "no difference");
}

#[test]
fn growth_is_fitted() {
    let run = run();
    let sizes = [("10KB", 1e4_f64), ("100KB", 1e5), ("1MB", 1e6)];
    let rows = sizes.map(|(size, bytes)| {
        let mb = 40.0 + 2.5 * bytes / 1e6;
        measured(
            &format!("bubble/{size}/random/wasmtime:aot"),
            bytes * bytes * 1e-10,
            mb,
        )
    });
    let found = &scalings(&Facts::new(&run, &rows))[0];
    assert!((found.time.unwrap().slope - 2.0).abs() < 1e-9 && found.expected == Some(2.0));
    let memory = found.memory.unwrap();
    assert!((memory.slope - 2.5).abs() < 1e-6 && (memory.intercept - 40e6).abs() < 1.0);
    assert_eq!(
        scalings(&Facts::new(&run, &rows[..2])),
        [],
        "two points fit always"
    );
    let sorted = rows.map(|mut row| {
        row.cell.distribution = Distribution::Sorted;
        row
    });
    let found = &scalings(&Facts::new(&run, &sorted))[0];
    assert_eq!(found.expected, None, "a complexity is of random input");
}

#[test]
fn a_start_is_split_by_the_version_command() {
    let mut run = run();
    let sample = |wall_s: f64| -> Sample {
        let line = include_str!("../../tests/fixtures/run/samples.jsonl")
            .lines()
            .next()
            .unwrap();
        Sample {
            cell: "start/wasmtime".to_owned(),
            kind: Kind::Control,
            outcome: Outcome::Ok,
            wall_s: Some(wall_s),
            ..serde_json::from_str(line).unwrap()
        }
    };
    run.samples = vec![sample(0.002), sample(0.003), sample(0.009)];
    let rows = [
        measured("noop/1KB/random/native:release", 0.001, 9.0),
        measured("noop/1KB/random/wasmtime:aot", 0.005, 9.0),
    ];
    let starts = starts(&Facts::new(&run, &rows));
    assert_eq!(starts[0].process_s, None, "native code has no engine");
    assert_eq!(starts[1].process_s, Some(0.003));
    assert!((starts[1].load_s.unwrap() - 0.002).abs() < 1e-9);
}

#[test]
fn the_studys_ranges_are_over_the_means_of_a_loads_sizes() {
    let run = run();
    let rows = [
        measured("merge/1KB/random/wasmtime:jit-cached", 0.02, 5.0),
        measured("merge/10KB/random/wasmtime:jit-cached", 0.04, 7.0),
        failed("merge/100KB/random/wasmtime:jit-cached"),
        measured("merge/1KB/random/wasmtime:aot", 0.01, 5.0),
        measured("merge/10KB/random/wasmtime:aot", 0.01, 5.0),
    ];
    let study = study(&Facts::new(&run, &rows));
    assert_eq!(study.len(), 1);
    // native, node, wasmedge, wasmtime, wasmer
    assert!(study[0].shipped[0].is_none());
    let shipped = study[0].shipped[3].as_ref().unwrap();
    let range = shipped.range(Quantity::Latency).unwrap();
    assert!((range.low - 0.02).abs() < 1e-9 && (range.high - 0.04).abs() < 1e-9);
    let missing = ("100KB".parse().unwrap(), Some(Outcome::Timeout));
    assert_eq!(shipped.missing, [missing]);
    let best = study[0].best[3].as_ref().unwrap();
    assert_eq!(best.engine_mode, "wasmtime:aot");
    // Over the sizes of both: 1KB alone.
    let short = Entry {
        means: vec![best.means[0]],
        ..best.clone()
    };
    let ratio = shipped.ratio_to(&short, Quantity::Latency).unwrap();
    assert!((ratio - 2.0).abs() < 1e-9, "{ratio}");
}
