//! What is measured back to back, in which order, and when that is enough: pure.

mod group;

use std::collections::{HashMap, HashSet};

use super::jobs::{Jobs, Work};
use crate::model::{Kind, Load, Outcome, Precision, Sample, grouped};
use crate::plan::pace::{self, Pace, next_look};
use crate::plan::{Plan, shuffled};
use group::Group;

/// One sample to take: of a job, by its place among the jobs, as a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    pub job: usize,
    pub kind: Kind,
}

/// The blocks of a run: what was taken, and what comes next.
pub struct Blocks {
    groups: Vec<Group>,
    /// Wall times of each job, by the number of the block; the last attempt's.
    walls_s: HashMap<(usize, u32), f64>,
    taken: HashSet<(Task, u32, u32)>,
    order_seed: u64,
    compile_runs: u32,
    runs: u32,
    precision: Option<Precision>,
    budget_s: Option<f64>,
    /// Is the pilot over?
    is_settled: bool,
    /// The group of each job.
    group_of: HashMap<usize, usize>,
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
        let compilation = match jobs.all[job].work {
            Work::Run { compilation, .. } => compilation,
            _ => None,
        };
        let task = |kind| move |job| Task { job, kind };
        tasks.extend(compilation.map(task(Kind::Compile)));
        tasks.push(task(Kind::Pilot)(job));
    }
    let mut seen = HashSet::new();
    tasks.retain(|task| seen.insert(*task));
    tasks
}

impl Blocks {
    /// Nothing is taken yet; how long samples take is not known before the pilot.
    pub fn new(jobs: &Jobs, plan: &Plan) -> Blocks {
        let kinds = [(Kind::Run, &jobs.runs), (Kind::Compile, &jobs.compilations)];
        let groups = kinds.into_iter().flat_map(|(kind, own)| {
            let compared = grouped(own.iter().copied(), |a, b| jobs.are_compared(*a, *b));
            let group = move |own: Vec<usize>| Group::new(kind, jobs.load(own[0]), own);
            compared.into_iter().map(group)
        });
        let groups: Vec<Group> = groups.collect();
        let of_group = |(at, group): (usize, &Group)| {
            let jobs = group.jobs.clone().into_iter();
            jobs.map(move |job| (job, at))
        };
        Blocks {
            group_of: groups.iter().enumerate().flat_map(of_group).collect(),
            groups,
            is_settled: false,
            walls_s: HashMap::new(),
            taken: HashSet::new(),
            order_seed: plan.order_seed,
            compile_runs: plan.compile_runs,
            runs: plan.runs,
            precision: plan.precision,
            budget_s: plan.budget_s,
        }
    }

    /// Learns from a sample of this job.
    pub fn add(&mut self, job: usize, sample: &Sample) {
        let task = Task {
            job,
            kind: sample.kind,
        };
        self.taken.insert((task, sample.round, sample.attempt));
        if let Some(wall_s) = sample.wall_s.filter(|_| sample.outcome == Outcome::Ok)
            && sample.kind != Kind::Twin
        {
            self.walls_s.insert((job, sample.round), wall_s);
        }
        let group = &mut self.groups[self.group_of[&job]];
        group.blocks = group.blocks.max(sample.round);
    }

    /// Counts a block as begun, whether one of its jobs is still of use or not.
    pub fn begin(&mut self, block: &Block) {
        let group = &mut self.groups[block.group];
        group.blocks = group.blocks.max(block.round);
    }

    /// This job is of no more use.
    pub fn drop(&mut self, job: usize) {
        let group = &mut self.groups[self.group_of[&job]];
        let place = group.jobs.iter().position(|other| *other == job);
        match place {
            Some(place) if self.is_settled => group.pace.drop(place),
            Some(place) => _ = group.jobs.remove(place),
            None => {}
        }
    }

    /// Was this sample taken already?
    pub fn has(&self, task: Task, round: u32, attempt: u32) -> bool {
        self.taken.contains(&(task, round, attempt))
    }

    /// After the pilot: fixes which cells are long, and which ratios are to be sharp. `spent_s` is
    /// what the pilot took.
    pub fn settle(&mut self, spent_s: f64) {
        self.is_settled = true;
        let walls_s = &self.walls_s;
        for group in &mut self.groups {
            let pilot_s = |job: &usize| walls_s.get(&(*job, 0)).copied().unwrap_or(0.0);
            let runs = match group.kind {
                Kind::Compile => self.compile_runs,
                _ => self.runs,
            };
            let load = group.load.unwrap_or(Load::Light);
            group.pace = Pace::new(load, group.jobs.iter().map(pilot_s).collect(), runs);
        }
        if let Some(budget_s) = self.budget_s {
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
        let order = shuffled(self.order_seed, u64::from(fewest), self.groups.len());
        let order = order.into_iter().filter(|at| going_on.contains(at));
        let order = order.filter(|at| self.groups[*at].blocks == fewest);
        order.map(|at| self.block(at, fewest + 1)).collect()
    }

    /// Blocks of which an earlier sitting took only a part.
    pub fn torn(&self) -> Vec<Block> {
        let begun = (0..self.groups.len()).filter(|at| self.groups[*at].blocks > 0);
        let mut blocks: Vec<Block> = begun
            .map(|at| self.block(at, self.groups[at].blocks))
            .collect();
        blocks.retain(|block| {
            let attempt = self.attempt(block);
            let is_there = |task: &Task| self.has(*task, block.round, attempt);
            !block.tasks.iter().all(is_there)
        });
        blocks
    }

    /// The last attempt at a block that was begun.
    pub fn attempt(&self, block: &Block) -> u32 {
        let again = |task: &Task| self.has(*task, block.round, 2);
        if block.tasks.iter().any(again) { 2 } else { 1 }
    }

    fn block(&self, at: usize, round: u32) -> Block {
        let group = &self.groups[at];
        let number = (round - 1) * self.groups.len() as u32 + at as u32 + 1;
        let places = 0..group.jobs.len();
        let taking_part = places.filter(|place| group.pace.takes_part(*place, round));
        let mut tasks: Vec<(bool, Task)> = taking_part
            .map(|place| {
                let (job, kind) = (group.jobs[place], group.kind);
                (group.pace.is_long[place], Task { job, kind })
            })
            .collect();
        if group.kind == Kind::Run {
            let twin = group.pace.twin(round).map(|place| group.jobs[place]);
            let kind = Kind::Twin;
            tasks.extend(twin.map(|job| (false, Task { job, kind })));
        }
        // Another stream than that of the order of blocks.
        let order = shuffled(self.order_seed, (1 << 32) + u64::from(number), tasks.len());
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
    /// that are not yet sharp, as far as the budget reaches, the cheapest first.
    fn going_on(&self, spent_s: f64) -> Vec<usize> {
        let is_open = |at: &usize| self.groups[*at].lacks() || self.is_wanted(&self.groups[*at]);
        let (mut must, mut may): (Vec<usize>, Vec<usize>) = (0..self.groups.len())
            .filter(is_open)
            .partition(|at| self.groups[*at].lacks());
        let Some(budget_s) = self.budget_s else {
            must.extend(may);
            return must;
        };
        let must_s = must.iter().map(|at| self.groups[*at].least_s());
        let mut left_s = budget_s - spent_s - must_s.sum::<f64>();
        let cost_s = |at: &usize| self.groups[*at].to_next_look_s();
        may.sort_by(|a, b| cost_s(a).total_cmp(&cost_s(b)));
        for at in may {
            left_s -= cost_s(&at);
            if left_s >= 0.0 {
                must.push(at);
            }
        }
        must
    }

    fn is_wanted(&self, group: &Group) -> bool {
        self.precision.is_some() && group.kind == Kind::Run && !group.is_sharp
    }

    /// After so many blocks, are the ratios of this group as sharp as asked? The rule looks at
    /// widths, never at where the intervals lie.
    fn look(&mut self, at: usize, blocks: u32) {
        let (Some(precision), Kind::Run) = (self.precision, self.groups[at].kind) else {
            return;
        };
        let group = &self.groups[at];
        let is_time = pace::LOOKS.contains(&blocks) || blocks == group.pace.least_blocks();
        let is_known = group.seen.is_some_and(|(_, look)| look >= blocks);
        if !is_time || is_known || blocks < group.pace.least_blocks() {
            return;
        }
        let reach = self.reach(group, blocks);
        let group = &mut self.groups[at];
        let target = precision.at(group.pace.load);
        group.seen = reach.map(|reach| (reach, blocks));
        group.is_sharp |= reach.is_none_or(|reach| reach <= target) || next_look(blocks).is_none();
    }

    /// Half-width of the widest ratio of a group after so many blocks.
    fn reach(&self, group: &Group, blocks: u32) -> Option<f64> {
        let log = |place: usize, block| {
            let wall_s = self.walls_s.get(&(group.jobs[place], block));
            wall_s.map(|wall_s| wall_s.ln())
        };
        pace::widest(&group.pace.comparable(), blocks, log)
    }

    /// Seconds that the rest of the run will take, as far as can be told.
    pub fn left_s(&self, spent_s: f64) -> f64 {
        let inputs = self.groups.iter().map(|group| {
            let precision = self.precision.filter(|_| self.is_wanted(group));
            let expected = group.pace.expected_blocks(precision, group.seen);
            (&group.pace, group.blocks, expected)
        });
        let budget_left_s = self.budget_s.map(|budget_s| budget_s - spent_s);
        pace::forecast_s(inputs, budget_left_s)
    }
}

#[cfg(test)]
pub(super) mod tests;
