//! The canvas that all charts are drawn on. All measures are pixels.

use std::fmt::Write;

use svg::Document;
use svg::node::Node;
use svg::node::element::{Path, Polyline, Rectangle, Style, Text, Title};

use super::look::{Colour, Dash, INKS, Marker, SOLID};

/// Width of every chart: that of a README.
pub const WIDTH: f64 = 860.0;
/// Distance of two lines of text.
pub const LINE_HEIGHT: f64 = 16.0;
/// Where a plot begins, below title and note.
pub const TOP: f64 = 60.0;
/// Of body text.
const TEXT_SIZE: f64 = 13.0;

/// From the left, from the top.
pub type Point = (f64, f64);

/// How a line is drawn.
#[derive(Clone, Copy)]
pub struct Stroke {
    pub colour: Colour,
    pub width: f64,
    pub dash: Dash,
}

/// Behind figures.
pub const GRID_LINE: Stroke = Stroke {
    colour: Colour::Grid,
    width: 1.0,
    dash: SOLID,
};

/// Which end of a text is at its point.
#[derive(Clone, Copy)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A chart while it is drawn.
pub struct Canvas {
    document: Document,
}

/// About how wide the widest of these texts is; it depends on the font of whoever looks at it.
pub fn widest<'t>(texts: impl IntoIterator<Item = &'t str>) -> f64 {
    let characters = texts.into_iter().map(|text| text.chars().count()).max();
    characters.unwrap_or(0) as f64 * TEXT_SIZE * 0.58
}

impl Canvas {
    /// With a heading. The title is also for those who cannot see it.
    pub fn new(title: &str, note: &str) -> Canvas {
        let heading = text(title, (4.0, 16.0), Anchor::Start, Colour::Ink);
        let mut canvas = Canvas {
            document: Document::new()
                .set("class", "bench-chart")
                .set("role", "img")
                .set("font-family", "sans-serif")
                .set("font-size", TEXT_SIZE)
                .add(Title::new(title))
                .add(Style::new(inks()))
                .add(heading.set("font-size", 16).set("font-weight", "bold")),
        };
        canvas.text(note, (4.0, 37.0), Anchor::Start, Colour::Muted);
        canvas
    }

    /// The SVG, of that height.
    pub fn finish(self, height: f64) -> String {
        let document = self
            .document
            .set("width", WIDTH)
            .set("height", height)
            .set("viewBox", (0, 0, WIDTH, height));
        format!("{document}\n")
    }

    /// Writes text, if any, whose middle is at that height.
    pub fn text(&mut self, content: &str, at: Point, anchor: Anchor, colour: Colour) {
        if !content.is_empty() {
            self.document.append(text(content, at, anchor, colour));
        }
    }

    /// Joins points.
    pub fn line(&mut self, points: &[Point], stroke: Stroke) {
        let (paint, class) = stroke.colour.paint();
        let mut joined = String::new();
        for (x, y) in points {
            // Writing to a string never fails.
            let _ = write!(joined, "{},{} ", tenths(*x), tenths(*y));
        }
        let line = Polyline::new()
            .set("class", class)
            .set("fill", "none")
            .set("stroke", paint)
            .set("stroke-width", stroke.width)
            .set("stroke-dasharray", stroke.dash)
            .set("points", joined.trim_end());
        self.document.append(line);
    }

    /// A vertical line behind the figures, with a text below it.
    pub fn column(&mut self, x: f64, (top, bottom): (f64, f64), text: &str) {
        self.line(&[(x, top), (x, bottom)], GRID_LINE);
        self.text(text, (x, bottom + 14.0), Anchor::Middle, Colour::Muted);
    }

    /// A filled rectangle between its upper left and its lower right corner.
    pub fn rect(&mut self, from: Point, to: Point, colour: Colour) {
        let (paint, class) = colour.paint();
        let rectangle = Rectangle::new()
            .set("class", class)
            .set("fill", paint)
            .set("x", tenths(from.0))
            .set("y", tenths(from.1))
            .set("width", tenths(to.0 - from.0))
            .set("height", tenths(to.1 - from.1));
        self.document.append(rectangle);
    }

    /// A mark around a point.
    pub fn marker(&mut self, marker: Marker, (x, y): Point, colour: Colour) {
        let (paint, class) = colour.paint();
        let path = Path::new()
            .set("class", class)
            .set("fill", paint)
            .set(
                "transform",
                format!("translate({},{})", tenths(x), tenths(y)),
            )
            .set("d", marker);
        self.document.append(path);
    }
}

fn text(content: &str, (x, y): Point, anchor: Anchor, colour: Colour) -> Text {
    let (paint, class) = colour.paint();
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    Text::new(content)
        .set("class", class)
        .set("fill", paint)
        .set("x", tenths(x))
        .set("y", tenths(y))
        // Not every renderer knows `dominant-baseline`.
        .set("dy", "0.35em")
        .set("text-anchor", anchor)
}

/// More digits would only make files longer.
fn tenths(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

/// The inks, by class; the page that an SVG stands in has classes of its own.
fn inks() -> String {
    let rules = |page: usize| -> String {
        INKS.iter()
            .map(|(class, colours)| format!(".bench-chart .{class}{{color:{}}}", colours[page]))
            .collect()
    };
    format!(
        "{}@media(prefers-color-scheme:dark){{{}}}",
        rules(0),
        rules(1)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::draw::look::EVEN;

    #[test]
    fn shapes_dashes_inks_and_escaped_names_are_in_the_svg() {
        let mut canvas = Canvas::new("a < b & c", "note");
        let stroke = |dash| Stroke {
            colour: Colour::Ink,
            width: 2.0,
            dash,
        };
        canvas.line(&[(0.0, 0.0), (1.25, 2.0)], stroke(SOLID));
        canvas.line(&[(0.0, 0.04), (1.0, 2.0)], stroke(EVEN));
        canvas.text("x<y", (5.0, 5.0), Anchor::End, Colour::Muted);
        canvas.rect((1.0, 2.0), (4.0, 8.0), Colour::Rgb("#123456"));
        canvas.marker("M0 0h1z", (7.0, 8.0), Colour::Grid);
        insta::assert_snapshot!(canvas.finish(40.0));
    }
}
