//! What is charted, and the sheet with the data of the charts.

use crate::environment::Environment;

use super::blocks::{self, Block, Blocks, Figure, MEMORY, WALL};
use super::sheet::{Sheet, Value};

/// The sheet with the charts.
pub const SHEET: &str = "Charts";
/// The sheet that they refer to: numbers only, because Excel draws a word as zero.
pub const DATA: &str = "Chart data";

const FIGURES: [Figure; 2] = [WALL, MEMORY];

/// A chart: a figure of a block against the input's size.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub title: String,
    /// The figure's name, which says its unit.
    pub figure: &'static str,
    /// First and last row in the sheet `Chart data`.
    pub rows: (u32, u32),
    pub lines: Vec<Line>,
    /// Powers of ten around the sizes in bytes, and around the figures.
    pub x_range: (f64, f64),
    pub y_range: (f64, f64),
    /// Where it goes: the chart's column and row among the charts.
    pub place: (u16, u32),
}

/// The line of an engine and mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Of the sizes in bytes, in the sheet `Chart data`.
    pub sizes: u16,
    /// Of the figures.
    pub column: u16,
    /// Counted over the modes of the engine.
    pub mode: usize,
}

/// The sheet `Chart data`, and the charts that can be drawn from it.
pub fn data(environment: &Environment, blocks: &Blocks) -> (Sheet, Vec<Plot>) {
    let header = blocks.header(&["workload", "figure", "size", "size_bytes"]);
    let first_column = (header.len() - blocks.engine_modes.len()) as u16;
    let mut lines = lines(&blocks.engine_modes, first_column);
    // The same lines in all charts, because Excel gives out colours in their order.
    lines.retain(|line| blocks.any_ok(usize::from(line.column - first_column)));
    let mut sheet = Sheet {
        name: DATA,
        header,
        frozen_columns: first_column,
        ..Sheet::default()
    };
    let mut plots: Vec<Plot> = Vec::new();
    for block in &blocks.blocks {
        let below = plots.last().map_or(0, |plot| plot.place.1 + 1);
        for (beside, figure) in (0..).zip(&FIGURES) {
            let floor = (figure.floor)(environment.of_machine(block.machine));
            let rows = rows(block, figure, floor, blocks.several_machines());
            // Below the header.
            let first_row = 1 + sheet.rows.len() as u32;
            plots.extend(plot(block, figure, &rows, &lines).map(|plot| Plot {
                rows: (first_row, first_row + rows.len() as u32 - 1),
                place: (beside, below),
                ..plot
            }));
            sheet.rows.extend(rows);
        }
    }
    (sheet, plots)
}

/// A line for each engine and mode, `wasmtime:aot`, in the columns from the first on.
fn lines(engine_modes: &[String], first_column: u16) -> Vec<Line> {
    let engine = |name: &String| name.split(':').next().map(str::to_owned);
    let line = |(index, name): (usize, &String)| {
        let same = |other: &&String| engine(other) == engine(name);
        Line {
            sizes: first_column - 1,
            column: first_column + index as u16,
            mode: engine_modes[..index].iter().filter(same).count(),
        }
    };
    engine_modes.iter().enumerate().map(line).collect()
}

/// The rows of a figure: names, the size, then a number or nothing for each engine and mode.
fn rows(block: &Block, figure: &Figure, floor: Option<f64>, machines: bool) -> Vec<Vec<Value>> {
    let machine = machines.then(|| block.machine.unwrap_or_default());
    let row = |line: &blocks::Line| {
        let size = line.size.to_string();
        let names = machine
            .into_iter()
            .chain([block.workload, figure.name, &size])
            .map(Value::text);
        let bytes = Value::number(line.size.bytes as f64);
        let figures = line.rows.iter().map(|row| {
            // A logarithmic axis has no place for zero.
            let value = figure.of_ok(*row).filter(|value| *value > 0.0);
            let seen = |value: f64| floor.map_or(value, |floor| value.max(floor));
            value.map_or(Value::Empty, |value| Value::number(seen(value)))
        });
        names.chain([bytes]).chain(figures).collect()
    };
    block.lines.iter().map(row).collect()
}

/// The chart of these rows, without its place; none if no line would have two points.
fn plot(block: &Block, figure: &Figure, rows: &[Vec<Value>], lines: &[Line]) -> Option<Plot> {
    let points = |line: &Line| -> Vec<(f64, f64)> {
        let points = rows.iter().map(|row| {
            let [x, y] = [line.sizes, line.column].map(|column| &row[usize::from(column)]);
            (x, y)
        });
        points
            .filter_map(|point| match point {
                (Value::Number(x), Value::Number(y)) => Some((*x, *y)),
                _ => None,
            })
            .collect()
    };
    if lines.iter().all(|line| points(line).len() < 2) {
        return None;
    }
    let (x, y): (Vec<f64>, Vec<f64>) = lines.iter().flat_map(points).unzip();
    let place = block.machine.map(|machine| format!(" on {machine}"));
    Some(Plot {
        title: format!(
            "{}{}: {}",
            block.workload,
            place.unwrap_or_default(),
            figure.name
        ),
        figure: figure.name,
        rows: (0, 0),
        x_range: decades(&x),
        y_range: decades(&y),
        lines: lines.to_vec(),
        place: (0, 0),
    })
}

/// The powers of ten that positive values lie between.
fn decades(values: &[f64]) -> (f64, f64) {
    let logs = || values.iter().map(|value| value.log10());
    let low = logs().fold(f64::INFINITY, f64::min).floor();
    let high = logs().fold(f64::NEG_INFINITY, f64::max).ceil();
    (10f64.powf(low), 10f64.powf(high.max(low + 1.0)))
}

/// The sheet `Charts` as it is before anything is drawn.
pub fn sheet(blocks: &Blocks, plots: &[Plot]) -> Sheet {
    let distribution = blocks.distribution.map_or("no", |name| name.name());
    let mut notes = vec![
        format!("Wall time and memory against the size of {distribution} inputs"),
        "Means of the cells that ended ok; both axes are logarithmic. A line breaks where there is no figure.".to_owned(),
        "Memory below the floor (memory_floor_bytes in the sheet Environment) cannot be seen, and is drawn at the floor.".to_owned(),
    ];
    if plots.is_empty() {
        notes.push("Nothing to draw: no engine and mode has figures for two sizes.".to_owned());
    }
    Sheet {
        name: SHEET,
        notes,
        ..Sheet::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_spans_whole_powers_of_ten() {
        assert_eq!(decades(&[1000.0, 500e6]), (1000.0, 1e9));
        assert_eq!(decades(&[0.0011, 0.041]), (0.001, 0.1));
        assert_eq!(decades(&[10.0]), (10.0, 100.0));
    }

    #[test]
    fn the_modes_of_an_engine_are_counted() {
        let names = ["a:jit", "b:jit", "a:aot"].map(str::to_owned);
        let modes: Vec<usize> = lines(&names, 4).iter().map(|line| line.mode).collect();
        assert_eq!(modes, [0, 0, 1]);
    }
}
