//! The charts of a run: `what` chooses what is compared, from rows to values; `draw` turns such
//! a value into SVG and knows nothing of runs. Pure.

mod draw;
mod what;

pub use draw::Chart;

use crate::analysis::Facts;

/// All charts that the run has figures for: overhead over all inputs first, then a workload
/// after the other, machines apart.
///
/// # Errors
/// None: whatever figures a run has can be drawn.
pub fn charts(facts: &Facts) -> anyhow::Result<Vec<Chart>> {
    let drawings = what::drawings(&facts.config().engines, facts.rows, &facts.overheads);
    Ok(drawings.iter().map(draw::Drawing::chart).collect())
}
