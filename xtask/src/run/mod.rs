//! Measures: gets everything ready, then takes the samples of a run.

mod blame;
mod blocks;
pub mod check;
mod clock;
mod feasibility;
pub mod fixture;
pub mod jobs;
mod phases;
mod prepare;
mod progress;
mod sampler;
pub mod stopwatch;
pub mod target;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{anyhow, ensure};

use crate::config::Config;
use crate::data;
use crate::host::cpus::Pinned;
use crate::host::leftovers;
use crate::host::paths::Paths;
use crate::host::process::Interrupted;
use crate::plan::Plan;
use crate::store::environment::Environment;
use crate::store::{RunFolder, SampleLog};
use crate::tools::{self, Toolbox};
use fixture::Fixture;
use prepare::Ready;
pub use prepare::inputs;
use sampler::Sampler;

/// What `bench` was asked to do, and where.
pub struct Benchmark<'c> {
    pub config: &'c Config,
    pub paths: &'c Paths,
    /// The run to go on with.
    pub resumed: Option<RunFolder>,
    /// Where the run's folder is, or will be.
    pub results: PathBuf,
    /// Install nothing, measure with what is there.
    pub no_setup: bool,
    /// The command line, for the record.
    pub command: String,
}

impl Benchmark<'_> {
    /// Measures the plan with the tools that are there, as a new run or going on with one.
    ///
    /// # Errors
    /// When something other than a guest or an engine fails, or the user interrupts.
    pub fn measure(&self, mut plan: Plan, toolbox: &Toolbox) -> anyhow::Result<RunFolder> {
        eprint!("{}", tools::table(&toolbox.tools));
        let ready = self.prepare(&mut plan, toolbox)?;
        let (folder, go_on) = match &self.resumed {
            Some(folder) => {
                plan.order_seed = self.refuse_other_run(folder, &plan, &ready)?;
                (folder.clone(), self.command.clone())
            }
            None => {
                let folder = self.start(&mut plan, &ready, false)?;
                let go_on = format!("{} --resume {}", self.command, folder.name());
                (folder, go_on)
            }
        };
        let advice = format!("; nothing is lost. Go on with: {go_on}");
        self.take_samples(plan, ready, &folder, &advice)?;
        Ok(folder)
    }

    /// Where engines must still be built, measures what is there: as a run of its own, with few samples.
    /// Returns what that was.
    ///
    /// # Errors
    /// As [`Benchmark::measure`].
    pub fn first_look(
        &self,
        plan: &Plan,
        toolbox: &Toolbox,
    ) -> anyhow::Result<Option<(RunFolder, String)>> {
        let missing = toolbox.to_build();
        let missing: Vec<&str> = missing.iter().map(|tool| tool.name.as_str()).collect();
        let mut plan = plan.without(&missing);
        let stopwatch_is_there = !missing.contains(&self.config.hyperfine.name.as_str());
        if missing.is_empty() || !stopwatch_is_there || plan.live().next().is_none() {
            return Ok(None);
        }
        let (missing, runs) = (missing.join(", "), plan.runs);
        let minutes = toolbox.time_to_build().as_secs().div_ceil(60);
        eprintln!(
            "{missing} must be built from source, which takes about {minutes} minutes; before that, a first look at the others, {runs} samples a cell"
        );
        let ready = self.prepare(&mut plan, toolbox)?;
        let folder = self.start(&mut plan, &ready, true)?;
        let advice = format!(" during the first look; to begin again: {}", self.command);
        self.take_samples(plan, ready, &folder, &advice)?;
        let what = format!("first look: {runs} samples a cell, without {missing}");
        Ok(Some((folder, what)))
    }

    /// Takes all samples of the plan that are missing in the folder; the advice is for whoever
    /// interrupts that.
    fn take_samples(
        &self,
        plan: Plan,
        ready: Ready,
        folder: &RunFolder,
        advice: &str,
    ) -> anyhow::Result<()> {
        let _pinned = plan.pin.as_ref().map(Pinned::to).transpose()?;
        let (log, samples) = SampleLog::open(folder)?;
        let verb = if samples.is_empty() {
            "run"
        } else {
            "going on with run"
        };
        eprintln!("{verb}: {}", folder.path.display());
        if self.resumed.is_some() {
            let leftovers = leftovers::kill_marked(&folder.path);
            if leftovers > 0 {
                eprintln!("ended {leftovers} processes that a killed benchmark left running");
            }
            data::tidy(&folder.path)?;
        }
        leftovers::adopt();
        Fixture::clear(&folder.work());
        let mut jobs = jobs::resolve(&ready, &plan, &folder.work())?;
        for job in &mut jobs {
            job.command.env.push(leftovers::mark(&folder.path));
            job.command.timeout = Some(Duration::from_secs_f64(plan.timeout_s));
        }
        let stopwatch = ready.stopwatch;
        let mut sampler = Sampler::new(plan, jobs, stopwatch, folder.clone(), log, &samples);
        drop(samples);
        sampler
            .run()
            .map_err(|error| match error.is::<Interrupted>() {
                true => anyhow!("interrupted{advice}"),
                false => error,
            })?;
        let _ = std::fs::remove_dir_all(folder.work());
        Ok(())
    }

    /// Writes what is known before the first sample.
    fn start(
        &self,
        plan: &mut Plan,
        ready: &Ready,
        is_first_look: bool,
    ) -> anyhow::Result<RunFolder> {
        let now = jiff::Timestamp::now();
        plan.order_seed = now.as_nanosecond() as u64;
        let host = &ready.environment.machine.host;
        let folder = RunFolder::create(&self.results, now, host, is_first_look)?;
        for path in [self.paths.matrix(), self.paths.impossible()] {
            let name = path.file_name().unwrap_or_default();
            fs_err::copy(&path, folder.path.join(name))?;
        }
        folder.write_json("environment.json", &ready.environment)?;
        folder.write_json("plan.json", plan)?;
        Ok(folder)
    }

    /// A run goes on only as it began: another plan, engine, guest or machine would be another run.
    /// Returns the seed of its order.
    fn refuse_other_run(
        &self,
        folder: &RunFolder,
        plan: &Plan,
        ready: &Ready,
    ) -> anyhow::Result<u64> {
        let then = Config::load(&folder.file("matrix.toml"), &folder.file("impossible.toml"))?;
        let stored: Plan = folder.read_json("plan.json")?;
        let environment: Environment = folder.read_json("environment.json")?;
        let mut differences = stored.differences(plan)?;
        differences.extend(then.differences_of_workloads(self.config)?);
        differences.extend(environment.differences(&ready.environment)?);
        ensure!(
            differences.is_empty(),
            "cannot go on with run \"{}\", it would mix two runs; what differs:\n  {}\nput these back, or start a new run without --resume",
            folder.path.display(),
            differences.join("\n  ")
        );
        Ok(stored.order_seed)
    }
}
