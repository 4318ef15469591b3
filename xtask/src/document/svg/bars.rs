//! What times are made of: bars of one length, one below the other, each cut into shares.

use super::canvas::{Canvas, TOP, WIDTH, width};
use super::look::PARTS;
use crate::model::Metric;

const LEGEND: f64 = 22.0;
/// Distance of two bars.
const ROW: f64 = 22.0;
/// Half of a bar.
const HALF: f64 = 7.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub name: String,
    /// The phases, in one unit. None below 0, some above.
    pub parts: [f64; 4],
    /// At its end.
    pub text: String,
}

/// Draws them from the top, each between its name and its text. Returns the height of the chart.
pub fn draw(bars: &[Bar], canvas: &mut Canvas) -> f64 {
    let left = width(bars.iter().map(|bar| &*bar.name)) + 14.0;
    let right = WIDTH - width(bars.iter().map(|bar| &*bar.text)) - 10.0;
    let (top, bottom) = (TOP + LEGEND, TOP + LEGEND + bars.len() as f64 * ROW);
    let x = |share: f64| left + share * (right - left);
    draw_legend(canvas, left);
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        canvas.column(x(percent / 100.0), (top, bottom), &format!("{percent} %"));
    }
    let mut y = top + ROW / 2.0;
    for bar in bars {
        canvas.text("end", (left - 8.0, y), &bar.name);
        canvas.text("", (right + 6.0, y), &bar.text);
        let whole: f64 = bar.parts.iter().sum();
        let mut from = 0.0;
        for (part, colour) in bar.parts.iter().zip(PARTS) {
            let to = from + part / whole;
            canvas.rect((x(from), y - HALF), (x(to), y + HALF), colour);
            from = to;
        }
        y += ROW;
    }
    bottom + 28.0
}

fn draw_legend(canvas: &mut Canvas, left: f64) {
    let mut x = left;
    for (name, colour) in Metric::PHASES.map(Metric::name).into_iter().zip(PARTS) {
        canvas.rect((x, TOP - 6.0), (x + 12.0, TOP + 6.0), colour);
        canvas.text("", (x + 18.0, TOP), name);
        x += 18.0 + width([name]) + 20.0;
    }
}
