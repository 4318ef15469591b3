//! The canvas that all charts are drawn on, and the SVG that comes of it. All measures are pixels.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBColor, ShapeStyle};

use super::palette::{DARK, GRID, INK, MUTED};
use super::style::{Dash, Marker};

/// plotters' coordinates are whole numbers: it draws in tenths of a pixel, or lines would wobble.
const UNITS: f64 = 10.0;
/// What plotters divides the size of a font by.
const FONT_FACTOR: f64 = 1.24;
/// Of body text.
const TEXT_SIZE: f64 = 13.0;
/// Distance of two lines of text.
pub const LINE_HEIGHT: f64 = 16.0;
/// Width of every chart: that of a README.
pub const WIDTH: f64 = 860.0;

/// From the left, from the top.
pub type Point = (f64, f64);

/// How a line is drawn.
#[derive(Clone, Copy)]
pub struct Stroke {
    pub colour: RGBColor,
    pub width: u32,
    pub dash: Dash,
}

/// Behind figures.
pub const GRID_LINE: Stroke = Stroke {
    colour: GRID,
    width: 1,
    dash: Dash::Solid,
};

/// How text is written.
#[derive(Clone, Copy)]
pub enum Font {
    Title,
    Body,
    /// What explains other text: ticks, notes.
    Note,
}

/// A chart while it is drawn.
pub struct Canvas<'b> {
    area: DrawingArea<SVGBackend<'b>, Shift>,
}

/// The SVG of what is painted; the title is for those who cannot see it.
pub fn draw(
    title: &str,
    height: f64,
    paint: impl FnOnce(&Canvas) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    let mut drawn = String::new();
    let size = (units(WIDTH) as u32, units(height) as u32);
    let canvas = Canvas {
        area: SVGBackend::with_string(&mut drawn, size).into_drawing_area(),
    };
    paint(&canvas)?;
    canvas.area.present()?;
    drop(canvas);
    Ok(finish(&drawn, title, height))
}

/// About how wide body text is; it depends on the font of whoever looks at it.
pub fn text_width(text: &str) -> f64 {
    text.chars().count() as f64 * TEXT_SIZE * 0.58
}

impl Canvas<'_> {
    /// Writes text whose middle is at that height.
    pub fn text(&self, text: &str, at: Point, side: HPos, font: Font) -> anyhow::Result<()> {
        let (size, weight, colour) = match font {
            Font::Title => (16.0, FontStyle::Bold, INK),
            Font::Body => (TEXT_SIZE, FontStyle::Normal, INK),
            Font::Note => (TEXT_SIZE, FontStyle::Normal, MUTED),
        };
        let style = FontDesc::new(FontFamily::SansSerif, size * UNITS * FONT_FACTOR, weight)
            .color(&colour)
            .pos(Pos::new(side, VPos::Center));
        Ok(self.area.draw(&Text::new(text, whole(at), style))?)
    }

    /// Title and note at the top.
    pub fn heading(&self, title: &str, note: &str) -> anyhow::Result<()> {
        self.text(title, (4.0, 16.0), HPos::Left, Font::Title)?;
        self.text(note, (4.0, 37.0), HPos::Left, Font::Note)
    }

    /// Joins points.
    pub fn line(&self, points: &[Point], stroke: Stroke) -> anyhow::Result<()> {
        let points: Vec<(i32, i32)> = points.iter().copied().map(whole).collect();
        let style = ShapeStyle {
            color: stroke.colour.to_rgba(),
            filled: false,
            // The last digit says the dash pattern: see `finish`.
            stroke_width: stroke.width * UNITS as u32 + stroke.dash as u32,
        };
        Ok(self.area.draw(&PathElement::new(points, style))?)
    }

    /// A filled rectangle between two corners.
    pub fn rect(&self, from: Point, to: Point, colour: RGBColor) -> anyhow::Result<()> {
        let corners = [whole(from), whole(to)];
        Ok(self.area.draw(&Rectangle::new(corners, colour.filled()))?)
    }

    /// A mark around a point.
    pub fn marker(&self, marker: Marker, at: Point, colour: RGBColor) -> anyhow::Result<()> {
        let corners = marker.corners();
        if corners.is_empty() {
            return Ok(self
                .area
                .draw(&Circle::new(whole(at), units(3.5), colour.filled()))?);
        }
        let corner = |(x, y): &Point| whole((at.0 + x, at.1 + y));
        let corners: Vec<(i32, i32)> = corners.iter().map(corner).collect();
        Ok(self.area.draw(&Polygon::new(corners, colour.filled()))?)
    }
}

fn whole((x, y): Point) -> (i32, i32) {
    (units(x), units(y))
}

/// Never fails: what is not a number becomes 0.
fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

/// Adds what plotters does not know: dashes, a title, a dark mode.
fn finish(drawn: &str, title: &str, height: f64) -> String {
    let shapes = drawn.split_once('\n').map_or("", |(_, shapes)| shapes);
    let mut shapes = shapes.to_owned();
    for width in 1..=2 {
        for dash in Dash::ALL {
            let pattern: Vec<String> = dash
                .pattern()
                .iter()
                .map(|pixels| units(*pixels).to_string())
                .collect();
            let drawn = format!("stroke-width=\"{}\"", width * 10 + dash as u32);
            let meant = format!(
                "stroke-width=\"{}\" stroke-dasharray=\"{}\"",
                width * 10,
                pattern.join(" ")
            );
            shapes = shapes.replace(&drawn, &meant);
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bench-chart\" role=\"img\" width=\"{WIDTH}\" \
         height=\"{height}\" viewBox=\"0 0 {} {}\">\n<title>{}</title>\n<style>{}</style>\n{shapes}",
        units(WIDTH),
        units(height),
        escape(title),
        dark_mode(),
    )
}

/// Maps the inks. Engines have colours that are legible on light and on dark.
fn dark_mode() -> String {
    let rules: String = DARK
        .iter()
        .map(|(light, dark)| {
            let (light, dark) = (hex(*light), hex(*dark));
            format!(
                ".bench-chart [fill=\"{light}\"]{{fill:{dark}}}.bench-chart [stroke=\"{light}\"]{{stroke:{dark}}}"
            )
        })
        .collect();
    format!("@media(prefers-color-scheme:dark){{{rules}}}")
}

/// As plotters writes it, or the rules above would match nothing.
fn hex(RGBColor(r, g, b): RGBColor) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_titles_and_the_dark_mode_are_in_the_svg() {
        let svg = draw("a < b & c", 40.0, |canvas| {
            let stroke = |dash| Stroke {
                colour: INK,
                width: 2,
                dash,
            };
            canvas.line(&[(0.0, 0.0), (1.25, 2.0)], stroke(Dash::Solid))?;
            canvas.line(&[(0.0, f64::NAN), (1.0, 2.0)], stroke(Dash::Dots))?;
            canvas.text("x<y", (5.0, 5.0), HPos::Left, Font::Body)
        })
        .unwrap();
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"bench-chart\" role=\"img\" width=\"860\" height=\"40\" viewBox=\"0 0 8600 400\">"), "{svg}");
        assert!(
            svg.contains("<title>a &lt; b &amp; c</title>") && svg.contains("x&lt;y"),
            "{svg}"
        );
        assert!(
            svg.contains("stroke-width=\"20\" points=\"0,0 13,20 \""),
            "{svg}"
        );
        assert!(
            svg.contains("stroke-width=\"20\" stroke-dasharray=\"30 30\" points=\"0,0 10,20 \""),
            "{svg}"
        );
        assert!(svg.contains("font-size=\"130\""), "{svg}");
        for ink in ["stroke", "fill"] {
            let rule = format!("[{ink}=\"{}\"]", hex(INK));
            let drawn = format!(" {ink}=\"{}\"", hex(INK));
            assert!(svg.contains(&rule) && svg.contains(&drawn), "{svg}");
        }
        assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{svg}");
    }
}
