//! Takes the samples of a run: the pilot, then the rounds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use nix::sys::signal::Signal;

use super::blame;
use super::blocks::{Block, Blocks, Task, pilot};
use super::check::{bytes_in, trouble};
use super::clock::Clock;
use super::feasibility::infeasible;
use super::jobs::{Job, Work};
use super::progress::Progress;
use super::stopwatch::Stopwatch;
use crate::host::activity::Watch;
use crate::host::files::remove_folder;
use crate::host::leftovers;
use crate::host::machine::available_share;
use crate::host::process::{End, Interrupted, interrupted};
use crate::model::{Kind, Outcome, Sample};
use crate::plan::Plan;
use crate::store::{RunFolder, SampleLog};

/// A block is taken again where others had more than this share of one processor.
const DISTURBED: f64 = 0.2;
/// The kernel counts in ticks of 10 ms on each processor: so much says nothing.
const GRAIN_S: f64 = 0.03;
/// Who ends a job, such as a scheduler, sends SIGTERM to all its processes at once: ours comes
/// within this time after the sample's.
const ALL_AT_ONCE: Duration = Duration::from_millis(500);

/// A run in progress.
pub struct Sampler {
    plan: Plan,
    jobs: Vec<Job>,
    stopwatch: Stopwatch,
    pub folder: RunFolder,
    log: SampleLog,
    blocks: Blocks,
    clock: Clock,
    progress: Progress,
    /// The good pilots, by cell.
    pilots: HashMap<String, Sample>,
    watch: Watch,
    /// What others had of the block so far, in seconds.
    others_s: f64,
}

impl Sampler {
    /// Goes on from the samples of earlier sittings.
    pub fn new(
        plan: Plan,
        jobs: Vec<Job>,
        stopwatch: Stopwatch,
        folder: RunFolder,
        log: SampleLog,
        samples: &[Arc<Sample>],
    ) -> Sampler {
        let by_name = jobs.iter().map(|job| job.sample.cell.clone()).zip(0..);
        let by_name: HashMap<String, usize> = by_name.collect();
        let mut sampler = Sampler {
            blocks: Blocks::new(&jobs, &plan),
            clock: Clock::start(samples),
            progress: Progress::new(),
            pilots: HashMap::new(),
            watch: Watch::default(),
            others_s: 0.0,
            plan,
            jobs,
            stopwatch,
            folder,
            log,
        };
        for sample in samples {
            if let Some(job) = by_name.get(&sample.cell) {
                sampler.learn(*job, sample);
            }
        }
        sampler
    }

    /// Takes all samples that are missing.
    ///
    /// # Errors
    /// When measuring itself fails, or the user interrupts, which drops the sample in flight; a guest
    /// or engine that fails is an outcome.
    pub fn run(&mut self) -> anyhow::Result<()> {
        let taken = self.pilot().and_then(|()| self.rounds());
        self.progress.finish(taken.is_ok());
        taken?;
        for planned in &mut self.plan.cells {
            planned.conclude(Outcome::Ok, None);
        }
        self.save_plan()
    }

    fn learn(&mut self, job: usize, sample: &Sample) {
        self.blocks.add(job, sample);
        if sample.kind == Kind::Pilot && sample.outcome == Outcome::Ok {
            self.pilots.insert(sample.cell.clone(), sample.clone());
        }
        // A sample that is not `ok` ends its cell; a failed compilation ends every cell that needs it.
        let prefix = match sample.kind {
            Kind::Compile => "compilation: ",
            _ => "",
        };
        if sample.outcome != Outcome::Ok {
            let reason = sample.reason.as_ref();
            let reason = reason.map(|reason| format!("{prefix}{reason}"));
            self.conclude(job, sample.outcome, reason);
        }
    }

    fn pilot(&mut self) -> anyhow::Result<()> {
        self.progress.pilot(self.plan.live().count());
        for task in pilot(&self.jobs) {
            self.exclude_infeasible(task)?;
            self.take_if_missing(task, 0)?;
        }
        Ok(())
    }

    /// A resumed run does not predict what it has measured already.
    fn exclude_infeasible(&mut self, task: Task) -> anyhow::Result<()> {
        let job = &self.jobs[task.job];
        let Work::Run { fixture, .. } = &job.work else {
            return Ok(());
        };
        if self.blocks.has(&task) || !self.is_live(job) {
            return Ok(());
        }
        let cell = &self.plan.cells[job.cells[0]].cell;
        let complexity = fixture.workload.complexity();
        if let Some(reason) = infeasible(&self.plan, &self.pilots, cell, complexity) {
            self.progress.say(&format!("{cell}: infeasible: {reason}"));
            self.conclude(task.job, Outcome::Infeasible, Some(reason));
            self.save_plan()?;
        }
        Ok(())
    }

    fn rounds(&mut self) -> anyhow::Result<()> {
        self.blocks.settle(self.clock.spent_s());
        self.progress
            .promise(self.blocks.left_s(self.clock.spent_s()));
        let mut blocks = self.blocks.torn();
        loop {
            for block in &blocks {
                self.take_block(block)?;
            }
            blocks = self.blocks.next(self.clock.spent_s());
            if blocks.is_empty() {
                return Ok(());
            }
        }
    }

    /// Takes a block, and where it was disturbed takes it again.
    fn take_block(&mut self, block: &Block) -> anyhow::Result<()> {
        let share = self.take_tasks(block)?;
        self.blocks.begin(block);
        let is_first = block.tasks.iter().all(|task| task.attempt == 1);
        if share > DISTURBED && is_first && self.blocks.may_take_again() {
            self.take_tasks(&block.again())?;
        }
        Ok(())
    }

    /// Takes the samples of a block that are missing, and says what others had of one processor
    /// meanwhile, as a share of the time.
    fn take_tasks(&mut self, block: &Block) -> anyhow::Result<f64> {
        let spent_s = self.clock.spent_s();
        let left_s = self.blocks.left_s(spent_s);
        self.progress.left(spent_s, left_s, block.round);
        self.watch.lap();
        self.others_s = 0.0;
        let started = Instant::now();
        for task in &block.tasks {
            self.take_if_missing(*task, block.number)?;
        }
        self.log.sync()?;
        let took_s = started.elapsed().as_secs_f64();
        Ok((self.others_s - GRAIN_S).max(0.0) / took_s)
    }

    fn take_if_missing(&mut self, task: Task, block: u32) -> anyhow::Result<()> {
        let job = &self.jobs[task.job];
        if self.blocks.has(&task) || !self.is_live(job) {
            return Ok(());
        }
        let name = &job.sample.cell;
        self.progress.show(name);
        let sample = self.sample(task, block);
        let mut sample = sample.with_context(|| format!("cannot measure \"{name}\""))?;
        if let Some(lap) = self.watch.lap() {
            sample.steal_s = Some(lap.steal_s);
            sample.others_cpu_s = Some(lap.others_cpu_s);
            self.others_s += lap.steal_s + lap.others_cpu_s;
        }
        self.log.append(&sample)?;
        self.learn(task.job, &sample);
        if sample.outcome != Outcome::Ok {
            self.save_plan()?;
            let reason = sample.reason.as_deref().unwrap_or("no reason");
            self.progress
                .say(&format!("{}: {}: {reason}", sample.cell, sample.outcome));
        }
        Ok(())
    }

    /// Takes one sample, of the block with this number.
    ///
    /// # Errors
    /// When measuring itself fails, the host lacks what the sample needs, or the user interrupts.
    fn sample(&self, task: Task, block: u32) -> anyhow::Result<Sample> {
        let job = &self.jobs[task.job];
        match &job.work {
            Work::Run {
                fixture,
                compilation,
            } => {
                // Its sample was taken in an earlier sitting, but somebody removed the artefact.
                if let Some(job) = compilation.filter(|job| self.jobs[*job].lacks_artifact()) {
                    self.sample(Task::of_pilot(job, Kind::Compile), 0)?;
                }
                fixture.reset()?;
            }
            Work::Compile { fresh, .. } => {
                remove_folder(fresh)?;
                fs_err::create_dir_all(fresh)?;
            }
        }
        let mut sample = Sample {
            kind: task.kind,
            round: task.round,
            block,
            attempt: task.attempt,
            sitting: self.clock.sitting,
            started_at: jiff::Timestamp::now(),
            ..job.sample.clone()
        };
        let measured = self.stopwatch.measure(&job.command, &mut sample)?;
        if measured.end == End::Signal(Signal::SIGTERM as i32) {
            std::thread::sleep(ALL_AT_ONCE);
        }
        self.end_what_it_left(task, &sample.cell);
        ensure!(!interrupted(), Interrupted);
        job.check_programs()?;
        // The check removes the output, which may have filled the disk.
        let work = self.folder.work();
        let room_bytes = blame::room_bytes(&work);
        let trouble = trouble(&job.work, &measured, &mut sample, self.plan.timeout_s)?;
        if let Some((outcome, reason)) = trouble {
            blame::host(&job.work, &measured, &work, room_bytes, available_share())?;
            (sample.outcome, sample.reason) = (outcome, Some(reason));
        } else if let Work::Compile { fresh, kept } = &job.work {
            sample.artifact_bytes = Some(bytes_in(fresh));
            if !kept.exists() {
                fs_err::rename(fresh, kept)?;
            }
        }
        sample.exit_code = match measured.end {
            End::Exit(code) => Some(code),
            End::Signal(signal) => Some(128 + signal),
            End::OutOfMemory => Some(128 + Signal::SIGKILL as i32),
            End::Timeout | End::Exhausted => None,
        };
        Ok(sample)
    }

    /// Ends what a sample left running, which would disturb all that come after it.
    fn end_what_it_left(&self, task: Task, cell: &str) {
        let left = leftovers::kill_adopted();
        if left > 0 && task.kind == Kind::Pilot {
            let said = format!("{cell}: ended {left} processes that a sample left running");
            self.progress.say(&said);
        }
    }

    /// Is the job of any use: is one of its cells live?
    fn is_live(&self, job: &Job) -> bool {
        let cells = &self.plan.cells;
        job.cells.iter().any(|cell| cells[*cell].outcome.is_none())
    }

    /// Gives the job's cells their outcome; the first one stays.
    fn conclude(&mut self, job: usize, outcome: Outcome, reason: Option<String>) {
        for index in &self.jobs[job].cells {
            self.plan.cells[*index].conclude(outcome, reason.clone());
        }
        for (at, job) in self.jobs.iter().enumerate() {
            if !self.is_live(job) {
                self.blocks.drop(at);
            }
        }
    }

    fn save_plan(&self) -> anyhow::Result<()> {
        self.folder.write_json("plan.json", &self.plan)
    }
}
