//! The real engines on the real guests, as far as they are installed here.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use xtask::build::{self, Guests};
use xtask::process::Processes;
use xtask::tools as xtask_tools;

use crate::support::{Called, Checkout, Run, tools};

/// The guests of this checkout, built once for all tests.
fn guests() -> &'static Guests {
    static GUESTS: OnceLock<Guests> = OnceLock::new();
    GUESTS.get_or_init(|| {
        let workloads: Vec<String> = tools::config()
            .workloads
            .iter()
            .map(|workload| workload.name.clone())
            .collect();
        xtask_tools::ensure_wasm_target().unwrap();
        build::build(&Processes, &tools::paths(), &workloads).unwrap()
    })
}

/// Runs xtask in this checkout, with the user's own PATH and cache folder.
fn xtask(arguments: &[&str]) -> Called {
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .current_dir(tools::paths().root)
        .output()
        .unwrap();
    Called {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn every_workload_runs_on_every_engine() {
    if tools::hyperfine().is_none() {
        return;
    }
    guests();
    // WasmEdge 0.17 finds nothing below a folder whose name starts with a dot.
    let results = tempfile::Builder::new()
        .prefix("results-")
        .tempdir()
        .unwrap();
    let called = xtask(&[
        "bench",
        "--no-setup",
        "--profile=full",
        "--size=1KB",
        "--distribution=random",
        "--workload={bubble,merge,quick,copy,noop}",
        "--runs=1",
        "--timeout=60s",
        "--results",
        results.path().to_str().unwrap(),
    ]);
    let runs = Run::all(results.path());
    assert_eq!(runs.len(), 1, "{}", called.stderr);
    let mut missing = BTreeSet::new();
    let mut measured = 0;
    for engine in &tools::config().engines {
        for mode in &engine.modes {
            for workload in ["bubble", "merge", "quick", "copy", "noop"] {
                let cell = format!("{workload}/1KB/random/{}:{}", engine.name(), mode.name);
                let (outcome, reason) = runs[0].planned(&cell);
                match outcome.as_str() {
                    "ok" => measured += 1,
                    "unsupported" if engine.tool.install.on_request => {
                        eprintln!("LEFT OUT {cell}: {reason}");
                    }
                    "unsupported" => {
                        missing.insert(format!("{}: {reason}", engine.name()));
                    }
                    other => panic!("{cell}: {other}: {reason}"),
                }
            }
        }
    }
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(measured > 0, "{}", called.stderr);
    // The native guests need nothing that is not there after a build.
    runs[0].assert_outcome("merge/1KB/random/native:release", "ok");
    if !missing.is_empty() {
        tools::left_out(&format!("without figures: {missing:?}"));
    }
}

#[test]
fn an_engine_is_added_in_matrix_toml_alone() {
    let (Some(hyperfine), Some(wasmtime)) = (tools::hyperfine(), tools::engine("wasmtime")) else {
        return;
    };
    let paths = tools::paths();
    let matrix = std::fs::read_to_string(paths.matrix()).unwrap();
    let checkout = Checkout::empty();
    checkout.wrapper("hyperfine", &hyperfine);
    checkout.wrapper("wasmtime", &wasmtime);
    checkout.program(
        "newcomer",
        "if [ \"$1\" = version ]; then echo 'The Newcomer, build 7'; exit; fi\nfolder=$1\nshift\nexec wasmtime run -C cache=n --dir \"$folder\" \"$@\"\n",
    );
    let table = r#"
[[engine]]
name = "brand-new"
program = "newcomer"
version-command = "{bin} version"
version-pattern = "build (\\d+)"
install.help = "write it"

[[engine.mode]]
name = "jit"
tier = "optimizing"
shipped = true
run = "{bin} {dir} {wasm} {args}"
"#;
    checkout.write("matrix.toml", &format!("{matrix}{table}"));
    checkout.write(
        "impossible.toml",
        &std::fs::read_to_string(paths.impossible()).unwrap(),
    );
    for file in guests().files("merge") {
        let place = checkout
            .root()
            .join(file.strip_prefix(&paths.root).unwrap());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(&file, place).unwrap();
    }
    let selection = [
        "--profile=full",
        "--engine=brand-new",
        "--workload=merge",
        "--size=1KB",
        "--distribution=random",
    ];
    let cell = "merge/1KB/random/brand-new:jit";
    let planned = checkout.xtask(&[&["plan"], &selection[..]].concat());
    assert!(
        planned.stdout.starts_with(&format!("{cell}\n")),
        "{}",
        planned.stdout
    );
    let called = checkout.bench(&[&["--runs=2"], &selection[..]].concat());
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    run.assert_outcome(cell, "ok");
    assert_eq!(
        (
            run.row(cell)["version"].as_str(),
            run.row(cell)["runs"].as_str()
        ),
        ("7", "2")
    );
    assert!(run.text("report.md").contains("| brand-new:jit |"));
    assert!(run.text("report.md").contains("| brand-new | 7 |"));
}
