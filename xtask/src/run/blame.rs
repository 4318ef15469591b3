//! Whose fault a failure is: what the host lacks is never an engine's outcome.

use std::path::Path;

use anyhow::bail;
use nix::sys::statvfs::statvfs;

use super::jobs::{Job, Work};
use super::stopwatch::Measured;

/// With less room than this left, a write that failed may have failed for that.
const LITTLE_ROOM_BYTES: f64 = 1e6;
/// With less memory than this share left after the sample ended, others hold it.
const LITTLE_MEMORY: f64 = 0.05;

/// After a sample that did not end well: was it for lack of room, of memory or of its input?
///
/// # Errors
/// When it was, so that the run stops; the sample is taken again when it goes on.
pub fn host(job: &Job, measured: &Measured, work: &Path) -> anyhow::Result<()> {
    let said = format!("{}\n{}", measured.stderr, measured.stdout);
    let full = ["No space left on device", "os error 28", "ENOSPC", "EDQUOT"];
    if full.iter().any(|sign| said.contains(sign)) || room_bytes(work) < LITTLE_ROOM_BYTES {
        bail!(
            "the disk of \"{}\" is full; free some space, then go on with --resume",
            work.display()
        );
    }
    if measured.oom_kill && memory_left() < LITTLE_MEMORY {
        bail!(
            "other processes hold the machine's memory, so the kernel killed this one; end some, then go on with --resume"
        );
    }
    if let Work::Run { fixture, .. } = &job.work {
        fixture.check_input()?;
    }
    Ok(())
}

fn room_bytes(folder: &Path) -> f64 {
    statvfs(folder).map_or(f64::INFINITY, |it| {
        it.blocks_available() as f64 * it.fragment_size() as f64
    })
}

/// The share of the machine's memory that is available; 1 where the kernel does not tell.
fn memory_left() -> f64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = |name: &str| -> Option<f64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let left = kilobytes("MemAvailable:").zip(kilobytes("MemTotal:"));
    left.map_or(1.0, |(left, total)| left / total)
}
