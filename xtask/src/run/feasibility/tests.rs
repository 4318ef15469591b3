use super::*;
use crate::config::tests::config;
use crate::model::tests::cell;
use crate::run::blocks::tests::{pilot_of, plan};

/// Why this cell is infeasible after these samples.
fn reason(plan: &Plan, samples: &[Sample], name: &str) -> Option<String> {
    let cell = cell(name);
    let complexity = config().workload(&cell.workload).unwrap().complexity();
    let pilots = samples.iter().map(|it| (it.cell.clone(), it.clone()));
    infeasible(plan, &pilots.collect(), &cell, complexity)
}

/// The pilot of a smaller size took `wall_s`, `startup_s` of which the guest did not account for.
fn verdict(smaller: &str, wall_s: f64, startup_s: f64, asked: &str) -> Option<String> {
    let mut pilot = pilot_of(smaller);
    pilot.wall_s = Some(wall_s);
    (pilot.read_s, pilot.sort_s, pilot.write_s) = (Some(0.0), Some(wall_s - startup_s), Some(0.0));
    let mut plan = plan();
    plan.timeout_s = 10.0;
    reason(&plan, &[pilot], asked)
}

#[test]
fn a_prediction_over_the_timeout_is_infeasible_and_explained() {
    // Ten times the size, a hundred times the work: 0.3 s become 30 s.
    let reason = verdict(
        "bubble/1KB/random/native:release",
        0.3,
        0.0,
        "bubble/10KB/random/native:release",
    );
    assert_eq!(
        reason.unwrap(),
        "predicted 30.0 s, more than twice the timeout of 10.0 s: 1KB took 300 ms, and n^2 makes that 100 times as much"
    );
    assert_eq!(
        verdict(
            "bubble/1KB/random/native:release",
            0.09,
            0.0,
            "bubble/10KB/random/native:release"
        ),
        None
    );
}

#[test]
fn starting_up_is_not_multiplied() {
    // 2 s of start-up and 0.05 s of work: 2 s + 5 s, not 205 s.
    assert_eq!(
        verdict(
            "bubble/1KB/random/native:release",
            2.05,
            2.0,
            "bubble/10KB/random/native:release"
        ),
        None
    );
    // Work too short to say anything.
    assert_eq!(
        verdict(
            "merge/10KB/random/vm:jit",
            0.509,
            0.5,
            "merge/1MB/random/vm:jit"
        ),
        None
    );
}

/// Seen on a busy machine: 11 ms to read 1KB, 9 µs to sort it, and no three hours for 1MB.
#[test]
fn reading_does_not_grow_like_sorting() {
    let (small, asked) = (
        "bubble/1KB/random/native:release",
        "bubble/10KB/random/native:release",
    );
    let mut pilot = pilot_of(small);
    pilot.wall_s = Some(0.6);
    (pilot.read_s, pilot.sort_s, pilot.write_s) = (Some(0.2), Some(9e-6), Some(0.3));
    let mut plan = plan();
    plan.timeout_s = 10.0;
    assert_eq!(
        reason(&plan, std::slice::from_ref(&pilot), asked),
        None,
        "5 s by the size, 50 s by its square"
    );
    plan.timeout_s = 2.0;
    assert!(reason(&plan, &[pilot], asked).is_some());
}

/// A program that says nothing of its phases is taken to start in the time of its smallest input.
#[test]
fn without_phases_only_what_a_larger_input_took_longer_grows() {
    let predicted = |walls: &[(&str, f64)]| {
        let pilots: Vec<Sample> = walls
            .iter()
            .map(|(size, wall_s)| {
                let name = format!("merge/{size}/random/vm:jit");
                let mut pilot = pilot_of(&name);
                (pilot.wall_s, pilot.read_s) = (Some(*wall_s), None);
                pilot
            })
            .collect();
        let mut plan = plan();
        plan.timeout_s = 10.0;
        reason(&plan, &pilots, "merge/1MB/random/vm:jit")
    };
    // 2 s to start, no more for ten times the input.
    assert_eq!(predicted(&[("1KB", 2.0), ("10KB", 2.0)]), None);
    assert!(predicted(&[("1KB", 2.0), ("10KB", 2.5)]).is_some());
    // One size tells nothing.
    assert_eq!(predicted(&[("10KB", 2.0)]), None);
}

#[test]
fn only_the_nearest_smaller_size_of_the_same_kind_predicts() {
    let long = 5.0;
    for other in [
        "merge/10KB/sorted/vm:jit",
        "merge/10KB/random/vm:aot",
        "merge/10KB/random/native:release",
        "bubble/10KB/random/vm:jit",
        "merge/1KB/random/vm:jit",
        "merge/1MB/random/vm:jit",
    ] {
        assert_eq!(
            verdict(other, long, 0.0, "merge/1MB/random/vm:jit"),
            None,
            "{other}"
        );
    }
    assert!(
        verdict(
            "merge/10KB/random/vm:jit",
            long,
            0.0,
            "merge/1MB/random/vm:jit"
        )
        .is_some()
    );
}

#[test]
fn what_a_smaller_size_could_not_do_a_larger_one_is_not_asked_to() {
    for (outcome, says) in [
        (Outcome::Timeout, Some("10KB reached the timeout already")),
        (Outcome::Infeasible, Some("10KB is infeasible already")),
        // A crash may have to do with the size or not: it is tried.
        (Outcome::Failed, None),
    ] {
        let mut plan = plan();
        let ended = plan
            .cells
            .iter_mut()
            .find(|it| it.name == "merge/10KB/random/vm:jit");
        ended.unwrap().conclude(outcome, None);
        let reason = reason(&plan, &[], "merge/1MB/random/vm:jit");
        assert_eq!(reason.as_deref(), says);
    }
}
