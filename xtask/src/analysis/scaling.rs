//! How time and memory grow with the input.

use super::{Facts, engine_modes};
use crate::config::{Complexity, distinct};
use crate::data::Distribution;
use crate::stats::{self, Line};
use crate::summary::Row;

/// Sort phases shorter than this are as much clock as work, in seconds.
const LONG_ENOUGH_S: f64 = 20e-6;
/// A line through two points fits always, and says nothing.
const ENOUGH_POINTS: usize = 3;

/// The growth of a workload on one distribution under one engine and mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    pub workload: String,
    pub distribution: String,
    pub engine_mode: String,
    /// The machine, where there are several.
    pub machine: Option<String>,
    /// The exponent that the workload's complexity says, n log n counting as 1. Complexities are
    /// those of random input: sorted input can be easier.
    pub expected: Option<f64>,
    /// Through (ln bytes, ln seconds of the sort phase): its slope is the exponent.
    pub time: Option<Line>,
    /// Through (bytes, bytes of peak memory): its slope is the memory of a byte of input, its
    /// intercept the engine's base.
    pub memory: Option<Line>,
}

/// One for each workload that is no control, distribution, engine and mode with at least three
/// sizes to fit.
pub fn scalings(facts: &Facts) -> Vec<Scaling> {
    let rows: Vec<&Row> = facts.work().collect();
    let groups = distinct(rows.iter().map(|row| row.group()));
    groups
        .iter()
        .flat_map(|name| {
            let of_group = || rows.iter().copied().filter(|row| row.group() == *name);
            engine_modes(of_group())
                .into_iter()
                .filter_map(move |engine_mode| {
                    let own = of_group().filter(|row| row.cell.engine_mode() == engine_mode);
                    scaling(facts, &own.collect::<Vec<_>>())
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

fn scaling(facts: &Facts, rows: &[&Row]) -> Option<Scaling> {
    let first = rows.first()?;
    let cell = &first.cell;
    let complexity = facts.config().workload(&cell.workload)?.complexity;
    let time = rows.iter().filter_map(|row| {
        let sort_s = row
            .sort_median_s
            .filter(|sort_s| *sort_s >= LONG_ENOUGH_S)?;
        Some(((row.cell.size.bytes as f64).ln(), sort_s.ln()))
    });
    let memory = rows.iter().filter_map(|row| {
        let bytes = row.peak_rss_mean_bytes?;
        (bytes > row.memory_floor_bytes).then_some((row.cell.size.bytes as f64, bytes))
    });
    let fit = |points: Vec<(f64, f64)>| {
        (points.len() >= ENOUGH_POINTS)
            .then(|| stats::fit_line(&points))
            .flatten()
    };
    let (time, memory) = (fit(time.collect()), fit(memory.collect()));
    time.or(memory)?;
    Some(Scaling {
        workload: cell.workload.clone(),
        distribution: cell.distribution.to_string(),
        engine_mode: cell.engine_mode(),
        machine: first.machine.clone(),
        expected: (cell.distribution == Distribution::Random).then(|| exponent(complexity)),
        time,
        memory,
    })
}

fn exponent(complexity: Complexity) -> f64 {
    match complexity {
        Complexity::Constant => 0.0,
        Complexity::Linear | Complexity::Linearithmic => 1.0,
        Complexity::Quadratic => 2.0,
    }
}
