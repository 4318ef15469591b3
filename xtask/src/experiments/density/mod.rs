//! How many instances fit on this machine: the memory of those that wait, the throughput and latency of
//! those that work.

mod hold;
mod load;
mod pieces;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use serde::{Deserialize, Serialize};

use super::{Experiment, Lab, SPARE_BYTES, compile, place};
use crate::config::Workload;
use crate::data::{self, Distribution, Input};
use crate::host::leftovers::mark;
use crate::host::memory::Memory;
use crate::host::process::{self, End, Finished, Invocation};
use crate::model::{Outcome, Size, parse_duration};
use crate::run::target::Target;
use crate::tools::Guest;
use load::Worker;

pub use pieces::{TABLE, pieces};

/// The file in a run's folder.
pub const FILE: &str = "density.json";

/// All that was measured; an attempt is named after the workload that the workers ran.
pub type Density = Experiment<Steps>;

/// What was seen with 1, 2, 4, … at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Steps {
    /// Of the integers that each instance reads.
    pub size: Size,
    /// How long the workers work in each step.
    pub time_s: f64,
    pub steps: Vec<Step>,
    /// How what came after the last step ended.
    pub outcome: Outcome,
    /// Why there are no more steps; none where more were not asked for.
    pub reason: Option<String>,
}

/// So many at once: instances that hold their memory, and then workers, each of which runs processes
/// back to back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub at_once: u32,
    /// Of all instances together.
    pub memory: Memory,
    /// Processes that all workers together ran.
    pub runs: u64,
    pub runs_per_s: f64,
    /// Of a process, from before its start to its end.
    pub median_s: f64,
    pub p99_s: f64,
}

/// What is asked for.
#[derive(clap::Args)]
pub struct Request {
    /// At most so many instances, and workers, at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub most: u32,
    /// Of the integers that each instance holds, and each worker gets
    #[arg(long, value_name = "SIZE", default_value = "1MB")]
    pub size: Size,
    /// What the workers run
    #[arg(long, value_name = "WORKLOAD", default_value = "noop")]
    pub workload: String,
    /// How long the workers run it, for each number of them
    #[arg(long, value_name = "T", default_value = "2s", value_parser = parse_duration)]
    pub time: Duration,
    /// Limit of starting, and of a run, such as 30s or 10m
    #[arg(long, value_name = "T", default_value = "1m", value_parser = parse_duration)]
    pub timeout: Duration,
}

/// A mode whose guest is compiled, a folder for both, and what is asked for.
struct Site<'s> {
    request: &'s Request,
    workload: &'s Workload,
    input: &'s Input,
    target: Target<'s>,
    folder: PathBuf,
}

/// Measures the lab's modes, one after the other.
///
/// # Errors
/// When a guest cannot be built, or the input not be made.
pub fn measure(lab: &Lab, request: &Request, workload: &Workload) -> anyhow::Result<Density> {
    let waits = lab.guest("hold")?;
    let works = match workload.is_own() {
        true => Guest::of(workload, lab.paths),
        false => lab.guest(&workload.name)?,
    };
    let spec = lab.config.inputs.spec(request.size, Distribution::Random);
    let (input, _) = &data::ensure(&spec, &lab.paths.data())?;
    lab.try_all(|subject| {
        let site = |guest, folder| {
            let folder = subject.work.join(folder);
            let target = subject.target(guest).context(Outcome::Unsupported)?;
            match compile(&target, &folder)? {
                Some(why) => bail!(why),
                None => Ok(Site {
                    request,
                    workload,
                    input,
                    target,
                    folder,
                }),
            }
        };
        let mut steps = Vec::new();
        let mut climb = || climb(&site(&waits, "waits")?, &site(&works, "works")?, &mut steps);
        let (outcome, reason) = match climb() {
            Ok(()) => (Outcome::Ok, None),
            Err(error) => match error.downcast_ref() {
                Some(outcome) => (*outcome, Some(error.root_cause().to_string())),
                None => (Outcome::Failed, Some(format!("{error:#}"))),
            },
        };
        let steps = Steps {
            size: request.size,
            time_s: request.time.as_secs_f64(),
            steps,
            outcome,
            reason,
        };
        Ok(vec![(workload.name.clone(), steps)])
    })
}

/// Takes steps with 1, 2, 4, … and the most that was asked for.
///
/// # Errors
/// Why there are no more; its outcome, if it is another than *failed*, is its context.
fn climb(waits: &Site, works: &Site, steps: &mut Vec<Step>) -> anyhow::Result<()> {
    let Request { most, time, .. } = *works.request;
    let workers = (0..most).map(|number| works.worker(number));
    let workers: Vec<Worker> = workers.collect::<anyhow::Result<_>>()?;
    // Not counted: they fill what caches there are.
    waits.hold(1)?;
    works.load(&workers[..1], Duration::ZERO)?;
    let doubled = std::iter::successors(Some(1), |count| Some(2 * count));
    for at_once in doubled.take_while(|count| *count < most).chain([most]) {
        let memory = waits.hold(at_once)?;
        let latencies_s = works.load(&workers[..at_once as usize], time)?;
        steps.push(Step::new(memory, &latencies_s));
    }
    Ok(())
}

impl Site<'_> {
    /// Runs the guest, which reaches `dir`. What the mode caches or compiled is one for all.
    fn command(
        &self,
        dir: &Path,
        args: Vec<OsString>,
        env: &BTreeMap<String, String>,
    ) -> anyhow::Result<Invocation> {
        let place = place(dir.to_owned(), &self.folder);
        let template = &self.target.commands.run;
        let mut command = self.target.run(template, &place, args, env)?;
        command.env.push(mark(&self.folder));
        command.timeout = Some(self.request.timeout);
        command.spare_bytes = Some(SPARE_BYTES);
        Ok(command)
    }
}

/// Runs it to its own end.
///
/// # Errors
/// When it reaches a limit. That too little memory is left to others is an end like any other.
fn run(command: &Invocation) -> anyhow::Result<Finished> {
    let finished = process::run(command)?;
    let why = |outcome| anyhow!("one {}", finished.end).context(outcome);
    ensure!(finished.end != End::Exhausted, why(Outcome::Ok));
    ensure!(finished.end != End::Timeout, why(Outcome::Timeout));
    Ok(finished)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub use super::pieces::tests::sample;

    #[test]
    #[cfg(target_os = "linux")]
    fn to_leave_others_their_memory_is_no_failure_and_a_limit_is_one() {
        let sleep = || Invocation::new(["sleep", "300"]);
        let greedy = Invocation {
            spare_bytes: Some(u64::MAX),
            ..sleep()
        };
        let slow = Invocation {
            timeout: Some(Duration::from_millis(10)),
            ..sleep()
        };
        for (command, outcome) in [(greedy, Outcome::Ok), (slow, Outcome::Timeout)] {
            let error = run(&command).unwrap_err();
            assert_eq!(error.downcast_ref(), Some(&outcome), "{error:#}");
            assert!(error.root_cause().to_string().starts_with("one was killed"));
        }
    }
}
