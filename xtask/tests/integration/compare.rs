//! Runs against a base, the modes of one run against one of them, and trends over runs.

use std::path::Path;

use serde_json::{Value, json};

use crate::reports::recorded;
use crate::support::{Called, Checkout};

const BASE: &str = "2026-01-02T03-04-05Z-bench-1";
const CELL: &str = "merge/1KB/random/vm:jit";

/// The recorded run, with more samples, as a run of another name: each cell has 20 that lie around
/// what was recorded, those of one cell times a factor.
fn write_run(checkout: &Checkout, name: &str, cell: &str, factor: f64) {
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    let read = |file: &str| std::fs::read_to_string(recorded.join(file)).unwrap();
    let mut lines = String::new();
    let recorded = read("samples.jsonl");
    let samples = recorded
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let mut seen = std::collections::HashSet::new();
    for sample in samples {
        let sample: Value = sample;
        let own = sample["cell"].as_str().unwrap().to_owned();
        if sample["kind"] != "run" || sample["outcome"] != "ok" || !seen.insert(own.clone()) {
            continue;
        }
        for round in 1..=20u32 {
            // The same in each run: within 2 %, in no order.
            let noise = 1.0 + f64::from(round * 7 % 20) / 1000.0;
            let times = if own == cell { factor } else { 1.0 };
            let mut sample = sample.clone();
            let wall_s = sample["wall_s"].as_f64().unwrap() * noise * times;
            sample["wall_s"] = json!(wall_s);
            sample["round"] = json!(round);
            sample["block"] = json!(round);
            lines += &format!("{sample}\n");
        }
    }
    for file in [
        "plan.json",
        "environment.json",
        "matrix.toml",
        "impossible.toml",
    ] {
        checkout.write(&format!("results/{name}/{file}"), &read(file));
    }
    checkout.write(&format!("results/{name}/samples.jsonl"), &lines);
}

/// A checkout with run `a`, and run `b` in which one cell took so many times as long.
fn runs(factor: f64) -> Checkout {
    let checkout = recorded();
    write_run(&checkout, "a", CELL, 1.0);
    write_run(&checkout, "b", CELL, factor);
    std::fs::remove_dir_all(checkout.results().join(BASE)).unwrap();
    checkout
}

fn compare(checkout: &Checkout, arguments: &[&str]) -> Called {
    checkout.xtask(&[&["compare"], arguments].concat())
}

#[test]
fn nothing_changed() {
    let called = compare(&runs(1.0), &["a", "b"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(called.prints("0 slower, 0 faster"), "{}", called.stdout);
}

#[test]
fn a_cell_that_became_slower_is_a_regression() {
    let checkout = runs(1.2);
    let called = compare(
        &checkout,
        &["a", "b", "--only", "changed", "--format", "json"],
    );
    assert_eq!(called.status, 3, "{}", called.stderr);
    let changes: Vec<Value> = serde_json::from_str(&called.stdout).unwrap();
    let walls = changes.iter().filter(|it| it["metric"] == "wall time");
    let walls: Vec<&Value> = walls.collect();
    assert_eq!(walls.len(), 1, "{}", called.stdout);
    let (input, mode) = CELL.rsplit_once('/').unwrap();
    for (key, value) in [("input", input), ("a", mode), ("run", "b")] {
        assert_eq!(walls[0][key], value, "{}", called.stdout);
    }
    let ratio = walls[0]["ratio"].as_f64().unwrap();
    assert!((ratio - 1.2).abs() < 0.01, "{ratio}");
    // The other way round nothing became worse, and a large threshold lets it pass.
    assert_eq!(compare(&checkout, &["b", "a"]).status, 0);
    let called = compare(&checkout, &["a", "b", "--threshold", "25%"]);
    assert_eq!(called.status, 0, "{}", called.stdout);
}

#[test]
fn the_markdown_of_a_comparison() {
    let called = compare(&runs(1.2), &["a", "b", "--format", "md"]);
    insta::assert_snapshot!(called.stdout);
}

#[test]
fn runs_like_the_base_say_how_far_runs_differ_and_several_stand_side_by_side() {
    let checkout = runs(1.2);
    write_run(&checkout, "c", CELL, 1.0);
    let called = compare(&checkout, &["a", "b"]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    assert!(called.prints("as 2 runs show"), "{}", called.stdout);
    write_run(&checkout, "d", "merge/1KB/random/vm:aot", 0.5);
    let called = compare(&checkout, &["a", "b", "d", "--format", "md"]);
    assert!(called.prints("as 2 runs show"), "{}", called.stdout);
    assert!(called.prints("| cell | base | b | new ÷ base | d | new ÷ base |"));
    // What changed most comes first.
    let rows = called
        .stdout
        .lines()
        .filter(|line| line.starts_with("| merge/1KB"));
    let rows: Vec<&str> = rows.take(2).collect();
    assert!(
        rows[0].contains("vm:aot") && rows[0].contains("0.50×"),
        "{rows:?}"
    );
    assert!(
        rows[1].contains("vm:jit") && rows[1].contains("slower"),
        "{rows:?}"
    );
}

#[test]
fn pages_have_charts_and_cells_of_one_run_are_listed() {
    let checkout = runs(1.2);
    let mut plan: Value = serde_json::from_str(&checkout.read("results/b/plan.json")).unwrap();
    let cells = plan["cells"].as_array_mut().unwrap();
    cells.retain(|cell| cell["name"] != "merge/1KB/random/vm:aot");
    checkout.write("results/b/plan.json", &plan.to_string());
    let write = |format: &str, file: &str| {
        let called = compare(&checkout, &["a", "b", "--format", format, "--output", file]);
        assert_eq!(
            (called.status, called.stdout.as_str()),
            (3, ""),
            "{}",
            called.stderr
        );
        checkout.read(file)
    };
    let page = write("html", "out/page.html");
    assert!(page.contains("<svg") && page.contains("1.20×"), "{page}");
    let markdown = write("md", "out/page.md");
    assert!(markdown.contains("](charts/changes-wall-time.svg)"));
    assert!(
        checkout
            .read("out/charts/changes-wall-time.svg")
            .contains(CELL)
    );
    assert!(
        markdown.contains("ok in \"a\" and not in \"b\": merge/1KB/random/vm:aot"),
        "{markdown}"
    );
}

#[test]
fn modes_of_one_run_are_compared_by_pairs() {
    let checkout = runs(1.0);
    let called = compare(
        &checkout,
        &["a", "--base", "native:release", "--format", "csv"],
    );
    assert!([0, 3].contains(&called.status), "{}", called.stderr);
    let mut lines = called.stdout.lines();
    assert!(
        lines
            .next()
            .unwrap()
            .starts_with("run,base,new,input,a,b,metric,pairs,ratio")
    );
    let ends = ",merge/1KB/random,vm:jit,native:release,wall time,20,";
    let is_own = |line: &&str| line.starts_with("a,") && line.contains(ends);
    assert!(lines.any(|line| is_own(&line)), "{}", called.stdout);
    let error = compare(&checkout, &["a", "--base", "vm:none"]);
    assert_eq!(error.status, 2);
    assert!(error.stderr.contains("expected one of"), "{}", error.stderr);
}

#[test]
fn other_machines_and_engines_are_said_first() {
    let checkout = runs(1.0);
    let environment = checkout.read("results/b/environment.json");
    let mut environment: Value = serde_json::from_str(&environment).unwrap();
    environment["machine"]["host"] = json!("another");
    checkout.write("results/b/environment.json", &environment.to_string());
    let called = compare(&checkout, &["a", "b"]);
    assert!(called.prints("is \"another\""), "{}", called.stdout);
}

#[test]
fn what_cannot_be_compared_says_why() {
    let checkout = runs(1.0);
    let says = |arguments: &[&str], status: i32, text: &str| {
        let called = compare(&checkout, arguments);
        assert_eq!(called.status, status, "{}", called.stdout);
        assert!(called.stderr.contains(text), "{}", called.stderr);
    };
    says(&["a", "gone"], 1, "no run \"gone\"");
    says(&["a"], 2, "name a second run");
    says(&["a", "b", "--size", "7KB"], 2, "option --size");
    says(&["a", "b", "--threshold", "5"], 2, "is no percentage");
    let plan = checkout.read("results/b/plan.json");
    checkout.write("results/b/plan.json", &plan[..plan.len() / 2]);
    says(&["a", "b"], 1, "is damaged or of another version");
    let mut plan: Value = serde_json::from_str(&plan).unwrap();
    plan["cells"] = json!([]);
    checkout.write("results/b/plan.json", &plan.to_string());
    says(&["a", "b"], 1, "no cell in common");
    // Of before a key was there.
    plan.as_object_mut().unwrap().remove("runs");
    checkout.write("results/b/plan.json", &plan.to_string());
    says(&["a", "b"], 1, "is damaged or of another version");
    let samples = checkout.read("results/a/samples.jsonl");
    checkout.write("results/a/samples.jsonl", &samples[3..]);
    says(&["a", "b"], 1, "line 1 is damaged");
    // What cannot be read is no part of a history, and no secret.
    let called = checkout.xtask(&["history"]);
    assert_eq!(called.status, 2, "{}", called.stdout);
    for text in ["left out: \"a\": ", "left out: \"b\": ", "no run in"] {
        assert!(called.stderr.contains(text), "{}", called.stderr);
    }
}

#[test]
fn a_step_is_found_at_its_run() {
    let checkout = recorded();
    for (run, factor) in (1..=8).zip([1.0, 1.01, 0.99, 1.0, 1.5, 1.51, 1.49, 1.5]) {
        write_run(&checkout, &format!("run-{run}"), CELL, factor);
    }
    std::fs::remove_dir_all(checkout.results().join(BASE)).unwrap();
    let called = checkout.xtask(&["history"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let csv = checkout.read("results/history.csv");
    let steps: Vec<&str> = csv.lines().filter(|line| line.ends_with(",true")).collect();
    assert_eq!(steps.len(), 1, "{csv}");
    assert!(
        steps[0].starts_with(CELL) && steps[0].contains("run-5"),
        "{steps:?}"
    );
    assert!(
        checkout
            .read("results/history.html")
            .contains("after ÷ before")
    );
    let called = checkout.xtask(&["history", "nothing/*"]);
    assert_eq!(called.status, 2);
    assert!(
        called.stderr.contains("holds such a cell"),
        "{}",
        called.stderr
    );
}
