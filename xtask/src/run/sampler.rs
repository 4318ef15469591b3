//! Takes the samples of a run: the pilot, then the rounds.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::sys::signal::Signal;

use super::check::{Checked, check_compilation, check_end};
use super::feasibility::infeasible;
use super::jobs::{Job, Jobs, Work};
use super::progress::{Later, Progress};
use super::schedule::{self, Done, Task};
use super::stopwatch::{Measured, Stopwatch};
use crate::host::process::{End, interrupted};
use crate::model::Outcome;
use crate::model::{Kind, Sample};
use crate::plan::{Plan, PlannedCell};
use crate::store::{RunFolder, SampleLog};

/// Who ends a job, such as a scheduler, sends SIGTERM to all its processes at once: ours comes
/// within this time after the sample's.
const ALL_AT_ONCE: Duration = Duration::from_millis(500);

/// How taking samples ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    Done,
    /// The user asked to stop; the sample in flight was dropped.
    Interrupted,
}

/// A run in progress.
pub struct Sampler {
    pub plan: Plan,
    pub jobs: Jobs,
    pub stopwatch: Stopwatch,
    pub folder: RunFolder,
    pub log: SampleLog,
    /// All samples of the run so far, those of earlier sittings included.
    pub samples: Vec<Sample>,
    pub done: Done,
    pub progress: Progress,
}

impl Sampler {
    /// Takes all samples that are missing.
    ///
    /// # Errors
    /// When measuring itself fails; a guest or engine that fails is an outcome.
    pub fn run(&mut self) -> anyhow::Result<Flow> {
        self.recall();
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
    fn recall(&mut self) {
        for sample in std::mem::take(&mut self.samples) {
            let job = self.jobs.all.iter().position(|job| job.name == sample.cell);
            if let Some(job) = job {
                let kind = sample.kind;
                self.progress.recall(Task { job, kind }, &sample);
                self.conclude_by(job, &sample);
            }
            self.samples.push(sample);
        }
    }

    fn pilot(&mut self) -> anyhow::Result<Flow> {
        self.progress.start("pilot", self.plan.live().count());
        for task in schedule::pilot(&self.jobs) {
            self.exclude_infeasible(task)?;
            if self.take_if_missing(task, 0, "pilot", Later::default())? == Flow::Interrupted {
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
        if self.done.has(&self.jobs, task, 0) || !schedule::is_live(&self.plan, job) {
            return Ok(());
        }
        let reason = infeasible(&self.plan, &self.samples, cell, *complexity);
        let Some(reason) = reason else {
            return Ok(());
        };
        self.progress.say(&format!("{cell}: infeasible: {reason}"));
        for index in &job.cells {
            conclude(
                &mut self.plan.cells[*index],
                Outcome::Infeasible,
                Some(&reason),
            );
        }
        self.save_plan()
    }

    fn rounds(&mut self) -> anyhow::Result<Flow> {
        let runs = self.plan.runs;
        let mut promised = false;
        for round in 1..=runs {
            let mut whole = schedule::round(&self.jobs, &self.plan, round);
            whole.retain(|task| schedule::is_live(&self.plan, &self.jobs.all[task.job]));
            let mut tasks = whole.clone();
            tasks.retain(|task| !self.done.has(&self.jobs, *task, round));
            let later = Later {
                tasks: &tasks,
                round: &whole,
                rounds: runs - round,
                compile_rounds: self.plan.compile_runs.saturating_sub(round),
            };
            if !promised && !tasks.is_empty() {
                promised = true;
                self.progress.promise(whole.len(), later);
            }
            let phase = format!("round {round} of {runs}");
            self.progress.start(&phase, tasks.len());
            for (i, task) in tasks.iter().enumerate() {
                let later = Later {
                    tasks: &tasks[i + 1..],
                    ..later
                };
                if self.take_if_missing(*task, round, &phase, later)? == Flow::Interrupted {
                    return Ok(Flow::Interrupted);
                }
            }
        }
        Ok(Flow::Done)
    }

    fn take_if_missing(
        &mut self,
        task: Task,
        round: u32,
        phase: &str,
        later: Later,
    ) -> anyhow::Result<Flow> {
        let job = &self.jobs.all[task.job];
        if self.done.has(&self.jobs, task, round) || !schedule::is_live(&self.plan, job) {
            return Ok(Flow::Done);
        }
        self.progress.show(&job.name);
        let started = Instant::now();
        let sample = self
            .take(job, task.kind, round)
            .with_context(|| format!("cannot measure \"{}\"", job.name))?;
        let Some(sample) = sample else {
            return Ok(Flow::Interrupted);
        };
        self.log.append(&sample)?;
        self.done.add(&sample);
        self.conclude_by(task.job, &sample);
        if sample.outcome != Outcome::Ok {
            self.save_plan()?;
            let reason = sample.reason.as_deref().unwrap_or("no reason");
            self.progress
                .say(&format!("{}: {}: {reason}", sample.cell, sample.outcome));
        }
        let total_s = started.elapsed().as_secs_f64();
        self.progress
            .step(task, &sample.cell, phase, sample.wall_s, total_s, later);
        self.samples.push(sample);
        Ok(Flow::Done)
    }

    /// Takes one sample; none if the user interrupted it.
    fn take(&self, job: &Job, kind: Kind, round: u32) -> anyhow::Result<Option<Sample>> {
        match &job.work {
            Work::Run {
                fixture,
                check,
                compilation,
                ..
            } => {
                if !self.has_artifact(*compilation)? {
                    return Ok(None);
                }
                fixture.reset()?;
                self.measure(job, kind, round, |measured, timeout_s| {
                    check.run(measured, timeout_s)
                })
            }
            Work::Start => self.measure(job, kind, round, |measured, timeout_s| {
                Ok(check_end(measured, timeout_s))
            }),
            Work::Compile { fresh, kept } => self.compile(job, round, fresh, kept),
        }
    }

    /// Makes an artefact again whose sample was taken in an earlier sitting, but which somebody
    /// removed. False if the user interrupted that.
    fn has_artifact(&self, compilation: Option<usize>) -> anyhow::Result<bool> {
        let Some(job) = compilation.map(|compilation| &self.jobs.all[compilation]) else {
            return Ok(true);
        };
        match &job.work {
            Work::Compile { fresh, kept } if !kept.exists() => {
                Ok(self.compile(job, 0, fresh, kept)?.is_some())
            }
            _ => Ok(true),
        }
    }

    fn compile(
        &self,
        job: &Job,
        round: u32,
        fresh: &Path,
        kept: &Path,
    ) -> anyhow::Result<Option<Sample>> {
        let context = || format!("cannot prepare \"{}\"", fresh.display());
        let _ = std::fs::remove_dir_all(fresh);
        std::fs::create_dir_all(fresh).with_context(context)?;
        let sample = self.measure(job, Kind::Compile, round, |measured, timeout_s| {
            Ok(check_compilation(measured, bytes_in(fresh), timeout_s))
        })?;
        let Some(mut sample) = sample else {
            return Ok(None);
        };
        if sample.outcome == Outcome::Ok {
            sample.artifact_bytes = Some(bytes_in(fresh));
            if !kept.exists() {
                std::fs::rename(fresh, kept).with_context(context)?;
            }
        }
        Ok(Some(sample))
    }

    fn measure(
        &self,
        job: &Job,
        kind: Kind,
        round: u32,
        check: impl Fn(&Measured, f64) -> anyhow::Result<Checked>,
    ) -> anyhow::Result<Option<Sample>> {
        let started_at = jiff::Timestamp::now();
        let measured = self.stopwatch.measure(&job.command, self.plan.timeout())?;
        if measured.end == End::Signal(Signal::SIGTERM as i32) {
            std::thread::sleep(ALL_AT_ONCE);
        }
        if measured.end == End::Interrupted || interrupted() {
            return Ok(None);
        }
        let checked = check(&measured, self.plan.timeout_s)?;
        Ok(Some(sample(
            job, kind, round, started_at, &measured, checked,
        )))
    }

    /// A sample that is not `ok` ends its cell; a failed compilation ends every cell that needs it.
    fn conclude_by(&mut self, job: usize, sample: &Sample) {
        let prefix = match &self.jobs.all[job].work {
            Work::Start => return,
            Work::Compile { .. } => "compilation: ",
            Work::Run { .. } => "",
        };
        if sample.outcome == Outcome::Ok {
            return;
        }
        let reason = sample.reason.as_ref();
        let reason = reason.map(|reason| format!("{prefix}{reason}"));
        for index in &self.jobs.all[job].cells {
            let planned = &mut self.plan.cells[*index];
            conclude(planned, sample.outcome, reason.as_deref());
        }
    }

    fn save_plan(&self) -> anyhow::Result<()> {
        self.folder.write_json("plan.json", &self.plan)
    }
}

/// Gives a cell its outcome; the first one stays.
fn conclude(planned: &mut PlannedCell, outcome: Outcome, reason: Option<&str>) {
    if planned.outcome.is_none() {
        planned.outcome = Some(outcome);
        planned.reason = reason.map(str::to_owned);
    }
}

fn sample(
    job: &Job,
    kind: Kind,
    round: u32,
    started_at: jiff::Timestamp,
    measured: &Measured,
    checked: Checked,
) -> Sample {
    let cell = match &job.work {
        Work::Run { cell, .. } => Some(cell),
        _ => None,
    };
    let (cost, phases) = (measured.cost, checked.phases);
    Sample {
        cell: job.name.clone(),
        workload: job.workload.clone(),
        size: cell.map(|cell| cell.size),
        distribution: cell.map(|cell| cell.distribution),
        engine: job.engine.clone(),
        mode: job.mode.clone(),
        kind,
        round,
        outcome: checked.outcome,
        wall_s: cost.map(|cost| cost.wall_s),
        user_s: cost.map(|cost| cost.user_s),
        system_s: cost.map(|cost| cost.system_s),
        peak_rss_bytes: cost.and_then(|cost| cost.peak_rss_bytes),
        counters: cost.map_or_else(Default::default, |cost| cost.counters),
        items: phases.map(|phases| phases.items),
        read_s: phases.map(|phases| phases.read_s),
        sort_s: phases.map(|phases| phases.sort_s),
        write_s: phases.map(|phases| phases.write_s),
        exit_code: match measured.end {
            End::Exit(code) => Some(code),
            End::Signal(signal) => Some(128 + signal),
            End::Timeout | End::Exhausted | End::Interrupted => None,
        },
        started_at,
        artifact_bytes: None,
        reason: checked.reason,
    }
}

/// Bytes of all files in a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}
