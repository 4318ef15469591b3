use super::*;
use crate::config::tests::{MATRIX, RULES, config};
use crate::plan::{Overrides, Selection};
use proptest::prelude::*;

/// Every cell of the small matrix, ended `ok` but for these.
fn run(ends: &[(&str, Outcome, &str)]) -> Plan {
    let mut plan = plan_with(RULES);
    for planned in &mut plan.cells {
        planned.outcome.get_or_insert(Outcome::Ok);
    }
    for (name, outcome, reason) in ends {
        let planned = plan.cells.iter_mut().find(|planned| planned.name == *name);
        let planned = planned.unwrap_or_else(|| panic!("no cell {name}"));
        (planned.outcome, planned.reason) = (Some(*outcome), Some((*reason).to_owned()));
    }
    plan
}

/// The plan of the small matrix with these rules, as the project itself reads them.
fn plan_with(rules: &str) -> Plan {
    let config = Config::parse(MATRIX, rules).unwrap_or_else(|error| panic!("{error:#}\n{rules}"));
    let selection = Selection {
        profile: Some("full".to_owned()),
        ..Selection::default()
    };
    Plan::new(&config, &selection, &Overrides::default()).unwrap()
}

fn suggested(ends: &[(&str, Outcome, &str)]) -> String {
    suggest(&config(), &run(ends), "R").unwrap()
}

#[test]
fn the_smallest_hopeless_size_becomes_a_threshold_and_equal_modes_share_it() {
    let text = suggested(&[
        (
            "merge/10KB/random/vm:jit",
            Outcome::Timeout,
            "killed at the timeout of 5m 00s",
        ),
        (
            "merge/1MB/random/vm:jit",
            Outcome::Infeasible,
            "10KB reached the timeout already",
        ),
        (
            "merge/10KB/random/vm:aot",
            Outcome::Infeasible,
            "predicted 6m 52s, over the timeout of 5m 00s",
        ),
        (
            "merge/1MB/random/vm:aot",
            Outcome::Infeasible,
            "10KB is infeasible already",
        ),
    ]);
    insta::assert_snapshot!(text, @r##"
    # Run R suggests these rules for impossible.toml; read them before you paste them.

    [[impossible]]
    workload = "merge"
    size = ">= 10KB"
    distribution = "random"
    mode = ["vm:jit", "vm:aot"]
    reason = "vm:jit: 10KB timed out after 5m 00s; vm:aot: 10KB is infeasible: predicted 6m 52s, over the timeout of 5m 00s"
    "##);
}

#[test]
fn a_failure_excludes_the_size_that_failed_and_running_out_of_memory_all_larger_ones() {
    let text = suggested(&[
        (
            "merge/10KB/random/vm:jit",
            Outcome::Failed,
            "ended with exit status 1: a \"word\" | two",
        ),
        (
            "merge/10KB/sorted/vm:jit",
            Outcome::Failed,
            "ended with exit status 1: a \"word\" | two",
        ),
        (
            "merge/1MB/random/vm:aot",
            Outcome::OutOfMemory,
            "ended with exit status 1: out of memory",
        ),
    ]);
    insta::assert_snapshot!(text, @r##"
    # Run R suggests these rules for impossible.toml; read them before you paste them.

    [[impossible]]
    workload = "merge"
    size = "10KB"
    mode = "vm:jit"
    reason = '10KB ended with exit status 1: a "word" | two'

    [[impossible]]
    workload = "merge"
    size = ">= 1MB"
    distribution = "random"
    mode = "vm:aot"
    reason = "1MB ended with exit status 1: out of memory"
    "##);
}

#[test]
fn a_larger_size_that_ended_well_keeps_the_rule_to_the_size_that_did_not() {
    let text = suggested(&[("merge/10KB/random/vm:jit", Outcome::Timeout, "killed")]);
    assert!(text.contains("size = \"10KB\"\n"), "{text}");
}

#[test]
fn what_a_rule_excludes_already_and_what_is_a_bug_are_not_suggested() {
    let text = suggested(&[
        // RULES excludes it now; the run is older.
        ("bubble/10KB/random/vm:jit", Outcome::Timeout, "killed"),
        (
            "merge/1KB/random/vm:jit",
            Outcome::WrongOutput,
            "the output differs",
        ),
    ]);
    assert!(text.starts_with("# Run R suggests nothing: "), "{text}");
    assert!(
        text.contains("# merge/1KB/random/vm:jit ended wrong-output: a bug"),
        "{text}"
    );
    assert!(
        text.lines()
            .all(|line| line.is_empty() || line.starts_with('#'))
    );
}

fn any_outcome() -> impl Strategy<Value = Option<Outcome>> {
    use Outcome::*;
    prop::sample::select(vec![
        None,
        Some(Ok),
        Some(Ok),
        Some(WrongOutput),
        Some(Failed),
        Some(OutOfMemory),
        Some(Timeout),
        Some(Infeasible),
        Some(Unsupported),
    ])
}

proptest! {
    #[test]
    fn pasted_rules_exclude_what_ended_badly_and_nothing_that_ended_well(
        outcomes in prop::collection::vec(any_outcome(), 24),
        reason in ".{0,200}",
    ) {
        let mut measured = plan_with("");
        prop_assert_eq!(measured.cells.len(), outcomes.len());
        for (planned, outcome) in measured.cells.iter_mut().zip(outcomes) {
            (planned.outcome, planned.reason) = (outcome, outcome.map(|_| reason.clone()));
        }
        let rules = format!("{RULES}\n{}", suggest(&config(), &measured, "R").unwrap());
        let again = plan_with(&rules);
        for (then, now) in measured.cells.iter().zip(&again.cells) {
            let by_old_rule = then.name.starts_with("bubble/10KB/random/vm");
            if is_bad(then) {
                prop_assert_eq!(now.outcome, Some(Outcome::Impossible), "{}\n{}", then.name, rules);
            } else if is_kept(then) && !by_old_rule {
                prop_assert_eq!(now.outcome, None, "{}\n{}", then.name, rules);
            }
        }
        let pasted = Config::parse(MATRIX, &rules).unwrap();
        prop_assert!(suggest(&pasted, &measured, "R").unwrap().starts_with("# Run R suggests nothing"));
    }
}
