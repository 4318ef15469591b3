//! A chart as a value, and the SVG of it.

pub mod bars;
mod labels;
pub mod lines;
pub mod look;
pub mod ratios;
pub mod scale;
mod svg;

use bars::Bars;
use lines::Lines;
use ratios::Ratios;
use svg::Canvas;

/// A chart before it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// `latency-merge.svg`
    pub file: String,
    pub title: String,
    /// Below the title: what the figures are.
    pub note: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    pub plot: Plot,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Plot {
    Lines(Lines),
    Bars(Bars),
    Ratios(Ratios),
}

/// A chart of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// `latency-merge.svg`
    pub file: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// The text of the file: transparent, and legible on a light and on a dark page. Several can
    /// stand in one HTML page.
    pub svg: String,
}

impl Drawing {
    /// Draws it.
    pub fn chart(&self) -> Chart {
        let mut canvas = Canvas::new(&self.title, &self.note);
        let height = match &self.plot {
            Plot::Lines(lines) => lines.draw(&mut canvas),
            Plot::Bars(bars) => bars.draw(&mut canvas),
            Plot::Ratios(ratios) => ratios.draw(&mut canvas),
        };
        Chart {
            file: self.file.clone(),
            alt: self.alt.clone(),
            svg: canvas.finish(height),
        }
    }
}

#[cfg(test)]
mod tests;
