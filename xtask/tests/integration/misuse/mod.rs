//! What a user gets wrong is told in one clear error, with status 2, before anything is made.

mod matrix;
mod own;

use crate::support::matrix::engine;
use crate::support::{Checkout, Matrix};

/// A change of `matrix.toml` or `impossible.toml`, or options, and what the error must hold.
struct Mistake {
    /// Replaces the first text by the second in matrix.toml.
    matrix: (&'static str, &'static str),
    rules: &'static str,
    options: &'static [&'static str],
    says: &'static [&'static str],
}

const NONE: Mistake = Mistake {
    matrix: ("", ""),
    rules: "",
    options: &[],
    says: &[],
};

/// hyperfine is a file that may not even be started: mistakes come before measuring.
#[track_caller]
fn refused(mistake: Mistake) {
    let matrix = Matrix {
        sizes: &["1KB", "10KB"],
        engines: format!("{}{}", engine("fake"), engine("other")),
        ..Matrix::default()
    };
    let checkout = Checkout::without_hyperfine(&matrix);
    let text = checkout.read("matrix.toml");
    let (from, to) = mistake.matrix;
    assert!(
        text.contains(from),
        "\"{from}\" is not in matrix.toml:\n{text}"
    );
    checkout.write("matrix.toml", &text.replacen(from, to, 1));
    checkout.write("impossible.toml", mistake.rules);
    let called = checkout.bench(mistake.options);
    assert_eq!(called.status, 2, "{}", called.stderr);
    assert_eq!(called.stdout, "");
    assert_eq!(
        called.stderr.matches("error: ").count(),
        1,
        "one error:\n{}",
        called.stderr
    );
    assert!(called.stderr.starts_with("error: "), "{}", called.stderr);
    for part in mistake.says {
        assert!(
            called.stderr.contains(part),
            "\"{part}\" is not in:\n{}",
            called.stderr
        );
    }
    for folder in ["results", "data", "cache"] {
        assert!(!checkout.root().join(folder).exists(), "{folder} was made");
    }
}

#[test]
fn nothing_is_refused_without_a_mistake() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let called = checkout.xtask(&["plan"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(
        called.stdout.starts_with("merge/1KB/random/fake:jit\n"),
        "{}",
        called.stdout
    );
}

#[test]
fn filters_that_match_nothing_list_the_valid_names() {
    for (option, text, valid) in [
        ("--engine", "wasmtime", "\"fake\", \"other\""),
        ("--engine", "wasm*", "\"fake\", \"other\""),
        ("--mode", "fake:aot", "\"jit\", \"fake:jit\", \"other:jit\""),
        ("--workload", "quick", "\"merge\""),
        ("--size", "1MB", "\"1KB\", \"10KB\""),
        ("--distribution", "sorted", "\"random\""),
    ] {
        let options = Box::leak(Box::new([option, text]));
        let says = Box::leak(Box::new([
            &*format!("option {option}").leak(),
            &*format!("\"{text}\" matches nothing, expected one of {valid}").leak(),
        ]));
        refused(Mistake {
            options,
            says,
            ..NONE
        });
    }
}

#[test]
fn overrides_that_make_no_sense() {
    refused(Mistake {
        options: &["--runs", "0"],
        says: &["--runs", "at least 1"],
        ..NONE
    });
    refused(Mistake {
        options: &["--timeout", "10"],
        says: &["--timeout", "\"10\" is not a duration", "\"30s\""],
        ..NONE
    });
    refused(Mistake {
        options: &["--precision", "3"],
        says: &["option --precision: \"3\" is no percentage: write for example \"3%\""],
        ..NONE
    });
    refused(Mistake {
        options: &["--precision", "99%"],
        says: &[
            "option --precision: \"99%\" is out of bounds",
            "0.1% to 50%",
        ],
        ..NONE
    });
    refused(Mistake {
        options: &["--budget", "10"],
        says: &["option --budget: \"10\" is not a duration", "\"30s\""],
        ..NONE
    });
    refused(Mistake {
        options: &["--profile", "large"],
        says: &[
            "--profile",
            "unknown profile \"large\", expected one of \"small\"",
        ],
        ..NONE
    });
}

#[test]
fn setup_of_what_matrix_toml_does_not_name() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    for (name, says) in [
        (
            "nobody",
            "unknown engine \"nobody\", expected one of \"hyperfine\", \"fake\"",
        ),
        ("fake@7", "fake"),
    ] {
        let called = checkout.xtask(&["setup", name]);
        assert_eq!(called.status, 2, "{}", called.stderr);
        assert!(called.stderr.contains(says), "{}", called.stderr);
    }
}

#[test]
fn outside_a_checkout() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    std::fs::remove_file(checkout.root().join("matrix.toml")).unwrap();
    let called = checkout.xtask(&["plan"]);
    assert_eq!(called.status, 2, "{}", called.stderr);
    assert!(
        called
            .stderr
            .contains("run cargo xtask inside the checkout"),
        "{}",
        called.stderr
    );
}

#[test]
fn a_report_of_a_run_that_is_not_there() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    for arguments in [&["report"][..], &["report", "no-such-run"]] {
        let called = checkout.xtask(arguments);
        assert_eq!(called.status, 1, "{}", called.stderr);
        assert!(called.stderr.contains("results"), "{}", called.stderr);
    }
}

#[test]
fn a_missing_stopwatch_is_an_error_that_says_how_to_get_it() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let text = checkout.read("matrix.toml");
    // A name that no machine has on its PATH.
    let absent = "install.help = \"install hyperfine\"\nprogram = \"no-such-stopwatch\"";
    checkout.write(
        "matrix.toml",
        &text.replace("install.help = \"install hyperfine\"", absent),
    );
    checkout.engine("fake", "exit 1");
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 1, "{}", called.stderr);
    assert!(
        called
            .stderr
            .contains("hyperfine, the stopwatch, is missing"),
        "{}",
        called.stderr
    );
    assert!(
        called.stderr.contains("install hyperfine"),
        "{}",
        called.stderr
    );
    assert!(checkout.results().read_dir().map_or(true, |entries| {
        entries.flatten().all(|entry| entry.path().is_file())
    }));
}
