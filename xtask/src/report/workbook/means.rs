//! The sheet that repeats the study's tables: means by load and size, and their range.

use crate::document::workbook::Sheet;
use crate::document::{Field, Table};
use crate::model::{
    EngineMode, Grid, Load, Metric, Row, Size, Unit, distinct, engine_modes, main_grids,
};
use crate::questions::Results;

const METRICS: [Metric; 3] = [Metric::MeanWall, Metric::Cpu, Metric::Memory];
/// The columns before those of engines and modes.
const NAMES: [&str; 4] = ["input", "figure", "load", "size"];

/// The sheet `Means`.
pub fn sheet(results: &Results) -> Sheet {
    let run = results.run;
    let mut notes = vec![
        format!("{}: means of {} samples of each cell", run.name, run.plan.runs),
        "Random inputs where there are any; other distributions are in the sheet Summary. Loads as in the study: light is below 1MB, medium below 100MB, high from there. min–max is the range of the means of a load.".to_owned(),
        "A word instead of a figure is how the cell ended; the sheet Summary says why. ≤ marks memory that cannot be told from the stopwatch's own.".to_owned(),
    ];
    notes.extend(results.noise.sentences());
    let mut grids = main_grids(results.rows);
    grids.sort_by_key(Grid::machine);
    let modes = engine_modes(grids.iter().flat_map(|grid| grid.rows.iter().copied()));
    let parts = grids
        .iter()
        .flat_map(|grid| METRICS.map(|metric| (grid, metric)));
    let rows = parts.flat_map(|(grid, metric)| rows(grid, metric, &modes));
    let names = NAMES.into_iter().map(str::to_owned);
    Sheet {
        name: "Means",
        table: Table::new(names.chain(modes.iter().map(ToString::to_string)), rows),
        notes,
        frozen_columns: NAMES.len() as u16,
        ..Sheet::default()
    }
}

/// One for each size, then one for each load.
fn rows(grid: &Grid, metric: Metric, modes: &[EngineMode]) -> Vec<Vec<Field>> {
    let (unit, factor) = match metric.unit() {
        Unit::Bytes => ("MB", 1e6),
        Unit::Seconds | Unit::Share => ("s", 1.0),
    };
    let figure = format!("mean {} ({unit})", metric.name());
    let mut parts: Vec<(Load, String, Vec<Size>)> = Vec::new();
    parts.extend(
        grid.sizes
            .iter()
            .map(|size| (size.load(), size.to_string(), vec![*size])),
    );
    parts.extend(Load::ALL.map(|load| (load, "min–max".to_owned(), grid.of_load(load).collect())));
    parts.retain(|(_, _, sizes)| !sizes.is_empty());
    let row = |(load, name, sizes): (Load, String, Vec<Size>)| -> Vec<Field> {
        let names = [grid.title(), figure.clone(), load.to_string(), name];
        let field = |mode| {
            let cells = sizes.iter().filter_map(|size| grid.get(*size, mode));
            means(&cells.collect::<Vec<_>>(), metric, factor)
        };
        names
            .into_iter()
            .map(Field::from)
            .chain(modes.iter().map(field))
            .collect()
    };
    parts.into_iter().map(row).collect()
}

/// From the smallest to the largest mean, and how the other cells ended; a number where it is one.
fn means(cells: &[&Row], metric: Metric, factor: f64) -> Field {
    let (ok, others): (Vec<&Row>, Vec<&Row>) = cells.iter().partition(|row| row.is_ok());
    let floor = cells.first().map_or(0.0, |row| metric.floor(row));
    let mut means: Vec<f64> = ok.into_iter().filter_map(|row| metric.of(row)).collect();
    means.sort_by(f64::total_cmp);
    let others = distinct(others.into_iter().map(|row| row.outcome_text().to_owned()));
    match (&means[..], &others[..]) {
        ([mean], []) if *mean > floor => Field::figure("", mean / factor),
        ([], _) => others.join(", ").into(),
        ([low, ..], _) => {
            let high = means.last().unwrap_or(low);
            let ends = distinct([low, high].map(|value| metric.text(*value, floor)));
            let parts = std::iter::once(ends.join("–")).chain(others);
            parts.collect::<Vec<_>>().join(", ").into()
        }
    }
}
