//! Ratios with their intervals, a row for each; the axis is logarithmic and 1 is marked.

use super::canvas::{Canvas, TOP, WIDTH, width};
use super::look::{SOLID, Style};
use super::scale::{LogScale, number};

const ROW: f64 = 22.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Ratios {
    /// From the top.
    pub rows: Vec<Ratio>,
}

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
    /// What sets this row apart from others; mostly empty.
    pub note: String,
}

impl Ratios {
    /// Returns the height of the chart.
    pub fn draw(&self, canvas: &mut Canvas) -> f64 {
        let names = width(self.rows.iter().map(|row| row.name.as_str()));
        let texts = width(self.rows.iter().map(|row| row.text.as_str()));
        let notes = width(self.rows.iter().map(|row| row.note.as_str()));
        let (left, right) = (names + 14.0, WIDTH - texts - notes - 22.0);
        let ends = self.rows.iter().flat_map(|row| [row.low, row.high]);
        let x = LogScale::of(ends.chain([1.0]), (left, right));
        let bottom = TOP + self.rows.len() as f64 * ROW;
        for tick in x.ticks() {
            canvas.column(x.at(tick), (TOP, bottom), &format!("{}×", number(tick)));
        }
        canvas.rule("", (x.at(1.0), TOP), (x.at(1.0), bottom));
        for (index, row) in self.rows.iter().enumerate() {
            let y = TOP + (index as f64 + 0.5) * ROW;
            canvas.rule("grid", (left, y), (right, y));
            canvas.text("end", (left - 8.0, y), &row.name);
            row.draw(canvas, y, &x);
            canvas.text("", (right + 12.0, y), &row.text);
            canvas.text("muted end", (WIDTH - 4.0, y), &row.note);
        }
        bottom + 28.0
    }
}

impl Ratio {
    fn draw(&self, canvas: &mut Canvas, y: f64, x: &LogScale) {
        let (low, ratio, high) = (x.at(self.low), x.at(self.ratio), x.at(self.high));
        let solid = Style {
            dash: SOLID,
            ..self.style
        };
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
