//! A sample, one process run of a cell; and a cell of a run with its samples.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::{Cell, Metric, Outcome, Size};
use crate::data::Distribution;
use crate::stats::{self, Description};

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

/// How many blocks were taken as this attempt.
pub fn blocks_taken<'s>(samples: impl IntoIterator<Item = &'s Sample>, attempt: u32) -> usize {
    let own = samples
        .into_iter()
        .filter(|it| it.attempt == attempt && it.block > 0);
    own.map(|it| it.block).collect::<HashSet<u32>>().len()
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

/// A cell and its samples.
#[derive(Clone, Debug)]
pub struct Row {
    pub cell: Cell,
    /// What the stopwatch cannot see below, on that machine.
    pub memory_floor_bytes: f64,
    /// The host that measured it; only in a run that was merged from shards of several machines.
    pub machine: Option<String>,
    pub version: String,
    /// None while the run is not finished.
    pub outcome: Option<Outcome>,
    pub reason: Option<String>,
    /// The counted ones that ended ok, in the order of the rounds.
    pub samples: Vec<Arc<Sample>>,
    /// The same, under its second name.
    pub twins: Vec<Arc<Sample>>,
    /// Those of the compilation that the mode needs first.
    pub compilations: Vec<Arc<Sample>>,
    /// What each metric says of them, from when it is first asked for: samples lie far apart in memory.
    pub figures: [OnceLock<Option<f64>>; Metric::COUNT],
}

impl Row {
    /// Was the cell measured to its end, with every output right?
    pub fn is_ok(&self) -> bool {
        self.outcome == Some(Outcome::Ok)
    }

    /// Describes the wall times, in seconds.
    pub fn wall(&self) -> Option<Description> {
        stats::describe(&Metric::Wall.values(self))
    }

    /// Same workload, same input, same machine: only engine and mode may differ.
    pub fn same_input(&self, other: &Row) -> bool {
        self.cell.same_input(&other.cell) && self.machine == other.machine
    }

    /// `merge/1MB/random`, with the machine where there are several.
    pub fn input(&self) -> String {
        format!("{}{}", self.cell.input(), self.place())
    }

    /// `merge/1MB/random/wasmtime:aot`, with the machine where there are several.
    pub fn name(&self) -> String {
        format!("{}{}", self.cell, self.place())
    }

    /// `, on HOST` in a run of several machines.
    pub fn place(&self) -> String {
        let on = |host: &String| format!(", on {host}");
        self.machine.as_ref().map_or_else(String::new, on)
    }

    /// The outcome for people.
    pub fn outcome_text(&self) -> String {
        let unfinished = || "unfinished".to_owned();
        self.outcome.map_or_else(unfinished, |it| it.to_string())
    }
}

/// Did a cell end other than it should?
pub fn any_trouble(rows: &[Row]) -> bool {
    let is_trouble = |row: &Row| row.outcome.is_none_or(Outcome::is_trouble);
    rows.iter().any(is_trouble)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The cell with this name.
    pub fn cell(name: &str) -> Cell {
        let parts: Vec<&str> = name.split(['/', ':']).collect();
        let [workload, size, distribution, engine, mode] = parts[..] else {
            panic!("{name} is no cell")
        };
        Cell {
            workload: workload.to_owned(),
            size: size.parse().unwrap(),
            distribution: serde_json::from_value(distribution.into()).unwrap(),
            engine: engine.to_owned(),
            mode: mode.to_owned(),
        }
    }

    /// A row of the cell with this name: `ok`, without samples.
    pub fn row(name: &str) -> Row {
        Row {
            cell: cell(name),
            memory_floor_bytes: 0.0,
            machine: None,
            version: "1.0.0".to_owned(),
            outcome: Some(Outcome::Ok),
            reason: None,
            samples: Vec::new(),
            twins: Vec::new(),
            compilations: Vec::new(),
            figures: Default::default(),
        }
    }

    /// A counted sample that took so long from start to end, and as much user and system time
    /// each; these are its phases in the guest: read, sort, write.
    pub fn sample(wall_s: f64, phases_s: [f64; 3], bytes: f64) -> Sample {
        let [read_s, sort_s, write_s] = phases_s.map(Some);
        Sample {
            round: 1,
            block: 1,
            attempt: 1,
            sitting: 1,
            wall_s: Some(wall_s),
            user_s: Some(wall_s),
            system_s: Some(wall_s),
            peak_rss_bytes: Some(bytes.round() as u64),
            read_s,
            sort_s,
            write_s,
            exit_code: Some(0),
            ..Sample::default()
        }
    }

    /// A row of a cell that took so many seconds, a quarter of them for each phase, and needed so
    /// many bytes, of which 3 MB cannot be told apart.
    pub fn measured(name: &str, wall_s: f64, bytes: f64) -> Row {
        Row {
            samples: vec![sample(wall_s, [wall_s / 4.0; 3], bytes).into()],
            memory_floor_bytes: 3e6,
            ..row(name)
        }
    }

    #[test]
    fn an_input_is_of_one_machine() {
        let on = |name, host: &str| Row {
            machine: Some(host.to_owned()),
            ..row(name)
        };
        let there = on("merge/1KB/random/a:jit", "there");
        assert!(there.same_input(&on("merge/1KB/random/b:jit", "there")));
        assert!(!there.same_input(&on("merge/1KB/random/b:jit", "elsewhere")));
        assert!(!there.same_input(&on("merge/1MB/random/b:jit", "there")));
    }
}
