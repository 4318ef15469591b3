//! Which samples are still to be taken, and in which order: pure.

use std::collections::HashSet;

use super::jobs::{Job, Jobs, Work};
use crate::model::{Kind, Sample};
use crate::plan::{Plan, round_order};

/// One sample to take: of a job, by its place among the jobs, as a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    pub job: usize,
    pub kind: Kind,
}

/// The runs in the order of the pilot: sizes ascending, otherwise as planned. Compilations come
/// before the first run that needs them.
pub fn pilot(jobs: &Jobs) -> Vec<Task> {
    let mut runs = jobs.runs.clone();
    runs.sort_by_key(|job| match &jobs.all[*job].work {
        Work::Run { cell, .. } => Some(cell.size),
        _ => None,
    });
    let mut tasks = Vec::new();
    for job in runs {
        if let Work::Run {
            compilation: Some(compilation),
            ..
        } = jobs.all[job].work
        {
            tasks.push(Task {
                job: compilation,
                kind: Kind::Compile,
            });
        }
        tasks.push(Task {
            job,
            kind: Kind::Pilot,
        });
    }
    let mut seen = HashSet::new();
    tasks.retain(|task| seen.insert(*task));
    tasks
}

/// All tasks of a round in its order, whether their cells are still live or not: the order
/// of the others does not change when one cell ends.
pub fn round(jobs: &Jobs, plan: &Plan, round: u32) -> Vec<Task> {
    let task = |kind| move |job: &usize| Task { job: *job, kind };
    let is_control = |job: &&usize| match &jobs.all[**job].work {
        Work::Run { cell, .. } => plan.controls.contains(cell),
        _ => false,
    };
    let mut tasks: Vec<Task> = jobs.runs.iter().map(task(Kind::Run)).collect();
    let controls = jobs.runs.iter().filter(is_control);
    tasks.extend(controls.map(task(Kind::Control)));
    tasks.extend(jobs.starts.iter().map(task(Kind::Control)));
    if round <= plan.compile_runs {
        tasks.extend(jobs.compilations.iter().map(task(Kind::Compile)));
    }
    let order = round_order(plan.order_seed, round, tasks.len());
    order.into_iter().map(|at| tasks[at]).collect()
}

/// Is the job of any use: is one of its cells live?
pub fn is_live(plan: &Plan, job: &Job) -> bool {
    let cells = &plan.cells;
    job.cells.iter().any(|cell| cells[*cell].outcome.is_none())
}

/// Which samples there are already: name, kind and round. Round 0 is the pilot.
pub struct Done(HashSet<(String, Kind, u32)>);

impl Done {
    pub fn new(samples: &[Sample]) -> Done {
        Done(samples.iter().map(Done::key).collect())
    }

    pub fn has(&self, jobs: &Jobs, task: Task, round: u32) -> bool {
        let name = jobs.all[task.job].name.clone();
        self.0.contains(&(name, task.kind, round))
    }

    pub fn add(&mut self, sample: &Sample) {
        self.0.insert(Done::key(sample));
    }

    fn key(sample: &Sample) -> (String, Kind, u32) {
        (sample.cell.clone(), sample.kind, sample.round)
    }
}

#[cfg(test)]
pub(super) mod tests;
