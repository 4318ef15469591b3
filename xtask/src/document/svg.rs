//! Charts as values, and the SVG of them. Pure.

mod bars;
mod canvas;
mod lines;
mod look;
mod ratios;
mod scale;

pub use bars::Bar;
pub use lines::{Against, Line, Lines};
pub use look::{CIRCLE, NEUTRAL, SERIES, SOLID, Style, VARIANTS};
pub use ratios::Ratio;

use canvas::Canvas;

/// A chart, which is a file in `charts/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// `latency-merge.svg`
    pub file: String,
    pub title: String,
    /// Below the title: what the figures are.
    pub note: String,
    pub plot: Plot,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Plot {
    Lines(Lines),
    /// Phases.
    Bars(Vec<Bar>),
    Ratios(Vec<Ratio>),
}

impl Chart {
    /// What it shows, for those who cannot see it.
    pub fn alt(&self) -> String {
        let figure = |name: &str, text: &str| format!("{name} {text}");
        let figures: Vec<String> = match &self.plot {
            Plot::Lines(it) => it.lines.iter().filter_map(|line| it.end(line)).collect(),
            Plot::Bars(bars) => bars.iter().map(|it| figure(&it.name, &it.text)).collect(),
            Plot::Ratios(it) => it.iter().map(|it| figure(&it.name, &it.text)).collect(),
        };
        format!("{}; {}. {}.", self.title, self.note, figures.join(", "))
    }
}

/// The text of a chart's file: transparent, and legible on a light and on a dark page. Several can
/// stand in one HTML page.
pub fn render(chart: &Chart) -> String {
    let mut canvas = Canvas::new(&chart.title, &chart.note);
    let height = match &chart.plot {
        Plot::Lines(lines) => lines.draw(&mut canvas),
        Plot::Bars(bars) => bars::draw(bars, &mut canvas),
        Plot::Ratios(ratios) => ratios::draw(ratios, &mut canvas),
    };
    canvas.finish(height)
}

#[cfg(test)]
mod tests;
