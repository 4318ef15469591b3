//! A run that is gone on with has several sittings: a block that was torn is completed, but two samples of
//! different sittings are no pair.

use std::collections::BTreeMap;

use crate::support::matrix::{Matrix, engine};
use crate::support::scripts::good;
use crate::support::{Checkout, Run, wait_until};

const RUNS: usize = 8;

/// Two engines. When one sample of the fourth block's pair was written, the next one hangs, once.
fn torn() -> Checkout {
    let checkout = Checkout::new(&Matrix {
        engines: ["a", "b"].map(engine).concat(),
        ..Matrix::default()
    });
    let [samples, hanging] = ["results/*/samples.jsonl", "hanging"]
        .map(|name| checkout.root().join(name).display().to_string());
    let hangs = format!(
        "if [ ! -e {hanging} ] && [ $(cat {samples} | grep -c '\"kind\":\"run\"') = 7 ]; then touch {hanging}; sleep 300; fi"
    );
    for name in ["a", "b"] {
        checkout.engine(name, &format!("{hangs}\n{}", good()));
    }
    checkout
}

/// How many samples of each sitting a block has, by round; of the input, and first attempts.
fn sittings(run: &Run) -> BTreeMap<u64, Vec<u64>> {
    let mut rounds: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for sample in run.samples() {
        if sample["workload"] == "merge" && sample["attempt"] == 1 {
            let round = rounds.entry(sample["round"].as_u64().unwrap()).or_default();
            round.push(sample["sitting"].as_u64().unwrap());
        }
    }
    rounds
}

#[test]
fn a_torn_block_is_completed_and_its_halves_are_no_pair() {
    let checkout = torn();
    let runs = RUNS.to_string();
    let bench = checkout.start_bench(&["--runs", &runs]);
    wait_until("a sample that hangs", || {
        checkout.root().join("hanging").exists()
    });
    bench.kill();
    let before = checkout.run().text("samples.jsonl");
    let called = checkout.bench(&["--resume"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    assert!(run.text("samples.jsonl").starts_with(&before));
    let rounds = sittings(&run);
    // The pilot of both, then blocks of both and a twin.
    assert_eq!(rounds[&0], [1; 2]);
    assert_eq!(rounds.len(), 1 + RUNS);
    for (round, sittings) in rounds.iter().filter(|(round, _)| **round > 0) {
        assert_eq!(sittings.len(), 3, "round {round}");
        assert!(sittings.is_sorted(), "round {round}: {sittings:?}");
        let ends = (sittings[0], sittings[2]);
        assert_eq!(
            ends,
            match round {
                ..4 => (1, 1),
                4 => (1, 2),
                _ => (2, 2),
            },
            "round {round}"
        );
    }
    let ratios = run.text("ratios.csv");
    let mut reader = csv::Reader::from_reader(ratios.as_bytes());
    let pairs: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let walls: Vec<_> = pairs
        .iter()
        .filter(|row| row["metric"] == "wall time")
        .collect();
    assert!(!walls.is_empty(), "{ratios}");
    for row in walls {
        assert_eq!(row["pairs"], (RUNS - 1).to_string(), "{ratios}");
    }
}
