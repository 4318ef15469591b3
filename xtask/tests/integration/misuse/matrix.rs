//! Mistakes in `matrix.toml` and `impossible.toml`.

use super::{Mistake, NONE, refused};

#[test]
fn an_unknown_key() {
    refused(Mistake {
        matrix: ("shipped = true", "shiped = true"),
        says: &[
            "matrix.toml: engine \"fake\": mode \"jit\": ",
            "unknown field `shiped`",
            "`shipped`",
            "(line ",
        ],
        ..NONE
    });
    // Keys of engines alone: it runs no guests, and has no versions beside it.
    for (key, value) in [
        ("guest-env", "guest-env = \"--env {name}={value}\""),
        ("versions", "versions.\"1.0.0\".help = \"x\""),
        (
            "mode",
            "mode = [{ name = \"m\", tier = \"baseline\", run = \"{bin} {wasm} {args}\" }]",
        ),
    ] {
        let hyperfine = "[hyperfine]\nname = \"hyperfine\"";
        let with_key = format!("{hyperfine}\n{value}").leak();
        let says = format!("matrix.toml: [hyperfine]: unknown field `{key}`").leak();
        refused(Mistake {
            matrix: (hyperfine, with_key),
            says: Box::leak(Box::new([&*says])),
            ..NONE
        });
    }
    refused(Mistake {
        rules: "[[impossible]]\nengin = 'fake'\nreason = 'r'",
        says: &[
            "impossible.toml: [[impossible]] number 1: ",
            "unknown field `engin`",
            "`engine`",
        ],
        ..NONE
    });
}

#[test]
fn a_missing_key() {
    refused(Mistake {
        matrix: ("complexity = \"n log n\"\n", ""),
        says: &["matrix.toml: workload \"merge\": missing field `complexity`"],
        ..NONE
    });
}

#[test]
fn a_value_of_the_wrong_kind() {
    refused(Mistake {
        matrix: ("runs = 2", "runs = \"two\""),
        says: &[
            "matrix.toml: profile \"small\": key \"runs\": ",
            "string \"two\"",
            "runs = \"two\"",
            "(line ",
        ],
        ..NONE
    });
    refused(Mistake {
        matrix: ("tier = \"optimizing\"", "tier = \"fast\""),
        says: &[
            "matrix.toml: engine \"fake\": mode \"jit\": key \"tier\": ",
            "`fast`",
            "`interpreter`",
        ],
        ..NONE
    });
    refused(Mistake {
        matrix: ("complexity = \"n log n\"", "complexity = \"n^3\""),
        says: &[
            "matrix.toml: workload \"merge\": key \"complexity\": ",
            "`n^3`",
            "`n^2`",
        ],
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
        says: &["matrix.toml: engine \"an/other\": key \"name\": \"an/other\" is not a name"],
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
            "key \"sizes\": \"1MB\" matches nothing, expected one of \"1KB\", \"10KB\"",
        ],
        ..NONE
    });
}

#[test]
fn a_number_or_duration_that_makes_no_sense() {
    refused(Mistake {
        matrix: ("runs = 2", "runs = 0"),
        says: &[
            "matrix.toml: profile \"small\": key \"runs\": invalid value: integer `0`, expected a nonzero u32",
        ],
        ..NONE
    });
    refused(Mistake {
        matrix: ("timeout = \"30s\"", "timeout = \"30\""),
        says: &["matrix.toml: profile \"small\": key \"timeout\": \"30\" is not a duration"],
        ..NONE
    });
    refused(Mistake {
        matrix: ("runs = 2", "runs = 2\nbudget = \"10\""),
        says: &["matrix.toml: profile \"small\": key \"budget\": \"10\" is not a duration"],
        ..NONE
    });
    refused(Mistake {
        matrix: ("runs = 2", "runs = 2\nprecision = \"0.03\""),
        says: &[
            "matrix.toml: profile \"small\": key \"precision\": \"0.03\" is no percentage",
            "\"3%\"",
        ],
        ..NONE
    });
    refused(Mistake {
        matrix: ("runs = 2", "runs = 2\nprecision = 0.03"),
        says: &[
            "matrix.toml: profile \"small\": key \"precision\": ",
            "expected a string",
        ],
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
            "'--size <SIZE>': \"10XB\" is not a size",
            "for example \"10MB\"",
        ],
        ..NONE
    });
    refused(Mistake {
        rules: "[[impossible]]\nsize = '>= 10XB'\nreason = 'r'",
        says: &["impossible.toml: [[impossible]] number 1: key \"size\": \"10XB\" is not a size"],
        ..NONE
    });
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
fn an_unknown_engine_in_a_rule() {
    refused(Mistake {
        rules: "[[impossible]]\nengine = 'wasmtim'\nreason = 'r'",
        says: &[
            "impossible.toml: [[impossible]] number 1: key \"engine\": \"wasmtim\" matches nothing, expected one of \"fake\", \"other\"",
        ],
        ..NONE
    });
}

#[test]
fn a_rule_that_matches_nothing() {
    refused(Mistake {
        rules: "[[impossible]]\nsize = '> 10KB'\nreason = 'r'",
        says: &[
            "impossible.toml: [[impossible]] number 1: key \"size\": \"> 10KB\" matches nothing, expected one of \"1KB\", \"10KB\"",
        ],
        ..NONE
    });
    refused(Mistake {
        rules: "[[impossible]]\nengine = 'fake'\nmode = 'other:jit'\nreason = 'never true'",
        says: &["impossible.toml", "\"never true\" matches nothing"],
        ..NONE
    });
}

#[test]
fn a_rule_without_a_condition_or_a_reason() {
    refused(Mistake {
        rules: "[[impossible]]\nreason = 'all'",
        says: &[
            "impossible.toml: [[impossible]] number 1",
            "would exclude everything",
        ],
        ..NONE
    });
    refused(Mistake {
        rules: "[[impossible]]\nengine = 'fake'\nreason = ' '",
        says: &["impossible.toml: [[impossible]] number 1: key \"reason\" is empty"],
        ..NONE
    });
}
