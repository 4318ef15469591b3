//! What is drawn of rows that are made up.

use crate::document::Piece;
use crate::document::svg::{Chart, Plot, render};
use crate::model::Row;
use crate::model::tests::measured;
use crate::questions::{Results, pieces};

const FLOOR_BYTES: f64 = 3e6;

/// Two engines and two sizes, of which native needs less memory than can be seen for the smaller.
fn small() -> Vec<Row> {
    vec![
        measured("merge/1KB/random/native:release", 0.001, 2e6),
        measured("merge/10MB/random/native:release", 0.5, 40e6),
        measured("merge/1KB/random/wasmtime:aot", 0.02, 9e6),
        measured("merge/10MB/random/wasmtime:aot", 0.75, 50e6),
    ]
}

fn drawn(rows: &[Row]) -> Vec<Chart> {
    let run = super::run();
    let pieces = pieces(&Results::new(&run, rows));
    pieces.iter().flat_map(Piece::charts).cloned().collect()
}

fn files(rows: &[Row]) -> Vec<String> {
    let drawn = drawn(rows).into_iter();
    drawn.map(|drawing| drawing.file).collect()
}

fn drawing(rows: &[Row], file: &str) -> Chart {
    let mut drawn = drawn(rows).into_iter();
    drawn.find(|drawing| drawing.file == file).unwrap()
}

/// What the lines, bars or rows of a chart are called.
fn names(drawing: &Chart) -> Vec<&str> {
    match &drawing.plot {
        Plot::Lines(lines) => lines.lines.iter().map(|line| line.name.as_str()).collect(),
        Plot::Bars(bars) => bars.iter().map(|bar| bar.name.as_str()).collect(),
        Plot::Ratios(ratios) => ratios.iter().map(|it| it.name.as_str()).collect(),
    }
}

#[test]
fn a_run_has_all_charts_and_the_same_ones_again() {
    let expected = [
        "frontier-light.svg",
        "frontier-medium.svg",
        "latency-merge.svg",
        "memory-merge.svg",
        "phases-merge-1KB.svg",
        "phases-merge-10MB.svg",
    ];
    assert_eq!(files(&small()), expected);
    assert_eq!(drawn(&small()), drawn(&small()));
}

#[test]
fn what_has_no_figures_has_no_chart() {
    assert!(files(&[]).is_empty());
    let unfinished: Vec<Row> = small()
        .into_iter()
        .map(|row| Row {
            outcome: None,
            ..row
        })
        .collect();
    assert!(files(&unfinished).is_empty());
    // One size makes no line, one engine no comparison; a bar can stand alone.
    assert_eq!(files(&small()[..1]), ["phases-merge-1KB.svg"]);
}

#[test]
fn phases_are_shown_at_the_largest_size_of_each_load() {
    let rows = ["1KB", "100KB", "1MB", "10MB", "100MB", "500MB"]
        .map(|size| measured(&format!("copy/{size}/random/native:release"), 1.0, 9e6));
    let phases: Vec<String> = files(&rows).split_off(2);
    let expected = [
        "phases-copy-100KB.svg",
        "phases-copy-10MB.svg",
        "phases-copy-500MB.svg",
    ];
    assert_eq!(phases, expected);
}

#[test]
fn a_chart_holds_one_distribution_and_one_machine() {
    let mut rows = small();
    rows.insert(0, measured("merge/1KB/sorted/wasmer:jit", 9.0, 9e6));
    let expected = ["native:release", "wasmtime:aot"];
    assert_eq!(names(&drawing(&rows, "latency-merge.svg")), expected);
    for row in &mut rows {
        row.machine = Some("first".to_owned());
    }
    for size in ["1MB", "10MB"] {
        rows.push(Row {
            machine: Some("second/1".to_owned()),
            ..measured(&format!("merge/{size}/random/node:js"), 9.0, 9e6)
        });
    }
    let first = drawing(&rows, "latency-merge-first.svg");
    assert_eq!(first.title, "merge, on first: latency by input size");
    assert_eq!(names(&first), expected);
    let second = drawing(&rows, "latency-merge-second_1.svg");
    assert_eq!(names(&second), ["node:js"]);
}

#[test]
fn memory_below_the_floor_is_on_its_line() {
    let memory = drawing(&small(), "memory-merge.svg");
    let Plot::Lines(lines) = &memory.plot else {
        panic!("{memory:?}");
    };
    assert_eq!(lines.floor, Some(FLOOR_BYTES));
    assert_eq!(lines.lines[0].points, [(1e3, FLOOR_BYTES), (10e6, 40e6)]);
    assert!(memory.note.ends_with("; floor: 3.00 MB"), "{memory:?}");
    assert!(
        memory
            .alt()
            .ends_with("native:release 40.0 MB at 10MB, wasmtime:aot 50.0 MB at 10MB.")
    );
    let seen: Vec<Row> = small().split_off(2);
    assert!(!drawing(&seen, "memory-merge.svg").note.contains("floor"));
}

#[test]
fn bars_go_by_the_median_wall_time() {
    let mut rows = small();
    rows.push(measured("merge/1KB/random/node:js", 0.002, 9e6));
    let phases = drawing(&rows, "phases-merge-1KB.svg");
    let expected = ["native:release", "node:js", "wasmtime:aot"];
    assert_eq!(names(&phases), expected);
    let expected = "native:release 1.00 ms, node:js 2.00 ms, wasmtime:aot 20.0 ms.";
    assert!(phases.alt().ends_with(expected), "{}", phases.alt());
}

#[test]
fn odd_figures_are_left_out_or_drawn_as_they_are() {
    for (wall_s, bytes) in [
        (0.0, 0.0),
        (f64::NAN, f64::NAN),
        (f64::INFINITY, 1e300),
        (1e-12, 1.0),
    ] {
        let mut rows = small();
        rows.push(measured("merge/1KB/random/wasmer:jit", wall_s, bytes));
        rows.push(measured("merge/10MB/random/wasmer:jit", wall_s, bytes));
        for drawing in drawn(&rows) {
            let svg = render(&drawing);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
    let equal =
        ["1KB", "1MB"].map(|size| measured(&format!("copy/{size}/random/node:js"), 1.0, 5e6));
    assert!(files(&equal).contains(&"latency-copy.svg".to_owned()));
}
