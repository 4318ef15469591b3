//! What a figure of a cell is, once for tables, charts, sheets and questions.

use super::Row;
use super::units::{human_memory, human_seconds};
use crate::stats::Statistic;

/// A figure of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Median wall time of the whole process.
    Wall,
    /// Its mean, which the study has.
    MeanWall,
    /// Median of what the guest did not account for: process, load, compile, instantiate, end.
    Start,
    /// Median of the guest's own clock, as those of the other phases.
    Read,
    Sort,
    Write,
    /// Mean user and system time.
    Cpu,
    /// Mean peak resident set.
    Memory,
    /// Median absolute deviation ÷ median of the wall time.
    Spread,
}

/// What values of a metric are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Bytes,
    /// 0.05 is 5 %.
    Share,
}

impl Metric {
    /// What a wall time is made of, in order.
    pub const PHASES: [Metric; 4] = [Metric::Start, Metric::Read, Metric::Sort, Metric::Write];

    pub fn name(self) -> &'static str {
        match self {
            Metric::Wall | Metric::MeanWall => "wall time",
            Metric::Start => "start-up",
            Metric::Read => "read",
            Metric::Sort => "sort",
            Metric::Write => "write",
            Metric::Cpu => "CPU time",
            Metric::Memory => "peak memory",
            Metric::Spread => "deviation from the median",
        }
    }

    /// As the study's tables call it: `latency`.
    pub fn short_name(self) -> &'static str {
        match self {
            Metric::Wall | Metric::MeanWall => "latency",
            Metric::Cpu => "CPU",
            Metric::Memory => "memory",
            other => other.name(),
        }
    }

    pub fn unit(self) -> Unit {
        match self {
            Metric::Memory => Unit::Bytes,
            Metric::Spread => Unit::Share,
            _ => Unit::Seconds,
        }
    }

    /// The figure of a row, in seconds, bytes or 1; none where nothing was measured.
    pub fn of(self, row: &Row) -> Option<f64> {
        match self {
            Metric::Wall => row.wall.map(|wall| wall.median),
            Metric::MeanWall => row.wall.map(|wall| wall.mean),
            Metric::Start => row.startup_median_s,
            Metric::Read => row.read_median_s,
            Metric::Sort => row.sort_median_s,
            Metric::Write => row.write_median_s,
            Metric::Cpu => Some(row.user_mean_s? + row.system_mean_s?),
            Metric::Memory => row.peak_rss_mean_bytes,
            Metric::Spread => row.wall.map(|wall| wall.mad / wall.median),
        }
        .filter(|value| value.is_finite())
    }

    /// The same, as far as it can be seen: memory is no less than the floor.
    pub fn seen(self, row: &Row) -> Option<f64> {
        self.of(row).map(|value| value.max(self.floor(row)))
    }

    /// Smaller values of this row cannot be told apart.
    pub fn floor(self, row: &Row) -> f64 {
        match self.unit() {
            Unit::Bytes => row.memory_floor_bytes,
            _ => 0.0,
        }
    }

    /// The samples that two cells are compared by, no less than the floor; none of a phase of the
    /// guest, which is not compared.
    pub fn samples(self, row: &Row) -> Vec<f64> {
        let samples = match self {
            Metric::Wall | Metric::MeanWall | Metric::Spread => &row.wall_s[..],
            Metric::Start => &row.startup_s,
            Metric::Cpu => &row.cpu_s,
            Metric::Memory => &row.peak_rss_bytes,
            Metric::Read | Metric::Sort | Metric::Write => &[],
        };
        let seen = |value: &f64| value.max(self.floor(row));
        samples.iter().map(seen).collect()
    }

    /// What stands for the samples.
    pub fn statistic(self) -> Statistic {
        match self {
            Metric::MeanWall | Metric::Cpu | Metric::Memory => Statistic::Mean,
            Metric::Spread => Statistic::Spread,
            _ => Statistic::Median,
        }
    }

    /// A value for people; `floor` is the least that can be seen.
    pub fn text(self, value: f64, floor: f64) -> String {
        match self.unit() {
            Unit::Seconds => human_seconds(value),
            Unit::Bytes => human_memory(value, floor),
            Unit::Share => format!("±{:.1} %", 100.0 * value),
        }
    }
}
