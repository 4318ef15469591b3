//! Reports of a small recorded run that has every outcome (the summary shows it), pinned as people read them.

use std::path::Path;

use serde_json::Value;

use crate::support::{Called, Checkout, Matrix, Run};

const NAME: &str = "2026-01-02T03-04-05Z-bench-1";

/// A checkout with the recorded run in `results/`.
pub fn recorded() -> Checkout {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    for entry in recorded.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        checkout.write(&format!("results/{NAME}/{name}"), &text);
    }
    checkout
}

/// The same, and what `report` said of the run.
fn reported() -> (Checkout, Called) {
    let checkout = recorded();
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
fn the_terminal() {
    let (checkout, called) = reported();
    // This folder has another name each time.
    let folder = checkout.run().path.display().to_string();
    let text = called.stdout.replace(&folder, "RUN");
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    insta::assert_snapshot!(text);
}

/// The report and the terminal say the same, whatever the terminal makes of the table's shape.
#[test]
fn the_answer_on_the_terminal_is_the_one_of_the_report() {
    let (checkout, called) = reported();
    let report = checkout.run().text("report.md");
    let (_, answer) = report.split_once("## The answer first\n\n").unwrap();
    let table = answer.lines().take_while(|line| line.starts_with('|'));
    let fields = table
        .skip(2)
        .flat_map(|line| line.split('|').map(str::trim));
    let fields: Vec<&str> = fields.filter(|text| !text.is_empty()).collect();
    assert!(fields.len() > 4, "{report}");
    for field in fields {
        let field = field.replace("**", "");
        assert!(called.stdout.contains(&field), "{field}: {}", called.stdout);
    }
}

/// The run's folder is enough: no engine, no guest, and neither the checkout's matrix nor the time.
#[test]
fn a_report_made_again_is_the_same() {
    let (checkout, first) = reported();
    let files = |run: &Run| -> Vec<(String, Vec<u8>)> {
        let paths = run.report_files().into_iter();
        let mut files: Vec<_> = paths
            .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
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

/// The recorded run, to be changed.
struct Recorded {
    matrix: String,
    plan: Value,
    environment: Value,
    samples: Vec<Value>,
}

impl Recorded {
    fn keep(&mut self, cell: &str) {
        let cells = self.plan["cells"].as_array_mut().unwrap();
        cells.retain(|planned| planned["name"].as_str().unwrap().contains(cell));
    }

    fn forget_outcomes(&mut self) {
        for cell in self.plan["cells"].as_array_mut().unwrap() {
            (cell["outcome"], cell["reason"]) = (Value::Null, Value::Null);
        }
    }

    fn set_in_all(&mut self, fields: &[&str], value: Value) {
        for sample in &mut self.samples {
            for field in fields {
                sample[*field] = value.clone();
            }
        }
    }

    /// Half of the cells are of another machine.
    fn spread_over_two_machines(&mut self) {
        let mut other = self.environment.clone();
        other["machine"]["host"] = "other/1".into();
        other["memory_floor_bytes"] = 9_000_000.into();
        let own = self.environment["machine"]["host"].clone();
        self.environment["other_machines"] = vec![other].into();
        let cells = self.plan["cells"].as_array_mut().unwrap();
        for (at, cell) in cells.iter_mut().enumerate() {
            cell["machine"] = match at % 2 {
                0 => own.clone(),
                _ => "other/1".into(),
            };
        }
    }
}

/// The reports of the recorded run, changed; they must be sensible in any case.
#[track_caller]
fn assert_sensible(what: &str, change: fn(&mut Recorded)) {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let json = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
    let mut recorded = Recorded {
        matrix: read("matrix.toml"),
        plan: json(&read("plan.json")),
        environment: json(&read("environment.json")),
        samples: read("samples.jsonl").lines().map(json).collect(),
    };
    change(&mut recorded);
    let lines = recorded.samples.iter().map(|sample| format!("{sample}\n"));
    let files = [
        ("matrix.toml", recorded.matrix),
        ("impossible.toml", read("impossible.toml")),
        ("plan.json", recorded.plan.to_string()),
        ("environment.json", recorded.environment.to_string()),
        ("samples.jsonl", lines.collect()),
    ];
    for (name, text) in files {
        checkout.write(&format!("results/{NAME}/{name}"), &text);
    }
    let called = checkout.xtask(&["report", NAME]);
    assert_eq!(called.status, 0, "{what}: {}", called.stderr);
    let written = checkout.run().report_files();
    let texts = written.iter().filter(|path| !path.ends_with("report.xlsx"));
    for path in texts {
        let text = std::fs::read_to_string(path).unwrap();
        let words = text.split(|c: char| !c.is_alphanumeric());
        let bad: Vec<&str> = words.filter(|word| ["NaN", "inf"].contains(word)).collect();
        let sensible = !text.is_empty() && bad.is_empty();
        assert!(sensible, "{what}: {} holds {bad:?}", path.display());
    }
    let report = checkout.run().text("report.md");
    assert!(report.contains("## The answer first"), "{what}");
}

#[test]
fn a_run_that_has_little_has_a_sensible_report() {
    assert_sensible("every outcome", |_| {});
    assert_sensible("one engine", |run| run.keep("/vm:"));
    assert_sensible("native alone", |run| run.keep("/native:"));
    assert_sensible("one size", |run| run.keep("/1KB/"));
    assert_sensible("one cell", |run| run.keep("merge/1KB/random/native:"));
    assert_sensible("baselines alone", |run| {
        run.matrix = run
            .matrix
            .replace("output = \"sorted\"", "output = \"unchanged\"");
    });
    assert_sensible("one sample", |run| {
        run.samples.retain(|it| it["round"] == 1)
    });
    assert_sensible("nothing finished", |run| {
        run.forget_outcomes();
        run.samples.clear();
    });
    assert_sensible("interrupted", |run| {
        run.forget_outcomes();
        run.samples.truncate(20);
    });
    assert_sensible("ok without samples", |run| run.samples.clear());
}

#[test]
fn strange_figures_make_a_sensible_report() {
    assert_sensible("no phases", |run| {
        run.set_in_all(&["items", "read_s", "sort_s", "write_s"], Value::Null);
    });
    assert_sensible("no memory", |run| {
        run.set_in_all(&["peak_rss_bytes"], Value::Null);
    });
    assert_sensible("all the same", |run| {
        run.set_in_all(&["wall_s"], 0.5.into());
        run.set_in_all(&["peak_rss_bytes"], 5_000_000.into());
    });
    assert_sensible("no time at all", |run| {
        run.set_in_all(&["wall_s", "user_s", "system_s"], 0.0.into());
    });
    assert_sensible("two machines", Recorded::spread_over_two_machines);
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
