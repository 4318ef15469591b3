//! Charts that the reader of a workbook draws from a sheet's figures.

use rust_xlsxwriter::{
    Chart, ChartAxis, ChartAxisCrossing, ChartEmptyCells, ChartLegendPosition, ChartLine,
    ChartLineDashType, ChartType, Worksheet,
};

/// Pixels.
const WIDTH: u32 = 720;
const HEIGHT: u32 = 480;
/// The columns and rows of a sheet that a chart covers, with a gap.
const COLUMNS: u16 = 12;
const ROWS: u32 = 25;

const GRID_COLOR: u32 = 0xD9_D9_D9;
const DASHES: [ChartLineDashType; 4] = [
    ChartLineDashType::Solid,
    ChartLineDashType::Dash,
    ChartLineDashType::RoundDot,
    ChartLineDashType::LongDashDot,
];

/// Figures against the size of the input; both axes are logarithmic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineChart {
    pub title: String,
    /// What the figures are, with their unit.
    pub figure: String,
    /// The sheet with the figures.
    pub sheet: &'static str,
    /// First and last row there.
    pub rows: (u32, u32),
    /// Of the sizes in bytes.
    pub sizes: u16,
    pub series: Vec<Series>,
    /// Where the axes begin and end.
    pub x_range: (f64, f64),
    pub y_range: (f64, f64),
    /// Where it goes: the chart's column and row among the charts.
    pub place: (u16, u32),
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Of the figures.
    pub column: u16,
    /// Lines of the same kind have each another one.
    pub dash: usize,
}

impl LineChart {
    /// Draws it, below this many rows.
    ///
    /// # Errors
    /// When there are more charts than a sheet has room for.
    pub(super) fn insert(&self, worksheet: &mut Worksheet, below: u32) -> anyhow::Result<()> {
        let (column, row) = self.place;
        worksheet.insert_chart(below + row * ROWS, column * COLUMNS, &self.draw())?;
        Ok(())
    }

    fn draw(&self) -> Chart {
        let mut chart = Chart::new(ChartType::ScatterStraightWithMarkers);
        let (first, last) = self.rows;
        for series in &self.series {
            // Colours and markers are left to Excel: rust_xlsxwriter 0.102 writes the marker of a
            // scatter series before its line, the format wants it after, and Excel drops charts
            // that are out of order. A marker that is not set takes no colour from the line either.
            let mut stroke = ChartLine::new();
            let dash = DASHES[series.dash % DASHES.len()];
            stroke.set_width(1.75).set_dash_type(dash);
            chart
                .add_series()
                .set_name((self.sheet, 0, series.column))
                .set_categories((self.sheet, first, self.sizes, last, self.sizes))
                .set_values((self.sheet, first, series.column, last, series.column))
                .set_format(&mut stroke);
        }
        chart
            .show_empty_cells_as(ChartEmptyCells::Gaps)
            .set_width(WIDTH)
            .set_height(HEIGHT)
            .set_alt_text(format!("{} against the size of the input", self.title));
        chart.title().set_name(&self.title);
        chart.legend().set_position(ChartLegendPosition::Right);
        scale(chart.x_axis(), self.x_range)
            .set_name("size of the input (1KB = 1000 bytes)")
            .set_num_format(r#"[>=1000000]0,,"MB";[>=1000]0,"KB";0"B""#);
        scale(chart.y_axis(), self.y_range)
            .set_name(&self.figure)
            .set_num_format("General");
        chart
    }
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
