//! One sample: what must be there before, the stopwatch, the check, and what it turned out to be.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::Signal;

use super::blame;
use super::check::{Checked, check_compilation};
use super::jobs::{Job, Jobs, Work};
use super::stopwatch::{Measured, Stopwatch};
use crate::host::process::{End, interrupted};
use crate::model::{Kind, Outcome, Sample};

/// Who ends a job, such as a scheduler, sends SIGTERM to all its processes at once: ours comes
/// within this time after the sample's.
const ALL_AT_ONCE: Duration = Duration::from_millis(500);

/// Where a sample belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub round: u32,
    pub block: u32,
    pub attempt: u32,
}

pub const PILOT: Place = Place {
    round: 0,
    block: 0,
    attempt: 1,
};

/// What samples are taken with.
pub struct Trial<'r> {
    pub jobs: &'r Jobs,
    pub stopwatch: &'r Stopwatch,
    /// Limit of one process.
    pub timeout_s: f64,
    /// The run's folder for guests.
    pub work: &'r Path,
    pub sitting: u32,
}

impl Trial<'_> {
    /// Takes one sample; none if the user interrupted it.
    ///
    /// # Errors
    /// When measuring itself fails, or the host lacks what the sample needs.
    pub fn take(&self, job: &Job, kind: Kind, place: Place) -> anyhow::Result<Option<Sample>> {
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
                self.measure(job, kind, place, |measured, timeout_s| {
                    check.run(measured, timeout_s)
                })
            }
            Work::Compile { fresh, kept } => self.compile(job, place, fresh, kept),
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
                Ok(self.compile(job, PILOT, fresh, kept)?.is_some())
            }
            _ => Ok(true),
        }
    }

    fn compile(
        &self,
        job: &Job,
        place: Place,
        fresh: &Path,
        kept: &Path,
    ) -> anyhow::Result<Option<Sample>> {
        let context = || format!("cannot prepare \"{}\"", fresh.display());
        let _ = std::fs::remove_dir_all(fresh);
        std::fs::create_dir_all(fresh).with_context(context)?;
        let sample = self.measure(job, Kind::Compile, place, |measured, timeout_s| {
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
        place: Place,
        check: impl Fn(&Measured, f64) -> anyhow::Result<Checked>,
    ) -> anyhow::Result<Option<Sample>> {
        let timeout = Duration::from_secs_f64(self.timeout_s);
        let started_at = jiff::Timestamp::now();
        let measured = self.stopwatch.measure(&job.command, timeout)?;
        if measured.end == End::Signal(Signal::SIGTERM as i32) {
            std::thread::sleep(ALL_AT_ONCE);
        }
        if measured.end == End::Interrupted || interrupted() {
            return Ok(None);
        }
        // The check removes the output, which may have filled the disk.
        let room_bytes = blame::room_bytes(self.work);
        let checked = check(&measured, self.timeout_s)?;
        if checked.outcome != Outcome::Ok {
            blame::host(job, &measured, self.work, room_bytes)?;
        }
        let sample = self.sample(job, kind, place, started_at, &measured, checked);
        Ok(Some(sample))
    }

    fn sample(
        &self,
        job: &Job,
        kind: Kind,
        place: Place,
        started_at: jiff::Timestamp,
        measured: &Measured,
        checked: Checked,
    ) -> Sample {
        let cell = match &job.work {
            Work::Run { cell, .. } => Some(cell),
            _ => None,
        };
        let (cost, phases) = (measured.cost, checked.phases);
        let counters = cost.map(|cost| cost.counters).unwrap_or_default();
        Sample {
            cell: job.name.clone(),
            workload: job.workload.clone(),
            size: cell.map(|cell| cell.size),
            distribution: cell.map(|cell| cell.distribution),
            engine: job.engine.clone(),
            mode: job.mode.clone(),
            kind,
            round: place.round,
            block: place.block,
            attempt: place.attempt,
            sitting: self.sitting,
            outcome: checked.outcome,
            wall_s: cost.map(|cost| cost.wall_s),
            user_s: cost.map(|cost| cost.user_s),
            system_s: cost.map(|cost| cost.system_s),
            peak_rss_bytes: cost.and_then(|cost| cost.peak_rss_bytes),
            cpu_cycles: counters.cpu_cycles,
            instructions: counters.instructions,
            cache_references: counters.cache_references,
            cache_misses: counters.cache_misses,
            branch_misses: counters.branch_misses,
            steal_s: None,
            others_cpu_s: None,
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
}

/// Bytes of all files in a folder.
fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.metadata().ok())
        .map(|metadata| metadata.len())
        .sum()
}
