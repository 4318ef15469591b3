//! A row a cell: what `summary.csv` and every table are made of. Pure.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::config::Config;
use crate::environment::Environment;
pub use crate::model::Row;
use crate::model::{Cell, Kind, Outcome, Sample};
use crate::plan::{Plan, PlannedCell};
use crate::stats::{self, Description};

/// Everything that a report is made from, as it lies in a run's folder.
#[derive(Clone, Debug)]
pub struct Run {
    /// The folder's name.
    pub name: String,
    pub config: Config,
    pub plan: Plan,
    pub environment: Environment,
    pub samples: Vec<Sample>,
}

/// Did a cell end other than it should?
pub fn any_trouble(rows: &[Row]) -> bool {
    rows.iter()
        .any(|row| row.outcome.is_none_or(Outcome::is_trouble))
}

/// One row for each planned cell, in the order of the plan.
pub fn rows(run: &Run) -> Vec<Row> {
    let mut by_cell: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    let ok = run
        .samples
        .iter()
        .filter(|sample| sample.outcome == Outcome::Ok);
    for sample in ok.filter(|sample| matches!(sample.kind, Kind::Run | Kind::Compile)) {
        by_cell.entry(&sample.cell).or_default().push(sample);
    }
    let of = |name: &str| by_cell.get(name).map_or(&[][..], Vec::as_slice);
    let several = !run.environment.other_machines.is_empty();
    let row = |planned: &PlannedCell| {
        let cell = &planned.cell;
        let environment = run.environment.of_machine(planned.machine.as_deref());
        let engine = environment.engines.get(&cell.engine);
        let compilations = of(&format!("{}/{}", cell.workload, cell.engine_mode()));
        let mut row = row(cell, of(&planned.name), compilations);
        row.version = engine.map_or(String::new(), |engine| engine.version.clone());
        row.machine = planned.machine.clone().filter(|_| several);
        row.memory_floor_bytes = environment.memory_floor_bytes as f64;
        row.outcome = planned.outcome;
        row.reason = match planned.outcome {
            Some(_) => planned.reason.clone(),
            None => Some(format!(
                "not finished: {} of {} samples",
                row.wall_s.len(),
                run.plan.runs
            )),
        };
        row
    };
    run.plan.cells.iter().map(row).collect()
}

/// The figures of a cell, without what plan and environment say of it.
fn row(cell: &Cell, samples: &[&Sample], compilations: &[&Sample]) -> Row {
    let values = |value: fn(&Sample) -> Option<f64>| -> Vec<f64> {
        samples.iter().filter_map(|sample| value(sample)).collect()
    };
    let median = |value| stats::median(&values(value));
    let mean = |value| stats::mean(&values(value));
    let wall_s = values(|sample| sample.wall_s);
    let memory = values(|sample| sample.peak_rss_bytes.map(|bytes| bytes as f64));
    let (user, system) = (mean(|sample| sample.user_s), mean(|sample| sample.system_s));
    let percent = || Some(100.0 * (user? + system?) / stats::mean(&wall_s)?);
    let compile_s = counted(compilations).filter_map(|sample| sample.wall_s);
    Row {
        cell: cell.clone(),
        memory_floor_bytes: 0.0,
        machine: None,
        version: String::new(),
        outcome: None,
        reason: None,
        wall: stats::describe(&wall_s),
        user_mean_s: user,
        system_mean_s: system,
        cpu_percent_mean: percent().filter(|percent| percent.is_finite()),
        peak_rss_mean_bytes: stats::mean(&memory),
        peak_rss_max_bytes: memory.iter().copied().reduce(f64::max),
        read_median_s: median(|sample| sample.read_s),
        sort_median_s: median(|sample| sample.sort_s),
        write_median_s: median(|sample| sample.write_s),
        startup_median_s: median(Sample::startup_s),
        compile_median_s: stats::median(&compile_s.collect::<Vec<_>>()),
        artifact_bytes: compilations.last().and_then(|sample| sample.artifact_bytes),
        wall_s,
        cpu_s: values(|sample| Some(sample.user_s? + sample.system_s?)),
        peak_rss_bytes: memory,
        startup_s: values(Sample::startup_s),
    }
}

/// Compilations of the rounds; the pilot's only where there is no other.
fn counted<'s>(compilations: &'s [&'s Sample]) -> impl Iterator<Item = &'s Sample> {
    let any = compilations.iter().any(|sample| sample.round > 0);
    compilations
        .iter()
        .copied()
        .filter(move |sample| !any || sample.round > 0)
}

/// The fields of a line of `summary.csv`; their order is part of the format.
pub fn fields(row: &Row) -> [(&'static str, Json); 29] {
    let wall = |value: fn(Description) -> f64| json!(row.wall.map(value).map(rounded));
    let value = |value: Option<f64>| json!(value.map(rounded));
    let bytes = |bytes: Option<f64>| json!(bytes.map(|bytes| bytes.round() as u64));
    [
        ("workload", json!(row.cell.workload)),
        ("size", json!(row.cell.size)),
        ("size_bytes", json!(row.cell.size.bytes)),
        ("distribution", json!(row.cell.distribution.name())),
        ("engine", json!(row.cell.engine)),
        ("mode", json!(row.cell.mode)),
        ("version", json!(row.version)),
        ("outcome", json!(row.outcome)),
        ("reason", json!(row.reason)),
        ("runs", json!(row.wall_s.len())),
        ("wall_mean_s", wall(|wall| wall.mean)),
        ("wall_stddev_s", wall(|wall| wall.stddev)),
        ("wall_median_s", wall(|wall| wall.median)),
        ("wall_mad_s", wall(|wall| wall.mad)),
        ("wall_min_s", wall(|wall| wall.min)),
        ("wall_max_s", wall(|wall| wall.max)),
        ("wall_ci95_low_s", wall(|wall| wall.ci95.low)),
        ("wall_ci95_high_s", wall(|wall| wall.ci95.high)),
        ("user_mean_s", value(row.user_mean_s)),
        ("system_mean_s", value(row.system_mean_s)),
        ("cpu_percent_mean", value(row.cpu_percent_mean)),
        ("peak_rss_mean_bytes", bytes(row.peak_rss_mean_bytes)),
        ("peak_rss_max_bytes", bytes(row.peak_rss_max_bytes)),
        ("read_median_s", value(row.read_median_s)),
        ("sort_median_s", value(row.sort_median_s)),
        ("write_median_s", value(row.write_median_s)),
        ("startup_median_s", value(row.startup_median_s)),
        ("compile_median_s", value(row.compile_median_s)),
        ("artifact_bytes", json!(row.artifact_bytes)),
    ]
}

/// The text of `summary.csv`.
///
/// # Errors
/// Never for rows made by [`rows`].
pub fn csv(rows: &[Row]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if let Some(first) = rows.first() {
        writer.write_record(fields(first).map(|(name, _)| name))?;
    }
    for row in rows {
        writer.serialize(fields(row).map(|(_, value)| value).as_slice())?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// Nanoseconds are finer than anything measured; more digits would only be noise to read.
fn rounded(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row of the cell with this name: `ok`, without figures.
    pub fn row(name: &str) -> Row {
        let outcome = Some(Outcome::Ok);
        Row {
            outcome,
            version: "1.0.0".to_owned(),
            ..super::row(&cell(name), &[], &[])
        }
    }

    /// The cell with this name.
    pub fn cell(name: &str) -> Cell {
        let parts: Vec<&str> = name.split(['/', ':']).collect();
        let [workload, size, distribution, engine, mode] = parts[..] else {
            panic!("{name} is no cell")
        };
        Cell {
            workload: workload.to_owned(),
            size: size.parse().unwrap(),
            distribution: distribution.parse().unwrap(),
            engine: engine.to_owned(),
            mode: mode.to_owned(),
        }
    }
}
