//! Which cells are hopeless, judging by smaller ones: pure.

use std::collections::HashMap;

use crate::config::Complexity;
use crate::model::{Cell, Outcome, Sample, human_seconds};
use crate::plan::Plan;

/// Seconds of a phase below which a pilot says too little about larger inputs:
/// fixed costs would be multiplied as if they grew.
const ENOUGH_WORK_S: f64 = 0.01;

/// A prediction rests on one sample, which may have been disturbed: only what is predicted to take
/// longer than this times the timeout is not tried.
const DOUBT: f64 = 2.0;

/// Why a cell is not worth trying, judging by the good pilots, by cell, of the same workload, distribution,
/// engine and mode at smaller sizes; none if it is.
///
/// The last measured size's sort phase grows with the workload's complexity, its reading and
/// writing with the size, and its start-up not. A program that says nothing of its phases is
/// taken to start in the time of its smallest input, and all the rest to grow like sorting.
pub fn infeasible(
    plan: &Plan,
    pilots: &HashMap<String, Sample>,
    cell: &Cell,
    complexity: Complexity,
) -> Option<String> {
    let smaller = || {
        plan.cells.iter().filter(|planned| {
            let mut other = planned.cell.clone();
            let is_smaller = other.size < cell.size;
            other.size = cell.size;
            is_smaller && other == *cell
        })
    };
    let last = smaller().max_by_key(|planned| planned.cell.size)?;
    let size = last.cell.size;
    match last.outcome {
        Some(Outcome::Timeout) => return Some(format!("{size} reached the timeout already")),
        Some(Outcome::Infeasible) => return Some(format!("{size} is infeasible already")),
        _ => {}
    }
    let pilot = pilots.get(&last.name)?;
    let wall_s = pilot.wall_s?;
    let (startup_s, io_s, sort_s) = match (pilot.startup_s(), pilot.sort_s) {
        (Some(startup_s), Some(sort_s)) => (startup_s, wall_s - startup_s - sort_s, sort_s),
        _ => {
            let first = smaller().min_by_key(|planned| planned.cell.size)?;
            let startup_s = pilots.get(&first.name).and_then(|pilot| pilot.wall_s);
            let startup_s = startup_s.unwrap_or(wall_s);
            (startup_s, 0.0, wall_s - startup_s)
        }
    };
    let growth =
        |complexity: Complexity| complexity.cost(cell.size.bytes) / complexity.cost(size.bytes);
    let factor = growth(complexity);
    let grown = |phase_s: f64, factor: f64| match phase_s {
        ENOUGH_WORK_S.. => phase_s * factor,
        _ => phase_s,
    };
    let io_factor = factor.min(growth(Complexity::Linear));
    let predicted_s = startup_s + grown(io_s, io_factor) + grown(sort_s, factor);
    (predicted_s > DOUBT * plan.timeout_s).then(|| {
        format!(
            "predicted {}, more than twice the timeout of {}: {size} took {}, and {complexity} makes that {factor:.0} times as much",
            human_seconds(predicted_s),
            human_seconds(plan.timeout_s),
            human_seconds(wall_s),
        )
    })
}

#[cfg(test)]
mod tests;
