//! What larger modules cost, on rows whose lines are known.

use crate::config::Config;
use crate::model::Row;
use crate::questions::tests::{measured, run, texts_of};
use crate::questions::{Results, Run, module_size};

/// The study's matrix, with modules of two sizes.
fn with_modules() -> Run {
    let matrix = include_str!("../../../tests/fixtures/study/matrix.toml");
    let workloads: String = ["empty", "start-1MB", "start-2MB"]
        .map(|name| {
            let keys = match name.strip_prefix("start-") {
                Some(size) => format!("code = \"{size}\"\noutput = \"nothing\""),
                None => "complexity = \"1\"\noutput = \"nothing\"\nsizes = [\"1KB\"]".to_owned(),
            };
            format!("[[workload]]\nname = \"{name}\"\n{keys}\n\n")
        })
        .concat();
    let matrix = matrix.replacen("[hyperfine]", &format!("{workloads}[hyperfine]"), 1);
    Run {
        config: Config::parse(&matrix, "").unwrap(),
        ..run()
    }
}

/// In milliseconds and MB.
fn start(workload: &str, mode: &str, ms: f64, mb: f64) -> Row {
    measured(&format!("{workload}/1KB/random/{mode}"), ms / 1e3, mb)
}

#[test]
fn each_mb_costs_the_slope_of_the_line() {
    let run = with_modules();
    let rows = [
        start("empty", "wasmtime:jit", 10.0, 20.0),
        start("start-1MB", "wasmtime:jit", 110.0, 25.0),
        start("start-2MB", "wasmtime:jit", 210.0, 30.0),
        start("start-1MB", "wasmer:jit", 50.0, 20.0),
        start("empty", "native:release", 1.0, 1.0),
    ];
    let pieces = module_size::pieces(&Results::new(&run, &rows));
    let tables = super::tables(&pieces);
    assert_eq!(tables.len(), 2);
    assert_eq!(
        tables[0].header,
        [
            "engine:mode",
            "empty",
            "1MB",
            "2MB",
            "each MB",
            "±",
            "its CPU time",
            "its compilation ahead"
        ]
    );
    // User and system time are as long as the wall time each. Medians may be off by 0.4 %, and those
    // of the outer sizes turn the line.
    assert_eq!(
        texts_of(tables[0]),
        [
            [
                "wasmtime:jit",
                "10.0 ms",
                "110 ms",
                "210 ms",
                "100 ms",
                "0.42 ms",
                "200 ms",
                "–"
            ],
            ["wasmer:jit", "–", "50.0 ms", "–", "–", "–", "–", "–"],
        ]
    );
    assert_eq!(
        texts_of(tables[1])[0],
        ["wasmtime:jit", "20.0 MB", "25.0 MB", "30.0 MB", "5.00 MB"]
    );
}

#[test]
fn machines_are_not_put_on_one_line() {
    let run = with_modules();
    let on = |host: &str, row: Row| Row {
        machine: Some(host.to_owned()),
        ..row
    };
    let rows = [
        on("slow", start("start-1MB", "wasmtime:jit", 110.0, 25.0)),
        on("fast", start("start-2MB", "wasmtime:jit", 60.0, 30.0)),
    ];
    let pieces = module_size::pieces(&Results::new(&run, &rows));
    let table = super::tables(&pieces)[0];
    let names: Vec<&str> = table.rows.iter().map(|row| row[0].text.as_str()).collect();
    assert_eq!(names, ["wasmtime:jit, on slow", "wasmtime:jit, on fast"]);
    assert!(texts_of(table).iter().all(|row| row[3] == "–"));
}

#[test]
fn nothing_is_said_of_a_run_without_modules() {
    let run = with_modules();
    let rows = [start("empty", "wasmtime:jit", 10.0, 20.0)];
    assert!(module_size::pieces(&Results::new(&run, &rows)).is_empty());
}
