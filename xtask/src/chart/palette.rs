//! The colours, each legible on white and on a dark page, also for the colour-blind.

use plotters::style::RGBColor;

/// Text.
pub const INK: RGBColor = RGBColor(0x1F, 0x23, 0x28);
/// Text that explains, and thin lines that lead to it.
pub const MUTED: RGBColor = RGBColor(0x59, 0x63, 0x6E);
/// Lines behind the figures.
pub const GRID: RGBColor = RGBColor(0xDD, 0xE1, 0xE6);

/// What the inks become on a dark page.
pub const DARK: [(RGBColor, RGBColor); 3] = [
    (INK, RGBColor(0xE6, 0xED, 0xF3)),
    (MUTED, RGBColor(0x9D, 0xA5, 0xAE)),
    (GRID, RGBColor(0x2C, 0x33, 0x3B)),
];

/// Native code, which all are compared with.
pub const NEUTRAL: RGBColor = RGBColor(0x76, 0x76, 0x76);

/// Engines, in the order of the matrix: the four colours of Okabe and Ito that are legible on
/// both pages, then those of Paul Tol that differ most from them.
pub const ENGINES: [RGBColor; 10] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0x99, 0x99, 0x33),
    RGBColor(0x66, 0x99, 0xCC),
    RGBColor(0xCC, 0x33, 0x11),
    RGBColor(0x11, 0x77, 0x33),
    RGBColor(0xAA, 0x44, 0x99),
    RGBColor(0x99, 0x77, 0x00),
];

/// Start-up, read, sort, write. Neighbours differ clearly.
pub const PHASES: [RGBColor; 4] = [
    RGBColor(0x8C, 0x95, 0x9F),
    RGBColor(0x44, 0x77, 0xAA),
    RGBColor(0x99, 0x77, 0x00),
    RGBColor(0xAA, 0x33, 0x77),
];

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
    const NIGHT: RGBColor = RGBColor(0x0D, 0x11, 0x17);

    /// Relative luminance, as WCAG 2 defines it.
    fn luminance(RGBColor(r, g, b): RGBColor) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            c if c <= 0.040_45 => c / 12.92,
            c => ((c + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    fn contrast(a: RGBColor, b: RGBColor) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn figures_are_seen_on_both_pages() {
        assert!((contrast(WHITE, RGBColor(0, 0, 0)) - 21.0).abs() < 1e-9);
        for colour in ENGINES.into_iter().chain(PHASES).chain([NEUTRAL]) {
            let worst = contrast(colour, WHITE).min(contrast(colour, NIGHT));
            assert!(worst >= 3.0, "{colour:?}: {worst}");
        }
    }

    #[test]
    fn text_is_read_on_the_page_it_is_for() {
        for (light, dark) in DARK.into_iter().filter(|(light, _)| *light != GRID) {
            assert!(
                contrast(light, WHITE) >= 4.5 && contrast(dark, NIGHT) >= 4.5,
                "{light:?}"
            );
        }
    }

    #[test]
    fn no_colour_stands_for_two_engines() {
        let all: std::collections::HashSet<_> = ENGINES.into_iter().chain([NEUTRAL]).collect();
        assert_eq!(all.len(), ENGINES.len() + 1);
    }
}
