//! Shards of one plan, joined again, and the processors that a run is pinned to.

use crate::support::Checkout;
use crate::support::matrix::{Matrix, engine};
use crate::support::scripts::good;

fn checkout() -> Checkout {
    let checkout = Checkout::new(&Matrix {
        workloads: &["merge", "quick"],
        sizes: &["1KB", "10KB"],
        engines: ["a", "b"].map(engine).concat(),
        ..Matrix::default()
    });
    checkout.engine("a", &good()).engine("b", &good());
    checkout
}

/// Measures shards 1 and 2 of 2, each in a results folder of its own.
fn measured() -> Checkout {
    let checkout = checkout();
    for index in 1..=2 {
        let (shard, results) = (format!("{index}/2"), format!("shard-{index}"));
        let called = checkout.bench(&["--runs", "2", "--shard", &shard, "--results", &results]);
        assert_eq!(called.status, 0, "{}", called.stderr);
    }
    checkout
}

fn folder_of(checkout: &Checkout, results: &str) -> String {
    let runs = crate::support::Run::all(&checkout.root().join(results));
    runs[0].path.to_str().unwrap().to_owned()
}

#[test]
fn two_shards_make_one_run_with_every_cell_once() {
    let checkout = measured();
    let parts = ["shard-1", "shard-2"].map(|results| folder_of(&checkout, results));
    let called = checkout.xtask(&["merge", &parts[0], &parts[1], "--into", "results/whole"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let whole = &crate::support::Run::all(&checkout.results())[0];
    let mut counted: Vec<_> = whole
        .keys()
        .into_iter()
        .filter(|key| key.1 == "run")
        .collect();
    counted.sort();
    counted.dedup();
    assert_eq!(
        counted.len(),
        2 * 2 * 2 * 2,
        "workloads, sizes, engines, rounds"
    );
    let rows = whole.text("summary.csv").lines().count() - 1;
    assert_eq!(rows, 8);
    assert!(
        called.stdout.contains("8 of 8 cells ok"),
        "{}",
        called.stdout
    );
    // One machine measured both: its name in every title would say nothing.
    assert!(!called.stdout.contains(", on "), "{}", called.stdout);
}

#[test]
fn figures_of_two_machines_stand_in_two_tables() {
    let checkout = measured();
    let parts = ["shard-1", "shard-2"].map(|results| folder_of(&checkout, results));
    let path = format!("{}/environment.json", parts[1]);
    let mut environment: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    environment["machine"]["host"] = "another".into();
    environment.as_object_mut().unwrap().remove("checksum");
    std::fs::write(&path, environment.to_string()).unwrap();
    let called = checkout.xtask(&["merge", &parts[0], &parts[1], "--into", "results/whole"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(called.stdout.contains(", on another"), "{}", called.stdout);
}

#[test]
fn what_does_not_belong_together_is_refused_and_leaves_nothing() {
    let checkout = measured();
    let parts = ["shard-1", "shard-2"].map(|results| folder_of(&checkout, results));
    let refused = |runs: &[&str], expected: &str| {
        let called = checkout.xtask(&[&["merge"], runs, &["--into", "joined/whole"]].concat());
        assert_eq!(called.status, 1);
        assert!(called.stderr.contains(expected), "{}", called.stderr);
        let left = std::fs::read_dir(checkout.root().join("joined"))
            .into_iter()
            .flatten()
            .count();
        assert_eq!(left, 0, "a refused merge leaves nothing");
    };
    refused(&[&parts[0]], "shard 2/2 is missing");
    refused(&[&parts[0], &parts[0]], "in another shard too");
    refused(&["no-such-run", &parts[0]], "no run \"no-such-run\"");
}

#[test]
fn a_pinned_run_says_so_and_goes_on_pinned() {
    let checkout = checkout();
    let called = checkout.bench(&["--runs", "1", "--pin", "0"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let environment: serde_json::Value =
        serde_json::from_str(&checkout.run().text("environment.json")).unwrap();
    assert_eq!(environment["pinned"], "0");
    let called = checkout.bench(&["--resume"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let called = checkout.bench(&["--pin", "zero"]);
    assert_eq!(called.status, 2);
    assert!(
        called.stderr.contains("names no processors"),
        "{}",
        called.stderr
    );
}
