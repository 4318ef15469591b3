//! Every question on rows that are made up: what is asked is known beforehand.

mod charts;
mod module_size;

use std::sync::Arc;

use super::answer::rankings;
use super::conclusions::{Judgement, conclusions};
use super::*;
use crate::document::{Field, Table};
use crate::model::tests::{row, sample};
use crate::model::{Metric, Outcome, Sample};

pub fn tables<'p>(pieces: &'p [Piece]) -> Vec<&'p Table> {
    let of = |piece: &'p Piece| match piece {
        Piece::Table(table) => vec![table],
        Piece::Folded(_, pieces) => tables(pieces),
        _ => Vec::new(),
    };
    pieces.iter().flat_map(of).collect()
}

/// The rows of the only table, as people read them.
pub fn texts(pieces: &[Piece]) -> Vec<Vec<&str>> {
    let [table] = tables(pieces)[..] else {
        panic!("not one table: {pieces:?}")
    };
    texts_of(table)
}

pub fn texts_of(table: &Table) -> Vec<Vec<&str>> {
    fn text(field: &Field) -> &str {
        &field.text
    }
    let rows = table.rows.iter();
    rows.map(|row| row.iter().map(text).collect()).collect()
}

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
    let mut row = sampled(row(cell), &around(wall_s));
    for (sample, bytes) in row.samples.iter_mut().zip(around(mb * 1e6)) {
        Arc::make_mut(sample).peak_rss_bytes = Some(bytes.round() as u64);
    }
    row
}

/// With a sample a block, of so many seconds: a tenth start-up, and phases.
pub fn sampled(row: Row, walls_s: &[f64]) -> Row {
    let of = |(round, wall_s): (u32, &f64)| Sample {
        round,
        ..sample(*wall_s, [0.1, 0.7, 0.1].map(|share| share * wall_s), 1e6)
    };
    let samples = (1..).zip(walls_s).map(|it| of(it).into()).collect();
    Row { samples, ..row }
}

/// A run with these samples, of the study's matrix.
pub fn run_of(samples: Vec<Sample>) -> Run {
    let samples = samples.into_iter().map(Arc::new).collect();
    Run { samples, ..run() }
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
    let rankings = rankings(&Results::new(&run, &rows));
    assert_eq!(rankings.len(), 3, "one load, three criteria");
    let of = |metric| {
        rankings
            .iter()
            .find(|ranking| ranking.metric == metric)
            .unwrap()
    };
    let throughput = of(Metric::Wall);
    assert_eq!(throughput.best.to_string(), "wasmtime:aot");
    let second = throughput.second.as_ref().unwrap();
    // The geometric mean of 2 and 4.5.
    assert!((second.ratio - 3.0).abs() < 1e-9 && second.is_more());
    assert_eq!(second.a.to_string(), "wasmer:aot");
    assert_eq!(listed(&throughput.left_out), "node:js", "it lacks an input");
    assert_eq!(throughput.inputs, ["merge/1KB/random", "merge/10KB/random"]);
    assert_eq!(of(Metric::Memory).best.to_string(), "wasmer:aot");
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
    for ranking in rankings(&Results::new(&run, &rows)) {
        assert_eq!(ranking.inputs, ["merge/1KB/random"], "{ranking:?}");
        assert!(ranking.second.is_some() && ranking.left_out.is_empty());
    }
}

#[test]
fn who_lacks_a_figure_for_a_criterion_is_named() {
    let run = run();
    let mut silent = measured("merge/1KB/random/wasmer:aot", 0.020, 20.0);
    for sample in &mut silent.samples {
        Arc::make_mut(sample).read_s = None;
    }
    let rows = [
        measured("merge/1KB/random/wasmtime:aot", 0.010, 30.0),
        silent,
    ];
    for ranking in rankings(&Results::new(&run, &rows)) {
        let expected = match ranking.metric {
            Metric::Start => "wasmer:aot",
            _ => "",
        };
        assert_eq!(listed(&ranking.left_out), expected);
    }
}

#[test]
fn nothing_measured_gives_no_answer_and_no_figure() {
    let run = run();
    for rows in [vec![], vec![failed("merge/1KB/random/wasmtime:aot")]] {
        let results = Results::new(&run, &rows);
        assert_eq!(rankings(&results), []);
        assert_eq!(compiling::pieces(&results), []);
        assert_eq!(growth::pieces(&results), []);
        assert_eq!(phases::pieces(&results), []);
        assert_eq!(overhead::pieces(&results), []);
        assert!(tables(&anomalies::pieces(&results)).is_empty());
        for conclusion in conclusions(&results) {
            for findings in &conclusion.sides {
                let judgement = Judgement::of(findings);
                let none = [Judgement::NotTried, Judgement::DidNotFinish];
                assert!(none.contains(&judgement), "{conclusion:?}");
            }
        }
    }
}

#[test]
fn growth_is_fitted() {
    let run = run();
    let sizes = [("10KB", 1e4_f64), ("100KB", 1e5), ("1MB", 1e6)];
    let rows = sizes.map(|(size, bytes)| {
        let mb = 40.0 + 2.5 * bytes / 1e6;
        let cell = format!("bubble/{size}/random/wasmtime:aot");
        measured(&cell, bytes * bytes * 1e-10, mb)
    });
    let found = &growth::growths(&Results::new(&run, &rows))[0];
    assert!((found.time.unwrap().slope - 2.0).abs() < 1e-9 && found.expected == Some(2.0));
    let memory = found.memory.unwrap();
    assert!((memory.slope - 2.5).abs() < 1e-6 && (memory.intercept - 40e6).abs() < 1.0);
    let two = growth::pieces(&Results::new(&run, &rows[..2]));
    assert_eq!(two, [], "two points fit always");
    let sorted = rows.map(|mut row| {
        row.cell.distribution = Distribution::Sorted;
        row
    });
    let found = &growth::growths(&Results::new(&run, &sorted))[0];
    assert_eq!(found.expected, None, "a complexity is of random input");
}

#[test]
fn a_start_is_split_by_an_empty_module() {
    let run = run();
    let rows = [
        measured("empty/1KB/random/wasmtime:aot", 0.003, 9.0),
        measured("noop/1KB/random/native:release", 0.001, 9.0),
        measured("noop/1KB/random/wasmtime:aot", 0.005, 9.0),
    ];
    let pieces = phases::pieces(&Results::new(&run, &rows));
    assert_eq!(
        texts(&pieces),
        [
            ["native:release", "–", "–", "1.00 ms"],
            ["wasmtime:aot", "3.00 ms", "2.00 ms", "5.00 ms"],
        ],
        "native code runs no module"
    );
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
        measured("merge/1KB/random/node:js", 0.06, 50.0),
    ];
    let pieces = thesis::pieces(&Results::new(&run, &rows));
    let tables: Vec<Vec<Vec<&str>>> = tables(&pieces).into_iter().map(texts_of).collect();
    let (shipped, best) = (
        "20.0 ms–40.0 ms (jit-cached; 100KB: timeout)",
        "10.0 ms (aot)",
    );
    assert_eq!(
        tables[0],
        [
            ["light", "as shipped", "", "60.0 ms (js)", "", shipped, ""],
            ["light", "compiled", "", "60.0 ms (js)", "", best, ""],
        ],
        "latency"
    );
    assert_eq!(
        tables[1][0][5],
        "5.00 MB–7.00 MB (jit-cached; 100KB: timeout)"
    );
    // Over the sizes of both: 1KB alone.
    let ratios: Vec<&str> = tables[2].iter().map(|row| row[2]).collect();
    assert_eq!(ratios, ["5.32×", "3.00× [3.00–3.00]", "6.00× [6.00–6.00]"]);
}
