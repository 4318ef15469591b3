//! Colours, dashes and markers of figures. The colours are legible on white and on a dark page,
//! also for the colour-blind; those of text and rules are in `chart.css`.

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub colour: &'static str,
    /// Pixels of line and of gap, in turn.
    pub dash: &'static str,
    /// A path around the point that it marks, in pixels.
    pub marker: &'static str,
}

/// What all others are compared with.
pub const NEUTRAL: &str = "#767676";

/// Of series: the four colours of Okabe and Ito that are legible on both pages, then those of
/// Paul Tol that differ most from them.
pub const SERIES: [&str; 10] = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#999933", "#6699CC", "#CC3311", "#117733",
    "#AA4499", "#997700",
];

/// Of the parts of a bar. Neighbours differ clearly.
pub const PARTS: [&str; 4] = ["#8C959F", "#4477AA", "#997700", "#AA3377"];

pub const SOLID: &str = "none";
pub const CIRCLE: &str = "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z";

/// Dashes and markers that tell apart what has one colour, besides solid lines with circles.
pub const VARIANTS: [(&str, &str); 5] = [
    ("8 4", "M-3.2-3.2h6.4v6.4h-6.4z"),
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
            let worst = contrast(colour, WHITE).min(contrast(colour, NIGHT));
            assert!(worst >= 3.0, "{colour}: {worst}");
        }
    }

    #[test]
    fn text_is_read_on_the_page_it_is_for() {
        let (light, dark) = include_str!("chart.css").split_once("@media").unwrap();
        for (sheet, page) in [(light, WHITE), (dark, NIGHT)] {
            let inks: Vec<&str> = sheet
                .split("fill: ")
                .skip(1)
                .map(|rest| &rest[..7])
                .collect();
            assert_eq!(inks.len(), 2, "{sheet}");
            assert!(
                inks.iter().all(|ink| contrast(ink, page) >= 4.5),
                "{inks:?}"
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
