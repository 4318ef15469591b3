//! Which samples are still to be taken, in which order, and which cells are hopeless: pure.

use std::collections::HashSet;

use super::jobs::{Job, Jobs, Work};
use crate::config::Complexity;
use crate::model::{Cell, Kind, Outcome, Sample, human_seconds};
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

/// Seconds of a phase below which a pilot says too little about larger inputs:
/// fixed costs would be multiplied as if they grew.
const ENOUGH_WORK_S: f64 = 0.01;

/// Why a cell is not worth trying, judging by the pilots of the same workload, distribution,
/// engine and mode at smaller sizes; none if it is.
///
/// The last measured size's sort phase grows with the workload's complexity, its reading and
/// writing with the size, and its start-up not. A program that says nothing of its phases is
/// taken to start in the time of its smallest input, and all the rest to grow like sorting.
pub fn infeasible(
    plan: &Plan,
    samples: &[Sample],
    cell: &Cell,
    complexity: Complexity,
) -> Option<String> {
    let smaller = || {
        plan.cells.iter().filter(|planned| {
            let other = &planned.cell;
            other.size < cell.size
                && other.workload == cell.workload
                && other.distribution == cell.distribution
                && other.engine == cell.engine
                && other.mode == cell.mode
        })
    };
    let last = smaller().max_by_key(|planned| planned.cell.size)?;
    let size = last.cell.size;
    match last.outcome {
        Some(Outcome::Timeout) => return Some(format!("{size} reached the timeout already")),
        Some(Outcome::Infeasible) => return Some(format!("{size} is infeasible already")),
        _ => {}
    }
    let pilot_of = |name: &str| {
        let good = |sample: &&Sample| sample.kind == Kind::Pilot && sample.outcome == Outcome::Ok;
        let mut pilots = samples.iter().filter(good);
        pilots.find(|sample| sample.cell == name)
    };
    let pilot = pilot_of(&last.name)?;
    let wall_s = pilot.wall_s?;
    let (startup_s, io_s, sort_s) = match (pilot.startup_s(), pilot.sort_s) {
        (Some(startup_s), Some(sort_s)) => (startup_s, wall_s - startup_s - sort_s, sort_s),
        _ => {
            let first = smaller().min_by_key(|planned| planned.cell.size)?;
            let startup_s = pilot_of(&first.name).and_then(|sample| sample.wall_s);
            let startup_s = startup_s.unwrap_or(wall_s);
            (startup_s, 0.0, wall_s - startup_s)
        }
    };
    let growth =
        |complexity: Complexity| complexity.cost(cell.size.bytes) / complexity.cost(size.bytes);
    let factor = growth(complexity);
    let grown = |phase_s: f64, factor: f64| match phase_s {
        ENOUGH_WORK_S.. => phase_s * factor,
        _ => phase_s,
    };
    let io_factor = factor.min(growth(Complexity::Linear));
    let predicted_s = startup_s + grown(io_s, io_factor) + grown(sort_s, factor);
    (predicted_s > plan.timeout_s).then(|| {
        format!(
            "predicted {}, over the timeout of {}: {size} took {}, and {complexity} makes that {factor:.0} times as much",
            human_seconds(predicted_s),
            human_seconds(plan.timeout_s),
            human_seconds(wall_s),
        )
    })
}

#[cfg(test)]
mod tests;
