//! Colours, each legible on white and on a dark page, also for the colour-blind; dashes and markers.

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub colour: Colour,
    pub dash: Dash,
    pub marker: Marker,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colour {
    /// Text.
    Ink,
    /// Text that explains, and thin lines that lead to it.
    Muted,
    /// Lines behind the figures.
    Grid,
    /// Of figures: the same on every page.
    Rgb(&'static str),
}

/// Pixels of line and of gap, in turn.
pub type Dash = &'static str;

/// A path around the point that it marks, in pixels.
pub type Marker = &'static str;

/// An ink's class, and its colours on a white and on a dark page.
pub const INKS: [(&str, [&str; 2]); 3] = [
    ("ink", ["#1F2328", "#E6EDF3"]),
    ("muted", ["#59636E", "#9DA5AE"]),
    ("grid", ["#DDE1E6", "#2C333B"]),
];

impl Colour {
    /// The value of `fill` or `stroke`, and the class that goes with it.
    pub fn paint(self) -> (&'static str, &'static str) {
        match self {
            Colour::Ink => ("currentColor", INKS[0].0),
            Colour::Muted => ("currentColor", INKS[1].0),
            Colour::Grid => ("currentColor", INKS[2].0),
            Colour::Rgb(hex) => (hex, "figure"),
        }
    }
}

/// What all others are compared with.
pub const NEUTRAL: Colour = Colour::Rgb("#767676");

/// Of series: the four colours of Okabe and Ito that are legible on both pages, then those of
/// Paul Tol that differ most from them.
pub const SERIES: [Colour; 10] = [
    Colour::Rgb("#0072B2"),
    Colour::Rgb("#D55E00"),
    Colour::Rgb("#009E73"),
    Colour::Rgb("#CC79A7"),
    Colour::Rgb("#999933"),
    Colour::Rgb("#6699CC"),
    Colour::Rgb("#CC3311"),
    Colour::Rgb("#117733"),
    Colour::Rgb("#AA4499"),
    Colour::Rgb("#997700"),
];

/// Of the parts of a bar. Neighbours differ clearly.
pub const PARTS: [Colour; 4] = [
    Colour::Rgb("#8C959F"),
    Colour::Rgb("#4477AA"),
    Colour::Rgb("#997700"),
    Colour::Rgb("#AA3377"),
];

pub const SOLID: Dash = "none";
pub const FINE: Dash = "1.5 2.5";
pub const EVEN: Dash = "8 4";

pub const CIRCLE: Marker = "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z";

/// Series of one colour, told apart: no dash and no marker twice, and none as above but [`EVEN`].
pub const VARIANTS: [(Dash, Marker); 5] = [
    (EVEN, "M-3.2-3.2h6.4v6.4h-6.4z"),
    ("3 3", "M0-4.4 4.2 3.2h-8.4z"),
    ("9 3 2 3", "M0-4.6 4.6 0 0 4.6-4.6 0z"),
    ("14 4", "M0 4.4 4.2-3.2h-8.4z"),
    (
        "14 3 2 3 2 3",
        "M-1.3-4.5h2.6v3.2h3.2v2.6h-3.2v3.2h-2.6v-3.2h-3.2v-2.6h3.2z",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: &str = "#FFFFFF";
    const NIGHT: &str = "#0D1117";

    /// Relative luminance, as WCAG 2 defines it.
    fn luminance(hex: &str) -> f64 {
        let channel =
            |from: usize| match f64::from(u8::from_str_radix(&hex[from..from + 2], 16).unwrap())
                / 255.0
            {
                c if c <= 0.040_45 => c / 12.92,
                c => ((c + 0.055) / 1.055).powf(2.4),
            };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn figures_are_seen_on_both_pages() {
        assert!((contrast(WHITE, "#000000") - 21.0).abs() < 1e-9);
        for colour in SERIES.into_iter().chain(PARTS).chain([NEUTRAL]) {
            let (hex, _) = colour.paint();
            let worst = contrast(hex, WHITE).min(contrast(hex, NIGHT));
            assert!(worst >= 3.0, "{hex}: {worst}");
        }
    }

    #[test]
    fn text_is_read_on_the_page_it_is_for() {
        for (class, [light, dark]) in &INKS[..2] {
            assert!(
                contrast(light, WHITE) >= 4.5 && contrast(dark, NIGHT) >= 4.5,
                "{class}"
            );
        }
    }

    #[test]
    fn no_two_series_look_the_same() {
        let colours: std::collections::HashSet<_> = SERIES.into_iter().chain([NEUTRAL]).collect();
        assert_eq!(colours.len(), SERIES.len() + 1);
        let looks = || VARIANTS.into_iter().chain([(SOLID, CIRCLE)]);
        let dashes: std::collections::HashSet<_> = looks().map(|(dash, _)| dash).collect();
        let markers: std::collections::HashSet<_> = looks().map(|(_, marker)| marker).collect();
        assert_eq!(
            (dashes.len(), markers.len()),
            (VARIANTS.len() + 1, VARIANTS.len() + 1)
        );
    }
}
