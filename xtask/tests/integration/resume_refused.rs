//! A run whose plan, guests or engines have changed is not gone on with, and the difference is told.

use crate::resume::{engines, four_cells};
use crate::support::Checkout;

/// A finished run, and what happens when it is resumed after a change.
struct Finished {
    checkout: Checkout,
}

impl Finished {
    fn new() -> Finished {
        let checkout = Checkout::new(&four_cells());
        engines(&checkout, 0.0);
        assert_eq!(checkout.bench(&["--runs", "1"]).status, 0);
        Finished { checkout }
    }

    #[track_caller]
    fn refuses(&self, options: &[&str], differences: &[&str]) {
        let before = self.checkout.run().text("samples.jsonl");
        let called = self.checkout.bench(&[&["--resume"], options].concat());
        assert_eq!(called.status, 1, "{}", called.stderr);
        assert!(
            called.stderr.contains("cannot go on with run"),
            "{}",
            called.stderr
        );
        for difference in differences {
            assert!(
                called.stderr.contains(difference),
                "\"{difference}\" is not in:\n{}",
                called.stderr
            );
        }
        assert_eq!(
            self.checkout.run().text("samples.jsonl"),
            before,
            "samples were added"
        );
    }

    /// Changes a file, tries, and puts it back.
    #[track_caller]
    fn refuses_with(&self, file: &str, from: &str, to: &str, differences: &[&str]) {
        let old = self.checkout.read(file);
        assert!(old.contains(from), "\"{from}\" is not in {file}: {old}");
        self.checkout.write(file, &old.replacen(from, to, 1));
        self.refuses(&["--runs", "1"], differences);
        self.checkout.write(file, &old);
    }
}

#[test]
fn a_changed_plan_is_refused_and_told() {
    let finished = Finished::new();
    finished.refuses(&["--runs", "4"], &["runs: was 1, is 4"]);
    finished.refuses(
        &["--runs", "1", "--timeout", "7s"],
        &["timeout_s: was 30.0, is 7.0"],
    );
    finished.refuses(
        &["--runs", "1", "--size", "10KB"],
        &["cells.\"merge/1KB/random/fake:jit\": was \"planned\", is absent"],
    );
    finished.refuses_with(
        "matrix.toml",
        "sizes = [",
        "sizes = [\"5KB\", ",
        &[
            "cells.\"merge/5KB/random/fake:jit\": was absent, is \"planned\"",
            "cells.\"merge/5KB/random/ahead:aot\": was absent, is \"planned\"",
        ],
    );
    finished.refuses_with(
        "matrix.toml",
        "seed = 7",
        "seed = 8",
        &["data_seed: was 7, is 8"],
    );
    // What was put back is no difference.
    assert_eq!(
        finished.checkout.bench(&["--resume", "--runs", "1"]).status,
        0
    );
}

#[test]
fn a_changed_command_guest_or_engine_is_refused_and_told() {
    let finished = Finished::new();
    finished.refuses_with(
        "matrix.toml",
        "run = \"{bin} {wasm}",
        "run = \"{bin} --fast {wasm}",
        &["engines.fake.modes.jit.run: was \"{bin} {wasm} {args}\", is \"{bin} --fast {wasm} {args}\""],
    );
    finished.refuses_with(
        "matrix.toml",
        "compile = \"{bin} compile",
        "compile = \"{bin} compile -O",
        &["engines.ahead.modes.aot.compile: was "],
    );
    finished.refuses_with(
        "target/guests/wasm32-wasip1/release/merge.wasm",
        "wasm",
        "WASM",
        &["guests.\"target/guests/wasm32-wasip1/release/merge.wasm\": was "],
    );
    finished.refuses_with(
        "bin/fake",
        "#!/bin/sh\n",
        "#!/bin/sh\n# another build\n",
        &["engines.fake.sha256: was "],
    );
    finished.refuses_with(
        "bin/fake",
        "1.2.3",
        "1.2.4",
        &["engines.fake.version: was \"1.2.3\", is \"1.2.4\""],
    );
    finished.refuses_with(
        "bin/fake",
        "echo \"fake 1.2.3\"",
        "exit 1",
        &["engines.fake: was ", "is absent"],
    );
    assert_eq!(
        finished.checkout.bench(&["--resume", "--runs", "1"]).status,
        0
    );
}

/// A rule that came later would turn a cell with samples into an impossible one.
#[test]
fn a_rule_that_was_added_is_refused_and_told() {
    let finished = Finished::new();
    finished.refuses_with(
        "impossible.toml",
        "",
        "[[impossible]]\nsize = '10KB'\nreason = 'later'\n",
        &["cells.\"merge/10KB/random/fake:jit\": was \"planned\", is \"impossible\""],
    );
}
