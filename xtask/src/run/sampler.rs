//! Takes the samples of a run: the pilot, then the rounds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context;

use super::blocks::{Block, Blocks, Task, pilot};
use super::clock::Clock;
use super::feasibility::infeasible;
use super::jobs::{Job, Jobs, Work};
use super::progress::Progress;
use super::stopwatch::Stopwatch;
use super::trial::{PILOT, Place, Trial};
use crate::host::activity::{Disturbance, Watch};
use crate::model::{Kind, Outcome, Sample, blocks_taken};
use crate::plan::Plan;
use crate::store::{RunFolder, SampleLog};

/// A block is taken again where others had more than this share of one processor.
const DISTURBED: f64 = 0.2;
/// The kernel counts in ticks of 10 ms on each processor: so much says nothing.
const GRAIN_S: f64 = 0.03;

/// How taking samples ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Done,
    /// The user asked to stop; the sample in flight was dropped.
    Interrupted,
}

/// A run in progress.
pub struct Sampler {
    plan: Plan,
    jobs: Jobs,
    stopwatch: Stopwatch,
    pub folder: RunFolder,
    log: SampleLog,
    blocks: Blocks,
    clock: Clock,
    progress: Progress,
    /// Good ones of each job, as far as the pilot needs them.
    pilots: Vec<Sample>,
    watch: Watch,
    /// What others had of the block so far, in seconds.
    others_s: f64,
    blocks_taken: u32,
    blocks_taken_again: u32,
}

impl Sampler {
    pub fn new(
        plan: Plan,
        jobs: Jobs,
        stopwatch: Stopwatch,
        folder: RunFolder,
        log: SampleLog,
        samples: &[Arc<Sample>],
    ) -> Sampler {
        let mut sampler = Sampler {
            blocks: Blocks::new(&jobs, &plan),
            clock: Clock::start(samples),
            progress: Progress::new(),
            pilots: Vec::new(),
            watch: Watch::default(),
            others_s: 0.0,
            blocks_taken: 0,
            blocks_taken_again: 0,
            plan,
            jobs,
            stopwatch,
            folder,
            log,
        };
        sampler.recall(samples);
        sampler
    }

    /// Takes all samples that are missing.
    ///
    /// # Errors
    /// When measuring itself fails; a guest or engine that fails is an outcome.
    pub fn run(&mut self) -> anyhow::Result<Flow> {
        if self.pilot()? == Flow::Interrupted || self.rounds()? == Flow::Interrupted {
            self.progress.clear();
            return Ok(Flow::Interrupted);
        }
        for planned in &mut self.plan.cells {
            planned.outcome.get_or_insert(Outcome::Ok);
        }
        self.save_plan()?;
        self.progress.finish();
        Ok(Flow::Done)
    }

    /// Learns from the samples of earlier sittings.
    fn recall(&mut self, samples: &[Arc<Sample>]) {
        let by_name = self.jobs.all.iter().enumerate();
        let by_name: HashMap<String, usize> = by_name.map(|(i, it)| (it.name.clone(), i)).collect();
        for sample in samples {
            if let Some(job) = by_name.get(&sample.cell) {
                self.learn(*job, sample);
            }
        }
        let taken = |attempt| blocks_taken(samples.iter().map(Arc::as_ref), attempt) as u32;
        (self.blocks_taken, self.blocks_taken_again) = (taken(1), taken(2));
    }

    fn learn(&mut self, job: usize, sample: &Sample) {
        self.blocks.add(job, sample);
        if sample.kind == Kind::Pilot && sample.outcome == Outcome::Ok {
            self.pilots.push(sample.clone());
        }
        self.conclude_by(job, sample);
    }

    fn pilot(&mut self) -> anyhow::Result<Flow> {
        self.progress.pilot(self.plan.live().count());
        for task in pilot(&self.jobs) {
            self.exclude_infeasible(task)?;
            if self.take_if_missing(task, PILOT)? == Flow::Interrupted {
                return Ok(Flow::Interrupted);
            }
        }
        Ok(Flow::Done)
    }

    /// A resumed run does not predict what it has measured already.
    fn exclude_infeasible(&mut self, task: Task) -> anyhow::Result<()> {
        let job = &self.jobs.all[task.job];
        let Work::Run {
            cell, complexity, ..
        } = &job.work
        else {
            return Ok(());
        };
        if self.blocks.has(task, 0, 1) || !self.is_live(job) {
            return Ok(());
        }
        let reason = infeasible(&self.plan, &self.pilots, cell, *complexity);
        let Some(reason) = reason else {
            return Ok(());
        };
        self.progress.say(&format!("{cell}: infeasible: {reason}"));
        self.conclude(task.job, Outcome::Infeasible, Some(&reason));
        self.save_plan()
    }

    fn rounds(&mut self) -> anyhow::Result<Flow> {
        self.blocks.settle(self.clock.spent_s());
        self.progress
            .promise(self.blocks.left_s(self.clock.spent_s()));
        let mut blocks = self.blocks.torn();
        loop {
            for block in &blocks {
                if self.take_block(block)? == Flow::Interrupted {
                    return Ok(Flow::Interrupted);
                }
            }
            blocks = self.blocks.next(self.clock.spent_s());
            if blocks.is_empty() {
                return Ok(Flow::Done);
            }
        }
    }

    /// Takes a block, and where it was disturbed takes it again, at most one in ten.
    fn take_block(&mut self, block: &Block) -> anyhow::Result<Flow> {
        let attempt = self.blocks.attempt(block);
        let disturbed = match self.take_tasks(block, attempt)? {
            Some(share) => share > DISTURBED,
            None => return Ok(Flow::Interrupted),
        };
        self.blocks.begin(block);
        self.blocks_taken += 1;
        if !disturbed || attempt > 1 || !may_take_again(self.blocks_taken, self.blocks_taken_again)
        {
            return Ok(Flow::Done);
        }
        self.blocks_taken_again += 1;
        let again = self.take_tasks(block, attempt + 1)?;
        Ok(again.map_or(Flow::Interrupted, |_| Flow::Done))
    }

    /// Takes the samples of a block that are missing, and says what others had of one processor
    /// meanwhile, as a share of the time. None if the user interrupted it.
    fn take_tasks(&mut self, block: &Block, attempt: u32) -> anyhow::Result<Option<f64>> {
        let left_s = self.blocks.left_s(self.clock.spent_s());
        self.progress
            .left(self.clock.spent_s(), left_s, block.round);
        self.watch.lap();
        self.others_s = 0.0;
        let started = Instant::now();
        let place = Place {
            round: block.round,
            block: block.number,
            attempt,
        };
        for task in &block.tasks {
            if self.take_if_missing(*task, place)? == Flow::Interrupted {
                return Ok(None);
            }
        }
        self.log.sync()?;
        let took_s = started.elapsed().as_secs_f64();
        Ok(Some((self.others_s - GRAIN_S).max(0.0) / took_s))
    }

    fn take_if_missing(&mut self, task: Task, place: Place) -> anyhow::Result<Flow> {
        let job = &self.jobs.all[task.job];
        if self.blocks.has(task, place.round, place.attempt) || !self.is_live(job) {
            return Ok(Flow::Done);
        }
        self.progress.show(&job.name);
        let trial = Trial {
            jobs: &self.jobs,
            stopwatch: &self.stopwatch,
            timeout_s: self.plan.timeout_s,
            work: &self.folder.work(),
            sitting: self.clock.sitting,
        };
        let sample = trial
            .take(job, task.kind, place)
            .with_context(|| format!("cannot measure \"{}\"", job.name))?;
        let Some(mut sample) = sample else {
            return Ok(Flow::Interrupted);
        };
        if let Some(lap) = self.watch.lap() {
            let Disturbance {
                steal_s,
                others_cpu_s,
            } = lap;
            (sample.steal_s, sample.others_cpu_s) = (Some(steal_s), Some(others_cpu_s));
            self.others_s += steal_s + others_cpu_s;
        }
        self.log.append(&sample)?;
        self.learn(task.job, &sample);
        if sample.outcome != Outcome::Ok {
            self.save_plan()?;
            let reason = sample.reason.as_deref().unwrap_or("no reason");
            self.progress
                .say(&format!("{}: {}: {reason}", sample.cell, sample.outcome));
        }
        Ok(Flow::Done)
    }

    /// Is the job of any use: is one of its cells live?
    fn is_live(&self, job: &Job) -> bool {
        let cells = &self.plan.cells;
        job.cells.iter().any(|cell| cells[*cell].outcome.is_none())
    }

    /// A sample that is not `ok` ends its cell; a failed compilation ends every cell that needs it.
    fn conclude_by(&mut self, job: usize, sample: &Sample) {
        let prefix = match &self.jobs.all[job].work {
            Work::Compile { .. } => "compilation: ",
            Work::Run { .. } => "",
        };
        if sample.outcome == Outcome::Ok {
            return;
        }
        let reason = sample.reason.as_ref();
        let reason = reason.map(|reason| format!("{prefix}{reason}"));
        self.conclude(job, sample.outcome, reason.as_deref());
    }

    /// Gives the job's cells their outcome; the first one stays.
    fn conclude(&mut self, job: usize, outcome: Outcome, reason: Option<&str>) {
        for index in self.jobs.all[job].cells.clone() {
            let planned = &mut self.plan.cells[index];
            if planned.outcome.is_none() {
                planned.outcome = Some(outcome);
                planned.reason = reason.map(str::to_owned);
            }
        }
        let jobs = self.jobs.all.iter().enumerate();
        let dead = jobs.filter(|(_, job)| !self.is_live(job)).map(|(at, _)| at);
        for job in dead.collect::<Vec<_>>() {
            self.blocks.drop(job);
        }
    }

    fn save_plan(&self) -> anyhow::Result<()> {
        self.folder.write_json("plan.json", &self.plan)
    }
}

/// So many blocks were taken, and of these so many again: may another one be, at most one in ten?
fn may_take_again(taken: u32, again: u32) -> bool {
    10 * (again + 1) <= taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_every_block_is_disturbed_one_in_ten_is_taken_again() {
        let mut again = Vec::new();
        for taken in 1..=35 {
            if may_take_again(taken, again.len() as u32) {
                again.push(taken);
            }
        }
        assert_eq!(again, [10, 20, 30]);
    }
}
