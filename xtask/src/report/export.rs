//! The figures of a run in the formats of tools that keep histories, draw and gate.

use anyhow::ensure;
use serde_json::{Map, Value as Json, json};

use super::summary::rounded;
use crate::model::{Metric, Row, Unit};
use crate::stats::{Description, describe};

/// Whose format it is; docs/RESULTS-FORMAT.md shows each.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Format {
    /// What hyperfine 1 writes with --export-json
    Hyperfine,
    /// Bencher Metric Format
    Bencher,
    /// customSmallerIsBetter of github-action-benchmark
    GithubActionBenchmark,
}

/// What is exported of a cell, besides all that hyperfine measures: each the median and its interval.
const METRICS: [Metric; 4] = [Metric::Wall, Metric::Start, Metric::Memory, Metric::Compile];

/// The text of a file in this format, with the rows that ended ok.
///
/// # Errors
/// When none did.
pub fn render(rows: &[Row], format: Format) -> anyhow::Result<String> {
    let mut rows = rows.iter().filter(|row| row.is_ok()).peekable();
    ensure!(
        rows.peek().is_some(),
        "none of these cells ended ok, so there is nothing to export"
    );
    let json = match format {
        Format::Hyperfine => {
            let results: Vec<Json> = rows.filter_map(hyperfine).collect();
            json!({ "results": results })
        }
        Format::Bencher => Json::Object(rows.map(|row| (row.name(), bencher(row))).collect()),
        Format::GithubActionBenchmark => rows.flat_map(github_action_benchmark).collect(),
    };
    Ok(serde_json::to_string_pretty(&json)? + "\n")
}

/// One of its `results`: times in seconds, a list with a value a sample.
fn hyperfine(row: &Row) -> Option<Json> {
    let wall = row.wall()?;
    let samples = || row.samples.iter();
    Some(json!({
        "command": row.name(),
        "mean": rounded(wall.mean),
        "stddev": (wall.count > 1).then(|| rounded(wall.stddev)),
        "median": rounded(wall.median),
        "user": Metric::User.of(row).map(rounded),
        "system": Metric::System.of(row).map(rounded),
        "min": wall.min,
        "max": wall.max,
        "times": Metric::Wall.values(row),
        "memory_usage_byte": samples().map(|it| it.peak_rss_bytes).collect::<Vec<_>>(),
        "exit_codes": samples().map(|it| it.exit_code).collect::<Vec<_>>(),
    }))
}

/// A benchmark's measures: nanoseconds, as its own `latency` has, and bytes.
fn bencher(row: &Row) -> Json {
    let measures = figures(row, 1e9).map(|(metric, figure)| {
        let value = json!({
            "value": figure.median,
            "lower_value": figure.ci95.low,
            "upper_value": figure.ci95.high,
        });
        (metric.short_name().to_owned(), value)
    });
    Json::Object(measures.collect::<Map<_, _>>())
}

/// An entry a metric, whose unit never changes: the tool compares values of one name.
fn github_action_benchmark(row: &Row) -> Vec<Json> {
    let entries = figures(row, 1e3).map(|(metric, figure)| {
        let range = (figure.ci95.high - figure.median).max(figure.median - figure.ci95.low);
        let unit = match metric.unit() {
            Unit::Seconds => "ms",
            Unit::Bytes => "bytes",
        };
        json!({
            "name": format!("{} {}", row.name(), metric.short_name()),
            "unit": unit,
            "value": figure.median,
            "range": format!("± {}", rounded(range)),
            "extra": format!("samples: {}\n{} {}", figure.count, row.cell.engine, row.version),
        })
    });
    entries.collect()
}

/// The metrics of a row that were measured: seconds times `parts`, to the nanosecond, and bytes, no
/// less than can be seen.
fn figures(row: &Row, parts: f64) -> impl Iterator<Item = (Metric, Description)> {
    METRICS.into_iter().filter_map(move |metric| {
        let per_nano = match metric.unit() {
            Unit::Seconds => 1e9 / parts,
            Unit::Bytes => 1e9,
        };
        let values = metric.values(row).into_iter();
        let values = values.map(|value| (1e9 * value.max(metric.floor(row))).round() / per_nano);
        Some((metric, describe(&values.collect::<Vec<_>>())?))
    })
}
