//! Reports of a small recorded run that has every outcome, pinned as people read them.

use std::path::Path;

use crate::support::{Called, Checkout, Matrix, Run};

const NAME: &str = "2026-01-02T03-04-05Z-bench-1";

/// A checkout with the recorded run in `results/`, and what `report` said of it.
fn reported() -> (Checkout, Called) {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    for entry in recorded.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        checkout.write(&format!("results/{NAME}/{name}"), &text);
    }
    let called = checkout.xtask(&["report", NAME]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    (checkout, called)
}

#[test]
fn the_markdown_report() {
    let (checkout, _) = reported();
    insta::assert_snapshot!(checkout.run().text("report.md"));
}

#[test]
fn the_summary() {
    let (checkout, _) = reported();
    insta::assert_snapshot!(checkout.run().text("summary.csv"));
}

#[test]
fn the_terminal_tables() {
    let (checkout, called) = reported();
    let folder = checkout.run().path.display().to_string();
    // The files' paths follow, and this folder has another name each time.
    let tables: Vec<&str> = called
        .stdout
        .lines()
        .filter(|line| !line.starts_with(&folder))
        .collect();
    insta::assert_snapshot!(tables.join("\n"));
}

/// The run's folder is enough: no engine, no guest, and neither the checkout's matrix nor the time.
#[test]
fn a_report_made_again_is_the_same() {
    let (checkout, first) = reported();
    let files = |run: &Run| -> Vec<(String, Vec<u8>)> {
        let paths = first
            .stdout
            .lines()
            .filter(|line| Path::new(line).is_file());
        let mut files: Vec<_> = paths
            .map(|path| (path.to_owned(), std::fs::read(path).unwrap()))
            .collect();
        files.push(("samples".to_owned(), run.text("samples.jsonl").into_bytes()));
        files
    };
    let before = files(&checkout.run());
    assert!(before.len() >= 3, "{}", first.stdout);
    let second = checkout.xtask(&["report"]);
    assert_eq!(
        second.stdout, first.stdout,
        "the newest run is the only one"
    );
    for (one, other) in before.iter().zip(files(&checkout.run())) {
        assert!(*one == other, "{} changed", one.0);
    }
}

#[test]
fn every_outcome_is_in_the_recorded_run() {
    let (checkout, _) = reported();
    let text = checkout.run().text("summary.csv");
    for outcome in [
        "ok",
        "wrong-output",
        "failed",
        "out-of-memory",
        "timeout",
        "infeasible",
        "impossible",
        "unsupported",
    ] {
        assert!(text.contains(&format!(",{outcome},")), "{outcome}");
    }
}

/// Which cells, by name, or lines of samples to keep.
type Keep = fn(&str) -> bool;

/// The recorded run, changed, and its reports made; they must be sensible in any case.
#[track_caller]
fn assert_sensible(what: &str, keep: Keep, samples: Keep, outcomes: bool) {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    for name in ["matrix.toml", "impossible.toml", "environment.json"] {
        let text = std::fs::read_to_string(recorded.join(name)).unwrap();
        checkout.write(&format!("results/{NAME}/{name}"), &text);
    }
    let text = std::fs::read_to_string(recorded.join("plan.json")).unwrap();
    let mut plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    let cells = plan["cells"].as_array_mut().unwrap();
    cells.retain(|cell| keep(cell["name"].as_str().unwrap()));
    for cell in cells.iter_mut().filter(|_| !outcomes) {
        (cell["outcome"], cell["reason"]) = (serde_json::Value::Null, serde_json::Value::Null);
    }
    checkout.write(&format!("results/{NAME}/plan.json"), &plan.to_string());
    let text = std::fs::read_to_string(recorded.join("samples.jsonl")).unwrap();
    let lines = text.lines().filter(|line| samples(line));
    let lines: String = lines.map(|line| format!("{line}\n")).collect();
    checkout.write(&format!("results/{NAME}/samples.jsonl"), &lines);
    let called = checkout.xtask(&["report", NAME]);
    assert_eq!(called.status, 0, "{what}: {}", called.stderr);
    let run = checkout.run();
    for name in ["report.md", "report.html", "summary.csv"] {
        let text = run.text(name);
        let words = text.split(|c: char| !c.is_alphanumeric());
        let bad: Vec<&str> = words.filter(|word| ["NaN", "inf"].contains(word)).collect();
        assert!(
            !text.is_empty() && bad.is_empty(),
            "{what}: {name} holds {bad:?}"
        );
    }
    assert!(
        run.text("report.md").contains("## The answer first"),
        "{what}"
    );
}

#[test]
fn a_run_that_has_little_has_a_sensible_report() {
    let (all, none): (Keep, Keep) = (|_| true, |_| false);
    assert_sensible("every outcome", all, all, true);
    assert_sensible("one engine", |cell| cell.contains("/vm:"), all, true);
    assert_sensible("native alone", |cell| cell.contains("/native:"), all, true);
    assert_sensible("one size", |cell| cell.contains("/1KB/"), all, true);
    assert_sensible("one sample", all, |line| line.contains("\"round\":1"), true);
    assert_sensible("nothing finished", all, none, false);
    assert_sensible("ok without samples", all, none, true);
}

#[test]
fn the_main_table_is_put_between_the_markers_of_a_file() {
    let (checkout, _) = reported();
    let text = "# A\n\n<!-- report: results/x -->\n<!-- report end -->\nafter\n";
    checkout.write("README.md", text);
    let splice = || checkout.xtask(&["report", NAME, "--splice", "README.md"]);
    assert_eq!(splice().status, 0);
    let once = checkout.read("README.md");
    assert!(
        once.starts_with(&format!("# A\n\n<!-- report: results/{NAME} -->\n")),
        "{once}"
    );
    assert!(
        once.contains("| goal |") && once.ends_with("<!-- report end -->\nafter\n"),
        "{once}"
    );
    assert_eq!(splice().status, 0);
    assert_eq!(checkout.read("README.md"), once);
    checkout.write("README.md", "nothing to put it between");
    let called = splice();
    assert_eq!(called.status, 1);
    assert!(
        called.stderr.contains("README.md") && called.stderr.contains("<!-- report"),
        "{}",
        called.stderr
    );
    assert_eq!(checkout.read("README.md"), "nothing to put it between");
}

#[test]
fn a_damaged_run_is_an_error_that_names_the_file_and_line() {
    let (checkout, _) = reported();
    let name = format!("results/{NAME}/samples.jsonl");
    let text = checkout.read(&name);
    checkout.write(&name, &text.replacen("\"round\":0", "\"round\":zero", 1));
    let called = checkout.xtask(&["report", NAME]);
    assert_eq!(called.status, 1, "{}", called.stderr);
    assert!(
        called.stderr.contains("samples.jsonl") && called.stderr.contains("line 1"),
        "{}",
        called.stderr
    );
}
