//! How an engine and mode looks in every chart: the engine is a colour, the mode a dash and a marker.

use crate::chart::draw::look::{CIRCLE, NEUTRAL, SERIES, SOLID, Style, VARIANTS};
use crate::config::Engine;
use crate::questions::NATIVE;

/// The look of an engine's mode, `wasmtime:aot`; the same in every chart of runs of one matrix.
/// Colours go by the order of the engines and variants by that of the modes that are not shipped,
/// so that those that were there first keep theirs.
pub fn style(engines: &[Engine], engine_mode: &str) -> Style {
    let (name, mode) = engine_mode.split_once(':').unwrap_or((engine_mode, ""));
    let of_name = |engine: &&Engine| engine.name() == name;
    let modes = engines
        .iter()
        .filter(of_name)
        .flat_map(|engine| &engine.modes);
    let (dash, marker) = modes
        .filter(|mode| !mode.shipped)
        .position(|other| other.name == mode)
        .map_or((SOLID, CIRCLE), |index| VARIANTS[index % VARIANTS.len()]);
    let colour = engines
        .iter()
        .filter(|engine| engine.name() != NATIVE)
        .position(|engine| engine.name() == name)
        .map_or(NEUTRAL, |index| SERIES[index % SERIES.len()]);
    Style {
        colour,
        dash,
        marker,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_keeps_its_colour_and_each_mode_looks_different() {
        let engines = crate::config::tests::study().engines;
        let cached = style(&engines, "wasmtime:jit-cached");
        let aot = style(&engines, "wasmtime:aot");
        assert_eq!((cached.dash, cached.marker), (SOLID, CIRCLE));
        assert_eq!((cached.colour, aot.colour), (SERIES[0], SERIES[0]));
        assert_ne!((cached.dash, cached.marker), (aot.dash, aot.marker));
        assert_ne!(aot.dash, style(&engines, "wasmtime:jit").dash);
        assert_eq!(style(&engines, "native:release").colour, NEUTRAL);
        assert_eq!(style(&engines, "wasmer:jit").colour, SERIES[1]);
    }
}
