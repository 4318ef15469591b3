//! The binary, as xtask uses it.

#![allow(
    clippy::disallowed_methods,
    reason = "the rule is xtask's; a guest here ends by itself"
)]

#[allow(dead_code, reason = "hold writes no output")]
#[path = "../../harness/tests/support/contract.rs"]
mod contract;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use contract::{Guest, Scratch, text_of};

const GUEST: Guest = Guest {
    binary: env!("CARGO_BIN_EXE_hold"),
    expected: |_| (),
};

#[test]
fn waits_until_standard_input_ends() {
    let scratch = Scratch::new();
    let mut hold = Command::new(GUEST.binary)
        .arg(scratch.file("in.txt", "3\n-1\n2\n"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(hold.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    assert_eq!(hold.try_wait().unwrap(), None);
    drop(hold.stdin.take());
    assert_eq!(hold.wait().unwrap().code(), Some(0));
}

#[test]
fn refuses_what_is_no_input() {
    let scratch = Scratch::new();
    let run = GUEST.run(&[scratch.file("in.txt", "3\nx\n")]);
    assert_eq!(run.status.code(), Some(1));
    assert_eq!(text_of(&run.stdout), "");
    assert!(text_of(&run.stderr).contains("line 2"));
    let run = GUEST.run(&["a", "b"]);
    assert_eq!(run.status.code(), Some(2));
    assert_eq!(text_of(&run.stderr), "usage: hold INPUT\n");
}
