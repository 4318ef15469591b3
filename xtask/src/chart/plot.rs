//! The plot of a line chart: its axes, its lines, and the labels at their ends.

use plotters::style::text_anchor::HPos;

use super::labels::spread;
use super::palette::MUTED;
use super::scale::{LogScale, tick_text};
use super::style::{Dash, Style};
use super::svg::{Canvas, Font, GRID_LINE, LINE_HEIGHT, Point, Stroke, WIDTH, text_width};
use crate::units::Size;

const LEFT: f64 = 66.0;
const TOP: f64 = 60.0;
/// Of the plot, unless the labels need more.
const LEAST_HEIGHT: f64 = 340.0;
/// Below the plot: sizes, and what they are.
const BELOW: f64 = 46.0;
/// Between the plot and the labels: room for lines that lead to them.
const LEADERS: f64 = 40.0;
/// A piece of the line beside its label.
const SAMPLE: f64 = 30.0;
/// Sizes nearer to each other than this would be written into each other.
const LEAST_TICK_GAP: f64 = 44.0;

/// An engine and mode.
pub struct Line {
    pub name: String,
    pub style: Style,
    /// Bytes of the input, ascending, and the figure.
    pub points: Vec<(f64, f64)>,
}

/// Where the plot is, and its axes.
pub struct Plot {
    right: f64,
    bottom: f64,
    x: LogScale,
    y: LogScale,
    /// Of the figures.
    units: &'static [(f64, &'static str)],
    /// Bytes of each input, ascending.
    pub sizes: Vec<f64>,
    /// Where a value is at the floor.
    pub floor: Option<f64>,
}

impl Plot {
    /// With room for all lines and their labels; none of no lines.
    pub fn of(lines: &[Line], units: &'static [(f64, &'static str)], floor: f64) -> Option<Plot> {
        let labels = lines
            .iter()
            .map(|line| text_width(&line.name))
            .fold(0.0, f64::max);
        let right = WIDTH - labels - SAMPLE - LEADERS - 10.0;
        let bottom = TOP + LEAST_HEIGHT.max(lines.len() as f64 * LINE_HEIGHT);
        let points = || lines.iter().flat_map(|line| &line.points);
        let mut sizes: Vec<f64> = points().map(|(size, _)| *size).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.dedup();
        let at_floor = points().any(|(_, value)| *value <= floor);
        Some(Plot {
            right,
            bottom,
            x: LogScale::of(sizes.iter().copied(), (LEFT, right))?,
            y: LogScale::of(points().map(|(_, value)| *value), (bottom, TOP))?,
            units,
            sizes,
            floor: at_floor.then_some(floor),
        })
    }

    /// Of the chart, in pixels.
    pub fn height(&self) -> f64 {
        self.bottom + BELOW
    }

    /// Draws all but the heading.
    pub fn draw(&self, canvas: &Canvas, lines: &[Line]) -> anyhow::Result<()> {
        self.draw_axes(canvas)?;
        if let Some(floor) = self.floor {
            self.draw_floor(canvas, floor)?;
        }
        for line in lines {
            self.draw_line(canvas, line)?;
        }
        self.draw_labels(canvas, lines)
    }

    fn draw_axes(&self, canvas: &Canvas) -> anyhow::Result<()> {
        let floor_y = self.floor.map(|floor| self.y.at(floor));
        for tick in self.y.ticks() {
            let y = self.y.at(tick);
            if floor_y.is_some_and(|floor_y| (y - floor_y).abs() < LINE_HEIGHT) {
                continue;
            }
            canvas.line(&[(LEFT, y), (self.right, y)], GRID_LINE)?;
            canvas.text(
                &tick_text(tick, self.units),
                (LEFT - 8.0, y),
                HPos::Right,
                Font::Note,
            )?;
        }
        let mut free_from = f64::NEG_INFINITY;
        for size in &self.sizes {
            let x = self.x.at(*size);
            canvas.line(&[(x, TOP), (x, self.bottom)], GRID_LINE)?;
            if x >= free_from {
                let text = size_text(*size);
                canvas.text(&text, (x, self.bottom + 14.0), HPos::Center, Font::Note)?;
                free_from = x + LEAST_TICK_GAP;
            }
        }
        let middle = (LEFT + self.right) / 2.0;
        canvas.text(
            "input size",
            (middle, self.bottom + 34.0),
            HPos::Center,
            Font::Note,
        )
    }

    /// Values on this line are not more; how much less is not known.
    fn draw_floor(&self, canvas: &Canvas, floor: f64) -> anyhow::Result<()> {
        let y = self.y.at(floor);
        let stroke = Stroke {
            colour: MUTED,
            width: 1,
            dash: Dash::Even,
        };
        canvas.line(&[(LEFT, y), (self.right, y)], stroke)?;
        canvas.text("≤ floor", (LEFT - 8.0, y), HPos::Right, Font::Note)
    }

    fn draw_line(&self, canvas: &Canvas, line: &Line) -> anyhow::Result<()> {
        let at = |(size, value): &(f64, f64)| (self.x.at(*size), self.y.at(*value));
        let points: Vec<Point> = line.points.iter().map(at).collect();
        canvas.line(&points, stroke(line.style))?;
        for point in points {
            canvas.marker(line.style.marker, point, line.style.colour)?;
        }
        Ok(())
    }

    /// Names beside the ends of the lines, as a legend whose order is that of the lines.
    fn draw_labels(&self, canvas: &Canvas, lines: &[Line]) -> anyhow::Result<()> {
        let ends: Vec<Point> = lines
            .iter()
            .filter_map(|line| line.points.last())
            .map(|(size, value)| (self.x.at(*size), self.y.at(*value)))
            .collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
        let half = LINE_HEIGHT / 2.0;
        let placed = spread(&wanted, LINE_HEIGHT, TOP + half, self.bottom - half);
        let left = self.right + LEADERS;
        for ((line, end), y) in lines.iter().zip(ends).zip(placed) {
            let leader = Stroke {
                colour: line.style.colour,
                width: 1,
                dash: Dash::Fine,
            };
            canvas.line(&[(end.0 + 6.0, end.1), (left - 4.0, y)], leader)?;
            canvas.line(&[(left, y), (left + SAMPLE, y)], stroke(line.style))?;
            canvas.marker(
                line.style.marker,
                (left + SAMPLE / 2.0, y),
                line.style.colour,
            )?;
            canvas.text(&line.name, (left + SAMPLE + 6.0, y), HPos::Left, Font::Body)?;
        }
        Ok(())
    }
}

fn stroke(style: Style) -> Stroke {
    Stroke {
        colour: style.colour,
        width: 2,
        dash: style.dash,
    }
}

/// `10MB`
pub fn size_text(bytes: f64) -> String {
    Size {
        bytes: bytes as u64,
    }
    .to_string()
}
