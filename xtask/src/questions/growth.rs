//! How time and memory grow with the input.

use super::Results;
use crate::config::Complexity;
use crate::data::Distribution;
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Grid, Metric, Row, grids, human_bytes, of_mode};
use crate::stats::{self, Line};

/// Sort phases shorter than this are as much clock as work, in seconds.
const LONG_ENOUGH_S: f64 = 20e-6;
/// A line through two points fits always, and says nothing.
const ENOUGH_POINTS: usize = 3;

/// The growth of a workload on one distribution under one engine and mode.
pub struct Growth {
    /// `merge, random`
    workload: String,
    pub mode: EngineMode,
    /// The exponent that the workload's complexity says, n log n counting as 1. Complexities are
    /// those of random input: sorted input can be easier.
    pub expected: Option<f64>,
    /// Through (ln bytes, ln seconds of the sort phase): its slope is the exponent.
    pub time: Option<Line>,
    /// Through (bytes, bytes of peak memory): its slope is the memory of a byte of input, its
    /// intercept the engine's base.
    pub memory: Option<Line>,
}

/// One for each workload that is no baseline, distribution, engine and mode with at least three
/// sizes to fit.
pub fn growths(results: &Results) -> Vec<Growth> {
    let of_grid = |grid: Grid| {
        let growth = |mode: &EngineMode| growth(results, &grid, mode);
        grid.modes.iter().filter_map(growth).collect::<Vec<_>>()
    };
    let grids = grids(results.work()).into_iter();
    grids.flat_map(of_grid).collect()
}

fn growth(results: &Results, grid: &Grid, mode: &EngineMode) -> Option<Growth> {
    let complexity = results.config().workload(grid.workload())?.complexity();
    let rows = of_mode(&grid.rows, mode);
    let fit = |point: fn(&Row, f64) -> Option<(f64, f64)>| {
        let points = rows.iter();
        let points = points.filter_map(|row| point(row, row.cell.size.bytes as f64));
        let points: Vec<(f64, f64)> = points.collect();
        stats::fit_line(&points).filter(|_| points.len() >= ENOUGH_POINTS)
    };
    let time = fit(|row, bytes| {
        let sort_s = Metric::Sort.of(row)?;
        (sort_s >= LONG_ENOUGH_S).then(|| (bytes.ln(), sort_s.ln()))
    });
    let memory = fit(|row, bytes| {
        let memory = Metric::Memory.of(row)?;
        (memory > row.memory_floor_bytes).then_some((bytes, memory))
    });
    time.or(memory)?;
    Some(Growth {
        workload: grid.title(),
        mode: mode.clone(),
        expected: (grid.distribution() == Distribution::Random).then_some(match complexity {
            Complexity::Constant => 0.0,
            Complexity::Linear | Complexity::Linearithmic => 1.0,
            Complexity::Quadratic => 2.0,
        }),
        time,
        memory,
    })
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let table = Table::of(growths(results))
        .column("workload", |it| it.workload.clone())
        .column("engine:mode", |it| it.mode.clone())
        .column("exponent", |it| figure(it.time, 2, |line| line.slope))
        .column("expected", |it| Field::rounded(it.expected, 0))
        .column("R²", |it| figure(it.time, 4, |line| line.r_squared))
        .column("memory per byte", |it| {
            figure(it.memory, 2, |line| line.slope)
        })
        .column("base", |it| {
            let base = it.memory.map(|line| line.intercept);
            Field::maybe(base, |base| human_bytes(base.max(0.0)))
        })
        .column("R² of memory", |it| {
            figure(it.memory, 4, |line| line.r_squared)
        })
        .table;
    Piece::part(
        Piece::heading("How it grows"),
        "The exponent is fitted to the sort phase over sizes (n log n counts as 1), for at least three sizes; what is expected is known of random input only. Memory is bytes of peak \
         resident set for each byte of input, above the base that the engine needs anyway; sizes below the floor are left out.",
        table,
    )
}

fn figure(line: Option<Line>, digits: usize, of: fn(Line) -> f64) -> Field {
    Field::rounded(line.map(of), digits)
}
