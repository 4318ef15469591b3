//! What the rows of a run say, one question a file. Pure.

pub mod answer;
pub mod crossover;
pub mod odd;
pub mod overhead;
pub mod scaling;
pub mod start;
pub mod study;
pub mod verdict;

use crate::config::{Config, ExpectedOutput, distinct};
use crate::noise::Noises;
use crate::stats::{self, Interval, Statistic};
use crate::summary::{Row, Run};
use crate::units::Load;
use overhead::Overhead;

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

    /// How much one engine:mode takes of what another takes, over the inputs on which both were
    /// measured; of one load, or of all.
    pub fn ratio(
        &self,
        engine_mode: &str,
        base: &str,
        load: Option<Load>,
        metric: Metric,
    ) -> Option<Estimate> {
        let rows: Vec<&Row> = self.work().collect();
        let of_load = |row: &&Row| load.is_none_or(|load| row.cell.size.load() == load);
        let own = rows
            .iter()
            .filter(|row| row.cell.engine_mode() == engine_mode);
        let pairs = own.filter(|row| of_load(row)).filter_map(|row| {
            let bases = rows.iter().filter(|other| other.same_input(row));
            let base = bases
                .into_iter()
                .find(|other| other.cell.engine_mode() == base)?;
            Some((*row, *base))
        });
        estimate(
            &pairs.collect::<Vec<_>>(),
            metric,
            self.memory_floor_bytes(),
        )
    }

    /// What hyperfine cannot see below.
    pub fn memory_floor_bytes(&self) -> f64 {
        self.run.environment.memory_floor_bytes as f64
    }
}

fn is_control(config: &Config, workload: &str) -> bool {
    config.workload(workload).is_some_and(|workload| {
        matches!(
            workload.output,
            ExpectedOutput::Nothing | ExpectedOutput::Unchanged
        )
    })
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
    pub fn values(self, row: &Row, memory_floor_bytes: f64) -> Vec<f64> {
        match self {
            Metric::Wall | Metric::Spread => row.wall_s.clone(),
            Metric::Start => row.startup_s.clone(),
            Metric::Cpu => row.cpu_s.clone(),
            Metric::Memory => {
                let seen = |bytes: &f64| bytes.max(memory_floor_bytes);
                row.peak_rss_bytes.iter().map(seen).collect()
            }
        }
    }

    /// The statistic of a row's samples, in seconds, bytes or 1.
    pub fn of(self, row: &Row, memory_floor_bytes: f64) -> Option<f64> {
        self.statistic().of(&self.values(row, memory_floor_bytes))
    }
}

/// A geometric mean of ratios, and its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    pub ratio: f64,
    pub interval: Interval,
    /// Inputs that it is the mean over.
    pub inputs: usize,
}

/// The first of each pair against the second.
fn estimate(pairs: &[(&Row, &Row)], metric: Metric, memory_floor_bytes: f64) -> Option<Estimate> {
    let values = |row| metric.values(row, memory_floor_bytes);
    let lists: Vec<(Vec<f64>, Vec<f64>)> =
        pairs.iter().map(|(a, b)| (values(a), values(b))).collect();
    let samples: Vec<(&[f64], &[f64])> = lists
        .iter()
        .map(|(a, b)| (a.as_slice(), b.as_slice()))
        .collect();
    let (ratio, interval) = stats::mean_ratio(&samples, metric.statistic())?;
    Some(Estimate {
        ratio,
        interval,
        inputs: samples.len(),
    })
}

#[cfg(test)]
pub(crate) mod tests;
