//! Who can be compared at a load: means over other inputs are other means.

use super::{NATIVE, Results};
use crate::model::{EngineMode, Load, Metric, Row, engine_modes, inputs, of_mode};
use crate::stats;

/// Engines and modes with figures on the same inputs.
pub struct Contenders<'r> {
    pub modes: Vec<EngineMode>,
    /// The cells of each input that all of them have.
    pub inputs: Vec<Vec<&'r Row>>,
    /// Engines and modes that lack figures on some of these inputs.
    pub left_out: Vec<EngineMode>,
}

/// Those of a load by the figures that are asked for; none where nothing was measured. Inputs are
/// those that more than half of them were measured on, so one that goes further than the others
/// does not win by that alone. Native code is no runtime, and does not compete.
pub fn contenders<'r>(
    results: &Results<'r>,
    metrics: &[Metric],
    load: Load,
) -> Option<Contenders<'r>> {
    let mut rows: Vec<&Row> = results.work().collect();
    rows.retain(|row| row.cell.size.load() == load && row.cell.engine != NATIVE);
    let mut left_out = engine_modes(rows.iter().copied());
    rows.retain(|row| metrics.iter().all(|metric| metric.of(row).is_some()));
    let mut modes = engine_modes(rows.iter().copied());
    let mut inputs = inputs(rows);
    inputs.retain(|rows| 2 * rows.len() > modes.len());
    let has = |mode: &EngineMode, rows: &Vec<&Row>| rows.iter().any(|row| row.cell.is_of(mode));
    let inputs_of = |mode: &EngineMode| inputs.iter().filter(|rows| has(mode, rows)).count();
    let most = modes.iter().map(inputs_of).max()?;
    modes.retain(|mode| inputs_of(mode) == most);
    left_out.retain(|mode| !modes.contains(mode));
    // Where none has them all, those with the most may still have different ones.
    inputs.retain(|rows| modes.iter().all(|mode| has(mode, rows)));
    (!inputs.is_empty()).then_some(Contenders {
        modes,
        inputs,
        left_out,
    })
}

/// Geometric mean over the cells of an engine and mode, as far as the figure can be seen.
pub fn mean(rows: &[&Row], mode: &EngineMode, metric: Metric) -> Option<f64> {
    let figures = of_mode(rows, mode).into_iter();
    let figures: Vec<f64> = figures.filter_map(|row| metric.seen(row)).collect();
    stats::geometric_mean(&figures)
}
