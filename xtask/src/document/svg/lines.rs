//! A figure against the size of the input or another figure, a line for each series; both axes
//! logarithmic.

use super::canvas::{Canvas, LINE_HEIGHT, Point, TOP, WIDTH, width};
use super::look::Style;
use super::scale::{LogScale, tick_text};
use crate::model::{Metric, Size};

const LEFT: f64 = 66.0;
/// Of the plot, unless the labels need more.
const LEAST_HEIGHT: f64 = 340.0;
/// Between the plot and the labels: room for lines that lead to them.
const LEADERS: f64 = 40.0;
/// A piece of the line beside its label.
const SAMPLE: f64 = 30.0;
/// Ticks nearer to each other than this would be written into each other.
const LEAST_TICK_GAP: f64 = 44.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    pub against: Against,
    pub metric: Metric,
    /// Values here are not more; how much less is not known.
    pub floor: Option<f64>,
    pub lines: Vec<Line>,
}

/// What stands on the axis from left to right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Against {
    /// Of the input, in bytes.
    Size,
    Metric(Metric),
}

/// It has at least one point; all are above 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub name: String,
    pub style: Style,
    /// From the left.
    pub points: Vec<(f64, f64)>,
}

impl Against {
    /// A value for people.
    pub fn text(self, value: f64) -> String {
        let bytes = value as u64;
        match self {
            Against::Size => Size { bytes }.to_string(),
            Against::Metric(metric) => metric.text(value, 0.0),
        }
    }
}

impl Lines {
    /// Returns the height of the chart.
    pub fn draw(&self, canvas: &mut Canvas) -> f64 {
        let right = WIDTH - width(self.names()) - SAMPLE - LEADERS - 10.0;
        let bottom = TOP + LEAST_HEIGHT.max(self.lines.len() as f64 * LINE_HEIGHT);
        let points = self.lines.iter().flat_map(|line| &line.points);
        let x = LogScale::of(points.clone().map(|(x, _)| *x), (LEFT, right));
        let y = LogScale::of(points.map(|(_, y)| *y), (bottom, TOP));
        self.draw_x_axis(canvas, &x, bottom);
        self.draw_y_axis(canvas, &y, right);
        let mut ends = Vec::new();
        for line in &self.lines {
            let points = line.points.iter();
            let points: Vec<Point> = points.map(|(x1, y1)| (x.at(*x1), y.at(*y1))).collect();
            canvas.line(&points, 2.0, line.style);
            for point in &points {
                canvas.marker(*point, line.style);
            }
            ends.extend(points.last().copied());
        }
        self.draw_labels(canvas, &ends, right + LEADERS, bottom);
        bottom + 46.0
    }

    /// Of the lines, from the first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.name.as_str())
    }

    /// What a line comes to: `wasmtime:aot 1.23 s at 10MB`.
    pub fn end(&self, line: &Line) -> Option<String> {
        let (x, value) = line.points.last()?;
        let text = self.metric.text(*value, self.floor.unwrap_or(0.0));
        Some(format!("{} {text} at {}", line.name, self.against.text(*x)))
    }

    /// What has points on the axis from left to right, ascending.
    pub fn xs(&self) -> Vec<f64> {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let mut xs: Vec<f64> = points.map(|(x, _)| *x).collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        xs
    }

    fn draw_x_axis(&self, canvas: &mut Canvas, x: &LogScale, bottom: f64) {
        let mut free_from = f64::NEG_INFINITY;
        let (ticks, name) = match self.against {
            Against::Size => (self.xs(), "input size"),
            Against::Metric(metric) => (x.ticks(), metric.name()),
        };
        for tick in ticks {
            let at = x.at(tick);
            let mut text = String::new();
            if at >= free_from {
                free_from = at + LEAST_TICK_GAP;
                text = match self.against {
                    Against::Size => self.against.text(tick),
                    Against::Metric(metric) => tick_text(tick, metric.unit()),
                };
            }
            canvas.column(at, (TOP, bottom), &text);
        }
        let middle = (x.pixels.0 + x.pixels.1) / 2.0;
        canvas.text("muted middle", (middle, bottom + 34.0), name);
    }

    fn draw_y_axis(&self, canvas: &mut Canvas, y: &LogScale, right: f64) {
        let mut draw = |class, y, text: &str| {
            canvas.rule(class, (LEFT, y), (right, y));
            canvas.text("muted end", (LEFT - 8.0, y), text);
        };
        let floor = self.floor.map(|floor| y.at(floor));
        for tick in y.ticks() {
            let at = y.at(tick);
            if floor.is_none_or(|floor| (at - floor).abs() >= LINE_HEIGHT) {
                draw("grid", at, &tick_text(tick, self.metric.unit()));
            }
        }
        if let Some(floor) = floor {
            draw("floor", floor, "≤ floor");
        }
    }

    /// Names beside the ends of the lines, as a legend whose order is that of the lines.
    fn draw_labels(&self, canvas: &mut Canvas, ends: &[Point], left: f64, bottom: f64) {
        let wanted: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
        let placed = spread(&wanted, LINE_HEIGHT, bottom - LINE_HEIGHT / 2.0);
        for ((line, end), y) in self.lines.iter().zip(ends).zip(placed) {
            let dash = "1.5 2.5";
            let leader = Style { dash, ..line.style };
            canvas.line(&[(end.0 + 6.0, end.1), (left - 4.0, y)], 1.0, leader);
            canvas.line(&[(left, y), (left + SAMPLE, y)], 2.0, line.style);
            canvas.marker((left + SAMPLE / 2.0, y), line.style);
            canvas.text("", (left + SAMPLE + 6.0, y), &line.name);
        }
    }
}

/// Moves positions apart until neighbours are `gap` from each other and all are below `high`,
/// towards `high` first. Keeps their order.
fn spread(wanted: &[f64], gap: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut placed = wanted.to_vec();
    for two in order.windows(2) {
        placed[two[1]] = placed[two[1]].max(placed[two[0]] + gap);
    }
    let mut free_until = high;
    for index in order.into_iter().rev() {
        placed[index] = placed[index].min(free_until);
        free_until = placed[index] - gap;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_with_room_stay_and_others_part() {
        assert!(spread(&[], 10.0, 100.0).is_empty());
        assert_eq!(spread(&[50.0, 10.0], 10.0, 100.0), [50.0, 10.0]);
        assert_eq!(spread(&[50.0, 50.0], 10.0, 100.0), [50.0, 60.0]);
        assert_eq!(spread(&[52.0, 48.0, 90.0], 10.0, 100.0), [58.0, 48.0, 90.0]);
        assert_eq!(spread(&[99.0, 100.0], 10.0, 100.0), [90.0, 100.0]);
    }

    proptest! {
        #[test]
        fn no_two_overlap_and_order_holds(wanted in prop::collection::vec(0.0f64..400.0, 1..25)) {
            let placed = spread(&wanted, 15.0, 400.0);
            let mut both: Vec<_> = wanted.iter().zip(&placed).collect();
            both.sort_by(|a, b| a.1.total_cmp(b.1));
            prop_assert!(both.is_sorted_by(|a, b| a.0 <= b.0 && b.1 - a.1 > 15.0 - 1e-6));
            prop_assert!(placed.iter().all(|at| (0.0..=400.0 + 1e-6).contains(at)));
        }
    }
}
