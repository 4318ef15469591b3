//! What the rows of a run say, one question a file. Pure.

pub mod answer;
pub mod crossover;
pub mod evidence;
pub mod odd;
pub mod overhead;
mod pairs;
pub mod scaling;
pub mod start;
pub mod study;
pub mod verdict;

use crate::config::{Config, ExpectedOutput, distinct};
use crate::data::Distribution;
use crate::noise::Noises;
use crate::stats::Statistic;
use crate::summary::{Row, Run};
use overhead::Overhead;
pub use pairs::Estimate;

/// What every question needs.
pub struct Facts<'r> {
    pub run: &'r Run,
    pub rows: &'r [Row],
    pub noises: Noises,
    /// Each engine and mode against native code.
    pub overheads: Vec<Overhead>,
}

impl<'r> Facts<'r> {
    /// `rows` are the run's.
    pub fn new(run: &'r Run, rows: &'r [Row]) -> Facts<'r> {
        let mut facts = Facts {
            run,
            rows,
            noises: Noises::of(run),
            overheads: Vec::new(),
        };
        facts.overheads = overhead::overheads(&facts);
        facts
    }

    pub fn config(&self) -> &'r Config {
        &self.run.config
    }

    /// Measured cells that do what people run runtimes for: the controls `noop` and `copy` do not.
    pub fn work(&self) -> impl Iterator<Item = &'r Row> {
        let config = self.config();
        self.rows
            .iter()
            .filter(move |row| row.is_ok() && !is_control(config, &row.cell.workload))
    }

    /// The mode of an engine that a user gets by default, as `wasmtime:jit-cached`.
    pub fn shipped(&self, engine: &str) -> Option<String> {
        let engine = self.config().engine(engine)?;
        let mode = engine.modes.iter().find(|mode| mode.shipped)?;
        Some(format!("{}:{}", engine.name(), mode.name))
    }

    /// The same on random input: what the study ran.
    pub fn study_work(&self) -> Vec<&'r Row> {
        let random = |row: &&Row| row.cell.distribution == Distribution::Random;
        self.work().filter(random).collect()
    }
}

fn is_control(config: &Config, workload: &str) -> bool {
    let controls = [ExpectedOutput::Nothing, ExpectedOutput::Unchanged];
    let workload = config.workload(workload);
    workload.is_some_and(|workload| controls.contains(&workload.output))
}

/// The engines and modes of these rows, each once, in their order.
pub fn engine_modes<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<String> {
    distinct(rows.map(|row| row.cell.engine_mode()))
}

/// What is compared of two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Median wall time.
    Wall,
    /// Median start-up.
    Start,
    /// Mean user and system time.
    Cpu,
    /// Mean peak memory; what is below the floor counts as the floor.
    Memory,
    /// Median absolute deviation ÷ median of the wall time.
    Spread,
}

impl Metric {
    pub fn statistic(self) -> Statistic {
        match self {
            Metric::Wall | Metric::Start => Statistic::Median,
            Metric::Cpu | Metric::Memory => Statistic::Mean,
            Metric::Spread => Statistic::Spread,
        }
    }

    /// The samples, in seconds or bytes.
    pub fn values(self, row: &Row) -> Vec<f64> {
        match self {
            Metric::Wall | Metric::Spread => row.wall_s.clone(),
            Metric::Start => row.startup_s.clone(),
            Metric::Cpu => row.cpu_s.clone(),
            Metric::Memory => {
                let seen = |bytes: &f64| bytes.max(row.memory_floor_bytes);
                row.peak_rss_bytes.iter().map(seen).collect()
            }
        }
    }

    /// The statistic of a row's samples, in seconds, bytes or 1.
    pub fn of(self, row: &Row) -> Option<f64> {
        self.statistic().of(&self.values(row))
    }
}

#[cfg(test)]
pub(crate) mod tests;
