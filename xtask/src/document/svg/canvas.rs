//! The canvas that all charts are drawn on. All measures are pixels; classes are in `chart.css`.

use svg::Document;
use svg::node::Node;
use svg::node::element::{Line, Path, Polyline, Rectangle, Style as Sheet, Text, Title};

use super::look::Style;

/// Width of every chart: that of a README.
pub const WIDTH: f64 = 860.0;
/// Distance of two lines of text.
pub const LINE_HEIGHT: f64 = 16.0;
/// Where a plot begins, below title and note.
pub const TOP: f64 = 60.0;
/// About how wide a character is; it depends on the font of whoever looks at it.
const CHARACTER: f64 = 7.54;

/// From the left, from the top.
pub type Point = (f64, f64);

/// A chart while it is drawn.
pub struct Canvas {
    document: Document,
}

/// Of the widest of these texts.
pub fn width<'t>(texts: impl IntoIterator<Item = &'t str>) -> f64 {
    let characters = texts.into_iter().map(|text| text.chars().count()).max();
    characters.unwrap_or(0) as f64 * CHARACTER
}

impl Canvas {
    /// With a heading. The title is also for those who cannot see it.
    pub fn new(title: &str, note: &str) -> Canvas {
        let document = Document::new()
            .set("class", "bench-chart")
            .set("role", "img")
            .add(Title::new(title))
            .add(Sheet::new(include_str!("chart.css").trim_end()));
        let mut canvas = Canvas { document };
        canvas.text("title", (4.0, 16.0), title);
        canvas.text("muted", (4.0, 37.0), note);
        canvas
    }

    /// The SVG, of that height.
    pub fn finish(self, height: f64) -> String {
        let document = self.document.set("width", WIDTH).set("height", height);
        let document = document.set("viewBox", (0, 0, WIDTH, height));
        format!("{document}\n")
    }

    /// Writes text, if any, whose middle is at that height.
    pub fn text(&mut self, class: &str, (x, y): Point, content: &str) {
        if !content.is_empty() {
            let text = Text::new(content)
                .set("class", class)
                .set("x", tenths(x))
                .set("y", tenths(y));
            // Not every renderer knows `dominant-baseline`.
            self.document.append(text.set("dy", "0.35em"));
        }
    }

    /// A thin straight line that is no figure.
    pub fn rule(&mut self, class: &str, from: Point, to: Point) {
        let line = Line::new()
            .set("class", class)
            .set("x1", tenths(from.0))
            .set("y1", tenths(from.1))
            .set("x2", tenths(to.0))
            .set("y2", tenths(to.1));
        self.document.append(line);
    }

    /// A rule from the top of a plot to its bottom, with a text below it.
    pub fn column(&mut self, x: f64, (top, bottom): (f64, f64), content: &str) {
        self.rule("grid", (x, top), (x, bottom));
        self.text("muted middle", (x, bottom + 14.0), content);
    }

    /// Joins points.
    pub fn line(&mut self, points: &[Point], width: f64, style: Style) {
        let joined = points
            .iter()
            .map(|(x, y)| format!("{},{}", tenths(*x), tenths(*y)));
        let line = Polyline::new()
            .set("fill", "none")
            .set("stroke", style.colour)
            .set("stroke-width", width)
            .set("stroke-dasharray", style.dash)
            .set("points", joined.collect::<Vec<_>>());
        self.document.append(line);
    }

    /// A mark around a point.
    pub fn marker(&mut self, (x, y): Point, style: Style) {
        let at = format!("translate({},{})", tenths(x), tenths(y));
        let path = Path::new().set("fill", style.colour).set("transform", at);
        self.document.append(path.set("d", style.marker));
    }

    /// A filled rectangle between its upper left and its lower right corner.
    pub fn rect(&mut self, from: Point, to: Point, colour: &str) {
        let rectangle = Rectangle::new()
            .set("fill", colour)
            .set("x", tenths(from.0))
            .set("y", tenths(from.1))
            .set("width", tenths(to.0 - from.0))
            .set("height", tenths(to.1 - from.1));
        self.document.append(rectangle);
    }
}

/// More digits would only make files longer.
fn tenths(pixels: f64) -> f64 {
    (pixels * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::svg::{CIRCLE, SOLID};

    #[test]
    fn shapes_dashes_classes_and_escaped_names_are_in_the_svg() {
        let mut canvas = Canvas::new("a < b & c", "note");
        let solid = Style {
            colour: "#123456",
            dash: SOLID,
            marker: CIRCLE,
        };
        canvas.line(&[(0.0, 0.0), (1.25, 2.0)], 2.0, solid);
        let dash = "8 4";
        canvas.line(&[(0.0, 0.04), (1.0, 2.0)], 1.0, Style { dash, ..solid });
        canvas.text("muted end", (5.0, 5.0), "x<y");
        canvas.rect((1.0, 2.0), (4.0, 8.0), "#123456");
        canvas.marker((7.0, 8.0), solid);
        canvas.rule("floor", (0.0, 9.0), (8.0, 9.0));
        insta::assert_snapshot!(canvas.finish(40.0));
    }
}
