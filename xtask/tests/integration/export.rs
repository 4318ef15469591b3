//! The figures of the recorded run in the formats of other tools.

use serde_json::Value;

use crate::reports::recorded;
use crate::support::Checkout;

fn export(checkout: &Checkout, format: &str) -> String {
    let some = ["--workload=merge", "--size=1KB", "--engine=vm"];
    let called = checkout.xtask(&[&["export", "--format", format][..], &some].concat());
    assert_eq!(called.status, 0, "{}", called.stderr);
    called.stdout
}

#[test]
fn in_the_format_of_hyperfine() {
    insta::assert_snapshot!(export(&recorded(), "hyperfine"));
}

#[test]
fn in_the_format_of_bencher() {
    insta::assert_snapshot!(export(&recorded(), "bencher"));
}

#[test]
fn in_the_format_of_github_action_benchmark() {
    insta::assert_snapshot!(export(&recorded(), "github-action-benchmark"));
}

#[test]
fn all_that_ended_ok_goes_into_a_file_and_the_rest_is_counted() {
    let checkout = recorded();
    let file = ["--output", "out/run.json"];
    let called = checkout.xtask(&[&["export", "--format=hyperfine"][..], &file].concat());
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert_eq!(called.stdout, "");
    let json: Value = serde_json::from_str(&checkout.read("out/run.json")).unwrap();
    let plan: Value = serde_json::from_str(&checkout.run().text("plan.json")).unwrap();
    let cells = plan["cells"].as_array().unwrap();
    let ok = |cell: &&Value| cell["outcome"] == "ok";
    let ok: Vec<&Value> = cells.iter().filter(ok).map(|cell| &cell["name"]).collect();
    let results = json["results"].as_array().unwrap();
    let commands: Vec<&Value> = results.iter().map(|it| &it["command"]).collect();
    assert_eq!(commands, ok);
    let left_out = format!("left out: {} cells", cells.len() - ok.len());
    assert!(called.stderr.contains(&left_out), "{}", called.stderr);
}

#[test]
fn what_cannot_be_exported_says_why() {
    let checkout = recorded();
    let mistake = |arguments: &[&str], status: i32, says: &str| {
        let called = checkout.xtask(&[&["export"], arguments].concat());
        assert_eq!(called.status, status, "{}", called.stderr);
        assert!(called.stderr.contains(says), "{}", called.stderr);
    };
    mistake(&["--format=csv"], 2, "hyperfine, bencher");
    mistake(
        &["--format=bencher", "--engine=nothing"],
        2,
        "expected one of \"native\"",
    );
    mistake(&["--format=bencher", "nowhere"], 1, "no run \"nowhere\"");
    let plan = checkout.run().text("plan.json");
    let plan = plan.replace("\"ok\"", "\"failed\"");
    std::fs::write(checkout.run().path.join("plan.json"), plan).unwrap();
    mistake(&["--format=bencher"], 1, "none of these cells ended ok");
}
