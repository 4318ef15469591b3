//! `report.xlsx`: a run as a workbook, in the shape that the study's authors kept theirs in.

mod charts;
mod environment;
mod means;

use anyhow::Context;
use serde_json::Value as Json;

use crate::data::Distribution;
use crate::document::workbook::{self, Sheet, TIME};
use crate::document::{Field, Table};
use crate::model::{EngineMode, Grid, Metric, Row, Sample, Unit, distinct, engine_modes, grids};
use crate::questions::Results;
use crate::report::summary::fields;

/// The bytes of `report.xlsx`, the same for the same run.
///
/// # Errors
/// When something does not fit a workbook, such as more than a million samples.
pub fn xlsx(results: &Results) -> anyhow::Result<Vec<u8>> {
    let run = results.run;
    let started = run.samples.iter().map(|sample| sample.started_at).min();
    let sheets = sheets(results)?;
    workbook::render(&run.name, started.unwrap_or_default(), &sheets).context("report.xlsx")
}

fn sheets(results: &Results) -> anyhow::Result<Vec<Sheet>> {
    let shown = Shown::new(results.rows);
    let [charts, data] = charts::sheets(&shown);
    Ok(vec![
        means::sheet(results, &shown),
        summary(results.rows),
        samples(&results.run.samples)?,
        environment::sheet(results)?,
        charts,
        data,
    ])
}

/// The cells of the sheets that follow the study: of `random` inputs, or of the first distribution
/// where there are none.
struct Shown<'r> {
    /// None without rows.
    distribution: Option<Distribution>,
    /// The others that were measured.
    left_out: Vec<Distribution>,
    /// The columns, the same for all grids.
    modes: Vec<EngineMode>,
    /// Those of one machine follow each other.
    grids: Vec<Grid<'r>>,
}

impl<'r> Shown<'r> {
    fn new(rows: &'r [Row]) -> Shown<'r> {
        let mut left_out = distinct(rows.iter().map(|row| row.cell.distribution));
        let random = left_out.iter().position(|it| *it == Distribution::Random);
        let distribution = match left_out.is_empty() {
            true => None,
            false => Some(left_out.remove(random.unwrap_or(0))),
        };
        let mut shown: Vec<&Row> = rows.iter().collect();
        shown.retain(|row| Some(row.cell.distribution) == distribution);
        let mut grids = grids(shown.iter().copied());
        grids.sort_by_key(Grid::machine);
        Shown {
            distribution,
            left_out,
            modes: engine_modes(shown),
            grids,
        }
    }

    /// The names of the columns: the machine if there are several, those given, engines and modes.
    /// And the number of those before the engines and modes.
    fn header(&self, names: &[&str]) -> (Vec<String>, u16) {
        let several = self.grids.iter().any(|grid| grid.machine().is_some());
        let machine = several.then_some("machine");
        let names = machine.iter().chain(names).map(ToString::to_string);
        let mut header: Vec<String> = names.collect();
        let first_mode = header.len() as u16;
        header.extend(self.modes.iter().map(ToString::to_string));
        (header, first_mode)
    }

    /// The fields that name a row, as [`header`](Shown::header) names them.
    fn names(grid: &Grid, names: &[&str]) -> Vec<Field> {
        let names = grid.machine().into_iter().chain(names.iter().copied());
        names.map(Field::from).collect()
    }
}

/// `mean peak memory (MB)`, and how many of the metric's unit that is.
fn in_unit(metric: Metric) -> (String, f64) {
    let (unit, factor) = match metric.unit() {
        Unit::Bytes => ("MB", 1e6),
        Unit::Seconds | Unit::Share => ("s", 1.0),
    };
    (format!("mean {} ({unit})", metric.name()), factor)
}

/// The columns of `summary.csv`, and the machine where there are several.
fn summary(rows: &[Row]) -> Sheet {
    let mut names: Vec<&str> = rows
        .first()
        .map_or(vec![], |row| fields(row).map(|it| it.0).to_vec());
    if rows.iter().any(|row| row.machine.is_some()) {
        names.push("machine");
    }
    let line = |row: &Row| -> Vec<Field> {
        let values = fields(row)
            .map(|(_, value)| Field::json(&value))
            .into_iter();
        values.chain(row.machine.iter().map(Field::from)).collect()
    };
    Sheet {
        name: "Summary",
        table: Table::new(names, rows.iter().map(line)),
        // Up to the mode.
        frozen_columns: 6,
        has_filter: true,
        ..Sheet::default()
    }
}

/// A row a sample, a column a field of `samples.jsonl`.
fn samples(samples: &[Sample]) -> anyhow::Result<Sheet> {
    let lines = samples.iter().map(serde_json::to_value);
    let lines: Vec<Json> = lines.collect::<Result<_, _>>()?;
    let names = lines.iter().filter_map(Json::as_object);
    let names = distinct(names.flat_map(|fields| fields.keys().cloned()));
    let line = |(sample, line): (&Sample, &Json)| -> Vec<Field> {
        let field = |name: &String| match name.as_str() {
            TIME => Field::figure(
                sample.started_at.to_string(),
                serial_days(sample.started_at),
            ),
            name => Field::json(&line[name]),
        };
        names.iter().map(field).collect()
    };
    Ok(Sheet {
        name: "Samples",
        table: Table::new(names.clone(), samples.iter().zip(&lines).map(line)),
        // The cell's name.
        frozen_columns: 1,
        has_filter: true,
        ..Sheet::default()
    })
}

/// A moment as Excel counts it: days since 1899-12-30, here in UTC.
fn serial_days(time: jiff::Timestamp) -> f64 {
    const UNIX_EPOCH: f64 = 25_569.0;
    UNIX_EPOCH + time.as_millisecond() as f64 / 86_400_000.0
}

#[cfg(test)]
mod tests;
