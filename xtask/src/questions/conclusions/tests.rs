use super::*;
use crate::model::Row;
use crate::questions::tests::{failed, measured, run};

/// Rows in which every conclusion of the study is true.
fn as_published() -> Vec<Row> {
    let mut rows = Vec::new();
    let sizes = [
        ("1KB", 1e3_f64, 10.0, 4.0),
        ("10KB", 1e4, 10.0, 4.0),
        ("100KB", 1e5, 10.0, 4.0),
        ("1MB", 1e6, 5.0, 2.0),
        ("10MB", 1e7, 5.0, 2.0),
        ("100MB", 1e8, 1.1, 1.5),
        ("500MB", 5e8, 1.1, 1.5),
    ];
    for (size, bytes, edge_slower, more_memory) in sizes {
        let mut add = |mode: &str, slower: f64, memory: f64| {
            let cell = format!("merge/{size}/random/{mode}");
            let mb = 4.0 + memory * bytes * 4e-6;
            rows.push(measured(&cell, slower * bytes * 1e-7, mb.max(4.0 * memory)));
        };
        add("wasmtime:jit-cached", 1.0, 1.0);
        add("wasmer:jit-cached", 1.05, 1.1);
        add("wasmedge:interpreter", edge_slower, more_memory);
        match bytes {
            ..1e6 => add("node:js", 20.0, 9.0),
            _ => rows.push(failed(&format!("merge/{size}/random/node:js"))),
        }
    }
    rows
}

#[test]
fn conclusions_follow_the_figures() {
    let run = run();
    let rows = as_published();
    let found = conclusions(&Results::new(&run, &rows));
    let verdicts = |found: &[Conclusion]| -> Vec<(&'static str, Judgement)> {
        found.iter().map(|it| (it.id, it.judgement)).collect()
    };
    let holding = ["C1", "C2", "C3", "C4", "C5", "C6"].map(|id| (id, Judgement::Holds));
    assert_eq!(verdicts(&found)[..6], holding);
    // The same run with Node.js as fast, lean and able as Wasmtime, and a slow Wasmtime.
    let mut other: Vec<Row> = rows
        .iter()
        .filter(|row| row.cell.engine != "node" && row.cell.engine != "wasmtime")
        .cloned()
        .collect();
    for row in rows.iter().filter(|row| row.cell.engine == "wasmtime") {
        let cell = row.cell.to_string();
        let (wall_s, mb) = (
            Metric::Wall.of(row).unwrap(),
            Metric::Memory.of(row).unwrap() / 1e6,
        );
        other.push(measured(&cell, 50.0 * wall_s, mb));
        other.push(measured(
            &cell.replace("wasmtime:jit-cached", "node:js"),
            wall_s,
            mb,
        ));
    }
    let found = conclusions(&Results::new(&run, &other));
    for (at, id) in [(0, "C1"), (1, "C2"), (3, "C4"), (4, "C5")] {
        assert_eq!(verdicts(&found)[at], (id, Judgement::DoesNotHold));
    }
    let ratio =
        "node:js takes 0.02× [0.02–0.02] the wall time of wasmtime:jit-cached, over 7 inputs";
    assert!(found[3].seen.contains(&ratio.to_owned()), "{found:?}");
}

/// The verdict on WasmEdge at high loads, with its high loads changed.
fn c3_with(change: impl Fn(&mut Row)) -> Conclusion {
    let mut rows = as_published();
    let high = rows.iter_mut();
    high.filter(|row| row.cell.size.load() == Load::High)
        .for_each(change);
    conclusions(&Results::new(&run(), &rows)).swap_remove(2)
}

fn is_wasmedge(row: &Row) -> bool {
    row.cell.engine == "wasmedge"
}

#[test]
fn what_failed_at_high_loads_is_not_competitive() {
    let found = c3_with(|row| {
        if is_wasmedge(row) {
            *row = failed(&row.cell.to_string());
        }
    });
    assert_eq!(found.judgement, Judgement::DoesNotHold);
    let lost = "wasmedge:interpreter did not finish 2 of the 2 cells at high loads that another runtime finished";
    assert_eq!(found.seen, [lost]);
}

#[test]
fn what_no_runtime_finished_counts_for_nothing() {
    let found = c3_with(|row| *row = failed(&row.cell.to_string()));
    assert_eq!(found.judgement, Judgement::NotMeasured);
}

#[test]
fn an_unfinished_run_loses_nothing() {
    let found = c3_with(|row| {
        if is_wasmedge(row) {
            row.outcome = None;
        }
    });
    assert_eq!(found.judgement, Judgement::NotMeasured);
}

#[test]
fn a_tie_is_no_lead() {
    let mut rows = as_published();
    rows.retain(|row| row.cell.engine != "wasmer");
    for row in rows
        .clone()
        .iter()
        .filter(|row| row.cell.engine == "wasmtime")
    {
        let cell = row.cell.to_string().replace("wasmtime", "wasmer");
        let (wall_s, mb) = (
            Metric::Wall.of(row).unwrap(),
            Metric::Memory.of(row).unwrap() / 1e6,
        );
        rows.push(measured(&cell, wall_s * 1.0001, mb));
    }
    let found = conclusions(&Results::new(&run(), &rows));
    assert_eq!(found[0].judgement, Judgement::DoesNotHold);
}

/// An engine that is missing at one load must not make the difference at the others.
#[test]
fn memory_is_compared_between_the_same_engines_at_every_load() {
    let mut rows = as_published();
    // Without WasmEdge at high loads the rest are nearer: that is no fall.
    rows.retain(|row| !is_wasmedge(row) || row.cell.size.load() != Load::High);
    let found = &conclusions(&Results::new(&run(), &rows))[5];
    assert_eq!(found.judgement, Judgement::DoesNotHold);
    assert_eq!(found.seen.len(), 3);
    for sentence in &found.seen {
        let of = "memory of wasmtime:jit-cached, wasmer:jit-cached at ";
        assert!(sentence.contains(of), "{sentence}");
    }
}
