//! The figures in the study's order: a block for each workload, a line a size, a column an
//! engine and mode. Means and charts are made from it.

use crate::cell::Cell;
use crate::config::distinct;
use crate::data::Distribution;
use crate::environment::Environment;
use crate::summary::Row;
use crate::units::Size;

/// All blocks of a run; they share their columns.
pub struct Blocks<'r> {
    /// The distribution whose figures these are; none without rows.
    pub distribution: Option<Distribution>,
    /// Names of the others that were measured.
    pub left_out: Vec<String>,
    /// The columns, `wasmtime:aot`.
    pub engine_modes: Vec<String>,
    /// Those of one machine follow each other.
    pub blocks: Vec<Block<'r>>,
}

/// A workload on one machine.
pub struct Block<'r> {
    /// Only in a run of several machines.
    pub machine: Option<&'r str>,
    pub workload: &'r str,
    /// Sizes ascending.
    pub lines: Vec<Line<'r>>,
}

/// A size.
pub struct Line<'r> {
    pub size: Size,
    /// By column; none where a cell was not planned.
    pub rows: Vec<Option<&'r Row>>,
}

/// One of the study's three figures.
pub struct Figure {
    pub name: &'static str,
    /// In the unit that the name says.
    pub of: fn(&Row) -> Option<f64>,
    /// In the same unit: smaller values cannot be seen.
    pub floor: fn(&Environment) -> Option<f64>,
}

pub const WALL: Figure = Figure {
    name: "mean wall time (s)",
    of: |row| row.wall.as_ref().map(|wall| wall.mean),
    floor: |_| None,
};
pub const CPU: Figure = Figure {
    name: "mean CPU time (s)",
    of: |row| Some(row.user_mean_s? + row.system_mean_s?),
    floor: |_| None,
};
pub const MEMORY: Figure = Figure {
    name: "mean peak memory (MB)",
    of: |row| row.peak_rss_mean_bytes.map(|bytes| bytes / 1e6),
    floor: |environment| Some(environment.memory_floor_bytes as f64 / 1e6),
};

impl<'r> Blocks<'r> {
    /// Of `random` inputs, as in the study; of the first distribution where there are none.
    pub fn new(rows: &'r [Row]) -> Blocks<'r> {
        let first = rows.first().map(|row| row.cell.distribution);
        let random = |row: &Row| row.cell.distribution == Distribution::Random;
        let distribution = match rows.iter().any(random) {
            true => Some(Distribution::Random),
            false => first,
        };
        let (shown, others): (Vec<&Row>, Vec<&Row>) = rows
            .iter()
            .partition(|row| Some(row.cell.distribution) == distribution);
        let engine_modes = distinct(shown.iter().map(|row| row.cell.engine_mode()));
        let mut groups: Vec<Vec<&Row>> = Vec::new();
        for row in &shown {
            let same = |group: &&mut Vec<&Row>| {
                let other = group[0];
                row.machine == other.machine && row.cell.workload == other.cell.workload
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        groups.sort_by_key(|group| &group[0].machine);
        Blocks {
            distribution,
            left_out: distinct(others.iter().map(|row| row.cell.distribution.to_string())),
            blocks: groups
                .iter()
                .map(|group| Block::new(group, &engine_modes))
                .collect(),
            engine_modes,
        }
    }

    /// Is this a run of several machines?
    pub fn several_machines(&self) -> bool {
        self.blocks.iter().any(|block| block.machine.is_some())
    }

    /// Has an engine and mode, by its place among them, any figure?
    pub fn any_ok(&self, engine_mode: usize) -> bool {
        let mut lines = self.blocks.iter().flat_map(|block| &block.lines);
        lines.any(|line| line.rows[engine_mode].is_some_and(Row::is_ok))
    }

    /// The names of the columns: the machine if there are several, those given, engines and modes.
    pub fn header(&self, names: &[&str]) -> Vec<String> {
        let machine = self.several_machines().then(|| "machine".to_owned());
        let names = names.iter().map(|name| (*name).to_owned());
        machine
            .into_iter()
            .chain(names)
            .chain(self.engine_modes.iter().cloned())
            .collect()
    }
}

impl<'r> Block<'r> {
    fn new(rows: &[&'r Row], engine_modes: &[String]) -> Block<'r> {
        let mut sizes: Vec<Size> = rows.iter().map(|row| row.cell.size).collect();
        sizes.sort();
        sizes.dedup();
        let find = |size: Size, engine_mode: &str| {
            let is = |cell: &Cell| cell.size == size && cell.engine_mode() == engine_mode;
            rows.iter().copied().find(|row| is(&row.cell))
        };
        let line = |size: &Size| Line {
            size: *size,
            rows: engine_modes.iter().map(|name| find(*size, name)).collect(),
        };
        Block {
            machine: rows[0].machine.as_deref(),
            workload: &rows[0].cell.workload,
            lines: sizes.iter().map(line).collect(),
        }
    }
}

impl Figure {
    /// The figure of a cell that ended `ok`.
    pub fn of_ok(&self, row: Option<&Row>) -> Option<f64> {
        row.filter(|row| row.is_ok()).and_then(self.of)
    }
}
