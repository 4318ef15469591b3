//! Ratios with their intervals, one below the other; the axis is logarithmic and 1 is marked.

use super::canvas::{Canvas, TOP, WIDTH, width};
use super::look::{CIRCLE, SOLID, Style};
use super::scale::{LogScale, number};
use crate::stats::Interval;

/// Distance of two ratios.
const ROW: f64 = 18.0;

/// Both it and its ends are above 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    pub name: String,
    pub colour: &'static str,
    pub ratio: f64,
    pub ends: Interval,
    /// At its end.
    pub text: String,
}

/// Draws them from the top, each between its name and its text. Returns the height of the chart.
pub fn draw(ratios: &[Ratio], canvas: &mut Canvas) -> f64 {
    let left = width(ratios.iter().map(|it| &*it.name)) + 14.0;
    let right = WIDTH - width(ratios.iter().map(|it| &*it.text)) - 10.0;
    let bottom = TOP + ratios.len() as f64 * ROW;
    let ends = ratios.iter().flat_map(|it| [it.ends.low, it.ends.high]);
    let x = LogScale::spanning(1.0, ends.chain([1.0]), (left, right));
    for tick in x.ticks() {
        canvas.column(x.at(tick), (TOP, bottom), &format!("{}×", number(tick)));
    }
    canvas.rule("", (x.at(1.0), TOP), (x.at(1.0), bottom));
    let mut y = TOP + ROW / 2.0;
    for it in ratios {
        let style = Style {
            colour: it.colour,
            dash: SOLID,
            marker: CIRCLE,
        };
        canvas.text("end", (left - 8.0, y), &it.name);
        canvas.text("", (right + 6.0, y), &it.text);
        let ends = [it.ends.low, it.ends.high].map(|end| (x.at(end), y));
        canvas.line(&ends, 2.0, style);
        canvas.marker((x.at(it.ratio), y), style);
        y += ROW;
    }
    bottom + 28.0
}
