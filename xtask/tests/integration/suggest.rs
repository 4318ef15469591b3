//! `plan --suggest`: a run's failures become rules that the next plan obeys.

use crate::support::Checkout;
use crate::support::matrix::{Matrix, engine};
use crate::support::scripts::good;

#[test]
fn what_a_run_suggests_can_be_pasted_and_is_then_left_out() {
    let matrix = Matrix {
        sizes: &["1KB", "10KB", "100KB"],
        engines: format!("{}{}", engine("fake"), engine("other")),
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine("fake", &good());
    let big = "if [ \"$(wc -c < \"$2\")\" -ge 10000 ]; then echo 'out of memory' >&2; exit 1; fi";
    checkout.engine("other", &format!("{big}\n{}", good()));
    assert_eq!(checkout.bench(&["--runs=1", "--size=1?KB"]).status, 3);
    let name = checkout.run().path.file_name().unwrap().to_owned();
    let suggested = checkout.xtask(&["plan", "--suggest", name.to_str().unwrap()]);
    assert_eq!(suggested.status, 0, "{}", suggested.stderr);
    checkout.write("impossible.toml", &suggested.stdout);
    let planned = checkout.xtask(&["plan"]).stdout;
    let why = "impossible: 10KB ended with exit status 1: out of memory";
    for cell in [
        "merge/10KB/random/other:jit",
        "merge/100KB/random/other:jit",
    ] {
        assert!(planned.contains(&format!("{cell}  {why}\n")), "{planned}");
    }
    assert!(
        planned.contains("4 cells to measure, 2 impossible;"),
        "{planned}"
    );
    let again = checkout.xtask(&["plan", "--suggest", name.to_str().unwrap()]);
    assert!(
        again.stdout.contains("suggests nothing"),
        "{}",
        again.stdout
    );
}

#[test]
fn a_run_that_is_not_there_suggests_nothing() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let called = checkout.xtask(&["plan", "--suggest", "no-such-run"]);
    assert_eq!(called.status, 1, "{}", called.stderr);
    assert!(
        called.stderr.contains("no run \"no-such-run\""),
        "{}",
        called.stderr
    );
    assert_eq!(checkout.xtask(&["plan", "--suggest"]).status, 2);
}
