//! The canvas that all charts are drawn on. All measures are pixels; classes are in `chart.css`.

use super::look::Style;
use crate::document::inline::escape;

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

/// A chart while it is drawn: the elements of its SVG. More than one digit after the point would
/// only make files longer.
pub struct Canvas(String);

/// Of the widest of these texts.
pub fn width<'t>(texts: impl IntoIterator<Item = &'t str>) -> f64 {
    let characters = texts.into_iter().map(|text| text.chars().count()).max();
    characters.unwrap_or(0) as f64 * CHARACTER
}

impl Canvas {
    /// With a heading. The title is also for those who cannot see it.
    pub fn new(title: &str, note: &str) -> Canvas {
        let css = include_str!("chart.css");
        let title_element = format!("<title>{}</title>\n", escape(title));
        let mut canvas = Canvas(format!("{title_element}<style>\n{css}</style>\n"));
        canvas.text("title", (4.0, 16.0), title);
        canvas.text("muted", (4.0, 37.0), note);
        canvas
    }

    /// The SVG, of that height.
    pub fn finish(self, height: f64) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bench-chart\" role=\"img\" \
             width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\">\n{}</svg>\n",
            self.0
        )
    }

    /// Writes text, if any, whose middle is at that height.
    pub fn text(&mut self, class: &str, (x, y): Point, content: &str) {
        if !content.is_empty() {
            let content = escape(content);
            // Not every renderer knows `dominant-baseline`.
            self.0 += &format!(
                "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" dy=\"0.35em\">{content}</text>\n"
            );
        }
    }

    /// A thin straight line that is no figure.
    pub fn rule(&mut self, class: &str, (x1, y1): Point, (x2, y2): Point) {
        self.0 += &format!(
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>\n"
        );
    }

    /// A rule from the top of a plot to its bottom, with a text below it.
    pub fn column(&mut self, x: f64, (top, bottom): (f64, f64), content: &str) {
        self.rule("grid", (x, top), (x, bottom));
        self.text("muted middle", (x, bottom + 14.0), content);
    }

    /// Joins points.
    pub fn line(&mut self, points: &[Point], width: f64, Style { colour, dash, .. }: Style) {
        let points = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}"));
        let points = points.collect::<Vec<_>>().join(" ");
        self.0 += &format!(
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-dasharray=\"{dash}\"/>\n"
        );
    }

    /// A mark around a point.
    pub fn marker(&mut self, (x, y): Point, Style { colour, marker, .. }: Style) {
        self.0 += &format!(
            "<path d=\"{marker}\" fill=\"{colour}\" transform=\"translate({x:.1},{y:.1})\"/>\n"
        );
    }

    /// A filled rectangle between its upper left and its lower right corner.
    pub fn rect(&mut self, (x, y): Point, to: Point, colour: &str) {
        let (width, height) = (to.0 - x, to.1 - y);
        self.0 += &format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"/>\n"
        );
    }
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
