//! Ratios with their intervals, a row for each; the axis is logarithmic and 1 is marked.

use super::canvas::{Canvas, TOP, middles};
use super::look::{SOLID, Style};
use super::scale::{LogScale, number};

/// `low`, `ratio` and `high` are above 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    pub name: String,
    pub style: Style,
    pub ratio: f64,
    pub low: f64,
    pub high: f64,
    /// The figures.
    pub text: String,
}

/// Draws them from the top. Returns the height of the chart.
pub fn draw(ratios: &[Ratio], canvas: &mut Canvas) -> f64 {
    let texts = ratios.iter().map(|it| (&*it.name, &*it.text));
    let (left, right, bottom) = canvas.rows(TOP, &texts.collect::<Vec<_>>());
    let ends = ratios.iter().flat_map(|it| [it.low, it.high]);
    let x = LogScale::of(ends.chain([1.0]), (left, right));
    for tick in x.ticks() {
        canvas.column(x.at(tick), (TOP, bottom), &format!("{}×", number(tick)));
    }
    canvas.rule("", (x.at(1.0), TOP), (x.at(1.0), bottom));
    for (ratio, y) in ratios.iter().zip(middles(TOP)) {
        canvas.rule("grid", (left, y), (right, y));
        ratio.draw(canvas, y, &x);
    }
    bottom + 28.0
}

impl Ratio {
    fn draw(&self, canvas: &mut Canvas, y: f64, x: &LogScale) {
        let (low, ratio, high) = (x.at(self.low), x.at(self.ratio), x.at(self.high));
        let dash = SOLID;
        let solid = Style { dash, ..self.style };
        canvas.line(&[(low, y), (high, y)], 2.0, solid);
        // An end that the marker hides would only dent it.
        for end in [low, high] {
            if (end - ratio).abs() > 6.0 {
                canvas.line(&[(end, y - 4.0), (end, y + 4.0)], 2.0, solid);
            }
        }
        canvas.marker((ratio, y), self.style);
    }
}
