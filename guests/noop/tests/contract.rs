//! The binary, as scripts see it.

#[allow(dead_code, reason = "noop does no work")]
#[path = "../../harness/tests/support/contract.rs"]
mod contract;

use contract::{Guest, Scratch, text_of};

const GUEST: Guest = Guest {
    binary: env!("CARGO_BIN_EXE_noop"),
    expected: |_| (),
};

#[test]
fn touches_nothing() {
    let scratch = Scratch::new();
    let from = scratch.file("in.txt", "not an integer");
    for from in [from, scratch.path("missing.txt")] {
        let run = GUEST.run(&[&from, &scratch.path("out.txt")]);
        assert_eq!(
            text_of(&run.stdout),
            "items=0 read_ns=0 sort_ns=0 write_ns=0\n"
        );
        assert_eq!(text_of(&run.stderr), "");
        assert_eq!(run.status.code(), Some(0));
        assert!(!scratch.path("out.txt").exists());
    }
}

#[test]
fn refuses_wrong_usage() {
    GUEST.refuses_wrong_usage();
}
