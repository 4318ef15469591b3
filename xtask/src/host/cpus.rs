//! Keeps a run on some of the machine's processors.

use anyhow::Context;
#[cfg(target_os = "linux")]
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
#[cfg(target_os = "linux")]
use nix::unistd::Pid;

use crate::model::Cpus;

/// As long as this lives, this process, and every one that it starts, runs on some processors only.
pub struct Pinned {
    #[cfg(target_os = "linux")]
    before: CpuSet,
}

#[cfg(target_os = "linux")]
impl Pinned {
    /// # Errors
    /// When the machine does not have these processors.
    pub fn to(cpus: &Cpus) -> anyhow::Result<Pinned> {
        let this = Pid::from_raw(0);
        let before = sched_getaffinity(this).context("cannot see the processors in use")?;
        let mut set = CpuSet::new();
        for cpu in &cpus.0 {
            set.set(*cpu)
                .with_context(|| format!("option --pin: there is no processor {cpu}"))?;
        }
        sched_setaffinity(this, &set).with_context(|| {
            format!("option --pin: cannot run on processors {cpus}; see `nproc --all`")
        })?;
        Ok(Pinned { before })
    }
}

#[cfg(target_os = "linux")]
impl Drop for Pinned {
    fn drop(&mut self) {
        // These were allowed before; should they be gone, there is nothing to restore.
        let _ = sched_setaffinity(Pid::from_raw(0), &self.before);
    }
}

#[cfg(not(target_os = "linux"))]
impl Pinned {
    /// # Errors
    /// Always: affinity is set on Linux only.
    pub fn to(_: &Cpus) -> anyhow::Result<Pinned> {
        anyhow::bail!("option --pin: only Linux can pin a process to processors")
    }
}
