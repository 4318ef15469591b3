//! How an engine and mode looks in every chart: the engine is a colour, the mode a dash and a marker.

use plotters::style::RGBColor;

use super::palette::{ENGINES, NEUTRAL};
use super::svg::Point;
use crate::config::Engine;
use crate::questions::NATIVE;

/// How an engine and mode looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    pub colour: RGBColor,
    pub dash: Dash,
    pub marker: Marker,
}

/// Dash patterns of lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dash {
    Solid,
    Even,
    Dots,
    Mixed,
    Long,
    LongMixed,
    Fine,
}

/// Marks at the points of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    Down,
    Cross,
}

impl Dash {
    /// All that are not solid.
    pub const ALL: [Dash; 6] = [
        Dash::Even,
        Dash::Dots,
        Dash::Mixed,
        Dash::Long,
        Dash::LongMixed,
        Dash::Fine,
    ];

    /// Pixels of line and of gap, in turn; none if solid.
    pub fn pattern(self) -> &'static [f64] {
        match self {
            Dash::Solid => &[],
            Dash::Even => &[8.0, 4.0],
            Dash::Dots => &[3.0, 3.0],
            Dash::Mixed => &[9.0, 3.0, 2.0, 3.0],
            Dash::Long => &[14.0, 4.0],
            Dash::LongMixed => &[14.0, 3.0, 2.0, 3.0, 2.0, 3.0],
            Dash::Fine => &[1.5, 2.5],
        }
    }
}

impl Marker {
    /// Pixels from the middle to the corners; none of a circle.
    pub fn corners(self) -> &'static [Point] {
        match self {
            Marker::Circle => &[],
            Marker::Square => &[(-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)],
            Marker::Triangle => &[(0.0, -4.4), (4.2, 3.2), (-4.2, 3.2)],
            Marker::Diamond => &[(0.0, -4.6), (4.6, 0.0), (0.0, 4.6), (-4.6, 0.0)],
            Marker::Down => &[(0.0, 4.4), (4.2, -3.2), (-4.2, -3.2)],
            Marker::Cross => &[
                (-1.3, -4.5),
                (1.3, -4.5),
                (1.3, -1.3),
                (4.5, -1.3),
                (4.5, 1.3),
                (1.3, 1.3),
                (1.3, 4.5),
                (-1.3, 4.5),
                (-1.3, 1.3),
                (-4.5, 1.3),
                (-4.5, -1.3),
                (-1.3, -1.3),
            ],
        }
    }
}

/// What modes look like that are not shipped, in the order of the matrix.
const OTHER_MODES: [(Dash, Marker); 5] = [
    (Dash::Even, Marker::Square),
    (Dash::Dots, Marker::Triangle),
    (Dash::Mixed, Marker::Diamond),
    (Dash::Long, Marker::Down),
    (Dash::LongMixed, Marker::Cross),
];

/// The look of an engine's mode; the same in every chart of runs of one matrix.
pub fn style(engines: &[Engine], engine: &str, mode: &str) -> Style {
    let (dash, marker) = look_of_mode(engines, engine, mode);
    Style {
        colour: colour(engines, engine),
        dash,
        marker,
    }
}

fn colour(engines: &[Engine], engine: &str) -> RGBColor {
    let mut others = engines.iter().filter(|other| other.name() != NATIVE);
    others
        .position(|other| other.name() == engine)
        .map_or(NEUTRAL, |index| ENGINES[index % ENGINES.len()])
}

fn look_of_mode(engines: &[Engine], engine: &str, mode: &str) -> (Dash, Marker) {
    let modes = engines
        .iter()
        .find(|other| other.name() == engine)
        .map(|engine| &engine.modes);
    let mut others = modes.into_iter().flatten().filter(|mode| !mode.shipped);
    others
        .position(|other| other.name == mode)
        .map_or((Dash::Solid, Marker::Circle), |index| {
            OTHER_MODES[index % OTHER_MODES.len()]
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_keeps_its_colour_and_each_mode_looks_different() {
        let engines = crate::config::tests::study().engines;
        let cached = style(&engines, "wasmtime", "jit-cached");
        let aot = style(&engines, "wasmtime", "aot");
        assert_eq!((cached.dash, cached.marker), (Dash::Solid, Marker::Circle));
        assert_eq!((cached.colour, aot.colour), (ENGINES[0], ENGINES[0]));
        assert_ne!((cached.dash, cached.marker), (aot.dash, aot.marker));
        assert_ne!(aot.dash, style(&engines, "wasmtime", "jit").dash);
        assert_eq!(style(&engines, "native", "release").colour, NEUTRAL);
        assert_eq!(style(&engines, "wasmer", "jit").colour, ENGINES[1]);
    }
}
