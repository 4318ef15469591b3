//! `cargo xtask features` with fake engines for each outcome, and with a real one on probes made wrong.

use std::time::Duration;

use serde_json::Value;
use xtask::experiments::Lab;
use xtask::experiments::features::{self, Outcome, PROBES, Probe};
use xtask::model::EngineMode;

use crate::support::matrix::{aot_engine, engine, engine_with};
use crate::support::{Called, Checkout, Matrix, tools};

const RUN: &str = "results/2026-01-02T03-04-05Z-bench-1";

/// A checkout with these engines, and the recorded run, whose folder gets the result.
fn checkout(engines: String) -> Checkout {
    let checkout = Checkout::without_hyperfine(&Matrix {
        engines,
        ..Matrix::default()
    });
    let recorded = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/run");
    for entry in recorded.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        checkout.write(&format!("{RUN}/{name}"), &text);
    }
    checkout
}

fn features(checkout: &Checkout, arguments: &[&str]) -> Called {
    checkout.xtask(&[&["features", "--no-setup"], arguments].concat())
}

/// Verdict and flags of each proposal in `features.json`.
fn verdicts(checkout: &Checkout, engine: &str) -> Vec<(String, String, Option<String>)> {
    let json: Value =
        serde_json::from_str(&checkout.read(&format!("{RUN}/features.json"))).unwrap();
    let tried = json["tried"].as_array().unwrap().iter();
    let text = |it: &Value, key: &str| it[key].as_str().map(str::to_owned);
    let tried = tried.filter(|it| it["engine"] == engine).map(|it| {
        let proposal = text(it, "attempt").unwrap();
        (proposal, text(it, "verdict").unwrap(), text(it, "flags"))
    });
    let tried: Vec<_> = tried.collect();
    assert_eq!(tried.len(), PROBES.len(), "{engine}");
    tried
}

/// A fake engine that takes a flag; `is_control` knows a guest that ends before its instruction, because it
/// holds the status 42 (`A*`) twice.
const START: &str = r#"on=no; if [ "$1" = --on ]; then on=yes; shift; fi
is_control() { [ "$(LC_ALL=C grep -aoF 'A*' "$1" | wc -l)" = 2 ]; }
refuse() { echo 'invalid opcode' >&2; exit 1; }
name=$(basename "$1" .wasm)
"#;

/// Every outcome, by the probe.
const ODD: &str = r#"case $name in
simd) refuse;;
multi-memory) [ $on = yes ] || refuse;;
esac
if is_control "$1"; then exit 42; fi
case $name in
relaxed-simd) exit 42;;
tail-call) echo 'wasm trap: call stack exhausted' >&2; exit 134;;
exceptions) echo 'cannot compile: interpreting instead';;
gc) kill -SEGV $$;;
memory64) sleep 60;;
esac"#;

/// Refuses one probe when it compiles.
const AHEAD: &str = r#"if [ "$1" = compile ]; then shift; name=$(basename "$1" .wasm); [ $name != gc ] || refuse; cp "$1" "$2"; exit; fi
if is_control "$1"; then exit 42; fi"#;

#[test]
fn every_outcome_is_told_apart() {
    let keys = "feature-flags.multi-memory = \"--on\"\nfeature-flags.simd = \"--on\"\nfallback-message = \"interpreting instead\"\ninstall.help";
    let odd = engine_with("odd", "run = \"{bin} {flags} {wasm} {args}\"");
    let odd = odd.replace("install.help", keys);
    let checkout = checkout(odd + &engine("deaf") + &aot_engine("ahead") + &engine("gone"));
    checkout.engine("odd", &format!("{START}{ODD}"));
    checkout.engine("deaf", "exit 0");
    checkout.engine("ahead", &format!("{START}{AHEAD}"));
    let called = features(&checkout, &["--timeout", "1s"]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let on = Some("--on".to_owned());
    for (proposal, verdict, flags) in verdicts(&checkout, "odd") {
        let expected = match proposal.as_str() {
            "simd" => ("no", on.clone()),
            "multi-memory" => ("yes", on.clone()),
            "relaxed-simd" => ("wrong-value", None),
            "tail-call" => ("trapped", None),
            "exceptions" => ("interpreted", None),
            "gc" => ("crashed", None),
            "memory64" => ("timeout", None),
            // The fake does not know its ways of saying wrong.
            "component" => continue,
            _ => ("yes", None),
        };
        assert_eq!((verdict.as_str(), flags), expected, "{proposal}");
    }
    for (proposal, verdict, _) in verdicts(&checkout, "deaf") {
        assert_eq!(verdict, "no-answer", "{proposal}");
    }
    for (proposal, verdict, _) in verdicts(&checkout, "ahead") {
        let expected = match proposal.as_str() {
            "gc" => "no",
            "component" => continue,
            _ => "yes",
        };
        assert_eq!(verdict, expected, "{proposal}");
    }
    for (proposal, verdict, _) in verdicts(&checkout, "gone") {
        assert_eq!(verdict, "unsupported", "{proposal}");
    }
    assert!(called.prints("with a flag"), "{}", called.stdout);
    assert_eq!(checkout.xtask(&["report"]).status, 0);
    let report = checkout.read(&format!("{RUN}/report.md"));
    assert!(report.contains("## What each engine runs"), "{report}");
    let flagged = "odd 1.2.3: jit: `multi-memory` with `--on`";
    assert!(report.contains(flagged), "{report}");
    // Torn, it is an error and not a section that lacks something.
    let text = checkout.read(&format!("{RUN}/features.json"));
    checkout.write(&format!("{RUN}/features.json"), &text[..text.len() / 2]);
    let called = checkout.xtask(&["report"]);
    assert_eq!(called.status, 1);
    assert!(called.stderr.contains("features.json"), "{}", called.stderr);
}

#[test]
fn a_flag_for_no_proposal_is_a_mistake_in_the_matrix() {
    let fake = engine_with("fake", "run = \"{bin} {flags} {wasm} {args}\"");
    let checkout =
        checkout(fake.replace("install.help", "feature-flags.smid = \"-x\"\ninstall.help"));
    let called = features(&checkout, &[]);
    assert_eq!(called.status, 2, "{}", called.stderr);
    let expected = "engine \"fake\": key \"feature-flags\": unknown proposal \"smid\"";
    assert!(called.stderr.contains(expected), "{}", called.stderr);
}

/// Whatever Wasmtime runs right, it runs wrong where another result is expected.
#[test]
fn a_probe_made_wrong_is_a_wrong_value() {
    if tools::engine("wasmtime").is_none() {
        return;
    }
    let (paths, config) = (tools::paths(), tools::config());
    let modes = vec![EngineMode::new("wasmtime", "jit")];
    let lab = Lab::new(&paths, &config, modes, true).unwrap();
    let try_all = |probes: &[Probe]| {
        let tried = features::try_all(&lab, probes, Duration::from_secs(30));
        tried.unwrap().tried
    };
    let wrong = PROBES.map(|probe| {
        let (before, after) = probe.text.rsplit_once("(i32.const 33)").unwrap();
        let text = format!("{before}(i32.const 34){after}").leak();
        Probe { text, ..probe }
    });
    let (right, wrong) = (try_all(&PROBES), try_all(&wrong));
    assert_eq!(right[0].finding.outcome, Outcome::Yes, "{right:?}");
    for (right, wrong) in right.iter().zip(&wrong) {
        let expected = match right.finding.outcome {
            Outcome::Yes => Outcome::WrongValue,
            other => other,
        };
        assert_eq!(wrong.finding.outcome, expected, "{wrong:?}");
        assert_eq!(wrong.finding.flags, right.finding.flags, "{wrong:?}");
    }
}
