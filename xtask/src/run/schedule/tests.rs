use std::collections::BTreeSet;

use std::path::Path;

use super::*;
use crate::config::tests::config;
use crate::model::start_name;
use crate::model::{Cell, Outcome};
use crate::plan::{Overrides, Selection};
use crate::run::check::Check;
use crate::run::fixture::Fixture;
use crate::run::stopwatch::Command;
use proptest::prelude::*;

pub fn plan() -> Plan {
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

pub fn cell(name: &str) -> Cell {
    crate::model::tests::cell(name)
}

/// The jobs of a plan, with commands that nobody runs.
fn jobs(plan: &Plan) -> Jobs {
    let config = config();
    let mut jobs = Jobs::default();
    let planned = plan.cells.iter().enumerate();
    for (index, planned) in planned.filter(|(_, planned)| planned.outcome.is_none()) {
        let cell = &planned.cell;
        let (workload, engine, mode) = config.parts_of(cell).unwrap();
        let fixture = Fixture::new(Path::new("work"), workload, None, Path::new("repo"));
        let check = Check::new(workload, None, &fixture);
        let job = |name: String, work| Job {
            name,
            workload: cell.workload.clone(),
            engine: cell.engine.clone(),
            mode: cell.mode.clone(),
            command: Command::default(),
            cells: Vec::new(),
            work,
        };
        let compiled = mode.compiles_ahead().then(|| {
            let work = Work::Compile {
                fresh: "fresh".into(),
                kept: "kept".into(),
            };
            let name = format!("{}/{}", cell.workload, cell.engine_mode());
            jobs.share(index, job(name, work))
        });
        let work = Work::Run {
            cell: cell.clone(),
            complexity: workload.complexity(),
            fixture,
            check,
            compilation: compiled,
        };
        jobs.runs.push(jobs.all.len());
        jobs.all.push(Job {
            cells: vec![index],
            ..job(planned.name.clone(), work)
        });
        if engine.starts() {
            jobs.share(index, job(start_name(&cell.engine), Work::Start));
        }
    }
    jobs
}

/// The run of this cell.
fn run(jobs: &Jobs, name: &str) -> usize {
    let job = jobs.all.iter().position(|job| job.name == name);
    job.expect("a job")
}

/// A sample of a task, of 1 s of which 0.1 s is start-up.
fn sample_of(jobs: &Jobs, task: Task, round: u32) -> Sample {
    Sample {
        kind: task.kind,
        round,
        ..pilot_of(&jobs.all[task.job].name)
    }
}

/// The pilot of this cell, of 1 s of which 0.1 s is start-up.
pub fn pilot_of(name: &str) -> Sample {
    Sample {
        cell: name.to_owned(),
        workload: String::new(),
        size: None,
        distribution: None,
        engine: String::new(),
        mode: String::new(),
        kind: Kind::Pilot,
        round: 0,
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
fn all_tasks(jobs: &Jobs, plan: &Plan) -> Vec<(Task, u32)> {
    let mut tasks: Vec<(Task, u32)> = pilot(jobs).into_iter().map(|task| (task, 0)).collect();
    for number in 1..=plan.runs {
        let round = round(jobs, plan, number).into_iter();
        tasks.extend(round.map(|task| (task, number)));
    }
    tasks.retain(|(task, _)| is_live(plan, &jobs.all[task.job]));
    tasks
}

#[test]
fn the_pilot_goes_up_the_sizes_and_compiles_before_what_needs_it() {
    let jobs = jobs(&plan());
    let tasks = pilot(&jobs);
    let sizes: Vec<_> = tasks
        .iter()
        .filter_map(|task| match &jobs.all[task.job].work {
            Work::Run { cell, .. } => Some(cell.size),
            _ => None,
        })
        .collect();
    assert!(sizes.is_sorted());
    let names = tasks.iter().map(|task| jobs.all[task.job].name.as_str());
    let names: Vec<&str> = names.take(4).collect();
    assert_eq!(
        names,
        [
            "merge/1KB/random/native:release",
            "merge/1KB/random/vm:jit",
            "merge/vm:aot",
            "merge/1KB/random/vm:aot"
        ]
    );
}

#[test]
fn a_round_has_every_cell_the_controls_and_each_compilation_once() {
    let plan = plan();
    let jobs = jobs(&plan);
    for number in 1..=3 {
        let tasks = round(&jobs, &plan, number);
        let distinct: HashSet<&Task> = tasks.iter().collect();
        assert_eq!(distinct.len(), tasks.len(), "a task is there twice");
        let count = |test: fn(&Work, Kind) -> bool| {
            let all = tasks.iter();
            all.filter(|task| test(&jobs.all[task.job].work, task.kind))
                .count()
        };
        assert_eq!(count(|_, kind| kind == Kind::Run), plan.live().count());
        // 1KB is light, 1MB medium.
        let is_control =
            |work: &Work, kind| kind == Kind::Control && matches!(work, Work::Run { .. });
        assert_eq!(count(is_control), 2);
        assert_eq!(count(|work, _| matches!(work, Work::Start)), 1, "vm");
        // vm:aot of two workloads, for as many rounds as compile-runs says.
        let compilations = if number <= 2 { 2 } else { 0 };
        assert_eq!(
            count(|_, kind| kind == Kind::Compile),
            compilations,
            "round {number}"
        );
    }
}

#[test]
fn the_order_of_the_others_stays_when_a_cell_ends() {
    let before = plan();
    let jobs = jobs(&before);
    let mut after = plan();
    after.conclude(&cell("merge/1MB/random/vm:aot"), Outcome::Failed, None);
    let tasks = round(&jobs, &before, 2);
    assert_eq!(round(&jobs, &after, 2), tasks);
    let live = |plan: &Plan| {
        let live = tasks
            .iter()
            .filter(|task| is_live(plan, &jobs.all[task.job]));
        live.count()
    };
    assert_eq!(live(&before) - 1, live(&after));
}

#[test]
fn a_compilation_lives_as_long_as_one_of_its_cells() {
    let mut plan = plan();
    let jobs = jobs(&plan);
    let compilation = &jobs.all[run(&jobs, "bubble/vm:aot")];
    // 10KB is impossible, so 1KB is the only one that needs it.
    assert!(is_live(&plan, compilation));
    plan.conclude(&cell("bubble/1KB/random/vm:aot"), Outcome::Failed, None);
    assert!(!is_live(&plan, compilation));
    let Work::Run { compilation, .. } = &jobs.all[run(&jobs, "bubble/1KB/random/vm:jit")].work
    else {
        panic!("a cell is a run")
    };
    assert_eq!(*compilation, None);
}

#[test]
fn a_control_is_told_from_the_run_of_the_same_cell() {
    let jobs = jobs(&plan());
    let job = run(&jobs, "merge/1KB/random/vm:jit");
    let task = |kind| Task { job, kind };
    let done = Done::new(&[sample_of(&jobs, task(Kind::Control), 1)]);
    assert!(done.has(&jobs, task(Kind::Control), 1));
    assert!(!done.has(&jobs, task(Kind::Run), 1));
    assert!(!done.has(&jobs, task(Kind::Control), 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_left_and_what_was_taken_are_exactly_the_plan(taken in prop::collection::vec(any::<bool>(), 200)) {
        let plan = plan();
        let jobs = jobs(&plan);
        let all = all_tasks(&jobs, &plan);
        prop_assert!(all.len() < taken.len());
        let samples: Vec<Sample> = all.iter().zip(&taken).filter(|(_, taken)| **taken).map(|((task, round), _)| sample_of(&jobs, *task, *round)).collect();
        let done = Done::new(&samples);
        let left: Vec<&(Task, u32)> = all.iter().filter(|(task, round)| !done.has(&jobs, *task, *round)).collect();
        prop_assert_eq!(left.len() + samples.len(), all.len());
        let key = |task: &Task, round: u32| (jobs.all[task.job].name.clone(), format!("{:?}", task.kind), round);
        let mut union: BTreeSet<_> = left.iter().map(|(task, round)| key(task, *round)).collect();
        for sample in &samples {
            prop_assert!(union.insert((sample.cell.clone(), format!("{:?}", sample.kind), sample.round)), "{} would be taken twice", sample.cell);
        }
        let planned: BTreeSet<_> = all.iter().map(|(task, round)| key(task, *round)).collect();
        prop_assert_eq!(union, planned);
    }
}
