//! How many blocks there are: as many as the ratios need, as far as the budget reaches.

use xtask::plan::pace::LOOKS;

use crate::support::matrix::{Matrix, engine};
use crate::support::scripts::good;
use crate::support::{Checkout, Run};

/// Two engines whose pilots take so many seconds, all else next to nothing: the pilots say which ratios
/// are to be sharp, and what blocks cost. The profile has two samples of each, and these keys.
fn checkout(pilots_s: [f64; 2], keys: &str) -> Checkout {
    let checkout = Checkout::new(&Matrix {
        engines: ["a", "b"].map(engine).concat(),
        ..Matrix::default()
    });
    let text = checkout.read("matrix.toml");
    checkout.write(
        "matrix.toml",
        &text.replace("runs = 2\n", &format!("runs = 2\n{keys}\n")),
    );
    for (name, pilot_s) in ["a", "b"].into_iter().zip(pilots_s) {
        let pilot = format!(
            "work=${{3%/io/*}}\n[ -e $work/{name} ] || sleep {pilot_s}\ntouch $work/{name}"
        );
        checkout.engine(name, &format!("{pilot}\n{}", good()));
    }
    checkout
}

/// Measures, and says how many blocks there were: as many for both engines, and each with its twin.
#[track_caller]
fn blocks(checkout: &Checkout, options: &[&str]) -> u32 {
    let results = checkout.root().join(format!("results{}", options.concat()));
    let called = checkout.bench(&[options, &["--results", results.to_str().unwrap()]].concat());
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = Run::all(&results).remove(0);
    let keys = run.keys();
    let count = |cell: &str, kind: &str| {
        let own = keys
            .iter()
            .filter(|key| key.0.contains(cell) && key.1 == kind);
        own.count() as u32
    };
    let runs = count("/a:jit", "run");
    assert_eq!(count("/b:jit", "run"), runs);
    assert_eq!(count("/", "twin"), runs);
    assert_eq!(run.row("merge/1KB/random/b:jit")["runs"], runs.to_string());
    runs
}

#[track_caller]
fn assert_goes_on(blocks: u32) {
    assert!(LOOKS.contains(&blocks), "{blocks} blocks");
}

#[test]
fn blunt_ratios_make_more_blocks_than_the_profile_or_runs_say() {
    let checkout = checkout([0.2, 0.2], "");
    assert_eq!(blocks(&checkout, &[]), 2);
    // Two pairs have no interval, so the first look comes at 15.
    assert_goes_on(blocks(&checkout, &["--precision", "40%"]));
    assert_goes_on(blocks(&checkout, &["--precision", "40%", "--runs", "3"]));
}

#[test]
fn engines_that_nobody_confuses_need_no_more_blocks() {
    let checkout = checkout([0.1, 0.6], "");
    assert_eq!(blocks(&checkout, &["--precision", "1%"]), 2);
}

#[test]
fn a_profile_says_how_sharp_and_runs_how_often_instead() {
    let checkout = checkout([0.2, 0.2], "precision = \"40%\"\nbudget = \"10m\"");
    assert_goes_on(blocks(&checkout, &[]));
    assert_eq!(blocks(&checkout, &["--runs", "3"]), 3);
}

/// To the first look there are 13 more blocks of three samples, of 0.2 s each as far as is known: 8 s.
#[test]
fn a_budget_goes_on_as_far_as_it_reaches_and_no_further() {
    let checkout = checkout([0.2, 0.2], "precision = \"40%\"");
    assert_eq!(blocks(&checkout, &["--budget", "6s"]), 2);
    assert_goes_on(blocks(&checkout, &["--budget", "10m"]));
}

#[test]
fn a_budget_alone_asks_for_ratios_as_sharp_as_usual() {
    let checkout = Checkout::without_hyperfine(&Matrix::default());
    let plan = |options: &[&str]| -> serde_json::Value {
        let called = checkout.xtask(&[&["plan", "--json"], options].concat());
        serde_json::from_str(&called.stdout).unwrap()
    };
    let alone = plan(&["--budget", "10m"]);
    assert_eq!(
        (&alone["budget_s"], &alone["precision"]["light"]),
        (&600.0.into(), &0.04.into())
    );
    assert_eq!(alone["precision"]["high"], 0.025);
    let both = plan(&["--budget", "10m", "--precision", "1%"]);
    assert_eq!(both["precision"]["high"], 0.01);
    assert!(plan(&[])["precision"].is_null());
}
