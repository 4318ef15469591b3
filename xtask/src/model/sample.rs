//! A sample: one process run of a cell, one line of `samples.jsonl`.

use serde::{Deserialize, Serialize};

use super::cell::Outcome;
use super::units::Size;
use crate::data::Distribution;

/// One line of `samples.jsonl`; docs/RESULTS-FORMAT.md explains each field.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// `merge/1MB/random/wasmtime:aot`; for a compilation, which has no input, `merge/wasmtime:aot`.
    pub cell: String,
    pub workload: String,
    pub size: Option<Size>,
    pub distribution: Option<Distribution>,
    pub engine: String,
    pub mode: String,
    pub kind: Kind,
    /// 0 is the pilot; otherwise the number of the block of its input, from 1.
    pub round: u32,
    /// The number of the block in the whole run; 0 in the pilot, and in runs without blocks.
    #[serde(default)]
    pub block: u32,
    /// A block that was disturbed is taken again: only its last attempt counts.
    #[serde(default = "one")]
    pub attempt: u32,
    /// A run that is gone on with has several.
    #[serde(default = "one")]
    pub sitting: u32,
    pub outcome: Outcome,
    pub wall_s: Option<f64>,
    pub user_s: Option<f64>,
    pub system_s: Option<f64>,
    pub peak_rss_bytes: Option<u64>,
    /// Hardware counters; none where hyperfine (before 2.0) or the kernel does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_cycles: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_references: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_misses: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch_misses: Option<u64>,
    /// Time that the hypervisor took away meanwhile, and CPU time of processes that are not the
    /// sample's, in seconds on all processors; from the end of the sample before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steal_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others_cpu_s: Option<f64>,
    pub items: Option<u64>,
    pub read_s: Option<f64>,
    pub sort_s: Option<f64>,
    pub write_s: Option<f64>,
    /// 128 + signal for a signal; none for a process that was killed at its limit.
    pub exit_code: Option<i32>,
    /// UTC.
    pub started_at: jiff::Timestamp,
    /// Only of compilations: bytes of what the compiler wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_bytes: Option<u64>,
    /// Only of outcomes other than `ok`: what was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a sample was taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A counted run of a cell.
    #[default]
    Run,
    /// An ahead-of-time compilation.
    Compile,
    /// The uncounted first run of a cell.
    Pilot,
    /// The same as `run`, of a cell that its block measures twice; in older files also a version command.
    #[serde(alias = "control")]
    Twin,
    /// In older files: an engine's version command.
    Start,
}

fn one() -> u32 {
    1
}

impl Sample {
    /// When it started, in seconds since 1970, to the millisecond.
    pub fn started_s(&self) -> f64 {
        self.started_at.as_millisecond() as f64 / 1e3
    }

    /// Start-up: what the guest did not account for. None without its line.
    pub fn startup_s(&self) -> Option<f64> {
        Some((self.wall_s? - self.read_s? - self.sort_s? - self.write_s?).max(0.0))
    }
}
