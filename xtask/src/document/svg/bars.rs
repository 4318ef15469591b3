//! What times are made of: bars of one length, one below the other, each cut into shares.

use super::canvas::{Canvas, TOP, middles, width};
use super::look::PARTS;
use crate::model::Metric;

const LEGEND: f64 = 22.0;
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

/// Draws them from the top. Returns the height of the chart.
pub fn draw(bars: &[Bar], canvas: &mut Canvas) -> f64 {
    let top = TOP + LEGEND;
    let texts = bars.iter().map(|bar| (&*bar.name, &*bar.text));
    let (left, right, bottom) = canvas.rows(top, &texts.collect::<Vec<_>>());
    draw_legend(canvas, left);
    let x = |share: f64| left + share * (right - left);
    for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
        canvas.column(x(percent / 100.0), (top, bottom), &format!("{percent} %"));
    }
    for (bar, y) in bars.iter().zip(middles(top)) {
        let whole: f64 = bar.parts.iter().sum();
        let mut from = 0.0;
        for (part, colour) in bar.parts.iter().zip(PARTS) {
            let to = from + part / whole;
            canvas.rect((x(from), y - HALF), (x(to), y + HALF), colour);
            from = to;
        }
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
