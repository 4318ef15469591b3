//! What is measured before something is built, and several builds of one engine.

use nix::sys::signal::Signal;

use crate::support::{Checkout, Matrix, Run, matrix, scripts, wait_until};

/// A checkout with the engine `fast`, which is there, and `slow`, which fake cargo builds with this script.
fn checkout(cargo: &str) -> Checkout {
    let slow = matrix::engine("slow").replace(
        "install.help = \"write slow\"\n",
        "install.help = \"write slow\"\ninstall.cargo = { crate = \"slow\", version = \"3.0.0\", minutes = 16 }\n",
    );
    let checkout = Checkout::new(&Matrix {
        engines: [matrix::engine("fast"), slow].concat(),
        ..Matrix::default()
    });
    checkout.engine("fast", &scripts::good());
    let root = checkout.root().display();
    checkout.program("rustc", &format!("echo {root}/rustlib\n"));
    checkout.write("rustlib/libstd-0.rlib", "");
    let program = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo slow 3.0.0; exit; fi\n{}",
        scripts::good()
    );
    checkout.write("payload", &program);
    checkout.program(
        "cargo",
        &format!(
            "[ \"$1\" = install ] || exit 0\n{cargo}\n\
             while [ $# -gt 0 ]; do [ \"$1\" = --root ] && folder=$2; shift; done\n\
             mkdir -p \"$folder/bin\"; cp {root}/payload \"$folder/bin/slow\"; chmod +x \"$folder/bin/slow\"\n"
        ),
    );
    checkout
}

fn is_first_look(run: &Run) -> bool {
    run.path.to_string_lossy().ends_with("-first-look")
}

/// The first look and the whole run that one bench made.
fn first_and_whole(checkout: &Checkout) -> (Run, Run) {
    let (mut first, mut whole): (Vec<Run>, Vec<Run>) = Run::all(&checkout.results())
        .into_iter()
        .partition(is_first_look);
    assert_eq!((first.len(), whole.len()), (1, 1));
    (first.remove(0), whole.remove(0))
}

#[test]
fn what_is_there_is_measured_before_the_rest_is_built() {
    let checkout = checkout("");
    let called = checkout.xtask(&["bench", "--runs=4"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(
        called.stderr.contains("slow must be built from source"),
        "{}",
        called.stderr
    );
    let (first, whole) = first_and_whole(&checkout);
    let cells = |run: &Run| {
        let mut cells: Vec<String> = run.keys().into_iter().map(|(cell, _, _)| cell).collect();
        cells.retain(|cell| cell.starts_with("merge/"));
        cells.sort();
        cells.dedup();
        cells
    };
    assert_eq!(cells(&first), ["merge/1KB/random/fast:jit"]);
    assert_eq!(
        cells(&whole),
        ["merge/1KB/random/fast:jit", "merge/1KB/random/slow:jit"]
    );
    assert_eq!(first.row("merge/1KB/random/fast:jit")["runs"], "3");
    assert_eq!(whole.row("merge/1KB/random/fast:jit")["runs"], "4");
    let heading = called
        .stdout
        .find("first look: 3 samples a cell, without slow")
        .unwrap();
    assert!(
        called.stdout[heading..].contains("slow:jit"),
        "the whole table comes last"
    );
}

#[test]
fn nothing_picks_up_a_first_look_by_itself() {
    let checkout = checkout("");
    checkout.xtask(&["bench", "--runs=1"]);
    let (first, whole) = first_and_whole(&checkout);
    let again = checkout.xtask(&["report"]);
    assert!(
        again
            .stdout
            .contains(whole.path.file_name().unwrap().to_str().unwrap()),
        "{}",
        again.stdout
    );
    let named = checkout.xtask(&["report", first.path.to_str().unwrap()]);
    assert_eq!(named.status, 0, "{}", named.stderr);
    let resumed = checkout.xtask(&["bench", "--resume", first.path.to_str().unwrap()]);
    assert_eq!(resumed.status, 2);
    assert!(
        resumed.stderr.contains("is a first look"),
        "{}",
        resumed.stderr
    );
    let resumed = checkout.xtask(&["bench", "--resume"]);
    assert!(
        resumed.stderr.contains(whole.path.to_str().unwrap()),
        "{}",
        resumed.stderr
    );
    std::fs::remove_dir_all(&whole.path).unwrap();
    let alone = checkout.xtask(&["report"]);
    assert!(alone.stderr.contains("there is no run"), "{}", alone.stderr);
}

#[test]
fn an_interrupt_during_the_build_leaves_the_first_look() {
    let checkout = checkout("sleep 60");
    let bench = checkout.start(&["bench"]);
    wait_until("a build", || bench.stderr().contains("building slow"));
    bench.signal(Signal::SIGINT);
    let (status, stderr) = bench.wait();
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stderr.contains("interrupted"), "{stderr}");
    let runs = Run::all(&checkout.results());
    assert!(runs.len() == 1 && is_first_look(&runs[0]));
    let report = checkout.xtask(&["report", runs[0].path.to_str().unwrap()]);
    assert_eq!(report.status, 0, "{}", report.stderr);
    assert!(report.stdout.contains("fast:jit"), "{}", report.stdout);
}

#[test]
fn a_build_of_ones_own_is_measured_beside_the_installed_one() {
    let checkout = Checkout::new(&Matrix {
        engines: matrix::engine("fast"),
        ..Matrix::default()
    });
    checkout.engine("fast", &scripts::good());
    checkout.engine_of_version("mine", "9.9.9", &scripts::good());
    let called = checkout.bench(&["--engine=fast", "--bin=fast=bin/mine", "--runs=1"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    assert_eq!(run.row("merge/1KB/random/fast:jit")["version"], "1.2.3");
    assert_eq!(run.row("merge/1KB/random/fast@bin:jit")["version"], "9.9.9");
    let environment: serde_json::Value =
        serde_json::from_str(&run.text("environment.json")).unwrap();
    assert_eq!(environment["engines"]["fast@bin"]["origin"], "path");
    assert!(run.text("report.md").contains("| fast@bin:jit |"));
    let resumed = checkout.bench(&["--resume"]);
    assert_eq!(resumed.status, 0, "{}", resumed.stderr);
    std::fs::remove_file(checkout.root().join("bin/mine")).unwrap();
    let gone = checkout.bench(&["--resume"]);
    assert_eq!(gone.status, 2, "{}", gone.stderr);
    assert!(gone.stderr.contains("no program"), "{}", gone.stderr);
}
