//! Charts that the reader of a workbook draws from a sheet's figures.

use rust_xlsxwriter::{
    Chart as Native, ChartAxis, ChartAxisCrossing, ChartEmptyCells, ChartLegendPosition, ChartLine,
    ChartLineDashType, ChartType,
};

use super::Sheet;
use crate::document::html::five_digits;
use crate::document::svg::{Against, Chart, Lines, Plot};
use crate::document::{Field, Table};
use crate::model::{Metric, Unit, distinct};

/// Pixels.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 480;
const GRID_COLOR: u32 = 0xD9_D9_D9;
const BYTES: &str = r#"[>=1000000]0,,"MB";[>=1000]0,"KB";0"B""#;

/// Of lines that Excel gives the same of its six colours.
const DASHES: [ChartLineDashType; 4] = [
    ChartLineDashType::Solid,
    ChartLineDashType::Dash,
    ChartLineDashType::RoundDot,
    ChartLineDashType::LongDashDot,
];
const COLORS: usize = 6;

/// The sheet that the charts refer to: numbers only, because Excel draws a word as zero.
const DATA: &str = "Chart data";
/// Its columns before those of the lines, the last with what they are drawn against.
const NAMES: u16 = 3;

/// The sheets `Charts` and `Chart data`: those of these charts that show lines. All have the same
/// lines, because Excel gives out colours in their order.
pub fn sheets<'c>(charts: impl Iterator<Item = &'c Chart>) -> [Sheet; 2] {
    let lines = charts.filter_map(|chart| match &chart.plot {
        Plot::Lines(lines) => Some((chart, lines)),
        _ => None,
    });
    let lines: Vec<(&Chart, &Lines)> = lines.collect();
    let names = distinct(lines.iter().flat_map(|(_, lines)| lines.names()));
    let mut rows = Vec::new();
    let mut charts = Vec::new();
    for (chart, lines) in lines {
        let first_row = 1 + rows.len() as u32;
        rows.extend(lines.xs().into_iter().map(|x| (chart, lines, x)));
        let rows = (first_row, rows.len() as u32);
        charts.push(native(chart, lines, rows, names.len()));
    }
    let mut data = Table::of(rows)
        .column("chart", |(chart, _, _)| &chart.title)
        .column("at", |(_, lines, x)| lines.against.text(*x))
        .column("x", |(_, _, x)| Field::figure("", five_digits(*x)));
    for name in names {
        data = data.column(name, |(_, lines, x)| {
            let line = lines.lines.iter().find(|line| line.name == name);
            let point = line.and_then(|line| line.points.iter().find(|point| point.0 == *x));
            point.map_or_else(Field::default, |(_, value)| {
                Field::figure("", five_digits(*value))
            })
        });
    }
    let notes = [
        "Time and memory, against each other and against the size of the input",
        "Of the cells that ended ok; both axes are logarithmic. A line breaks where there is no figure, and one figure is no line.",
        "Memory below the floor (memory_floor_bytes in the sheet Environment) cannot be seen, and is drawn at the floor.",
    ];
    let notes = notes.map(str::to_owned).to_vec();
    let name = "Charts";
    let charts = Sheet {
        name,
        notes,
        charts,
        ..Sheet::default()
    };
    [charts, Sheet::new(DATA, data.table, NAMES)]
}

/// A chart of these rows of the data, with so many lines.
fn native(chart: &Chart, lines: &Lines, (first, last): (u32, u32), count: usize) -> Native {
    let mut native = Native::new(ChartType::ScatterStraightWithMarkers);
    let xs = NAMES - 1;
    for (index, column) in (0..count).zip(NAMES..) {
        // Colours and markers are left to Excel: rust_xlsxwriter 0.102 writes the marker of a
        // scatter series before its line, the format wants it after, and Excel drops charts
        // that are out of order. A marker that is not set takes no colour from the line either.
        let mut stroke = ChartLine::new();
        let dash = DASHES[index / COLORS % DASHES.len()];
        stroke.set_width(1.75).set_dash_type(dash);
        native
            .add_series()
            .set_name((DATA, 0, column))
            .set_categories((DATA, first, xs, last, xs))
            .set_values((DATA, first, column, last, column))
            .set_format(&mut stroke);
    }
    native
        .show_empty_cells_as(ChartEmptyCells::Gaps)
        .set_width(WIDTH)
        .set_height(HEIGHT)
        .set_alt_text(format!("{}; {}", chart.title, chart.note));
    native.title().set_name(&chart.title);
    native.legend().set_position(ChartLegendPosition::Right);
    let points = || lines.lines.iter().flat_map(|line| &line.points);
    let x_axis = scale(native.x_axis(), points().map(|(x, _)| *x));
    match lines.against {
        Against::Size => x_axis
            .set_name("size of the input (1KB = 1000 bytes)")
            .set_num_format(BYTES),
        Against::Metric(metric) => named(x_axis, metric),
    };
    named(
        scale(native.y_axis(), points().map(|(_, y)| *y)),
        lines.metric,
    );
    native
}

fn named(axis: &mut ChartAxis, metric: Metric) -> &mut ChartAxis {
    match metric.unit() {
        Unit::Bytes => axis.set_name(metric.name()).set_num_format(BYTES),
        Unit::Seconds => axis.set_name(&format!("{} (s)", metric.name())),
    }
}

/// A logarithmic axis over the powers of ten that these values lie between.
fn scale(axis: &mut ChartAxis, values: impl Iterator<Item = f64>) -> &mut ChartAxis {
    let (low, high) = decades(&values.collect::<Vec<_>>());
    axis.set_log_base(10)
        .set_min(low)
        .set_max(high)
        // Else the axes cross at 1, in the middle of figures below a second.
        .set_crossing(ChartAxisCrossing::Min)
        .set_major_gridlines(true)
        .set_major_gridlines_line(ChartLine::new().set_color(GRID_COLOR))
}

fn decades(values: &[f64]) -> (f64, f64) {
    let logs = || values.iter().map(|value| value.log10());
    let low = logs().fold(f64::INFINITY, f64::min).floor();
    let high = logs().fold(f64::NEG_INFINITY, f64::max).ceil();
    (10f64.powf(low), 10f64.powf(high.max(low + 1.0)))
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
}
