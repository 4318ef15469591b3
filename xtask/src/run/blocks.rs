//! What is measured back to back, in which order, and when that is enough: pure.

mod group;

use std::collections::{HashMap, HashSet};

use super::jobs::{Job, Work};
use crate::model::{Kind, Load, Outcome, Sample, Size, distinct, grouped};
use crate::plan::pace::{self, Pace, next_look};
use crate::plan::{Plan, shuffled};
use group::Group;

/// One sample to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    /// Its place among the jobs.
    pub job: usize,
    pub kind: Kind,
    pub round: u32,
    pub attempt: u32,
}

/// The blocks of a run: what was taken, and what comes next.
pub struct Blocks {
    groups: Vec<Group>,
    /// The group of each job.
    group_of: Vec<usize>,
    /// Wall times of each job, by the number of the block; the last attempt's.
    walls_s: HashMap<(usize, u32), f64>,
    taken: HashSet<Task>,
    /// What was asked for, without its cells.
    plan: Plan,
    /// Is the pilot over?
    is_settled: bool,
}

/// A block to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    group: usize,
    /// From 1 in its group: the `round` of its samples.
    pub round: u32,
    /// From 1 in the run.
    pub number: u32,
    /// In the order in which they are taken.
    pub tasks: Vec<Task>,
}

impl Task {
    /// A sample that is taken before all blocks.
    pub fn of_pilot(job: usize, kind: Kind) -> Task {
        Task {
            job,
            kind,
            round: 0,
            attempt: 1,
        }
    }
}

impl Block {
    /// The next attempt at it.
    pub fn again(&self) -> Block {
        let mut block = self.clone();
        block.tasks.iter_mut().for_each(|task| task.attempt += 1);
        block
    }
}

/// The runs in the order of the pilot: sizes ascending, otherwise as planned. Compilations come
/// before the first run that needs them.
pub fn pilot(jobs: &[Job]) -> Vec<Task> {
    let mut runs: Vec<(Option<Size>, usize, Option<usize>)> = Vec::new();
    for (job, Job { sample, work, .. }) in jobs.iter().enumerate() {
        if let Work::Run { compilation, .. } = work {
            runs.push((sample.size, job, *compilation));
        }
    }
    runs.sort_by_key(|(size, ..)| *size);
    let tasks = runs.into_iter().flat_map(|(_, job, compilation)| {
        let compile = compilation.map(|job| Task::of_pilot(job, Kind::Compile));
        compile
            .into_iter()
            .chain([Task::of_pilot(job, Kind::Pilot)])
    });
    distinct(tasks)
}

impl Blocks {
    /// Nothing is taken yet; how long samples take is not known before the pilot.
    pub fn new(jobs: &[Job], plan: &Plan) -> Blocks {
        let mut runs_first: Vec<usize> = (0..jobs.len()).collect();
        runs_first.sort_by_key(|job| jobs[*job].sample.kind == Kind::Compile);
        let compared = grouped(runs_first, |a, b| jobs[*a].is_compared_with(&jobs[*b]));
        let group = |own: Vec<usize>| {
            let Sample { kind, size, .. } = jobs[own[0]].sample;
            Group::new(kind, size.map_or(Load::Light, Size::load), own)
        };
        let groups: Vec<Group> = compared.into_iter().map(group).collect();
        let mut group_of = vec![0; jobs.len()];
        for (at, group) in groups.iter().enumerate() {
            group.jobs.iter().for_each(|job| group_of[*job] = at);
        }
        Blocks {
            groups,
            group_of,
            walls_s: HashMap::new(),
            taken: HashSet::new(),
            plan: Plan {
                cells: Vec::new(),
                ..plan.clone()
            },
            is_settled: false,
        }
    }

    /// Learns from a sample of this job.
    pub fn add(&mut self, job: usize, sample: &Sample) {
        let round = sample.round;
        self.taken.insert(Task {
            job,
            kind: sample.kind,
            round,
            attempt: sample.attempt,
        });
        if let Some(wall_s) = sample.wall_s.filter(|_| sample.outcome == Outcome::Ok)
            && sample.kind != Kind::Twin
        {
            self.walls_s.insert((job, round), wall_s);
        }
        let group = &mut self.groups[self.group_of[job]];
        group.blocks = group.blocks.max(round);
        if sample.attempt > 1 {
            group.again.insert(round);
        }
    }

    /// Counts a block as begun, whether one of its jobs is still of use or not.
    pub fn begin(&mut self, block: &Block) {
        let group = &mut self.groups[block.group];
        group.blocks = group.blocks.max(block.round);
    }

    /// May another block be taken again? At most one in ten.
    pub fn may_take_again(&self) -> bool {
        let begun: u32 = self.groups.iter().map(|group| group.blocks).sum();
        let again: usize = self.groups.iter().map(|group| group.again.len()).sum();
        10 * (again as u32 + 1) <= begun
    }

    /// This job is of no more use.
    pub fn drop(&mut self, job: usize) {
        let group = &mut self.groups[self.group_of[job]];
        let place = group.jobs.iter().position(|other| *other == job);
        match place {
            Some(place) if self.is_settled => group.pace.drop(place),
            Some(place) => _ = group.jobs.remove(place),
            None => {}
        }
    }

    /// Was this sample taken already?
    pub fn has(&self, task: &Task) -> bool {
        self.taken.contains(task)
    }

    /// After the pilot: fixes which cells are long, and which ratios are to be sharp. `spent_s` is
    /// what the pilot took.
    pub fn settle(&mut self, spent_s: f64) {
        self.is_settled = true;
        for group in &mut self.groups {
            let pilots_s = group.jobs.iter().map(|job| self.walls_s.get(&(*job, 0)));
            let pilots_s = pilots_s.map(|wall_s| wall_s.copied().unwrap_or(0.0));
            let runs = match group.kind {
                Kind::Compile => self.plan.compile_runs,
                _ => self.plan.runs,
            };
            group.pace = Pace::new(group.pace.load, pilots_s.collect(), runs);
        }
        if let Some(budget_s) = self.plan.budget_s {
            let paces = self.groups.iter_mut().map(|it| &mut it.pace);
            pace::share_budget(paces, budget_s, spent_s);
        }
        for at in 0..self.groups.len() {
            // Looks that an earlier sitting had before the blocks that are there.
            for look in pace::LOOKS {
                if look < self.groups[at].blocks {
                    self.look(at, look);
                }
            }
        }
    }

    /// The blocks that come next, in random order: of those that still need some the ones that
    /// have the fewest. Empty when all is done.
    pub fn next(&mut self, spent_s: f64) -> Vec<Block> {
        for at in 0..self.groups.len() {
            self.look(at, self.groups[at].blocks);
        }
        let going_on = self.going_on(spent_s);
        let fewest = going_on.iter().map(|at| self.groups[*at].blocks).min();
        let Some(fewest) = fewest else {
            return Vec::new();
        };
        let order = shuffled(self.plan.order_seed, u64::from(fewest), self.groups.len());
        let order = order.into_iter().filter(|at| going_on.contains(at));
        let order = order.filter(|at| self.groups[*at].blocks == fewest);
        order.map(|at| self.block(at, fewest + 1)).collect()
    }

    /// Blocks of which an earlier sitting took only a part, as their last attempt.
    pub fn torn(&self) -> Vec<Block> {
        let begun = (0..self.groups.len()).filter(|at| self.groups[*at].blocks > 0);
        let last = begun.map(|at| {
            let block = self.block(at, self.groups[at].blocks);
            let again = block.again();
            let is_again = again.tasks.iter().any(|task| self.has(task));
            if is_again { again } else { block }
        });
        let is_torn = |block: &Block| !block.tasks.iter().all(|task| self.has(task));
        last.filter(is_torn).collect()
    }

    fn block(&self, at: usize, round: u32) -> Block {
        let group = &self.groups[at];
        let number = (round - 1) * self.groups.len() as u32 + at as u32 + 1;
        let task = |place: usize, kind| Task {
            job: group.jobs[place],
            kind,
            round,
            attempt: 1,
        };
        let own = (0..group.jobs.len()).filter(|place| group.pace.takes_part(*place, round));
        let own = own.map(|place| (group.pace.is_long[place], task(place, group.kind)));
        let mut tasks: Vec<(bool, Task)> = own.collect();
        if group.kind == Kind::Run {
            let twin = group.pace.twin(round);
            tasks.extend(twin.map(|place| (false, task(place, Kind::Twin))));
        }
        // Another stream than that of the order of blocks.
        let stream = (1 << 32) + u64::from(number);
        let order = shuffled(self.plan.order_seed, stream, tasks.len());
        let mut shuffled: Vec<(bool, Task)> = order.into_iter().map(|at| tasks[at]).collect();
        shuffled.sort_by_key(|(is_long, _)| *is_long);
        Block {
            group: at,
            round,
            number,
            tasks: shuffled.into_iter().map(|(_, task)| task).collect(),
        }
    }

    /// The groups that are to have another block: those that lack what they must have, and those
    /// that are not yet sharp, as far as the budget reaches.
    fn going_on(&self, spent_s: f64) -> Vec<usize> {
        let is_open = |at: &usize| self.groups[*at].lacks() || self.is_wanted(&self.groups[*at]);
        let (mut must, may): (Vec<usize>, Vec<usize>) = (0..self.groups.len())
            .filter(is_open)
            .partition(|at| self.groups[*at].lacks());
        let Some(budget_s) = self.plan.budget_s else {
            must.extend(may);
            return must;
        };
        let must_s = must.iter().map(|at| {
            let group = &self.groups[*at];
            group.until_s(group.pace.least_blocks())
        });
        let left_s = budget_s - spent_s - must_s.sum::<f64>();
        let costs_s = may.iter().map(|at| {
            let group = &self.groups[*at];
            let expected = group.pace.expected_blocks(self.plan.precision, group.seen);
            let look = next_look(group.blocks).unwrap_or(group.blocks);
            (group.until_s(expected), group.until_s(look))
        });
        let looks = pace::affordable_looks(&costs_s.collect::<Vec<_>>(), left_s);
        must.extend(looks.into_iter().map(|place| may[place]));
        must
    }

    fn is_wanted(&self, group: &Group) -> bool {
        self.plan.precision.is_some() && group.kind == Kind::Run && !group.is_sharp
    }

    /// After so many blocks, are the ratios of this group as sharp as asked? The rule looks at
    /// widths, never at where the intervals lie.
    fn look(&mut self, at: usize, blocks: u32) {
        let (Some(precision), Kind::Run) = (self.plan.precision, self.groups[at].kind) else {
            return;
        };
        let group = &self.groups[at];
        let is_time = pace::LOOKS.contains(&blocks) || blocks == group.pace.least_blocks();
        let is_known = group.seen.is_some_and(|(_, look)| look >= blocks);
        if !is_time || is_known || blocks < group.pace.least_blocks() {
            return;
        }
        let log = |place: usize, block| {
            let wall_s = self.walls_s.get(&(group.jobs[place], block));
            wall_s.map(|wall_s| wall_s.ln())
        };
        let reach = pace::widest(&group.pace.comparable(), blocks, log);
        let target = precision.at(group.pace.load);
        let group = &mut self.groups[at];
        group.seen = reach.map(|reach| (reach, blocks));
        group.is_sharp |= reach.is_none_or(|reach| reach <= target) || next_look(blocks).is_none();
    }

    /// Seconds that the rest of the run will take, as far as can be told.
    pub fn left_s(&self, spent_s: f64) -> f64 {
        let inputs = self.groups.iter().map(|group| {
            let precision = self.plan.precision.filter(|_| self.is_wanted(group));
            let expected = group.pace.expected_blocks(precision, group.seen);
            (&group.pace, group.blocks, expected)
        });
        let budget_left_s = self.plan.budget_s.map(|budget_s| budget_s - spent_s);
        pace::forecast_s(inputs, budget_left_s)
    }
}

#[cfg(test)]
pub(super) mod tests;
