//! Cells without figures although nothing went wrong in a sample of theirs: each has its outcome and its reason.

use crate::outcomes::CELL;
use crate::support::Checkout;
use crate::support::matrix::{Matrix, aot_engine, engine, engine_with};
use crate::support::scripts::{LINE, compiler, good};

#[test]
fn a_compilation_that_fails_fails_every_cell_that_needs_it_and_no_other() {
    let matrix = Matrix {
        sizes: &["1KB", "10KB"],
        engines: format!("{}{}", aot_engine("broken"), aot_engine("whole")),
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine("broken", "echo 'no compiler built in' >&2\nexit 4");
    checkout.engine(
        "whole",
        &compiler(&format!("grep -q wasm \"$1\" || exit 5\n{}", good())),
    );
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let run = checkout.run();
    let compilations = run.samples_of("merge/broken:aot");
    assert_eq!(compilations.len(), 1, "tried once");
    assert_eq!(
        (&compilations[0]["kind"], &compilations[0]["outcome"]),
        (&"compile".into(), &"failed".into())
    );
    for size in ["1KB", "10KB"] {
        let reason = run.assert_outcome(&format!("merge/{size}/random/broken:aot"), "failed");
        assert_eq!(
            reason,
            "compilation: ended with exit status 4: no compiler built in"
        );
        assert_eq!(
            run.samples_of(&format!("merge/{size}/random/broken:aot"))
                .len(),
            0
        );
        let whole = format!("merge/{size}/random/whole:aot");
        run.assert_outcome(&whole, "ok");
        let row = run.row(&whole);
        assert_eq!(row["artifact_bytes"], "wasm of merge".len().to_string());
        assert!(!row["compile_median_s"].is_empty());
    }
}

#[test]
fn a_compiler_that_writes_nothing_is_found() {
    let matrix = Matrix {
        engines: aot_engine("fake"),
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine("fake", "exit 0");
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let reason = checkout
        .run()
        .assert_outcome("merge/1KB/random/fake:aot", "wrong-output");
    assert_eq!(reason, "compilation: the compiler wrote no artefact");
}

#[test]
fn an_engine_that_is_not_there_is_unsupported_and_no_trouble() {
    let engines = format!("{}{}", engine("absent"), engine("fake"));
    let matrix = Matrix {
        engines,
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine("fake", &good());
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    let reason = run.assert_outcome("merge/1KB/random/absent:jit", "unsupported");
    assert_eq!(reason, "\"absent\" is not on PATH; write absent");
    assert_eq!(run.samples_of("merge/1KB/random/absent:jit").len(), 0);
    run.assert_outcome(CELL, "ok");
}

#[test]
fn a_mode_that_needs_another_version_is_unsupported() {
    let keys = "requires = \">=2.0\"\nrun = \"{bin} --new {wasm} {args}\"";
    let matrix = Matrix {
        engines: engine_with("fake", keys),
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine_of_version("fake", "1.9.0", &good());
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    let reason = run.assert_outcome(CELL, "unsupported");
    assert_eq!(reason, "needs version >=2.0, but 1.9.0 is installed");
    assert_eq!(run.samples().len(), 0);
}

#[test]
fn a_rule_makes_a_cell_impossible_with_its_reason() {
    let matrix = Matrix {
        sizes: &["1KB", "10KB"],
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine("fake", &good());
    checkout.write(
        "impossible.toml",
        "[[impossible]]\nsize = '>= 10KB'\nreason = 'too large, \"really\"'\n",
    );
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    let reason = run.assert_outcome("merge/10KB/random/fake:jit", "impossible");
    assert_eq!(reason, "too large, \"really\"");
    assert_eq!(run.samples_of("merge/10KB/random/fake:jit").len(), 0);
    assert!(
        !checkout.root().join("data/10KB-random-seed7.txt").exists(),
        "an input that nothing uses"
    );
}

/// 1KB takes 0.1 s and says so; quadratic growth makes 10 s of it at 10KB and 1000 s at 100KB: more
/// than twice the limit.
#[test]
fn a_cell_that_would_exceed_the_timeout_is_infeasible_and_not_tried() {
    let matrix = Matrix {
        complexity: "n^2",
        sizes: &["100KB", "1KB", "10KB"],
        timeout: "3s",
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    let line = LINE.replace("sort_ns=200000", "sort_ns=100000000");
    checkout.engine(
        "fake",
        &format!("sleep 0.1\nsort -n \"$2\" > \"$3\"\n{line}"),
    );
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let run = checkout.run();
    run.assert_outcome("merge/1KB/random/fake:jit", "ok");
    let reason = run.assert_outcome("merge/10KB/random/fake:jit", "infeasible");
    assert!(
        reason.starts_with("predicted 10.")
            && reason.contains("more than twice the timeout of 3.00 s"),
        "{reason}"
    );
    assert!(
        reason.contains("n^2 makes that 100 times as much"),
        "{reason}"
    );
    let reason = run.assert_outcome("merge/100KB/random/fake:jit", "infeasible");
    assert_eq!(reason, "10KB is infeasible already");
    for size in ["10KB", "100KB"] {
        assert_eq!(
            run.samples_of(&format!("merge/{size}/random/fake:jit"))
                .len(),
            0
        );
    }
}

/// What is predicted between once and twice the limit is tried: 1KB says that it sorted for 0.04 s,
/// which makes 4 s at 10KB, with a limit of 3 s; it takes less.
#[test]
fn a_cell_whose_prediction_is_less_than_twice_the_timeout_is_tried() {
    let matrix = Matrix {
        complexity: "n^2",
        sizes: &["1KB", "10KB"],
        timeout: "3s",
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    let line = LINE.replace("sort_ns=200000", "sort_ns=40000000");
    checkout.engine(
        "fake",
        &format!("sleep 0.05\nsort -n \"$2\" > \"$3\"\n{line}"),
    );
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    let pilot = &run.samples_of("merge/1KB/random/fake:jit")[0];
    let wall_s = pilot["wall_s"].as_f64().unwrap();
    // Start-up does not grow.
    let predicted_s = wall_s - 0.04 + 100.0 * pilot["sort_s"].as_f64().unwrap();
    assert!((3.0..6.0).contains(&predicted_s), "{predicted_s}");
    run.assert_outcome("merge/10KB/random/fake:jit", "ok");
}
