use std::sync::Arc;

use super::*;
use crate::model::tests::{row, sample};
use crate::questions::tests::run;

/// A cell with these phases: start-up, read, sort, write.
fn cell(name: &str, phases_s: [f64; 4]) -> Row {
    let [_, read, sort, write] = phases_s;
    let wall_s = phases_s.iter().sum();
    Row {
        samples: vec![sample(wall_s, [read, sort, write], 9e6).into()],
        ..row(name)
    }
}

const SIZES: [(&str, f64); 4] = [("1KB", 1.0), ("1MB", 1e3), ("10MB", 1e4), ("100MB", 1e5)];

/// Native and a mode that takes 50 ms to start, reads and writes in twice the time, and sorts in
/// three times, or five; so that the ratio of the wall times is another for each cell.
fn regular() -> Vec<Row> {
    let mut rows = Vec::new();
    for (workload, slower, work) in [("bubble", 3.0, 1e-4), ("merge", 5.0, 1e-6)] {
        for (size, n) in SIZES {
            let name = |mode| format!("{workload}/{size}/random/{mode}");
            let (io_s, sort_s) = (n * 1e-6, n * work);
            let native = [0.001, io_s, sort_s, io_s];
            let own = [0.05, 2.0 * io_s, slower * sort_s, 2.0 * io_s];
            rows.push(cell(&name("native:release"), native));
            rows.push(cell(&name("wasmtime:aot"), own));
        }
    }
    rows
}

fn anomalies_with(name: &str, phases_s: [f64; 4]) -> Vec<Anomaly> {
    let mut rows = regular();
    let row = rows.iter_mut().find(|row| row.cell.to_string() == name);
    *row.unwrap() = cell(name, phases_s);
    anomalies(&Results::new(&run(), &rows))
}

#[test]
fn starting_costs_what_it_costs_at_every_size() {
    assert!(anomalies(&Results::new(&run(), &regular())).is_empty());
}

#[test]
fn an_odd_cell_is_found_with_its_phase() {
    let name = "merge/1KB/random/wasmtime:aot";
    let found = anomalies_with(name, [0.05, 2e-6, 5e-6, 0.2 + 2e-6]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].cell.as_str(), found[0].phase),
        (name, Metric::Write)
    );
    assert!((found[0].excess_s - 0.2).abs() < 1e-9, "{found:?}");
    // 50 ms by the pattern.
    assert!(
        (found[0].ratio / found[0].expected - 5.0).abs() < 0.01,
        "{found:?}"
    );
}

#[test]
fn a_cell_that_is_too_fast_is_odd() {
    let found = anomalies_with("bubble/1MB/random/wasmtime:aot", [0.05, 0.002, 0.03, 0.002]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].phase == Metric::Sort && found[0].excess_s < -0.2,
        "{found:?}"
    );
}

#[test]
fn without_native_or_phases_there_is_no_pattern() {
    let mut rows = regular();
    let odd = Arc::make_mut(&mut rows[1].samples[0]);
    (odd.read_s, odd.wall_s) = (None, Some(30.0));
    assert!(anomalies(&Results::new(&run(), &rows)).is_empty());
    rows.retain(|row| row.cell.engine != "native");
    assert!(anomalies(&Results::new(&run(), &rows)).is_empty());
}

#[test]
fn workloads_of_two_sizes_share_a_pattern() {
    let times = |mode: &str, sort_s: [f64; 4]| -> Vec<Row> {
        let inputs = ["bubble/10KB", "bubble/100KB", "merge/1MB", "merge/10MB"];
        let cells = inputs.iter().zip(sort_s);
        let cells = cells.map(|(input, sort_s)| {
            cell(&format!("{input}/random/{mode}"), [0.01, 0.0, sort_s, 0.0])
        });
        cells.collect()
    };
    let native = times("native:release", [0.1, 1.0, 0.1, 1.0]);
    let odd = |sort_s| {
        let rows = [native.clone(), times("wasmtime:aot", sort_s)].concat();
        let found = anomalies(&Results::new(&run(), &rows)).into_iter();
        found.map(|it| it.cell).collect::<Vec<_>>()
    };
    assert_eq!(odd([0.2, 2.0, 0.2, 2.0]), [""; 0]);
    assert_eq!(
        odd([0.2, 9.0, 0.2, 2.0]),
        ["bubble/100KB/random/wasmtime:aot"]
    );
}
