//! Two commands at once: one waits or refuses clearly, or both are right.

use crate::install::{cargo_engine, checkout, installed, row};
use crate::outcomes::CELL;
use crate::support::scripts::slow;
use crate::support::{Checkout, Matrix, wait_until};

#[test]
fn two_setups_build_once_and_both_find_it() {
    let checkout = checkout(cargo_engine("vm", 1));
    let slow = checkout
        .read("bin/cargo")
        .replace("name=$3", "name=$3; sleep 0.5");
    checkout.program("cargo", slow.trim_start_matches("#!/bin/sh\n"));
    let first = checkout.start(&["setup", "vm"]);
    let log = checkout.root().join("cargo.log");
    wait_until("a build", || log.exists());
    let second = checkout.xtask(&["setup", "vm"]);
    let (status, stderr) = first.wait();
    assert_eq!(
        (status, second.status),
        (Some(0), 0),
        "{stderr}{}",
        second.stderr
    );
    assert!(
        second.stderr.contains("waiting for another setup"),
        "{}",
        second.stderr
    );
    assert!(row(&second, "vm").contains("3.0.0"), "{}", second.stdout);
    assert_eq!(checkout.read("cargo.log").lines().count(), 1);
    assert_eq!(installed(&checkout).len(), 1);
}

/// The reports are of what is there so far, and the run does not notice.
#[test]
fn gen_data_and_report_do_not_disturb_a_bench() {
    let checkout = Checkout::new(&Matrix::default());
    checkout.engine("fake", &slow(0.05));
    let bench = checkout.start_bench(&["--runs", "8"]);
    checkout.wait_for_samples(3);
    let reported = checkout.xtask(&["report"]);
    assert_eq!(reported.status, 0, "{}", reported.stderr);
    let runs: u32 = checkout.run().row(CELL)["runs"].parse().unwrap();
    assert!((1..8).contains(&runs), "of {runs} runs");
    for arguments in [&["gen-data"][..], &["gen-data", "--seed=8"]] {
        let made = checkout.xtask(arguments);
        assert_eq!(made.status, 0, "{}", made.stderr);
    }
    assert_eq!(bench.wait().0, Some(0));
    checkout.run().assert_outcome(CELL, "ok");
    assert_eq!(checkout.run().row(CELL)["runs"], "8");
}
