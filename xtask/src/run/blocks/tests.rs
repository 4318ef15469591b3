use std::path::Path;

use super::*;
use crate::config::tests::config;
use crate::host::process::Invocation;
use crate::model::Cell;
use crate::plan::{Overrides, Selection};
use crate::run::fixture::Fixture;
use crate::run::jobs::share;
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
    plan
}

/// The jobs of a plan, with commands that nobody runs.
fn jobs(plan: &Plan) -> Vec<Job> {
    let config = config();
    let mut jobs = Vec::new();
    let planned = plan.cells.iter().enumerate();
    for (index, planned) in planned.filter(|(_, planned)| planned.outcome.is_none()) {
        let cell = &planned.cell;
        let (workload, _, mode) = config.parts_of(cell).unwrap();
        let sample = |name: String, kind| Sample {
            cell: name,
            workload: cell.workload.clone(),
            kind,
            ..Sample::default()
        };
        let compilation = mode.compiles_ahead().then(|| {
            let work = Work::Compile {
                fresh: "fresh".into(),
                kept: "kept".into(),
            };
            let name = format!("{}/{}", cell.workload, cell.engine_mode());
            let sample = sample(name, Kind::Compile);
            share(
                &mut jobs,
                Job::new(sample, Invocation::default(), work),
                index,
            )
        });
        let work = Work::Run {
            fixture: Fixture::new(Path::new("work"), workload, None, Path::new("repo")),
            compilation,
        };
        let sample = Sample {
            size: Some(cell.size),
            distribution: Some(cell.distribution),
            ..sample(planned.name.clone(), Kind::Run)
        };
        let mut run = Job::new(sample, Invocation::default(), work);
        run.cells.push(index);
        jobs.push(run);
    }
    jobs
}

/// The pilot of this cell, of 1 s of which 0.1 s is start-up.
pub fn pilot_of(name: &str) -> Sample {
    Sample {
        cell: name.to_owned(),
        kind: Kind::Pilot,
        round: 0,
        block: 0,
        ..crate::model::tests::sample(1.0, [0.1, 0.7, 0.1], 0.0)
    }
}

/// A run in which each sample takes as long as `wall_s` says of its job and round.
struct Fake<'p> {
    jobs: Vec<Job>,
    plan: &'p Plan,
    wall_s: fn(&str, u32) -> f64,
}

impl<'p> Fake<'p> {
    fn new(plan: &'p Plan, wall_s: fn(&str, u32) -> f64) -> Fake<'p> {
        let jobs = jobs(plan);
        Fake { jobs, plan, wall_s }
    }

    fn sample(&self, task: Task) -> Sample {
        let name = &self.jobs[task.job].sample.cell;
        Sample {
            kind: task.kind,
            round: task.round,
            attempt: task.attempt,
            wall_s: Some((self.wall_s)(name, task.round)),
            ..pilot_of(name)
        }
    }

    /// Goes on from what was taken; ends after so many more. Returns all that was taken, in order.
    fn go_on(&self, taken: &[Task], most: usize) -> Vec<Task> {
        let mut blocks = Blocks::new(&self.jobs, self.plan);
        let (mut all, mut spent_s) = (taken.to_vec(), 0.0);
        for task in taken {
            let sample = self.sample(*task);
            spent_s += sample.wall_s.unwrap();
            blocks.add(task.job, &sample);
        }
        let mut take = |blocks: &mut Blocks, task: Task, spent_s: &mut f64| {
            if !blocks.has(&task) && most > all.len() - taken.len() {
                let sample = self.sample(task);
                *spent_s += sample.wall_s.unwrap();
                blocks.add(task.job, &sample);
                all.push(task);
            }
            most > all.len() - taken.len()
        };
        for task in pilot(&self.jobs) {
            if !take(&mut blocks, task, &mut spent_s) {
                return all;
            }
        }
        blocks.settle(spent_s);
        let mut next = blocks.torn();
        loop {
            for block in &next {
                for task in &block.tasks {
                    if !take(&mut blocks, *task, &mut spent_s) {
                        return all;
                    }
                }
                blocks.begin(block);
            }
            next = blocks.next(spent_s);
            if next.is_empty() {
                return all;
            }
        }
    }

    fn count(&self, taken: &[Task], name: &str, kind: Kind) -> usize {
        let own = taken.iter().filter(|task| {
            self.jobs[task.job].sample.cell == name && task.kind == kind && task.round > 0
        });
        own.count()
    }
}

fn steady(_: &str, _: u32) -> f64 {
    1.0
}

/// Wobbles by a tenth, each job in a way of its own.
fn noisy(name: &str, round: u32) -> f64 {
    let hash = blake3::hash(format!("{name} {round}").as_bytes());
    1.0 + f64::from(hash.as_bytes()[0]) / 2560.0
}

#[test]
fn the_pilot_goes_up_the_sizes_and_compiles_before_what_needs_it() {
    let jobs = jobs(&plan());
    let tasks = pilot(&jobs);
    let sizes = tasks.iter().filter_map(|task| jobs[task.job].sample.size);
    assert!(sizes.is_sorted());
    let names = tasks.iter().map(|task| jobs[task.job].sample.cell.as_str());
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
fn each_input_has_its_blocks_with_a_twin_each_and_compilers_have_theirs() {
    let plan = plan();
    let fake = Fake::new(&plan, steady);
    let taken = fake.go_on(&[], usize::MAX);
    for cell in plan.live() {
        assert_eq!(
            fake.count(&taken, &cell.to_string(), Kind::Run),
            3,
            "{cell}"
        );
    }
    let distinct: HashSet<&Task> = taken.iter().collect();
    assert_eq!(distinct.len(), taken.len(), "a sample was taken twice");
    let inputs: HashSet<String> = plan.live().map(Cell::input).collect();
    let twins = taken.iter().filter(|task| task.kind == Kind::Twin);
    assert_eq!(twins.count(), 3 * inputs.len());
    assert_eq!(fake.count(&taken, "merge/vm:aot", Kind::Compile), 2);
}

#[test]
fn what_is_compared_is_measured_back_to_back() {
    let plan = plan();
    let fake = Fake::new(&plan, steady);
    let taken = fake.go_on(&[], usize::MAX);
    let rounds = taken.iter().filter(|task| task.round > 0);
    let group = |task: &Task| {
        let Sample {
            workload,
            size,
            distribution,
            ..
        } = &fake.jobs[task.job].sample;
        format!("{workload} {size:?} {distribution:?} {}", task.round)
    };
    let mut groups: Vec<String> = rounds.map(group).collect();
    groups.dedup();
    let distinct: HashSet<&String> = groups.iter().collect();
    assert_eq!(distinct.len(), groups.len(), "a block was torn apart");
}

#[test]
fn rounds_go_on_until_ratios_are_sharp_and_no_further_than_the_last_look() {
    let name = "merge/1KB/random/vm:jit";
    let blocks = |wall_s, precision: &str| {
        let mut plan = plan();
        plan.runs = 15;
        plan.precision = Some(precision.parse().unwrap());
        let fake = Fake::new(&plan, wall_s);
        let taken = fake.go_on(&[], usize::MAX);
        fake.count(&taken, name, Kind::Run)
    };
    assert_eq!(blocks(steady, "1%"), 15);
    let some = blocks(noisy, "2%");
    assert!(some > 15 && pace::LOOKS.contains(&(some as u32)), "{some}");
    assert!(blocks(noisy, "1%") > some);
    assert_eq!(blocks(noisy, "0.1%"), 300);
}

#[test]
fn a_budget_ends_what_may_go_on_but_not_what_must_be() {
    let spent_s = |budget_s| {
        let mut plan = plan();
        plan.precision = Some("0.1%".parse().unwrap());
        plan.budget_s = Some(budget_s);
        let fake = Fake::new(&plan, noisy);
        let taken = fake.go_on(&[], usize::MAX);
        taken
            .iter()
            .map(|one| fake.sample(*one).wall_s.unwrap())
            .sum::<f64>()
    };
    let least_s = spent_s(0.0);
    let spent_s = spent_s(least_s + 600.0);
    assert!(
        spent_s > least_s + 400.0 && spent_s <= least_s + 601.0,
        "{spent_s} of {least_s}"
    );
}

#[test]
fn a_cell_that_ended_takes_no_part_and_the_others_keep_their_order() {
    let plan = plan();
    let fake = Fake::new(&plan, steady);
    let blocks = |drop: Option<usize>| {
        let mut blocks = Blocks::new(&fake.jobs, &plan);
        for task in pilot(&fake.jobs) {
            blocks.add(task.job, &fake.sample(task));
        }
        blocks.settle(0.0);
        if let Some(job) = drop {
            blocks.drop(job);
        }
        let next = blocks.next(0.0);
        let of = |kind| {
            next.iter()
                .flat_map(|it| &it.tasks)
                .filter(move |it| it.kind == kind)
        };
        let compiled: Vec<usize> = of(Kind::Compile).map(|task| task.job).collect();
        (
            of(Kind::Run).map(|task| task.job).collect::<Vec<usize>>(),
            compiled,
        )
    };
    let (whole, compiled) = blocks(None);
    let gone = whole[2];
    let (rest, still_compiled) = blocks(Some(gone));
    assert_eq!((rest.len(), &compiled), (whole.len() - 1, &still_compiled));
    assert!(!rest.contains(&gone));
}

#[test]
fn a_twin_is_told_from_the_run_of_the_same_cell() {
    let plan = plan();
    let fake = Fake::new(&plan, steady);
    let mut blocks = Blocks::new(&fake.jobs, &plan);
    let task = |kind, attempt| Task {
        round: 1,
        attempt,
        ..Task::of_pilot(0, kind)
    };
    blocks.add(0, &fake.sample(task(Kind::Twin, 1)));
    assert!(blocks.has(&task(Kind::Twin, 1)));
    assert!(!blocks.has(&task(Kind::Run, 1)) && !blocks.has(&task(Kind::Twin, 2)));
}

#[test]
fn where_every_block_is_disturbed_one_in_ten_is_taken_again() {
    let mut plan = plan();
    plan.runs = 35;
    let fake = Fake::new(&plan, steady);
    let mut blocks = Blocks::new(&fake.jobs, &plan);
    blocks.settle(0.0);
    let mut again = Vec::new();
    for taken in 1..=35 {
        let block = blocks.next(0.0).remove(0);
        // An earlier sitting took a part of it: it is one block all the same.
        blocks.add(block.tasks[0].job, &fake.sample(block.tasks[0]));
        blocks.begin(&block);
        if blocks.may_take_again() {
            again.push(taken);
            for task in block.again().tasks {
                blocks.add(task.job, &fake.sample(task));
            }
        }
    }
    assert_eq!(again, [10, 20, 30]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Killed at any point, a run goes on to the same samples in the same order.
    #[test]
    fn a_run_that_is_gone_on_with_takes_what_is_missing(at in 0usize..400, sharp: bool) {
        let mut plan = plan();
        plan.precision = sharp.then(|| "3%".parse().unwrap());
        let fake = Fake::new(&plan, noisy);
        let whole = fake.go_on(&[], usize::MAX);
        let at = at.min(whole.len());
        let first = fake.go_on(&[], at);
        prop_assert_eq!(&first[..], &whole[..at]);
        let all = fake.go_on(&first, usize::MAX);
        let set = |taken: &[Task]| taken.iter().copied().collect::<HashSet<Task>>();
        prop_assert_eq!(all.len(), whole.len());
        prop_assert_eq!(set(&all), set(&whole));
    }
}
