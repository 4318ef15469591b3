//! How an engine and mode looks in every chart: the engine is a colour, the mode a dash and a marker.

use super::{NATIVE, Results};
use crate::document::svg::{CIRCLE, NEUTRAL, SERIES, SOLID, Style, VARIANTS};
use crate::model::EngineMode;

impl Results<'_> {
    /// The look of an engine's mode; the same in every chart of runs of one matrix. Colours go by the
    /// order of the engines and variants by that of the modes that are not shipped, so that those that
    /// were there first keep theirs.
    pub fn style(&self, wanted: &EngineMode) -> Style {
        let engines = &self.config().engines;
        let mut runtimes = engines.iter().filter(|engine| engine.name != NATIVE);
        let colour = runtimes
            .position(|engine| engine.name == wanted.engine)
            .map_or(NEUTRAL, |index| SERIES[index % SERIES.len()]);
        let own = engines.iter().filter(|it| it.name == wanted.engine);
        let mut variants = own
            .flat_map(|engine| &engine.modes)
            .filter(|mode| !mode.shipped);
        let (dash, marker) = variants
            .position(|mode| mode.name == wanted.mode)
            .map_or((SOLID, CIRCLE), |index| VARIANTS[index % VARIANTS.len()]);
        Style {
            colour,
            dash,
            marker,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::questions::tests::run;

    #[test]
    fn an_engine_keeps_its_colour_and_each_mode_looks_different() {
        let run = run();
        let results = Results::new(&run, &[]);
        let style = |name: &str| {
            let (engine, mode) = name.split_once(':').unwrap();
            results.style(&EngineMode::new(engine, mode))
        };
        let (cached, aot) = (style("wasmtime:jit-cached"), style("wasmtime:aot"));
        assert_eq!((cached.dash, cached.marker), (SOLID, CIRCLE));
        assert_eq!((cached.colour, aot.colour), (SERIES[0], SERIES[0]));
        assert_ne!((cached.dash, cached.marker), (aot.dash, aot.marker));
        assert_ne!(aot.dash, style("wasmtime:jit").dash);
        assert_eq!(style("native:release").colour, NEUTRAL);
        assert_eq!(style("wasmer:jit").colour, SERIES[1]);
    }
}
