//! `report.xlsx`: a run as a workbook, in the shape that the study's authors kept theirs in.

mod environment;
mod means;

use anyhow::Context;
use serde_json::Value as Json;

use crate::document::workbook::{self, Sheet, TIME};
use crate::document::{Document, Field, Table};
use crate::model::{Row, Sample, distinct};
use crate::questions::Results;
use crate::report::summary::fields;

/// The bytes of `report.xlsx`, the same for the same run; `document` has its charts.
///
/// # Errors
/// When something does not fit a workbook, such as more than a million samples.
pub fn xlsx(results: &Results, document: &Document) -> anyhow::Result<Vec<u8>> {
    let run = results.run;
    let started = run.samples.iter().map(|sample| sample.started_at).min();
    let sheets = sheets(results, document)?;
    workbook::render(&run.name, started.unwrap_or_default(), &sheets).context("report.xlsx")
}

fn sheets(results: &Results, document: &Document) -> anyhow::Result<Vec<Sheet>> {
    let mut sheets = vec![
        means::sheet(results),
        summary(results.rows),
        samples(&results.run.samples)?,
        environment::sheet(results)?,
    ];
    sheets.extend(workbook::charts(document.charts()));
    Ok(sheets)
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
