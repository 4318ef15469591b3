//! A figure against another, a line for each series; both axes logarithmic.

use super::labels::spread;
use super::look::{Colour, EVEN, FINE, Style};
use super::scale::{LogScale, Units, tick_text};
use super::svg::{Anchor, Canvas, GRID_LINE, LINE_HEIGHT, Point, Stroke, TOP, WIDTH, widest};

const LEFT: f64 = 66.0;
/// Of the plot, unless the labels need more.
const LEAST_HEIGHT: f64 = 340.0;
/// Below the plot: ticks, and what they are.
const BELOW: f64 = 46.0;
/// Between the plot and the labels: room for lines that lead to them.
const LEADERS: f64 = 40.0;
/// A piece of the line beside its label.
const SAMPLE: f64 = 30.0;
/// Ticks nearer to each other than this would be written into each other.
const LEAST_TICK_GAP: f64 = 44.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// What the horizontal axis shows.
    pub x_name: &'static str,
    /// Its ticks, ascending, with their texts.
    pub x_ticks: Vec<(f64, String)>,
    pub y_units: Units,
    /// Values here are not more; how much less is not known.
    pub floor: Option<f64>,
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub name: String,
    pub style: Style,
    /// From the left. All above 0.
    pub points: Vec<Point>,
}

/// Where the plot is, and its axes.
struct Frame {
    right: f64,
    bottom: f64,
    x: LogScale,
    y: LogScale,
}

impl Frame {
    fn at(&self, (x, y): Point) -> Point {
        (self.x.at(x), self.y.at(y))
    }
}

impl Lines {
    /// Returns the height of the chart.
    pub fn draw(&self, canvas: &mut Canvas) -> f64 {
        let frame = self.frame();
        self.draw_axes(canvas, &frame);
        if let Some(floor) = self.floor {
            draw_floor(canvas, &frame, floor);
        }
        for line in &self.lines {
            let points: Vec<Point> = line.points.iter().map(|point| frame.at(*point)).collect();
            canvas.line(&points, stroke(line.style));
            for point in points {
                canvas.marker(line.style.marker, point, line.style.colour);
            }
        }
        self.draw_labels(canvas, &frame);
        frame.bottom + BELOW
    }

    /// With room for all lines and their labels.
    fn frame(&self) -> Frame {
        let labels = widest(self.lines.iter().map(|line| line.name.as_str()));
        let right = WIDTH - labels - SAMPLE - LEADERS - 10.0;
        let bottom = TOP + LEAST_HEIGHT.max(self.lines.len() as f64 * LINE_HEIGHT);
        let points = self.lines.iter().flat_map(|line| &line.points);
        Frame {
            right,
            bottom,
            x: LogScale::of(self.x_ticks.iter().map(|(x, _)| *x), (LEFT, right)),
            y: LogScale::of(points.map(|(_, y)| *y), (bottom, TOP)),
        }
    }

    fn draw_axes(&self, canvas: &mut Canvas, frame: &Frame) {
        let floor_y = self.floor.map(|floor| frame.y.at(floor));
        for tick in frame.y.ticks() {
            let y = frame.y.at(tick);
            if floor_y.is_some_and(|floor_y| (y - floor_y).abs() < LINE_HEIGHT) {
                continue;
            }
            canvas.line(&[(LEFT, y), (frame.right, y)], GRID_LINE);
            let text = tick_text(tick, self.y_units);
            canvas.text(&text, (LEFT - 8.0, y), Anchor::End, Colour::Muted);
        }
        let mut free_from = f64::NEG_INFINITY;
        for (tick, text) in &self.x_ticks {
            let x = frame.x.at(*tick);
            let is_free = x >= free_from;
            canvas.column(x, (TOP, frame.bottom), if is_free { text } else { "" });
            if is_free {
                free_from = x + LEAST_TICK_GAP;
            }
        }
        let below = ((LEFT + frame.right) / 2.0, frame.bottom + 34.0);
        canvas.text(self.x_name, below, Anchor::Middle, Colour::Muted);
    }

    /// Names beside the ends of the lines, as a legend whose order is that of the lines.
    fn draw_labels(&self, canvas: &mut Canvas, frame: &Frame) {
        let last = |line: &Line| line.points.last().map(|point| frame.at(*point));
        let ends: Vec<Point> = self.lines.iter().filter_map(last).collect();
        let wanted: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
        let half = LINE_HEIGHT / 2.0;
        let placed = spread(&wanted, LINE_HEIGHT, TOP + half, frame.bottom - half);
        let left = frame.right + LEADERS;
        let labelled = self.lines.iter().filter(|line| !line.points.is_empty());
        for ((line, end), y) in labelled.zip(ends).zip(placed) {
            let Style { colour, marker, .. } = line.style;
            let leader = Stroke {
                colour,
                width: 1.0,
                dash: FINE,
            };
            canvas.line(&[(end.0 + 6.0, end.1), (left - 4.0, y)], leader);
            canvas.line(&[(left, y), (left + SAMPLE, y)], stroke(line.style));
            canvas.marker(marker, (left + SAMPLE / 2.0, y), colour);
            let beside = (left + SAMPLE + 6.0, y);
            canvas.text(&line.name, beside, Anchor::Start, Colour::Ink);
        }
    }
}

fn draw_floor(canvas: &mut Canvas, frame: &Frame, floor: f64) {
    let y = frame.y.at(floor);
    let stroke = Stroke {
        colour: Colour::Muted,
        width: 1.0,
        dash: EVEN,
    };
    canvas.line(&[(LEFT, y), (frame.right, y)], stroke);
    canvas.text("≤ floor", (LEFT - 8.0, y), Anchor::End, Colour::Muted);
}

fn stroke(style: Style) -> Stroke {
    Stroke {
        colour: style.colour,
        width: 2.0,
        dash: style.dash,
    }
}
