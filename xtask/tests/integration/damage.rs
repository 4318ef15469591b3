//! A run's folder of which a byte is another: no command makes a figure of it, and all say where it is.

use crate::outcomes::CELL;
use crate::support::scripts::good;
use crate::support::{Checkout, Matrix};

/// A finished run with 5 samples.
fn measured() -> Checkout {
    let checkout = Checkout::new(&Matrix::default());
    checkout.engine("fake", &good());
    assert_eq!(checkout.bench(&[]).status, 0);
    checkout
}

/// Asserts that no command that reads a run goes on, and that each says this.
#[track_caller]
fn assert_refused(checkout: &Checkout, says: &str) {
    let name = checkout.run().path.display().to_string();
    for arguments in [
        &["report", &name][..],
        &["bench", "--no-setup", "--resume", &name],
        &["export", &name, "--format=hyperfine"],
    ] {
        let called = checkout.xtask(arguments);
        assert_eq!(called.status, 1, "{arguments:?}: {}", called.stderr);
        assert!(
            called.stderr.contains(says),
            "{arguments:?}: {}",
            called.stderr
        );
    }
}

#[test]
fn a_figure_that_is_another_is_refused_and_its_sample_can_be_taken_again() {
    let checkout = measured();
    let path = checkout.run().path.join("samples.jsonl");
    let before = std::fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = before.lines().map(str::to_owned).collect();
    let (start, end) = lines[4].split_once("\"wall_s\":0.0").unwrap();
    let digit = (end.as_bytes()[0] - b'0' + 1) % 10;
    lines[4] = format!("{start}\"wall_s\":0.0{digit}{}", &end[1..]);
    let damaged = lines.join("\n") + "\n";
    std::fs::write(&path, &damaged).unwrap();
    assert_refused(
        &checkout,
        "samples.jsonl\": line 5 is damaged; remove it to go on without it",
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), damaged);
    lines.pop();
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let called = checkout.bench(&["--resume"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let mut keys = checkout.run().keys();
    keys.sort();
    keys.dedup();
    assert_eq!((keys.len(), checkout.run().lines()), (5, 5));
    assert_eq!(checkout.run().row(CELL)["runs"], "2");
}

#[test]
fn a_plan_or_environment_that_is_another_is_refused() {
    let checkout = measured();
    for (file, from, to) in [
        ("plan.json", "\"runs\": 2", "\"runs\": 3"),
        ("plan.json", "\"order_seed\": 1", "\"order_seed\": 2"),
        ("plan.json", "\"outcome\": \"ok\"", "\"outcome\": null"),
        (
            "environment.json",
            "\"memory_floor_bytes\": ",
            "\"memory_floor_bytes\": 1",
        ),
    ] {
        let path = checkout.run().path.join(file);
        let before = std::fs::read_to_string(&path).unwrap();
        assert!(before.contains(from), "{from} is not in {before}");
        std::fs::write(&path, before.replacen(from, to, 1)).unwrap();
        assert_refused(
            &checkout,
            &format!("{file}\" was changed since it was written"),
        );
        std::fs::write(&path, before).unwrap();
    }
    assert_eq!(checkout.xtask(&["report"]).status, 0);
}
