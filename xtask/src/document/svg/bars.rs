//! What times are made of: bars of one length, one below the other, each cut into shares.

use super::canvas::{Canvas, TOP, WIDTH, width};

const LEGEND: f64 = 22.0;
const ROW: f64 = 22.0;
/// Half of a bar.
const HALF: f64 = 7.0;

#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What each bar is made of, from the left, with their colours.
    pub parts: Vec<(&'static str, &'static str)>,
    /// From the top.
    pub bars: Vec<Bar>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub name: String,
    /// In one unit, as many as there are names of parts. None below 0, some above.
    pub parts: Vec<f64>,
    /// At its end.
    pub text: String,
}

impl Bars {
    /// Returns the height of the chart.
    pub fn draw(&self, canvas: &mut Canvas) -> f64 {
        let left = width(self.bars.iter().map(|bar| bar.name.as_str())) + 14.0;
        let right = WIDTH - width(self.bars.iter().map(|bar| bar.text.as_str())) - 10.0;
        let x = |share: f64| left + share * (right - left);
        self.draw_legend(canvas, left);
        let top = TOP + LEGEND;
        let bottom = top + self.bars.len() as f64 * ROW;
        for percent in [0.0, 25.0, 50.0, 75.0, 100.0] {
            canvas.column(x(percent / 100.0), (top, bottom), &format!("{percent} %"));
        }
        for (index, bar) in self.bars.iter().enumerate() {
            let y = top + (index as f64 + 0.5) * ROW;
            canvas.text("end", (left - 8.0, y), &bar.name);
            let whole: f64 = bar.parts.iter().sum();
            let mut from = 0.0;
            for (part, (_, colour)) in bar.parts.iter().zip(&self.parts) {
                let to = from + part / whole;
                canvas.rect((x(from), y - HALF), (x(to), y + HALF), colour);
                from = to;
            }
            canvas.text("", (right + 6.0, y), &bar.text);
        }
        bottom + 28.0
    }

    fn draw_legend(&self, canvas: &mut Canvas, left: f64) {
        let mut x = left;
        for (name, colour) in &self.parts {
            canvas.rect((x, TOP - 6.0), (x + 12.0, TOP + 6.0), colour);
            canvas.text("", (x + 18.0, TOP), name);
            x += 18.0 + width([*name]) + 20.0;
        }
    }
}
