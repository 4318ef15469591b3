//! `cargo xtask sandbox` with fake engines that let their guest out, and with a real one that does not.

use serde_json::Value;

use crate::support::matrix::{engine, engine_with};
use crate::support::{Called, Checkout, Matrix, tools};

/// What a fake engine does for most attempts: `$2` is INSIDE/ATTEMPT, and the current folder is `outside`.
const GOOD: &str = r#"name=${2##*/}
say() { echo "attempt=$name $1"; }
case $name in
control) echo x > "${2%/*}/created.txt"; say 'result=allowed detail=read "own"';;
"#;

const ELSE: &str = "*) say 'result=denied errno=76 detail=path_open';;\nesac";

/// A checkout with these engines and a guest that no fake engine looks at.
fn checkout(engines: String) -> Checkout {
    let checkout = Checkout::without_hyperfine(&Matrix {
        engines,
        ..Matrix::default()
    });
    let wasm = "target/guests/wasm32-wasip1/release/sandbox.wasm";
    checkout.write(wasm, "wasm");
    checkout
}

fn sandbox(checkout: &Checkout, arguments: &[&str]) -> Called {
    checkout.xtask(&[&["sandbox", "--no-setup"], arguments].concat())
}

/// The verdict in `sandbox.json`, and what was seen.
fn verdict(json: &Value, engine: &str, attempt: &str) -> (String, String) {
    let mut tried = json["tried"].as_array().unwrap().iter();
    let tried = tried.find(|it| it["engine"] == engine && it["attempt"] == attempt);
    let tried = tried.unwrap_or_else(|| panic!("no {attempt} of {engine}"));
    let text = |key: &str| tried[key].as_str().unwrap().to_owned();
    (text("verdict"), text("seen"))
}

pub const RUN: &str = "results/2026-01-02T03-04-05Z-bench-1";

/// Copies the recorded run, whose folder gets the result.
pub fn with_run(checkout: &Checkout) {
    let recorded = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    for entry in recorded.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        checkout.write(&format!("{RUN}/{name}"), &text);
    }
}

#[test]
fn an_engine_that_lets_its_guest_out_is_caught() {
    let keys = "run = \"{bin} {wasm} {args}\"\nread-only = \"{bin} {wasm} {args} {dir}\"";
    let engines = engine_with("leaky", keys) + &engine("fine") + &engine("gone");
    let checkout = checkout(engines);
    with_run(&checkout);
    let leaks = r#"parent) say "result=denied errno=76 detail=$(cat secret.txt)";;
create) echo x > created.txt; say 'result=denied errno=76 detail=path_open';;
hard-link-in) ln secret.txt "${2%/*}/taken.txt"; say 'result=denied errno=63 detail=path_link';;
read-only) echo x > "${2%/*}/own.txt"; say 'result=denied errno=69 detail=path_open';;
environment) say "result=allowed detail=$WASI_BENCH_SECRET";;
nul) say 'result=allowed detail=read "own"';;
memory) kill -SEGV $$;;
recursion) echo 'wasm trap: call stack exhausted' >&2; exit 134;;
unlink) sleep 60;;
"#;
    checkout.engine("leaky", &format!("{GOOD}{leaks}{ELSE}"));
    checkout.engine("fine", &format!("{GOOD}{ELSE}"));
    let called = sandbox(&checkout, &["--timeout", "1s"]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let json: Value = serde_json::from_str(&checkout.read(&format!("{RUN}/sandbox.json"))).unwrap();
    let expected = [
        ("absolute", "denied", "path_open"),
        ("parent", "allowed", "the secret came out: secret"),
        ("create", "allowed", "changed outside: + created.txt"),
        ("hard-link-in", "allowed", "changed outside: * secret.txt"),
        ("read-only", "allowed", "changed inside: * own.txt"),
        ("environment", "allowed", "the secret came out: secret"),
        ("nul", "no-effect", "read \"own\""),
        ("unlink", "timeout", "was killed at its time limit"),
        ("recursion", "trapped", "wasm trap: call stack exhausted"),
    ];
    for (attempt, outcome, seen) in expected {
        let found = verdict(&json, "leaky", attempt);
        assert_eq!(found, (outcome.to_owned(), seen.to_owned()), "{attempt}");
    }
    // Where there is too little memory, nobody tries to take it.
    let (memory, seen) = verdict(&json, "leaky", "memory");
    assert!(
        ["crashed", "not-tried"].contains(&memory.as_str()),
        "{memory}: {seen}"
    );
    assert_eq!(verdict(&json, "fine", "parent").0, "denied");
    assert_eq!(verdict(&json, "fine", "read-only").0, "not-applicable");
    assert_eq!(verdict(&json, "gone", "parent").0, "unsupported");
    assert!(called.prints("write gone"), "{}", called.stdout);
    // The command to see it again, and the section of the report.
    assert!(
        called.stdout.contains("/leaky\" \"$repo/target/guests/"),
        "{}",
        called.stdout
    );
    assert_eq!(checkout.xtask(&["report"]).status, 0);
    let report = checkout.read(&format!("{RUN}/report.md"));
    assert!(report.contains("## What the sandbox allows"), "{report}");
    assert!(report.contains("| leaky 1.2.3: jit |"), "{report}");
    assert!(
        checkout
            .read(&format!("{RUN}/report.html"))
            .contains("What the sandbox allows")
    );
    // Torn, it is an error and not a section that lacks something.
    let text = checkout.read(&format!("{RUN}/sandbox.json"));
    checkout.write(&format!("{RUN}/sandbox.json"), &text[..text.len() / 2]);
    let called = checkout.xtask(&["report"]);
    assert_eq!(called.status, 1);
    assert!(called.stderr.contains("sandbox.json"), "{}", called.stderr);
}

#[test]
fn a_guest_that_cannot_run_at_all_is_no_denial() {
    let checkout = checkout(engine("fake"));
    checkout.engine("fake", "echo broken >&2; exit 1");
    let called = sandbox(&checkout, &[]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(called.prints("not tried"), "{}", called.stdout);
    assert!(
        called.prints("own folder: trapped: broken"),
        "{}",
        called.stdout
    );
    assert!(
        called.stdout.contains("not kept: there is no run"),
        "{}",
        called.stdout
    );
}

#[test]
fn wrong_usage_is_told_apart() {
    let checkout = checkout(engine("fake"));
    for arguments in [
        ["--engine", "nobody"],
        ["--mode", "nothing"],
        ["--timeout", "soon"],
    ] {
        let called = sandbox(&checkout, &arguments);
        assert_eq!(called.status, 2, "{arguments:?}: {}", called.stderr);
        assert!(called.stderr.contains(arguments[0]), "{}", called.stderr);
    }
    let called = sandbox(&checkout, &["--run", "none"]);
    assert_eq!(called.status, 1);
    assert!(
        called.stderr.contains("no run \"none\""),
        "{}",
        called.stderr
    );
}

#[test]
fn wasmtime_lets_nothing_out() {
    let Some(wasmtime) = tools::engine("wasmtime").filter(|_| tools::has_wasm_target()) else {
        return;
    };
    let keys = "run = \"{bin} run -C cache=n --dir {dir} {wasm} {args}\"";
    let checkout = checkout(engine_with("wasmtime", keys));
    checkout.wrapper("wasmtime", &wasmtime);
    with_run(&checkout);
    let paths = tools::paths();
    xtask::tools::build_wasm(&paths, &["sandbox"]).unwrap();
    let guest = xtask::tools::Guest::built("sandbox", &paths);
    let place = "target/guests/wasm32-wasip1/release/sandbox.wasm";
    std::fs::copy(guest.wasm(), checkout.root().join(place)).unwrap();
    let called = sandbox(&checkout, &[]);
    let json: Value = serde_json::from_str(&checkout.read(&format!("{RUN}/sandbox.json"))).unwrap();
    let tried = json["tried"].as_array().unwrap();
    assert!(tried.len() > 20, "{}", called.stdout);
    for it in tried {
        let (attempt, verdict) = (
            it["attempt"].as_str().unwrap(),
            it["verdict"].as_str().unwrap(),
        );
        let expected: &[&str] = match attempt {
            // It has no rights any more, since 2023.
            "rights-opened" => &["allowed"],
            "rights-reduced" | "read-only" => &["not-applicable"],
            "memory" => &["denied", "not-tried"],
            "recursion" => &["trapped"],
            _ => &["denied"],
        };
        assert!(expected.contains(&verdict), "{it}");
    }
}
