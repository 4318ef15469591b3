//! The charts of a run: `what` chooses what is compared, from rows to values; `draw` turns such
//! a value into SVG and knows nothing of runs. Pure.

mod draw;
mod what;

pub use draw::Chart;

use crate::questions::Results;

/// All charts that the run has figures for: overhead over all inputs first, then a workload
/// after the other, machines apart.
///
/// # Errors
/// None: whatever figures a run has can be drawn.
pub fn charts(results: &Results) -> anyhow::Result<Vec<Chart>> {
    let drawings = what::drawings(&results.config().engines, results.rows, &results.overheads);
    Ok(drawings.iter().map(draw::Drawing::chart).collect())
}
