//! Measures: gets everything ready, then takes the samples of a run.

mod blame;
mod blocks;
mod check;
mod clock;
mod feasibility;
mod fixture;
pub mod inputs;
mod jobs;
mod phases;
mod prepare;
mod progress;
mod sampler;
pub mod stopwatch;
pub mod target;
mod trial;

pub use prepare::find_tools;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::config::Config;
use crate::host::cpus::Pinned;
use crate::host::leftovers;
use crate::host::paths::Paths;
use crate::plan::Plan;
use crate::store::{self, RunFolder, SampleLog};
use crate::tools::{self, Toolbox};
use fixture::Fixture;
use jobs::Jobs;
use prepare::Ready;
use sampler::{Flow, Sampler};

/// What `bench` was asked to do.
pub struct Request {
    /// The run to go on with.
    pub resumed: Option<RunFolder>,
    /// Where new run folders are made.
    pub results: PathBuf,
    /// Install nothing, measure with what is there.
    pub no_setup: bool,
    /// The command line, for the record.
    pub command: String,
}

/// What was measured before something was built.
pub struct FirstLook {
    pub folder: RunFolder,
    /// Samples of each cell.
    pub runs: u32,
    /// The engines that are still missing.
    pub missing: String,
}

impl Request {
    /// The right to measure where the run's folder is, or will be.
    ///
    /// # Errors
    /// When another benchmark has it, or the folder cannot be written to.
    pub fn lock(&self) -> anyhow::Result<std::fs::File> {
        store::lock(self.folder())
    }

    /// Where the run's folder is, or will be.
    fn folder(&self) -> &Path {
        match &self.resumed {
            Some(folder) => folder.path.parent().unwrap_or(&folder.path),
            None => &self.results,
        }
    }
}

/// Measures the plan with the tools that are there, as a new run or going on with one.
///
/// # Errors
/// When something other than a guest or an engine fails, or the user interrupts.
pub fn measure(
    config: &Config,
    paths: &Paths,
    mut plan: Plan,
    request: &Request,
    toolbox: &Toolbox,
) -> anyhow::Result<RunFolder> {
    eprint!("{}", tools::table(&toolbox.tools));
    let ready = prepare::prepare(config, paths, &mut plan, request, toolbox)?;
    let folder = match &request.resumed {
        Some(folder) => {
            plan.order_seed = refuse_other_run(config, folder, &plan, &ready)?;
            folder.clone()
        }
        None => start(&request.results, paths, &mut plan, &ready, false)?,
    };
    match take_samples(config, plan, request, ready, &folder)? {
        Flow::Done => Ok(folder),
        Flow::Interrupted => bail!(
            "interrupted; nothing is lost. Go on with: {}",
            resume_command(request, &folder)
        ),
    }
}

/// Where engines must still be built, measures what is there: as a run of its own, with few samples.
///
/// # Errors
/// As [`measure`].
pub fn first_look(
    config: &Config,
    paths: &Paths,
    plan: &Plan,
    request: &Request,
    toolbox: &Toolbox,
) -> anyhow::Result<Option<FirstLook>> {
    let missing = toolbox.to_build();
    let missing: Vec<&str> = missing.iter().map(|tool| tool.name.as_str()).collect();
    let mut plan = plan.without(&missing);
    let stopwatch_is_there = !missing.contains(&config.hyperfine.name.as_str());
    if missing.is_empty() || !stopwatch_is_there || plan.live().next().is_none() {
        return Ok(None);
    }
    let (missing, runs) = (missing.join(", "), plan.runs);
    let minutes = toolbox.time_to_build().as_secs().div_ceil(60);
    eprintln!(
        "{missing} must be built from source, which takes about {minutes} minutes; before that, a first look at the others, {runs} samples a cell"
    );
    let ready = prepare::prepare(config, paths, &mut plan, request, toolbox)?;
    let folder = start(&request.results, paths, &mut plan, &ready, true)?;
    match take_samples(config, plan, request, ready, &folder)? {
        Flow::Done => Ok(Some(FirstLook {
            folder,
            runs,
            missing,
        })),
        Flow::Interrupted => bail!(
            "interrupted during the first look; to begin again: {}",
            request.command
        ),
    }
}

/// Takes all samples of the plan that are missing in the folder.
fn take_samples(
    config: &Config,
    plan: Plan,
    request: &Request,
    ready: Ready,
    folder: &RunFolder,
) -> anyhow::Result<Flow> {
    let _pinned = plan.pin.as_ref().map(Pinned::to).transpose()?;
    let (log, samples) = SampleLog::open(folder)?;
    let verb = if samples.is_empty() {
        "run"
    } else {
        "going on with run"
    };
    eprintln!("{verb}: {}", folder.path.display());
    let leftovers = match request.resumed {
        Some(_) => leftovers::kill_marked(&folder.path),
        None => 0,
    };
    if leftovers > 0 {
        eprintln!("ended {leftovers} processes that a killed benchmark left running");
    }
    Fixture::clear(&folder.work());
    let mut jobs = Jobs::new(config, &plan, &ready, &folder.work())?;
    for job in &mut jobs.all {
        job.command.env.push(leftovers::mark(&folder.path));
    }
    let folder = folder.clone();
    let mut sampler = Sampler::new(plan, jobs, ready.stopwatch, folder, log, &samples);
    drop(samples);
    let flow = sampler.run()?;
    if flow == Flow::Done {
        let _ = std::fs::remove_dir_all(sampler.folder.work());
    }
    Ok(flow)
}

/// Writes what is known before the first sample.
fn start(
    results: &Path,
    paths: &Paths,
    plan: &mut Plan,
    ready: &Ready,
    first_look: bool,
) -> anyhow::Result<RunFolder> {
    let now = jiff::Timestamp::now();
    plan.order_seed = now.as_nanosecond() as u64;
    let folder = RunFolder::create(results, now, &ready.environment.machine.host, first_look)?;
    for (name, path) in [
        ("matrix.toml", paths.matrix()),
        ("impossible.toml", paths.impossible()),
    ] {
        let text =
            std::fs::read(&path).with_context(|| format!("cannot read \"{}\"", path.display()))?;
        folder.write(name, &text)?;
    }
    folder.write_json("environment.json", &ready.environment)?;
    folder.write_json("plan.json", plan)?;
    Ok(folder)
}

/// A run goes on only as it began: another plan, engine, guest or machine would be another run.
/// Returns the seed of its order.
fn refuse_other_run(
    config: &Config,
    folder: &RunFolder,
    plan: &Plan,
    ready: &Ready,
) -> anyhow::Result<u64> {
    let then = Config::load(&folder.file("matrix.toml"), &folder.file("impossible.toml"))?;
    let stored: Plan = folder.read_json("plan.json")?;
    let environment: crate::store::environment::Environment =
        folder.read_json("environment.json")?;
    let mut differences = stored.differences(plan)?;
    differences.extend(then.differences_of_workloads(config)?);
    differences.extend(environment.differences(&ready.environment)?);
    if !differences.is_empty() {
        bail!(
            "cannot go on with run \"{}\", it would mix two runs; what differs:\n  {}\nput these back, or start a new run without --resume",
            folder.path.display(),
            differences.join("\n  ")
        );
    }
    Ok(stored.order_seed)
}

/// The command that goes on with a run.
fn resume_command(request: &Request, folder: &RunFolder) -> String {
    let name = folder
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    match &request.resumed {
        Some(_) => request.command.clone(),
        None => format!("{} --resume {name}", request.command),
    }
}
