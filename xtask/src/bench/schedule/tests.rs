use std::collections::BTreeSet;

use super::*;
use crate::config::tests::config;
use crate::plan::{Overrides, Selection};
use proptest::prelude::*;

fn plan() -> Plan {
    let selection = Selection {
        profile: Some("full".to_owned()),
        ..Selection::default()
    };
    let overrides = Overrides {
        runs: Some(3),
        ..Overrides::default()
    };
    let mut plan = Plan::new(&config(), &selection, &overrides).unwrap();
    plan.compile_runs = 2;
    plan.choose_controls();
    plan
}

fn cell(name: &str) -> Cell {
    crate::summary::tests::cell(name)
}

/// A sample of a task, of 1 s of which 0.1 s is start-up.
fn sample(task: &Task, round: u32) -> Sample {
    let (workload, input, engine, mode) = match task {
        Task::Run(cell) | Task::Control(cell) => {
            (&cell.workload, Some(cell), &cell.engine, &cell.mode)
        }
        Task::Start { engine } => (engine, None, engine, engine),
        Task::Compile {
            workload,
            engine,
            mode,
        } => (workload, None, engine, mode),
    };
    Sample {
        cell: task.name(),
        workload: workload.clone(),
        size: input.map(|cell| cell.size),
        distribution: input.map(|cell| cell.distribution),
        engine: engine.clone(),
        mode: mode.clone(),
        kind: task.kind(round),
        round,
        outcome: Outcome::Ok,
        wall_s: Some(1.0),
        user_s: None,
        system_s: None,
        peak_rss_bytes: None,
        counters: Default::default(),
        items: None,
        read_s: Some(0.1),
        sort_s: Some(0.7),
        write_s: Some(0.1),
        exit_code: Some(0),
        started_at: jiff::Timestamp::UNIX_EPOCH,
        artifact_bytes: None,
        reason: None,
    }
}

/// Everything that a run takes, in order: the pilot, then the rounds.
fn all_tasks(plan: &Plan) -> Vec<(Task, u32)> {
    let config = config();
    let mut tasks: Vec<(Task, u32)> = Vec::new();
    for cell in pilot_order(plan) {
        for task in compilation(&config, &cell)
            .into_iter()
            .chain([Task::Run(cell)])
        {
            if !tasks.contains(&(task.clone(), 0)) {
                tasks.push((task, 0));
            }
        }
    }
    for round in 1..=plan.runs {
        tasks.extend(
            round_tasks(&config, plan, round)
                .into_iter()
                .map(|task| (task, round)),
        );
    }
    tasks.retain(|(task, _)| is_live(plan, task));
    tasks
}

#[test]
fn the_pilot_goes_up_the_sizes_and_keeps_the_order_of_the_plan_within_one() {
    let sizes: Vec<_> = pilot_order(&plan()).iter().map(|cell| cell.size).collect();
    assert!(sizes.is_sorted());
    let names: Vec<String> = pilot_order(&plan())
        .iter()
        .take(2)
        .map(Cell::to_string)
        .collect();
    assert_eq!(
        names,
        ["merge/1KB/random/native:release", "merge/1KB/random/vm:jit"]
    );
}

#[test]
fn a_round_has_every_cell_the_controls_and_each_compilation_once() {
    let plan = plan();
    for round in 1..=3 {
        let tasks = round_tasks(&config(), &plan, round);
        let distinct: HashSet<&Task> = tasks.iter().collect();
        assert_eq!(distinct.len(), tasks.len(), "a task is there twice");
        let count = |test: fn(&Task) -> bool| tasks.iter().filter(|task| test(task)).count();
        assert_eq!(count(|task| matches!(task, Task::Run(_))), plan.cells.len());
        // 1KB is light, 1MB medium.
        assert_eq!(count(|task| matches!(task, Task::Control(_))), 2);
        assert_eq!(count(|task| matches!(task, Task::Start { .. })), 1, "vm");
        // vm:aot of two workloads, for as many rounds as compile-runs says.
        let compilations = if round <= 2 { 2 } else { 0 };
        assert_eq!(
            count(|task| matches!(task, Task::Compile { .. })),
            compilations,
            "round {round}"
        );
    }
}

#[test]
fn the_order_of_the_others_stays_when_a_cell_ends() {
    let before = plan();
    let mut after = plan();
    after.conclude(&cell("merge/1MB/random/vm:aot"), Outcome::Failed, None);
    let tasks = round_tasks(&config(), &before, 2);
    assert_eq!(round_tasks(&config(), &after, 2), tasks);
    let live = |plan: &Plan| tasks.iter().filter(|task| is_live(plan, task)).count();
    assert_eq!(live(&before) - 1, live(&after));
}

#[test]
fn a_compilation_lives_as_long_as_one_of_its_cells() {
    let mut plan = plan();
    let task = compilation(&config(), &cell("bubble/1KB/random/vm:aot")).unwrap();
    assert_eq!(task.name(), "bubble/vm:aot");
    // 10KB is impossible, so 1KB is the only one that needs it.
    assert!(is_live(&plan, &task));
    plan.conclude(&cell("bubble/1KB/random/vm:aot"), Outcome::Failed, None);
    assert!(!is_live(&plan, &task));
    assert_eq!(
        compilation(&config(), &cell("bubble/1KB/random/vm:jit")),
        None
    );
}

#[test]
fn a_control_is_told_from_the_run_of_the_same_cell() {
    let cell = cell("merge/1KB/random/vm:jit");
    let (run, control) = (Task::Run(cell.clone()), Task::Control(cell));
    assert_eq!(run.name(), control.name());
    assert_eq!(
        (run.kind(0), run.kind(1), control.kind(1)),
        (Kind::Pilot, Kind::Run, Kind::Control)
    );
    let done = Done::new(&[sample(&control, 1)]);
    assert!(done.has(&control, 1) && !done.has(&run, 1) && !done.has(&control, 2));
}

/// The pilot of a smaller size took `wall_s`, `startup_s` of which the guest did not account for.
fn verdict(smaller: &str, wall_s: f64, startup_s: f64, asked: &str) -> Option<String> {
    let mut pilot = sample(&Task::Run(cell(smaller)), 0);
    pilot.wall_s = Some(wall_s);
    (pilot.read_s, pilot.sort_s, pilot.write_s) = (Some(0.0), Some(wall_s - startup_s), Some(0.0));
    let mut plan = plan();
    plan.timeout_s = 10.0;
    infeasible(&config(), &plan, &[pilot], &cell(asked))
}

#[test]
fn a_prediction_over_the_timeout_is_infeasible_and_explained() {
    // Ten times the size, a hundred times the work: 0.2 s become 20 s.
    let reason = verdict(
        "bubble/1KB/random/native:release",
        0.2,
        0.0,
        "bubble/10KB/random/native:release",
    );
    assert_eq!(
        reason.unwrap(),
        "predicted 20.0 s, over the timeout of 10.0 s: 1KB took 200 ms, and n^2 makes that 100 times as much"
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
    let mut pilot = sample(&Task::Run(cell(small)), 0);
    pilot.wall_s = Some(0.6);
    (pilot.read_s, pilot.sort_s, pilot.write_s) = (Some(0.2), Some(9e-6), Some(0.3));
    let mut plan = plan();
    plan.timeout_s = 10.0;
    let reason = |plan: &Plan, pilot: &Sample| {
        infeasible(&config(), plan, std::slice::from_ref(pilot), &cell(asked))
    };
    assert_eq!(
        reason(&plan, &pilot),
        None,
        "5 s by the size, 50 s by its square"
    );
    plan.timeout_s = 5.0;
    assert!(reason(&plan, &pilot).is_some());
}

/// A program that says nothing of its phases is taken to start in the time of its smallest input.
#[test]
fn without_phases_only_what_a_larger_input_took_longer_grows() {
    let predicted = |walls: &[(&str, f64)]| {
        let pilots: Vec<Sample> = walls
            .iter()
            .map(|(size, wall_s)| {
                let name = format!("merge/{size}/random/vm:jit");
                let mut pilot = sample(&Task::Run(cell(&name)), 0);
                (pilot.wall_s, pilot.read_s) = (Some(*wall_s), None);
                pilot
            })
            .collect();
        let mut plan = plan();
        plan.timeout_s = 10.0;
        infeasible(&config(), &plan, &pilots, &cell("merge/1MB/random/vm:jit"))
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
        plan.conclude(&cell("merge/10KB/random/vm:jit"), outcome, None);
        let reason = infeasible(&config(), &plan, &[], &cell("merge/1MB/random/vm:jit"));
        assert_eq!(reason.as_deref(), says);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_left_and_what_was_taken_are_exactly_the_plan(taken in prop::collection::vec(any::<bool>(), 200)) {
        let plan = plan();
        let all = all_tasks(&plan);
        prop_assert!(all.len() < taken.len());
        let samples: Vec<Sample> = all.iter().zip(&taken).filter(|(_, taken)| **taken).map(|((task, round), _)| sample(task, *round)).collect();
        let done = Done::new(&samples);
        let left: Vec<&(Task, u32)> = all.iter().filter(|(task, round)| !done.has(task, *round)).collect();
        prop_assert_eq!(left.len() + samples.len(), all.len());
        let key = |task: &Task, round: u32| (task.name(), format!("{:?}", task.kind(round)), round);
        let mut union: BTreeSet<_> = left.iter().map(|(task, round)| key(task, *round)).collect();
        for sample in &samples {
            prop_assert!(union.insert((sample.cell.clone(), format!("{:?}", sample.kind), sample.round)), "{} would be taken twice", sample.cell);
        }
        let planned: BTreeSet<_> = all.iter().map(|(task, round)| key(task, *round)).collect();
        prop_assert_eq!(union, planned);
    }
}
