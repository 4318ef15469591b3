//! `summary.csv`: a row a cell.

use serde_json::{Value as Json, json};

use crate::model::{Metric, Row};
use crate::stats::Description;

/// The fields of a line of `summary.csv`; their order is part of the format.
pub fn fields(row: &Row) -> [(&'static str, Json); 29] {
    let wall = row.wall();
    let wall = |value: fn(Description) -> f64| json!(wall.map(value).map(rounded));
    let figure = |metric: Metric| json!(metric.of(row).map(rounded));
    let whole = |bytes: Option<f64>| json!(bytes.map(|bytes| bytes.round() as u64));
    let memory = Metric::Memory.values(row).into_iter();
    let cpu = Metric::Cpu.of(row).zip(Metric::MeanWall.of(row));
    let cpu_percent = cpu.map(|(cpu_s, wall_s)| 100.0 * cpu_s / wall_s);
    let compiled = row.compilations.last();
    [
        ("workload", json!(row.cell.workload)),
        ("size", json!(row.cell.size)),
        ("size_bytes", json!(row.cell.size.bytes)),
        ("distribution", json!(row.cell.distribution)),
        ("engine", json!(row.cell.engine)),
        ("mode", json!(row.cell.mode)),
        ("version", json!(row.version)),
        ("outcome", json!(row.outcome)),
        ("reason", json!(row.reason)),
        ("runs", json!(Metric::Wall.values(row).len())),
        ("wall_mean_s", wall(|wall| wall.mean)),
        ("wall_stddev_s", wall(|wall| wall.stddev)),
        ("wall_median_s", wall(|wall| wall.median)),
        ("wall_mad_s", wall(|wall| wall.mad)),
        ("wall_min_s", wall(|wall| wall.min)),
        ("wall_max_s", wall(|wall| wall.max)),
        ("wall_ci95_low_s", wall(|wall| wall.ci95.low)),
        ("wall_ci95_high_s", wall(|wall| wall.ci95.high)),
        ("user_mean_s", figure(Metric::User)),
        ("system_mean_s", figure(Metric::System)),
        ("cpu_percent_mean", json!(cpu_percent.map(rounded))),
        ("peak_rss_mean_bytes", whole(Metric::Memory.of(row))),
        ("peak_rss_max_bytes", whole(memory.reduce(f64::max))),
        ("read_median_s", figure(Metric::Read)),
        ("sort_median_s", figure(Metric::Sort)),
        ("write_median_s", figure(Metric::Write)),
        ("startup_median_s", figure(Metric::Start)),
        ("compile_median_s", figure(Metric::Compile)),
        (
            "artifact_bytes",
            json!(compiled.and_then(|it| it.artifact_bytes)),
        ),
    ]
}

/// Nanoseconds are finer than anything measured; more digits would only be noise to read.
pub fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}
