//! Which samples are taken, and in which order: blocks of one input, shuffled in each round.

use std::collections::HashSet;

use crate::support::Checkout;
use crate::support::matrix::{Matrix, engine, engine_with};
use crate::support::scripts::{compiler, good};

fn six_cells() -> Matrix<'static> {
    Matrix {
        workloads: &["merge", "quick"],
        engines: ["a", "b", "c"].map(engine).concat(),
        ..Matrix::default()
    }
}

fn measured() -> Checkout {
    let checkout = Checkout::new(&six_cells());
    for name in ["a", "b", "c"] {
        checkout.engine(name, &good());
    }
    let called = checkout.bench(&["--runs", "4"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    checkout
}

#[test]
fn each_run_and_each_round_has_its_order_and_inputs_stay_together() {
    let (first, second) = (measured(), measured());
    let keys = first.run().keys();
    assert_ne!(keys, second.run().keys(), "the seed is drawn");
    let order_of = |round: u64| -> Vec<String> {
        let of_round = keys.iter().filter(|key| key.2 == round);
        of_round
            .map(|(cell, kind, _)| format!("{cell} {kind}"))
            .collect()
    };
    let rounds: Vec<_> = (1..=4).map(order_of).collect();
    for (i, round) in rounds.iter().enumerate() {
        assert_eq!(round.len(), 8, "six cells, two twins");
        assert!(
            !rounds[..i].contains(round),
            "two rounds have the order {round:?}"
        );
    }
    // One round ends before the next one begins, one block before the next one.
    let numbers: Vec<u64> = keys.iter().map(|key| key.2).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
    let samples = first.run().samples();
    let mut blocks: Vec<&serde_json::Value> = samples.iter().map(|it| &it["block"]).collect();
    blocks.dedup();
    let distinct: HashSet<String> = blocks.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), blocks.len(), "{blocks:?}");
    // Of the pilot, and of two inputs in each round.
    assert_eq!(blocks.len(), 1 + 4 * 2);
}

#[test]
fn the_pilot_goes_up_the_sizes() {
    let matrix = Matrix {
        sizes: &["100KB", "1KB", "10KB"],
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine("fake", &good());
    assert_eq!(checkout.bench(&["--runs", "1"]).status, 0);
    let pilot: Vec<String> = checkout
        .run()
        .keys()
        .into_iter()
        .filter(|key| key.1 == "pilot")
        .map(|key| key.0)
        .collect();
    assert_eq!(
        pilot,
        ["1KB", "10KB", "100KB"].map(|size| format!("merge/{size}/random/fake:jit"))
    );
}

#[test]
fn the_plan_is_told_before_anything_is_measured() {
    let checkout = Checkout::without_hyperfine(&six_cells());
    checkout.write(
        "impossible.toml",
        "[[impossible]]\nworkload = 'quick'\nengine = ['a', 'b']\nreason = 'no reason'\n",
    );
    let called = checkout.xtask(&["plan", "--mode", "b:*", "--mode", "c:jit"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let lines: Vec<&str> = called
        .stdout
        .lines()
        .take_while(|line| !line.is_empty())
        .collect();
    assert_eq!(
        lines,
        [
            "merge/1KB/random/b:jit",
            "merge/1KB/random/c:jit",
            "quick/1KB/random/b:jit  impossible: no reason",
            "quick/1KB/random/c:jit",
        ]
    );
    assert!(
        called.stdout.contains("3 cells to measure, 1 impossible"),
        "{}",
        called.stdout
    );
    let dry = checkout.bench(&["--dry-run", "--mode", "b:*", "--mode", "c:jit"]);
    assert_eq!((dry.status, dry.stdout), (0, called.stdout));
    assert!(!checkout.results().exists());

    let json = checkout.xtask(&["plan", "--json", "--engine", "c", "--runs", "9"]);
    let plan: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&plan["runs"], plan["cells"].as_array().unwrap().len()),
        (&9.into(), 2)
    );
    assert_eq!(plan["cells"][0]["name"], "merge/1KB/random/c:jit");
}

/// A mode may compile ahead in some versions of its engine and not in others.
#[test]
fn only_what_the_installed_version_compiles_is_compiled() {
    let keys = "requires = \">=2\"\ncompile = \"{bin} compile {wasm} {artifact}\"\nrun = \"{bin} {artifact} {args}\"\n\
        [[engine.mode.otherwise]]\nrun = \"{bin} {wasm} {args}\"";
    for (version, compilations) in [("1.2.3", 0), ("2.0.0", 2)] {
        let checkout = Checkout::new(&Matrix {
            engines: engine_with("fake", keys),
            ..Matrix::default()
        });
        checkout.engine_of_version("fake", version, &compiler(&good()));
        let called = checkout.bench(&[]);
        assert_eq!(called.status, 0, "{}", called.stderr);
        let keys = checkout.run().keys();
        let compiled = keys.iter().filter(|(_, kind, _)| kind == "compile");
        assert_eq!(compiled.count(), compilations, "{keys:?}");
    }
}
