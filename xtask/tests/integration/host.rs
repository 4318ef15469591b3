//! What the host lacks is no engine's outcome: the run stops, says what to mend, and goes on afterwards.

use crate::outcomes::CELL;
use crate::support::matrix::{Matrix, aot_engine, engine};
use crate::support::scripts::{compiler, good};
use crate::support::{Called, Checkout};

/// What a program says that meets a full disk.
const FULL: &str = "echo 'error: No space left on device (os error 28)' >&2\nexit 1";

/// Does `body` while the file is there.
fn while_there(checkout: &Checkout, file: &str, body: &str) -> String {
    let file = checkout.root().join(file);
    format!("if [ -e {} ]; then\n{body}\nfi", file.display())
}

/// Does `body` in the fourth call alone: in the rounds, after three good samples.
pub fn in_the_rounds(checkout: &Checkout, body: &str) -> String {
    let calls = checkout.root().join("calls").display().to_string();
    format!("echo x >> {calls}\nif [ $(wc -l < {calls}) -eq 4 ]; then\n{body}\nfi")
}

/// Asserts that the run stopped and says this, and that no cell has an outcome.
#[track_caller]
pub fn stopped(checkout: &Checkout, called: &Called, says: &[&str]) {
    assert_eq!(called.status, 1, "{}", called.stderr);
    for part in says {
        assert!(
            called.stderr.contains(part),
            "\"{part}\" is not in:\n{}",
            called.stderr
        );
    }
    let run = checkout.run();
    let plan: serde_json::Value = serde_json::from_str(&run.text("plan.json")).unwrap();
    let mut outcomes = plan["cells"].as_array().unwrap().iter();
    assert!(outcomes.all(|cell| cell["outcome"].is_null()), "{plan}");
    let samples = run.samples();
    assert!(
        samples.iter().all(|sample| sample["outcome"] == "ok"),
        "{samples:?}"
    );
}

/// Asserts that the run goes on to its end, and that nothing is missing.
#[track_caller]
pub fn goes_on(checkout: &Checkout, cell: &str) {
    let called = checkout.bench(&["--resume"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    run.assert_outcome(cell, "ok");
    assert_eq!(run.row(cell)["runs"], "2");
}

#[test]
fn a_disk_that_is_full_stops_a_compilation_and_fails_nothing() {
    let cell = "merge/1KB/random/ahead:aot";
    let checkout = Checkout::new(&Matrix {
        sizes: &["1KB", "10KB"],
        engines: format!("{}{}", aot_engine("ahead"), engine("fake")),
        ..Matrix::default()
    });
    let full = format!("[ \"$1\" != compile ] || {{\n{FULL}\n}}");
    let full = while_there(&checkout, "full", &full);
    checkout.engine("ahead", &format!("{full}\n{}", compiler(&good())));
    checkout.engine("fake", &good());
    checkout.write("full", "");
    let called = checkout.bench(&[]);
    let work = checkout.run().path.join("work").display().to_string();
    let disk = format!("the disk of \"{work}\" is full");
    let says = ["cannot measure \"merge/ahead:aot\"", &disk, "--resume"];
    stopped(&checkout, &called, &says);
    // Still full.
    stopped(&checkout, &checkout.bench(&["--resume"]), &says);
    std::fs::remove_file(checkout.root().join("full")).unwrap();
    goes_on(&checkout, cell);
    for other in ["merge/10KB/random/ahead:aot", "merge/10KB/random/fake:jit"] {
        checkout.run().assert_outcome(other, "ok");
    }
}

#[test]
fn a_disk_that_is_full_stops_a_guest_and_fails_nothing() {
    let checkout = Checkout::new(&Matrix::default());
    let full = format!("head -c 100 \"$2\" > \"$3\"\n{FULL}");
    let full = in_the_rounds(&checkout, &full);
    checkout.engine("fake", &format!("{full}\n{}", good()));
    let called = checkout.bench(&[]);
    let cell = format!("cannot measure \"{CELL}\"");
    stopped(
        &checkout,
        &called,
        &[&cell, "/work\" is full", "free some space", "--resume"],
    );
    assert_eq!(checkout.run().samples_of(CELL).len(), 3);
    goes_on(&checkout, CELL);
}

/// Whether somebody removes it, as the error says, or not: it is made anew.
#[test]
fn an_input_that_somebody_changes_stops_the_run_and_fails_nothing() {
    let other = "tr 123456789 234567891 < \"$2\" > \"$3\"\ncat \"$3\" > \"$2\"";
    for (change, says, is_removed) in [
        (
            "head -c 500 \"$2\" > \"$3\"\ncat \"$3\" > \"$2\"",
            "500 bytes instead of 1000",
            true,
        ),
        ("rm \"$2\"", "0 bytes instead of 1000", false),
        (other, "content", true),
        (other, "content", false),
    ] {
        let checkout = Checkout::new(&Matrix::default());
        let change = in_the_rounds(&checkout, change);
        checkout.engine("fake", &format!("{change}\n{}", good()));
        let called = checkout.bench(&[]);
        let input = checkout.root().join("data/1KB-random-seed7.txt");
        let names = format!("changed the input \"{}\"", input.display());
        stopped(&checkout, &called, &[&names, says, "--resume"]);
        if is_removed {
            std::fs::remove_file(input).unwrap();
        }
        goes_on(&checkout, CELL);
    }
}

/// Figures belong to a binary: what is measured after another one took its place is no sample of this run.
#[test]
fn an_engine_or_guest_that_somebody_changes_or_removes_stops_the_run_and_fails_nothing() {
    for (program, change) in [
        ("bin/fake", "echo '#' >> \"$0\""),
        ("bin/fake", "rm \"$0\""),
        ("bin/fake", "cp \"$0\" \"$0.new\"; mv \"$0.new\" \"$0\""),
        (
            "target/guests/wasm32-wasip1/release/merge.wasm",
            "echo >> \"$1\"",
        ),
    ] {
        let checkout = Checkout::new(&Matrix::default());
        let change = in_the_rounds(&checkout, change);
        checkout.engine("fake", &format!("{change}\n{}", good()));
        let before = checkout.read(program);
        let called = checkout.bench(&[]);
        let path = checkout.root().join(program).display().to_string();
        let names = format!("somebody changed \"{path}\" while it was measured");
        stopped(&checkout, &called, &[&names, "--resume"]);
        assert_eq!(checkout.run().lines(), 3, "{change}");
        checkout.write(program, &before);
        checkout.make_executable(program);
        goes_on(&checkout, CELL);
    }
}
