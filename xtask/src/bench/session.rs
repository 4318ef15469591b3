//! Takes the samples of a run: the pilot, then the rounds.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::sys::signal::Signal;

use crate::bench::judge::{self, Left, Verdict};
use crate::bench::progress::{Later, Progress};
use crate::bench::schedule::{self, Done, Task};
use crate::bench::workplace::Workplace;
use crate::cell::{Cell, Outcome};
use crate::config::Config;
use crate::measure::{Measured, Stopwatch};
use crate::plan::Plan;
use crate::process::{End, Runner, interrupted};
use crate::sample::{Kind, Sample};
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
pub struct Session<'a> {
    pub config: &'a Config,
    pub plan: Plan,
    pub workplace: Workplace,
    pub stopwatch: Stopwatch,
    pub runner: &'a dyn Runner,
    pub folder: RunFolder,
    pub log: SampleLog,
    /// All samples of the run so far, those of earlier sittings included.
    pub samples: Vec<Sample>,
    pub progress: Progress,
}

impl Session<'_> {
    /// Takes all samples that are missing.
    ///
    /// # Errors
    /// When measuring itself fails; a guest or engine that fails is an outcome.
    pub fn run(&mut self) -> anyhow::Result<Flow> {
        let mut done = Done::new(&self.samples);
        for sample in self.samples.clone() {
            self.conclude_by(&sample);
            self.progress.recall(&sample);
        }
        self.workplace.prepare()?;
        if self.pilot(&mut done)? == Flow::Interrupted
            || self.rounds(&mut done)? == Flow::Interrupted
        {
            self.progress.clear();
            return Ok(Flow::Interrupted);
        }
        let finished: Vec<Cell> = self.plan.live().cloned().collect();
        for cell in finished {
            self.plan.conclude(&cell, Outcome::Ok, None);
        }
        self.save_plan()?;
        self.progress.finish();
        Ok(Flow::Done)
    }

    fn pilot(&mut self, done: &mut Done) -> anyhow::Result<Flow> {
        let cells = schedule::pilot_order(&self.plan);
        self.progress.start("pilot", self.plan.live().count());
        for cell in &cells {
            // A resumed run does not predict what it has measured already.
            let measured = done.has(&Task::Run(cell.clone()), 0);
            if let Some(reason) = self.infeasible(cell).filter(|_| !measured) {
                self.progress.say(&format!("{cell}: infeasible: {reason}"));
                self.plan.conclude(cell, Outcome::Infeasible, Some(reason));
                self.save_plan()?;
            }
            let compilation = schedule::compilation(self.config, cell);
            for task in compilation.into_iter().chain([Task::Run(cell.clone())]) {
                if self.take_if_missing(&task, 0, done, "pilot", Later::default())?
                    == Flow::Interrupted
                {
                    return Ok(Flow::Interrupted);
                }
            }
        }
        Ok(Flow::Done)
    }

    fn rounds(&mut self, done: &mut Done) -> anyhow::Result<Flow> {
        let runs = self.plan.runs;
        let first = self.first_open_round(done);
        for round in 1..=runs {
            let mut whole = schedule::round_tasks(self.config, &self.plan, round);
            whole.retain(|task| schedule::is_live(&self.plan, task));
            let mut tasks = whole.clone();
            tasks.retain(|task| !done.has(task, round));
            let compile_rounds = self.plan.compile_runs.saturating_sub(round);
            let later = Later {
                tasks: &tasks,
                round: &whole,
                rounds: runs - round,
                compile_rounds,
            };
            if round == first && !tasks.is_empty() {
                self.progress.promise(whole.len(), later);
            }
            let phase = format!("round {round} of {runs}");
            self.progress.start(&phase, tasks.len());
            for (i, task) in tasks.iter().enumerate() {
                let later = Later {
                    tasks: &tasks[i + 1..],
                    ..later
                };
                if self.take_if_missing(task, round, done, &phase, later)? == Flow::Interrupted {
                    return Ok(Flow::Interrupted);
                }
            }
        }
        Ok(Flow::Done)
    }

    /// The first round that is not complete; later than the first when a run goes on.
    fn first_open_round(&self, done: &Done) -> u32 {
        let open = |round: &u32| {
            let tasks = schedule::round_tasks(self.config, &self.plan, *round);
            tasks
                .iter()
                .any(|task| schedule::is_live(&self.plan, task) && !done.has(task, *round))
        };
        (1..=self.plan.runs).find(open).unwrap_or(self.plan.runs)
    }

    fn infeasible(&self, cell: &Cell) -> Option<String> {
        if !self.plan.live().any(|live| live == cell) {
            return None;
        }
        let pilots: Vec<Sample> = self
            .samples
            .iter()
            .filter(|sample| sample.kind == Kind::Pilot)
            .cloned()
            .collect();
        schedule::infeasible(self.config, &self.plan, &pilots, cell)
    }

    fn take_if_missing(
        &mut self,
        task: &Task,
        round: u32,
        done: &mut Done,
        phase: &str,
        later: Later,
    ) -> anyhow::Result<Flow> {
        if done.has(task, round) || !schedule::is_live(&self.plan, task) {
            return Ok(Flow::Done);
        }
        self.progress.show(task);
        let started = Instant::now();
        let Some(sample) = self
            .take(task, round)
            .with_context(|| format!("cannot measure \"{}\"", task.name()))?
        else {
            return Ok(Flow::Interrupted);
        };
        self.log.append(&sample)?;
        done.add(&sample);
        self.conclude_by(&sample);
        if sample.outcome != Outcome::Ok {
            self.save_plan()?;
            let reason = sample.reason.as_deref().unwrap_or("no reason");
            self.progress
                .say(&format!("{}: {}: {reason}", sample.cell, sample.outcome));
        }
        self.progress.step(
            task,
            phase,
            sample.wall_s,
            started.elapsed().as_secs_f64(),
            later,
        );
        self.samples.push(sample);
        Ok(Flow::Done)
    }

    /// Takes one sample; none if the user interrupted it.
    fn take(&mut self, task: &Task, round: u32) -> anyhow::Result<Option<Sample>> {
        match task {
            Task::Run(cell) | Task::Control(cell) => self.take_run(task, cell, round),
            Task::Start { .. } => self.take_start(task, round),
            Task::Compile {
                workload,
                engine,
                mode,
            } => self.take_compilation(task, workload, engine, mode, round),
        }
    }

    fn take_run(&mut self, task: &Task, cell: &Cell, round: u32) -> anyhow::Result<Option<Sample>> {
        let artifacts = match schedule::compilation(self.config, cell) {
            Some(_) => self.workplace.artifact_folder(
                self.config,
                &cell.workload,
                &cell.engine,
                &cell.mode,
            )?,
            None => self.workplace.work.clone(),
        };
        if let Some(compilation) =
            schedule::compilation(self.config, cell).filter(|_| !artifacts.exists())
        {
            // Its sample was taken in an earlier sitting, but somebody removed the artefact.
            if self.take(&compilation, 0)?.is_none() {
                return Ok(None);
            }
        }
        let workload = self
            .config
            .workload(&cell.workload)
            .context("the workload is gone")?;
        self.workplace.tidy(workload, cell)?;
        let started_at = jiff::Timestamp::now();
        let Some(measured) = self.measure(task, &artifacts)? else {
            return Ok(None);
        };
        let left = Left {
            output: self.workplace.output(workload),
            stdout: self.workplace.stdout(),
        };
        let input = match workload.uses_input() {
            true => Some(self.workplace.input(cell)?),
            false => None,
        };
        let verdict = judge::judge_run(&measured, workload, input, &left, self.plan.timeout_s)?;
        let _ = std::fs::remove_file(&left.output);
        Ok(Some(sample(task, round, started_at, &measured, verdict)))
    }

    fn take_start(&mut self, task: &Task, round: u32) -> anyhow::Result<Option<Sample>> {
        let started_at = jiff::Timestamp::now();
        let measured = self.measure(task, &self.workplace.work)?;
        Ok(measured.map(|measured| {
            let verdict = judge::judge_start(&measured, self.plan.timeout_s);
            sample(task, round, started_at, &measured, verdict)
        }))
    }

    fn take_compilation(
        &mut self,
        task: &Task,
        workload: &str,
        engine: &str,
        mode: &str,
        round: u32,
    ) -> anyhow::Result<Option<Sample>> {
        let kept = self
            .workplace
            .artifact_folder(self.config, workload, engine, mode)?;
        // A compiler that outlives a killed bench must not write into the folder of the next one.
        let fresh = format!("artifacts/fresh-{}", std::process::id());
        let fresh = self.workplace.work.join(fresh);
        let context = || format!("cannot prepare \"{}\"", fresh.display());
        let _ = std::fs::remove_dir_all(&fresh);
        std::fs::create_dir_all(&fresh).with_context(context)?;
        let started_at = jiff::Timestamp::now();
        let Some(measured) = self.measure(task, &fresh)? else {
            return Ok(None);
        };
        let bytes = bytes_in(&fresh);
        let verdict = judge::judge_compilation(&measured, bytes, self.plan.timeout_s);
        if verdict.outcome == Outcome::Ok && !kept.exists() {
            std::fs::rename(&fresh, &kept).with_context(context)?;
        }
        let mut sample = sample(task, round, started_at, &measured, verdict);
        sample.artifact_bytes = (sample.outcome == Outcome::Ok).then_some(bytes);
        Ok(Some(sample))
    }

    fn measure(&self, task: &Task, artifacts: &Path) -> anyhow::Result<Option<Measured>> {
        let command = self.workplace.command(self.config, task, artifacts)?;
        let measured = self
            .stopwatch
            .measure(self.runner, &command, self.plan.timeout())?;
        if measured.end == End::Signal(Signal::SIGTERM as i32) {
            std::thread::sleep(ALL_AT_ONCE);
        }
        let whole = measured.end != End::Interrupted && !interrupted();
        Ok(whole.then_some(measured))
    }

    /// A sample that is not `ok` ends its cell; a failed compilation ends every cell that needs it.
    fn conclude_by(&mut self, sample: &Sample) {
        if sample.outcome == Outcome::Ok {
            return;
        }
        let of_compilation = |cell: &Cell| {
            sample.kind == Kind::Compile
                && cell.workload == sample.workload
                && cell.engine == sample.engine
                && cell.mode == sample.mode
        };
        let ended: Vec<Cell> = self
            .plan
            .live()
            .filter(|cell| sample.is_of(cell) || of_compilation(cell))
            .cloned()
            .collect();
        for cell in ended {
            let prefix = if sample.kind == Kind::Compile {
                "compilation: "
            } else {
                ""
            };
            let reason = sample
                .reason
                .as_ref()
                .map(|reason| format!("{prefix}{reason}"));
            self.plan.conclude(&cell, sample.outcome, reason);
        }
    }

    fn save_plan(&self) -> anyhow::Result<()> {
        self.folder.write_json("plan.json", &self.plan)
    }
}

fn sample(
    task: &Task,
    round: u32,
    started_at: jiff::Timestamp,
    measured: &Measured,
    verdict: Verdict,
) -> Sample {
    let (workload, cell, engine, mode) = match task {
        Task::Run(cell) | Task::Control(cell) => (
            cell.workload.as_str(),
            Some(cell),
            &cell.engine,
            cell.mode.as_str(),
        ),
        Task::Start { engine } => ("start", None, engine, ""),
        Task::Compile {
            workload,
            engine,
            mode,
        } => (workload.as_str(), None, engine, mode.as_str()),
    };
    Sample {
        cell: task.name(),
        workload: workload.to_owned(),
        size: cell.map(|cell| cell.size),
        distribution: cell.map(|cell| cell.distribution),
        engine: engine.clone(),
        mode: mode.to_owned(),
        kind: task.kind(round),
        round,
        outcome: verdict.outcome,
        wall_s: measured.cost.map(|cost| cost.wall_s),
        user_s: measured.cost.map(|cost| cost.user_s),
        system_s: measured.cost.map(|cost| cost.system_s),
        peak_rss_bytes: measured.cost.and_then(|cost| cost.peak_rss_bytes),
        counters: measured
            .cost
            .map_or_else(Default::default, |cost| cost.counters),
        items: verdict.phases.map(|phases| phases.items),
        read_s: verdict.phases.map(|phases| phases.read_s),
        sort_s: verdict.phases.map(|phases| phases.sort_s),
        write_s: verdict.phases.map(|phases| phases.write_s),
        exit_code: match measured.end {
            End::Exit(code) => Some(code),
            End::Signal(signal) => Some(128 + signal),
            End::Timeout | End::Exhausted | End::Interrupted => None,
        },
        started_at,
        artifact_bytes: None,
        reason: verdict.reason,
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
