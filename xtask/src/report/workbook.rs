//! `report.xlsx`: a run as a workbook, in the shape that the study's authors kept theirs in.

use anyhow::Context;
use serde_json::{Value as Json, json};

use crate::document::workbook::{self, Sheet, TIME};
use crate::document::{Document, Field, Piece, Table};
use crate::experiments::density::TABLE as DENSITY;
use crate::model::{Grid, Load, Metric, Row, Size, Unit, distinct, engine_modes, main_grids};
use crate::questions::{Results, range, tier};
use crate::report::samples::Shown;
use crate::report::summary::fields;

/// The bytes of `report.xlsx`, the same for the same run; `document` has its charts, and
/// `shown` the samples that it shows.
///
/// # Errors
/// When something does not fit a workbook.
pub fn xlsx(results: &Results, document: &Document, shown: &Shown) -> anyhow::Result<Vec<u8>> {
    let run = results.run;
    let started = run.samples.iter().map(|sample| sample.started_at).min();
    let sheets = sheets(results, document, shown)?;
    workbook::render(&run.name, started.unwrap_or_default(), &sheets).context("report.xlsx")
}

fn sheets(results: &Results, document: &Document, shown: &Shown) -> anyhow::Result<Vec<Sheet>> {
    let mut sheets = vec![
        means_sheet(results),
        summary(results.rows),
        samples(shown)?,
        environment(results)?,
    ];
    sheets.extend(document.pieces.iter().filter_map(|piece| match piece {
        Piece::Table(table) if table.title == DENSITY => {
            Some(Sheet::new(DENSITY, table.clone(), 2))
        }
        _ => None,
    }));
    sheets.extend(workbook::charts(document.charts()));
    Ok(sheets)
}

/// The columns of `summary.csv`, and the machine where there are several.
fn summary(rows: &[Row]) -> Sheet {
    let fields: Vec<_> = rows.iter().map(fields).collect();
    let mut table = Table::of(rows.iter().zip(&fields));
    for (index, (name, _)) in fields.first().into_iter().flatten().enumerate() {
        table = table.column(*name, |(_, fields)| Field::json(&fields[index].1));
    }
    if rows.iter().any(|row| row.machine.is_some()) {
        table = table.column("machine", |(row, _)| {
            row.machine.clone().unwrap_or_default()
        });
    }
    // Up to the mode.
    Sheet::new("Summary", table.table, 6)
}

/// A row a sample that is shown, a column a field of `samples.jsonl`.
fn samples(shown: &Shown) -> anyhow::Result<Sheet> {
    let samples = &shown.samples;
    let lines = samples.iter().map(serde_json::to_value);
    let lines: Vec<Json> = lines.collect::<Result<_, _>>()?;
    let names = lines.iter().filter_map(Json::as_object);
    let names = distinct(names.flat_map(|fields| fields.keys().cloned()));
    let mut table = Table::of(samples.iter().copied().zip(&lines));
    for name in names {
        table = table.column(&name, |(sample, line)| match name.as_str() {
            TIME => Field::figure("", serial_days(sample.started_at)),
            name => Field::json(&line[name]),
        });
    }
    // The cell's name.
    let sheet = Sheet::new("Samples", table.table, 1);
    Ok(Sheet {
        notes: shown.note.iter().cloned().collect(),
        ..sheet
    })
}

/// A moment as Excel counts it: days since 1899-12-30, here in UTC.
fn serial_days(time: jiff::Timestamp) -> f64 {
    const UNIX_EPOCH: f64 = 25_569.0;
    UNIX_EPOCH + time.as_millisecond() as f64 / 86_400_000.0
}

/// The sheet `Means`: for each metric a row for each size, then one for each load.
fn means_sheet(results: &Results) -> Sheet {
    let run = results.run;
    let mut notes = vec![
        format!("{}: means of {} of each cell", run.name, run.plan.samples_each()),
        "Random inputs where there are any; other distributions are in the sheet Summary. Loads as in the study: light is below 1MB, medium below 100MB, high from there. min–max is the range of the means of a load.".to_owned(),
        "A word instead of a figure is how the cell ended; the sheet Summary says why. ≤ marks memory that cannot be told from the stopwatch's own.".to_owned(),
    ];
    notes.extend(results.calibration.sentence());
    let mut grids = main_grids(results.rows);
    grids.sort_by_key(Grid::machine);
    let mut parts: Vec<(&Grid, Metric, String, Vec<Size>)> = Vec::new();
    for grid in &grids {
        for metric in [Metric::MeanWall, Metric::Cpu, Metric::Memory] {
            let each = grid
                .sizes
                .iter()
                .map(|size| (size.to_string(), vec![*size]));
            let loads = Load::ALL.map(|load| ("min–max".to_owned(), grid.of_load(load).collect()));
            let rows = each.chain(loads).filter(|(_, sizes)| !sizes.is_empty());
            parts.extend(rows.map(|(name, sizes)| (grid, metric, name, sizes)));
        }
    }
    let mut table = Table::of(parts)
        .column("input", |(grid, ..)| grid.title())
        .column("figure", |(_, metric, ..)| {
            format!("mean {} ({})", metric.name(), in_unit(*metric).0)
        })
        .column("load", |(.., sizes)| sizes[0].load())
        .column("size", |(_, _, size, _)| size.clone());
    for mode in engine_modes(grids.iter().flat_map(|grid| grid.rows.iter().copied())) {
        table = table.column(mode.to_string(), |(grid, metric, _, sizes)| {
            let cells = sizes.iter().filter_map(|size| grid.get(*size, &mode));
            means(&cells.collect::<Vec<_>>(), *metric)
        });
    }
    // Up to the size.
    let sheet = Sheet::new("Means", table.table, 4);
    Sheet { notes, ..sheet }
}

/// What a metric is counted in here, and how many of its own unit that is.
fn in_unit(metric: Metric) -> (&'static str, f64) {
    match metric.unit() {
        Unit::Bytes => ("MB", 1e6),
        Unit::Seconds => ("s", 1.0),
    }
}

/// From the smallest to the largest mean, and how the other cells ended; a number where it is one.
fn means(cells: &[&Row], metric: Metric) -> Field {
    let (ok, others): (Vec<&Row>, Vec<&Row>) = cells.iter().partition(|row| row.is_ok());
    let floor = cells.first().map_or(0.0, |row| metric.floor(row));
    let means: Vec<f64> = ok.into_iter().filter_map(|row| metric.of(row)).collect();
    let others = distinct(others.into_iter().map(Row::outcome_text));
    match (&means[..], &others[..]) {
        ([mean], []) if *mean > floor => Field::figure("", mean / in_unit(metric).1),
        _ => {
            let range = range(&means, |value| metric.text(value, floor));
            let parts = range.map(|(text, _)| text).into_iter().chain(others);
            parts.collect::<Vec<_>>().join(", ").into()
        }
    }
}

/// The sheet `Environment`: how the run was made, then all that `environment.json` holds.
///
/// # Errors
/// Never for a run that was read from a folder.
fn environment(results: &Results) -> anyhow::Result<Sheet> {
    let run = results.run;
    let mut about = json!({
        "name": run.name,
        "calibration": results.calibration.sentence(),
        "wrong tier?": tier::suspects(&run.config, results.rows),
        "plan": run.plan,
    });
    // They are the sheet Summary.
    about["plan"]["cells"].take();
    let mut environment = serde_json::to_value(&run.environment)?;
    // What to know first comes first.
    let warnings = environment["warnings"].take();
    let mut table = Table::new(["section", "name", "value"], []);
    flatten(&["run"], &about, &mut table.rows);
    flatten(&["warnings"], &warnings, &mut table.rows);
    flatten(&[], &environment, &mut table.rows);
    Ok(Sheet::new("Environment", table, 0))
}

/// A row for each value: the first key of its path, the others, the value. What is null is left out.
fn flatten(path: &[&str], json: &Json, rows: &mut Vec<Vec<Field>>) {
    let mut inner = |key: &str, value| flatten(&[path, &[key]].concat(), value, rows);
    match json {
        Json::Null => {}
        Json::Object(fields) => fields.iter().for_each(|(key, value)| inner(key, value)),
        Json::Array(items) => {
            let numbered = (1..).zip(items);
            numbered.for_each(|(number, item): (usize, _)| inner(&number.to_string(), item));
        }
        value => {
            let (section, name) = path.split_first().unwrap_or((&"", &[]));
            let name = name.join(" ");
            rows.push(vec![section.into(), name.into(), Field::json(value)]);
        }
    }
}

#[cfg(test)]
mod tests;
