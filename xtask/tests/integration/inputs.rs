//! `gen-data` makes the inputs that were asked for, of the seed that was.

use std::collections::BTreeSet;

use crate::support::Checkout;
use crate::support::matrix::Matrix;

fn inputs(checkout: &Checkout) -> BTreeSet<String> {
    let entries = std::fs::read_dir(checkout.root().join("data")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".txt")).collect()
}

#[test]
fn inputs_are_made_of_the_seed_that_was_asked_for() {
    let checkout = Checkout::without_hyperfine(&Matrix {
        sizes: &["1KB", "10KB"],
        ..Matrix::default()
    });
    let called = checkout.xtask(&["gen-data", "--seed", "8", "--size", "1KB"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(called.prints("1 inputs in"), "{}", called.stdout);
    let names = ["1KB-random-seed8.txt"].map(str::to_owned);
    assert_eq!(inputs(&checkout), BTreeSet::from(names));
    let called = checkout.xtask(&["gen-data"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let names = [
        "1KB-random-seed7.txt",
        "1KB-random-seed8.txt",
        "10KB-random-seed7.txt",
    ];
    assert_eq!(inputs(&checkout), BTreeSet::from(names.map(str::to_owned)));
}
