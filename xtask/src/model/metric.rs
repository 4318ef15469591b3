//! What a figure of a cell is, once for tables, charts, sheets and questions.

use std::sync::Arc;

use super::units::{human_bytes, human_seconds};
use super::{Row, Sample};
use crate::stats::{mean, median};

/// A figure of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Mean time in the process itself, and in the kernel for it.
    User,
    System,
    /// Both together.
    Cpu,
    /// Mean peak resident set.
    Memory,
    /// Median wall time of the compilation that the mode needs first.
    Compile,
}

/// What values of a metric are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Bytes,
}

/// What stands for several values; none of no values.
type Summary = fn(&[f64]) -> Option<f64>;
type Value = fn(&Sample) -> Option<f64>;

impl Metric {
    /// How many there are.
    pub const COUNT: usize = Metric::Compile as usize + 1;
    /// What a wall time is made of, in order.
    pub const PHASES: [Metric; 4] = [Metric::Start, Metric::Read, Metric::Sort, Metric::Write];

    /// Its name, what it is counted in, what stands for several values, and the value of a sample.
    fn parts(self) -> (&'static str, Unit, Summary, Value) {
        use Unit::{Bytes, Seconds};
        match self {
            Metric::Wall => ("wall time", Seconds, median, |it| it.wall_s),
            Metric::MeanWall => ("wall time", Seconds, mean, |it| it.wall_s),
            Metric::Start => ("start-up", Seconds, median, Sample::startup_s),
            Metric::Read => ("read", Seconds, median, |it| it.read_s),
            Metric::Sort => ("sort", Seconds, median, |it| it.sort_s),
            Metric::Write => ("write", Seconds, median, |it| it.write_s),
            Metric::User => ("user time", Seconds, mean, |it| it.user_s),
            Metric::System => ("system time", Seconds, mean, |it| it.system_s),
            Metric::Cpu => ("CPU time", Seconds, mean, |it| {
                Some(it.user_s? + it.system_s?)
            }),
            Metric::Memory => ("peak memory", Bytes, mean, |it| {
                Some(it.peak_rss_bytes? as f64)
            }),
            Metric::Compile => ("compilation", Seconds, median, |it| it.wall_s),
        }
    }

    pub fn name(self) -> &'static str {
        self.parts().0
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
        self.parts().1
    }

    /// What a sample says, in seconds or bytes.
    pub fn value(self, sample: &Sample) -> Option<f64> {
        self.parts().3(sample)
    }

    /// The figure of a row, in seconds, bytes or 1; none where nothing was measured.
    pub fn of(self, row: &Row) -> Option<f64> {
        let figure = || self.parts().2(&self.values(row));
        let figure = row.figures[self as usize].get_or_init(figure);
        figure.filter(|value| value.is_finite())
    }

    /// The logarithms of the values of a row, each no less than the floor; of times that are 0 there is none.
    pub fn logs(self, row: &Row, floor: f64) -> Vec<f64> {
        let values = self.values(row).into_iter().map(|value| value.max(floor));
        values.filter(|value| *value > 0.0).map(f64::ln).collect()
    }

    /// The figures of all phases; none where one was not measured.
    pub fn phases(row: &Row) -> Option<[f64; 4]> {
        let [start, read, sort, write] = Metric::PHASES.map(|phase| phase.of(row));
        Some([start?, read?, sort?, write?])
    }

    /// The figure of a row, as far as it can be seen: memory is no less than the floor.
    pub fn seen(self, row: &Row) -> Option<f64> {
        self.of(row).map(|value| value.max(self.floor(row)))
    }

    /// The same of a cell that ended ok, for a logarithmic axis, which has no place for zero.
    pub fn drawn(self, row: &Row) -> Option<f64> {
        self.of(row).filter(|value| row.is_ok() && *value > 0.0)?;
        self.seen(row)
    }

    /// Smaller values of this row cannot be told apart.
    pub fn floor(self, row: &Row) -> f64 {
        match self.unit() {
            Unit::Bytes => row.memory_floor_bytes,
            _ => 0.0,
        }
    }

    /// The samples of a row that it is a figure of.
    pub fn samples(self, row: &Row) -> &[Arc<Sample>] {
        match self {
            Metric::Compile => &row.compilations,
            _ => &row.samples,
        }
    }

    /// What the samples of a row say, in their order.
    pub fn values(self, row: &Row) -> Vec<f64> {
        let samples = self.samples(row).iter();
        samples.filter_map(|it| self.value(it)).collect()
    }

    /// A value for people; `floor` is the least that can be seen.
    pub fn text(self, value: f64, floor: f64) -> String {
        match self.unit() {
            Unit::Seconds => human_seconds(value),
            // Below the floor all that is known is that it is not more.
            Unit::Bytes if value <= floor => format!("≤ {}", human_bytes(floor)),
            Unit::Bytes => human_bytes(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_below_the_floor_is_not_told_apart() {
        let text = |bytes| Metric::Memory.text(bytes, 3e6);
        assert_eq!(text(2_999_999.0), "≤ 3.00 MB");
        assert_eq!(text(3_000_000.0), "≤ 3.00 MB");
        assert_eq!(text(3_100_000.0), "3.10 MB");
    }
}
