//! One sample: what must be there before, the stopwatch, and what it turned out to be.

use std::time::Duration;

use anyhow::ensure;
use nix::sys::signal::Signal;

use super::super::blame;
use super::super::blocks::Task;
use super::super::check::{bytes_in, trouble};
use super::super::jobs::Work;
use super::Sampler;
use crate::host::files::remove_folder;
use crate::host::machine::available_share;
use crate::host::process::{End, Interrupted, interrupted};
use crate::model::{Kind, Sample};

/// Who ends a job, such as a scheduler, sends SIGTERM to all its processes at once: ours comes
/// within this time after the sample's.
const ALL_AT_ONCE: Duration = Duration::from_millis(500);

impl Sampler {
    /// Takes one sample, of the block with this number.
    ///
    /// # Errors
    /// When measuring itself fails, the host lacks what the sample needs, or the user interrupts.
    pub(super) fn sample(&self, task: Task, block: u32) -> anyhow::Result<Sample> {
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
        let (timeout, timeout_s) = (self.plan.timeout(), self.plan.timeout_s);
        let measured = self.stopwatch.measure(&job.command, timeout, &mut sample)?;
        if measured.end == End::Signal(Signal::SIGTERM as i32) {
            std::thread::sleep(ALL_AT_ONCE);
        }
        ensure!(!interrupted(), Interrupted);
        // The check removes the output, which may have filled the disk.
        let work = self.folder.work();
        let room_bytes = blame::room_bytes(&work);
        if let Some((outcome, reason)) = trouble(&job.work, &measured, &mut sample, timeout_s)? {
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
            End::Timeout | End::Exhausted => None,
        };
        Ok(sample)
    }
}
