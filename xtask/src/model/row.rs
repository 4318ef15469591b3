//! A cell of a run, and what was measured of it.

use std::sync::{Arc, OnceLock};

use super::{Cell, Metric, Outcome, Sample};
use crate::stats::{self, Description};

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
