//! The sheet with native charts, and the one with their data.

use crate::document::workbook::{LineChart, Series, Sheet};
use crate::document::{Field, Table};
use crate::model::{EngineMode, Grid, Metric, Size};

use super::{Shown, in_unit};

/// The sheet that the charts refer to: numbers only, because Excel draws a word as zero.
const DATA: &str = "Chart data";

const METRICS: [Metric; 2] = [Metric::MeanWall, Metric::Memory];

/// The sheets `Charts` and `Chart data`.
pub fn sheets(shown: &Shown) -> [Sheet; 2] {
    let (header, first_mode) = shown.header(&["workload", "figure", "size", "size_bytes"]);
    let mut data = Table::new(header, []);
    let series = series(shown, first_mode);
    let mut charts: Vec<LineChart> = Vec::new();
    for grid in &shown.grids {
        let below = charts.last().map_or(0, |chart| chart.place.1 + 1);
        for (beside, metric) in (0..).zip(METRICS) {
            // Below the header.
            let first_row = 1 + data.rows.len() as u32;
            data.rows.extend(rows(shown, grid, metric));
            let rows = (first_row, data.rows.len() as u32);
            let series = series.clone();
            charts.extend(chart(shown, grid, metric).map(|chart| LineChart {
                rows,
                sizes: first_mode - 1,
                series,
                place: (beside, below),
                ..chart
            }));
        }
    }
    [
        Sheet {
            name: "Charts",
            notes: notes(shown, charts.is_empty()),
            charts,
            ..Sheet::default()
        },
        Sheet {
            name: DATA,
            table: data,
            frozen_columns: first_mode,
            ..Sheet::default()
        },
    ]
}

fn notes(shown: &Shown, is_empty: bool) -> Vec<String> {
    let distribution = shown
        .distribution
        .map_or("no".to_owned(), |it| it.to_string());
    let mut notes = vec![
        format!("Wall time and memory against the size of {distribution} inputs"),
        "Means of the cells that ended ok; both axes are logarithmic. A line breaks where there is no figure.".to_owned(),
        "Memory below the floor (memory_floor_bytes in the sheet Environment) cannot be seen, and is drawn at the floor.".to_owned(),
    ];
    if is_empty {
        notes.push("Nothing to draw: no engine and mode has figures for two sizes.".to_owned());
    }
    notes
}

/// A line for each engine and mode with a figure in any chart: the same lines in all, because Excel
/// gives out colours in their order.
fn series(shown: &Shown, first_mode: u16) -> Vec<Series> {
    let rows = || shown.grids.iter().flat_map(|grid| &grid.rows);
    let any_ok = |mode: &EngineMode| rows().any(|row| row.is_ok() && row.cell.is_of(mode));
    let line = |(column, mode): (u16, &EngineMode)| {
        let before = shown.modes.iter().take_while(|other| *other != mode);
        let dash = before.filter(|other| other.engine == mode.engine).count();
        any_ok(mode).then_some(Series { column, dash })
    };
    (first_mode..).zip(&shown.modes).filter_map(line).collect()
}

/// Names, the size, then a number or nothing for each engine and mode.
fn rows(shown: &Shown, grid: &Grid, metric: Metric) -> Vec<Vec<Field>> {
    let (name, factor) = in_unit(metric);
    let row = |size: &Size| {
        let mut row = Shown::names(grid, &[grid.workload(), &name, &size.to_string()]);
        let modes = shown.modes.iter();
        let figures = modes.map(|mode| Some(metric.drawn(grid.get(*size, mode)?)? / factor));
        let numbers = std::iter::once(Some(size.bytes as f64)).chain(figures);
        row.extend(numbers.map(|it| it.map_or_else(Field::default, |it| Field::figure("", it))));
        row
    };
    grid.sizes.iter().map(row).collect()
}

/// The chart of a grid, without its data and its place; none if no line would have two points.
fn chart(shown: &Shown, grid: &Grid, metric: Metric) -> Option<LineChart> {
    let (figure, factor) = in_unit(metric);
    let lines = shown.modes.iter().map(|mode| grid.points(mode, metric));
    let lines: Vec<Vec<(Size, f64)>> = lines.collect();
    lines.iter().find(|line| line.len() >= 2)?;
    let points = || lines.iter().flatten();
    let sizes: Vec<f64> = points().map(|(size, _)| size.bytes as f64).collect();
    let figures: Vec<f64> = points().map(|(_, value)| value / factor).collect();
    let place = grid.machine().map(|machine| format!(" on {machine}"));
    Some(LineChart {
        title: format!("{}{}: {figure}", grid.workload(), place.unwrap_or_default()),
        figure,
        sheet: DATA,
        x_range: decades(&sizes),
        y_range: decades(&figures),
        ..LineChart::default()
    })
}

/// The powers of ten that positive values lie between.
fn decades(values: &[f64]) -> (f64, f64) {
    let logs = || values.iter().map(|value| value.log10());
    let low = logs().fold(f64::INFINITY, f64::min).floor();
    let high = logs().fold(f64::NEG_INFINITY, f64::max).ceil();
    (10f64.powf(low), 10f64.powf(high.max(low + 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::row;

    #[test]
    fn an_axis_spans_whole_powers_of_ten() {
        assert_eq!(decades(&[1000.0, 500e6]), (1000.0, 1e9));
        assert_eq!(decades(&[0.0011, 0.041]), (0.001, 0.1));
        assert_eq!(decades(&[10.0]), (10.0, 100.0));
    }

    #[test]
    fn the_modes_of_an_engine_are_counted() {
        let rows = ["a:jit", "b:jit", "a:aot"].map(|mode| row(&format!("merge/1KB/random/{mode}")));
        let lines = series(&Shown::new(&rows), 4);
        let lines: Vec<(u16, usize)> = lines.iter().map(|line| (line.column, line.dash)).collect();
        assert_eq!(lines, [(4, 0), (5, 0), (6, 1)]);
    }
}
