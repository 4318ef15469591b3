//! Draws the charts that [`charts`](super::charts) lays out.

use rust_xlsxwriter::{
    Chart, ChartAxis, ChartAxisCrossing, ChartEmptyCells, ChartLegendPosition, ChartLine,
    ChartLineDashType, ChartType, Worksheet,
};

use super::charts::{DATA, Plot};

/// Pixels.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 480;
/// The columns and rows of a sheet that a chart covers, with a gap.
const COLUMNS: u16 = 12;
const ROWS: u32 = 25;

const GRID_COLOR: u32 = 0xD9_D9_D9;
/// A dash for each mode of an engine.
const DASHES: [ChartLineDashType; 4] = [
    ChartLineDashType::Solid,
    ChartLineDashType::Dash,
    ChartLineDashType::RoundDot,
    ChartLineDashType::LongDashDot,
];

/// Draws the charts below the notes of their sheet.
///
/// # Errors
/// When there are more than a sheet has room for.
pub fn draw(worksheet: &mut Worksheet, plots: &[Plot], notes: usize) -> anyhow::Result<()> {
    for plot in plots {
        let (beside, below) = plot.place;
        let row = u32::try_from(notes)? + 1 + below * ROWS;
        worksheet.insert_chart(row, beside * COLUMNS, &chart(plot))?;
    }
    Ok(())
}

fn chart(plot: &Plot) -> Chart {
    let mut chart = Chart::new(ChartType::ScatterStraightWithMarkers);
    let (first, last) = plot.rows;
    for line in &plot.lines {
        // Colours and markers are left to Excel: rust_xlsxwriter 0.102 writes the marker of a
        // scatter series before its line, the format wants it after, and Excel drops charts
        // that are out of order. A marker that is not set takes no colour from the line either.
        let mut stroke = ChartLine::new();
        stroke
            .set_width(1.75)
            .set_dash_type(DASHES[line.mode % DASHES.len()]);
        chart
            .add_series()
            .set_name((DATA, 0, line.column))
            .set_categories((DATA, first, line.sizes, last, line.sizes))
            .set_values((DATA, first, line.column, last, line.column))
            .set_format(&mut stroke);
    }
    chart
        .show_empty_cells_as(ChartEmptyCells::Gaps)
        .set_width(WIDTH)
        .set_height(HEIGHT)
        .set_alt_text(format!("{} against the size of the input", plot.title));
    chart.title().set_name(&plot.title);
    chart.legend().set_position(ChartLegendPosition::Right);
    scale(chart.x_axis(), plot.x_range)
        .set_name("size of the input (1KB = 1000 bytes)")
        .set_num_format(r#"[>=1000000]0,,"MB";[>=1000]0,"KB";0"B""#);
    scale(chart.y_axis(), plot.y_range)
        .set_name(plot.figure)
        .set_num_format("General");
    chart
}

/// A logarithmic axis over this range.
fn scale(axis: &mut ChartAxis, (low, high): (f64, f64)) -> &mut ChartAxis {
    axis.set_log_base(10)
        .set_min(low)
        .set_max(high)
        // Else the axes cross at 1, in the middle of figures below a second.
        .set_crossing(ChartAxisCrossing::Min)
        .set_major_gridlines(true)
        .set_major_gridlines_line(ChartLine::new().set_color(GRID_COLOR))
}
