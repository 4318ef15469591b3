//! What a user gets wrong is told in one clear error, with status 2, before anything is made.

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
fn an_unknown_key() {
    refused(Mistake {
        matrix: ("shipped = true", "shiped = true"),
        says: &["matrix.toml", "unknown field `shiped`", "`shipped`"],
        ..NONE
    });
    refused(Mistake {
        rules: "[[impossible]]\nengines = 'fake'\nreason = 'r'",
        says: &["impossible.toml", "unknown field `engines`", "`engine`"],
        ..NONE
    });
}

#[test]
fn a_missing_key() {
    refused(Mistake {
        matrix: ("complexity = \"n log n\"\n", ""),
        says: &["matrix.toml", "missing field `complexity`"],
        ..NONE
    });
}

#[test]
fn a_value_of_the_wrong_kind() {
    refused(Mistake {
        matrix: ("runs = 2", "runs = \"two\""),
        says: &["matrix.toml", "runs = \"two\"", "line "],
        ..NONE
    });
    refused(Mistake {
        matrix: ("tier = \"optimizing\"", "tier = \"fast\""),
        says: &["matrix.toml", "`fast`", "`interpreter`"],
        ..NONE
    });
    refused(Mistake {
        matrix: ("complexity = \"n log n\"", "complexity = \"n^3\""),
        says: &["matrix.toml", "`n^3`", "`n^2`"],
        ..NONE
    });
}

#[test]
fn no_toml_at_all() {
    refused(Mistake {
        matrix: ("[[workload]]", "[[workload]"),
        says: &["matrix.toml", "line "],
        ..NONE
    });
}

#[test]
fn an_unknown_engine_in_a_rule() {
    refused(Mistake {
        rules: "[[impossible]]\nengine = 'wasmtim'\nreason = 'r'",
        says: &[
            "impossible.toml: rule 1: key \"engine\": \"wasmtim\" matches nothing, expected one of \"fake\", \"other\"",
        ],
        ..NONE
    });
}

#[test]
fn a_rule_that_matches_nothing() {
    refused(Mistake {
        rules: "[[impossible]]\nsize = '> 10KB'\nreason = 'never true'",
        says: &["impossible.toml", "\"never true\" matches nothing"],
        ..NONE
    });
}

#[test]
fn a_rule_without_a_condition_or_a_reason() {
    refused(Mistake {
        rules: "[[impossible]]\nreason = 'all'",
        says: &["impossible.toml: rule 1", "would exclude everything"],
        ..NONE
    });
    refused(Mistake {
        rules: "[[impossible]]\nengine = 'fake'\nreason = ' '",
        says: &["impossible.toml: rule 1: key \"reason\" is empty"],
        ..NONE
    });
}

#[test]
fn duplicate_names() {
    refused(Mistake {
        matrix: ("name = \"other\"", "name = \"fake\""),
        says: &["matrix.toml: two [[engine]] tables with one name: \"fake\""],
        ..NONE
    });
    refused(Mistake {
        matrix: (
            "[hyperfine]",
            "[[workload]]\nname = \"merge\"\ncomplexity = \"n\"\noutput = \"sorted\"\n[hyperfine]",
        ),
        says: &["matrix.toml: two [[workload]] tables with one name: \"merge\""],
        ..NONE
    });
    refused(Mistake {
        matrix: (
            "[[profile]]",
            "[[profile]]\nname = \"small\"\ndescription = \"\"\nruns = 1\ncompile-runs = 1\ntimeout = \"1s\"\n[[profile]]",
        ),
        says: &["matrix.toml: two [[profile]] tables with one name: \"small\""],
        ..NONE
    });
    refused(Mistake {
        matrix: (
            "sizes = [\"1KB\", \"10KB\"]",
            "sizes = [\"1KB\", \"1000B\"]",
        ),
        says: &["matrix.toml: [inputs]: key \"sizes\": \"1KB\" is there twice"],
        ..NONE
    });
}

#[test]
fn a_bad_name() {
    refused(Mistake {
        matrix: ("name = \"other\"", "name = \"an/other\""),
        says: &["matrix.toml: engine \"an/other\": \"an/other\" is not a name"],
        ..NONE
    });
}

#[test]
fn an_empty_profile() {
    refused(Mistake {
        matrix: ("[[profile.cells]]", ""),
        says: &["matrix.toml: profile \"small\": it is empty: add [[profile.cells]]"],
        ..NONE
    });
}

#[test]
fn a_profile_that_names_what_is_not_there() {
    refused(Mistake {
        matrix: (
            "[[profile.cells]]",
            "[[profile.cells]]\nmodes = [\"fake:aot\"]",
        ),
        says: &[
            "matrix.toml: profile \"small\": [[profile.cells]] number 1: key \"modes\": \"fake:aot\" matches nothing",
            "\"fake:jit\"",
        ],
        ..NONE
    });
    refused(Mistake {
        matrix: ("[[profile.cells]]", "[[profile.cells]]\nsizes = [\"1MB\"]"),
        says: &[
            "matrix.toml: profile \"small\"",
            "key \"sizes\": \"1MB\" is not in [inputs]",
        ],
        ..NONE
    });
}

#[test]
fn a_number_or_duration_that_makes_no_sense() {
    refused(Mistake {
        matrix: ("runs = 2", "runs = 0"),
        says: &["matrix.toml: profile \"small\": key \"runs\" is 0"],
        ..NONE
    });
    refused(Mistake {
        matrix: ("timeout = \"30s\"", "timeout = \"30\""),
        says: &["matrix.toml: profile \"small\": key \"timeout\": \"30\" is not a duration"],
        ..NONE
    });
}

#[test]
fn an_unknown_default_profile() {
    refused(Mistake {
        matrix: ("default-profile = \"small\"", "default-profile = \"smal\""),
        says: &[
            "matrix.toml: key \"default-profile\": unknown profile \"smal\", expected one of \"small\"",
        ],
        ..NONE
    });
}

#[test]
fn a_size_that_is_none() {
    refused(Mistake {
        matrix: ("\"10KB\"", "\"10XB\""),
        says: &["matrix.toml", "\"10XB\" is not a size"],
        ..NONE
    });
    refused(Mistake {
        options: &["--size", "10XB"],
        says: &[
            "option --size: \"10XB\" is not a size",
            "for example \"10MB\"",
        ],
        ..NONE
    });
    refused(Mistake {
        rules: "[[impossible]]\nsize = '>= 10XB'\nreason = 'r'",
        says: &["impossible.toml: rule 1: key \"size\": \"10XB\" is not a size"],
        ..NONE
    });
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
fn placeholders_that_are_missing_or_unknown() {
    refused(Mistake {
        matrix: ("run = \"{bin} {wasm} {args}\"", "run = \"{bin} {wasm}\""),
        says: &[
            "matrix.toml: engine \"fake\": mode \"jit\": key \"run\": \"{bin} {wasm}\" lacks the placeholder \"{args}\"",
        ],
        ..NONE
    });
    refused(Mistake {
        matrix: (
            "run = \"{bin} {wasm} {args}\"",
            "run = \"{bin} {artefact} {args}\"",
        ),
        says: &[
            "matrix.toml: engine \"fake\": mode \"jit\": key \"run\"",
            "unknown placeholder \"{artefact}\", expected one of {bin}",
        ],
        ..NONE
    });
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
        options: &["--profile", "large"],
        says: &[
            "--profile",
            "unknown profile \"large\", expected one of \"small\"",
        ],
        ..NONE
    });
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
