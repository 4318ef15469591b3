//! A row a cell: what `summary.csv` and every table are made of. Pure.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cell::{Cell, Outcome};
use crate::config::Config;
use crate::environment::Environment;
use crate::plan::Plan;
use crate::sample::{Kind, Sample};
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

/// A cell and its figures. What was not measured is `None` (an empty field in the csv).
#[derive(Clone, Debug, PartialEq)]
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
    /// Seconds.
    pub wall: Option<Description>,
    /// Wall times of the counted samples, in the order of the rounds, in seconds.
    pub wall_s: Vec<f64>,
    /// User and system time of the same samples.
    pub cpu_s: Vec<f64>,
    /// Peak memory of the same samples.
    pub peak_rss_bytes: Vec<f64>,
    /// Start-up of the same samples; fewer where a guest says nothing about its phases.
    pub startup_s: Vec<f64>,
    pub user_mean_s: Option<f64>,
    pub system_mean_s: Option<f64>,
    /// (user + system) ÷ wall, of the means, in percent.
    pub cpu_percent_mean: Option<f64>,
    pub peak_rss_mean_bytes: Option<f64>,
    pub peak_rss_max_bytes: Option<f64>,
    pub read_median_s: Option<f64>,
    pub sort_median_s: Option<f64>,
    pub write_median_s: Option<f64>,
    pub startup_median_s: Option<f64>,
    /// Of the compilation that the mode needs first.
    pub compile_median_s: Option<f64>,
    pub artifact_bytes: Option<u64>,
}

impl Row {
    /// Was the cell measured to its end, with every output right?
    pub fn is_ok(&self) -> bool {
        self.outcome == Some(Outcome::Ok)
    }

    /// Same workload, same input, same machine: only engine and mode may differ.
    pub fn same_input(&self, other: &Row) -> bool {
        self.cell.workload == other.cell.workload
            && self.cell.size == other.cell.size
            && self.cell.distribution == other.cell.distribution
            && self.machine == other.machine
    }

    /// `merge, random`, with the machine where there are several: what may stand in one table.
    pub fn group(&self) -> String {
        let Cell {
            workload,
            distribution,
            ..
        } = &self.cell;
        format!("{workload}, {distribution}{}", self.place())
    }

    /// `, on HOST` in a run of several machines.
    pub fn place(&self) -> String {
        let on = |host: &String| format!(", on {host}");
        self.machine.as_ref().map_or_else(String::new, on)
    }

    /// The outcome for people.
    pub fn outcome_text(&self) -> &'static str {
        self.outcome.map_or("unfinished", Outcome::name)
    }
}

/// Did a cell end other than it should?
pub fn any_trouble(rows: &[Row]) -> bool {
    rows.iter()
        .any(|row| row.outcome.is_none_or(Outcome::is_trouble))
}

/// One row for each planned cell, in the order of the plan.
pub fn rows(run: &Run) -> Vec<Row> {
    let mut by_cell: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for sample in run
        .samples
        .iter()
        .filter(|sample| sample.outcome == Outcome::Ok)
    {
        if matches!(sample.kind, Kind::Run | Kind::Compile) {
            by_cell.entry(&sample.cell).or_default().push(sample);
        }
    }
    let of = |name: &str| by_cell.get(name).map_or(&[][..], Vec::as_slice);
    run.plan
        .cells
        .iter()
        .map(|planned| {
            let cell = &planned.cell;
            let compilations = of(&format!("{}/{}:{}", cell.workload, cell.engine, cell.mode));
            let environment = run.environment.of_machine(planned.machine.as_deref());
            let engine = environment.engines.get(&cell.engine);
            let version = engine.map_or(String::new(), |engine| engine.version.clone());
            let mut row = row(cell, version, of(&planned.name), compilations);
            let several = !run.environment.other_machines.is_empty();
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
        })
        .collect()
}

fn row(cell: &Cell, version: String, samples: &[&Sample], compilations: &[&Sample]) -> Row {
    let values = |value: fn(&Sample) -> Option<f64>| {
        samples
            .iter()
            .filter_map(|sample| value(sample))
            .collect::<Vec<f64>>()
    };
    let median = |value| stats::median(&values(value));
    let mean = |value| stats::mean(&values(value));
    let memory = values(|sample| sample.peak_rss_bytes.map(|bytes| bytes as f64));
    let wall_s = values(|sample| sample.wall_s);
    let startup_s = values(Sample::startup_s);
    let (user, system) = (mean(|sample| sample.user_s), mean(|sample| sample.system_s));
    let compile_s: Vec<f64> = counted(compilations)
        .filter_map(|sample| sample.wall_s)
        .collect();
    Row {
        cell: cell.clone(),
        memory_floor_bytes: 0.0,
        machine: None,
        version,
        outcome: None,
        reason: None,
        wall: stats::describe(&wall_s),
        user_mean_s: user,
        system_mean_s: system,
        cpu_percent_mean: stats::mean(&wall_s)
            .and_then(|wall| Some(100.0 * (user? + system?) / wall))
            .filter(|percent| percent.is_finite()),
        peak_rss_mean_bytes: stats::mean(&memory),
        peak_rss_max_bytes: memory.iter().copied().reduce(f64::max),
        read_median_s: median(|sample| sample.read_s),
        sort_median_s: median(|sample| sample.sort_s),
        write_median_s: median(|sample| sample.write_s),
        startup_median_s: stats::median(&startup_s),
        compile_median_s: stats::median(&compile_s),
        artifact_bytes: compilations.last().and_then(|sample| sample.artifact_bytes),
        wall_s,
        cpu_s: values(|sample| Some(sample.user_s? + sample.system_s?)),
        peak_rss_bytes: memory,
        startup_s,
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

/// A line of `summary.csv`; the fields' order is part of the format.
#[derive(Serialize)]
struct CsvRow<'r> {
    workload: &'r str,
    size: String,
    size_bytes: u64,
    distribution: &'static str,
    engine: &'r str,
    mode: &'r str,
    version: &'r str,
    outcome: Option<Outcome>,
    reason: Option<&'r str>,
    runs: usize,
    wall_mean_s: Option<f64>,
    wall_stddev_s: Option<f64>,
    wall_median_s: Option<f64>,
    wall_mad_s: Option<f64>,
    wall_min_s: Option<f64>,
    wall_max_s: Option<f64>,
    wall_ci95_low_s: Option<f64>,
    wall_ci95_high_s: Option<f64>,
    user_mean_s: Option<f64>,
    system_mean_s: Option<f64>,
    cpu_percent_mean: Option<f64>,
    peak_rss_mean_bytes: Option<u64>,
    peak_rss_max_bytes: Option<u64>,
    read_median_s: Option<f64>,
    sort_median_s: Option<f64>,
    write_median_s: Option<f64>,
    startup_median_s: Option<f64>,
    compile_median_s: Option<f64>,
    artifact_bytes: Option<u64>,
}

/// The text of `summary.csv`.
///
/// # Errors
/// Never for rows made by [`rows`].
pub fn csv(rows: &[Row]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let wall =
            |value: fn(&Description) -> f64| row.wall.as_ref().map(|wall| rounded(value(wall)));
        writer.serialize(CsvRow {
            workload: &row.cell.workload,
            size: row.cell.size.to_string(),
            size_bytes: row.cell.size.bytes,
            distribution: row.cell.distribution.name(),
            engine: &row.cell.engine,
            mode: &row.cell.mode,
            version: &row.version,
            outcome: row.outcome,
            reason: row.reason.as_deref(),
            runs: row.wall_s.len(),
            wall_mean_s: wall(|wall| wall.mean),
            wall_stddev_s: wall(|wall| wall.stddev),
            wall_median_s: wall(|wall| wall.median),
            wall_mad_s: wall(|wall| wall.mad),
            wall_min_s: wall(|wall| wall.min),
            wall_max_s: wall(|wall| wall.max),
            wall_ci95_low_s: wall(|wall| wall.ci95.low),
            wall_ci95_high_s: wall(|wall| wall.ci95.high),
            user_mean_s: row.user_mean_s.map(rounded),
            system_mean_s: row.system_mean_s.map(rounded),
            cpu_percent_mean: row.cpu_percent_mean.map(rounded),
            peak_rss_mean_bytes: row.peak_rss_mean_bytes.map(|bytes| bytes.round() as u64),
            peak_rss_max_bytes: row.peak_rss_max_bytes.map(|bytes| bytes.round() as u64),
            read_median_s: row.read_median_s.map(rounded),
            sort_median_s: row.sort_median_s.map(rounded),
            write_median_s: row.write_median_s.map(rounded),
            startup_median_s: row.startup_median_s.map(rounded),
            compile_median_s: row.compile_median_s.map(rounded),
            artifact_bytes: row.artifact_bytes,
        })?;
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
            ..super::row(&cell(name), "1.0.0".to_owned(), &[], &[])
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
