//! The sheet that repeats the study's tables: means by load and size, and their range.

use crate::document::workbook::Sheet;
use crate::document::{Field, Table};
use crate::model::{Grid, Load, Metric, Row, Unit, distinct};
use crate::questions::Results;
use crate::questions::calibration::Calibration;

use super::{Shown, in_unit};

const METRICS: [Metric; 3] = [Metric::MeanWall, Metric::Cpu, Metric::Memory];

/// The sheet `Means`.
pub fn sheet(results: &Results, shown: &Shown) -> Sheet {
    let (header, frozen_columns) = shown.header(&["workload", "figure", "load", "size"]);
    let mut sheet = Sheet {
        name: "Means",
        notes: notes(results, shown),
        frozen_columns,
        table: Table::new(header, []),
        ..Sheet::default()
    };
    for grid in &shown.grids {
        for metric in METRICS {
            // A row between the parts.
            if !sheet.table.rows.is_empty() {
                sheet.table.rows.push(Vec::new());
            }
            write(&mut sheet, shown, grid, metric);
        }
    }
    sheet
}

fn notes(results: &Results, shown: &Shown) -> Vec<String> {
    let run = results.run;
    let distribution = shown
        .distribution
        .map_or("none".to_owned(), |it| it.to_string());
    let names: Vec<String> = shown.left_out.iter().map(ToString::to_string).collect();
    let left_out = match names.is_empty() {
        true => String::new(),
        false => format!(" ({} only in the sheet Summary)", names.join(", ")),
    };
    let mut notes = vec![
        format!("{}: means of {} samples of each cell", run.name, run.plan.runs),
        format!(
            "Inputs: {distribution}{left_out}. Loads as in the study: light is below 1MB, medium below 100MB, high from there. min–max is the range of the means of a load."
        ),
        "A word instead of a figure is how the cell ended; the sheet Summary says why. ≤ marks memory that cannot be told from the stopwatch's own.".to_owned(),
    ];
    notes.extend(Calibration::of(results.run).sentence());
    notes
}

fn write(sheet: &mut Sheet, shown: &Shown, grid: &Grid, metric: Metric) {
    let name = in_unit(metric).0;
    let names = |load: Load, size: &str| {
        Shown::names(grid, &[grid.workload(), &name, &load.to_string(), size])
    };
    for size in &grid.sizes {
        let mut row = names(size.load(), &size.to_string());
        let cells = shown.modes.iter().map(|mode| grid.get(*size, mode));
        row.extend(cells.map(|cell| cell.map_or_else(Field::default, |row| mean(row, metric))));
        sheet.table.rows.push(row);
    }
    for load in Load::ALL {
        if grid.of_load(load).next().is_none() {
            continue;
        }
        let mut row = names(load, "min–max");
        row.extend(shown.modes.iter().map(|mode| {
            let cells = grid.of_load(load).filter_map(|size| grid.get(size, mode));
            range(&cells.collect::<Vec<_>>(), metric)
        }));
        sheet.summing_up.push(sheet.table.rows.len());
        sheet.table.rows.push(row);
    }
}

/// A figure, or how the cell ended.
fn mean(row: &Row, metric: Metric) -> Field {
    if !row.is_ok() {
        return row.outcome_text().into();
    }
    let factor = in_unit(metric).1;
    match metric.of(row) {
        Some(value) if value <= metric.floor(row) => digits(value, row, metric).into(),
        value => Field::maybe(value.map(|value| value / factor), |value| value.to_string()),
    }
}

/// From the smallest to the largest mean, and how the other cells ended.
fn range(rows: &[&Row], metric: Metric) -> Field {
    let ok = rows.iter().filter(|row| row.is_ok());
    let means: Vec<f64> = ok.filter_map(|row| metric.of(row)).collect();
    let [low, high] = [f64::min, f64::max].map(|of| means.iter().copied().reduce(of));
    let range = low.zip(high).map(|(low, high)| {
        let [low, high] = [low, high].map(|value| digits(value, rows[0], metric));
        match low == high {
            true => low,
            false => format!("{low}–{high}"),
        }
    });
    let others = rows.iter().filter(|row| !row.is_ok());
    let others = distinct(others.map(|row| row.outcome_text()));
    let parts: Vec<String> = range.into_iter().chain(others).collect();
    parts.join(", ").into()
}

/// Three significant digits, without an exponent; no less than the floor.
fn digits(value: f64, row: &Row, metric: Metric) -> String {
    let (floor, factor) = (metric.floor(row), in_unit(metric).1);
    let text = |value: f64| {
        let decimals = (2.0 - value.log10().floor()).clamp(0.0, 6.0) as usize;
        format!("{value:.decimals$}")
    };
    match metric.unit() {
        Unit::Bytes if value <= floor => format!("≤ {}", text(floor / factor)),
        _ => text(value / factor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::row;

    #[test]
    fn three_digits_are_enough_to_read() {
        let row = Row {
            memory_floor_bytes: 3e6,
            ..row("merge/1KB/random/a:jit")
        };
        let of = |value| digits(value, &row, Metric::MeanWall);
        assert_eq!(of(0.001_234), "0.00123");
        assert_eq!(of(0.041_33), "0.0413");
        assert_eq!(of(1.0), "1.00");
        assert_eq!(of(108.2), "108");
        assert_eq!(of(3021.4), "3021");
        assert_eq!(of(0.0), "0.000000");
        assert_eq!(digits(2.5e6, &row, Metric::Memory), "≤ 3.00");
    }
}
