//! A figure against the input's size, a line for each engine and mode.

use super::Results;
use crate::document::Piece;
use crate::document::svg::{Against, Chart, Line, Lines, Plot};
use crate::model::{EngineMode, Grid, Metric, human_bytes, main_grids};

/// Latency and memory of each workload that has figures for two sizes.
pub fn pieces(results: &Results) -> Vec<Piece> {
    let grids = main_grids(results.ok());
    let chart = |grid, metric| chart(results, grid, metric);
    let of = |metric| grids.iter().filter_map(move |grid| chart(grid, metric));
    let charts = [Metric::Wall, Metric::Memory].into_iter().flat_map(of);
    let charts: Vec<Piece> = charts.map(Piece::Chart).collect();
    let line = format!("{} charts", charts.len());
    let folded = Piece::folded(line, charts).into_iter().collect();
    Piece::under("Latency and memory against size", folded)
}

fn chart(results: &Results, grid: &Grid, metric: Metric) -> Option<Chart> {
    let (figure, what) = match metric {
        Metric::Memory => ("peak memory", "mean peak resident set"),
        _ => ("latency", "median wall time of the whole process"),
    };
    let floor = metric.floor(grid.rows[0]);
    let line = |mode: &EngineMode| Line {
        name: mode.to_string(),
        style: results.style(mode),
        points: grid.points(mode, metric),
    };
    let mut lines: Vec<Line> = grid.modes.iter().map(line).collect();
    lines.retain(|line| !line.points.is_empty());
    let mut points = lines.iter().flat_map(|line| &line.points);
    let is_any_at_floor = points.any(|(_, value)| *value <= floor);
    let floor_text = match is_any_at_floor {
        true => format!("; floor: {}", human_bytes(floor)),
        false => String::new(),
    };
    let (place, input) = (grid.place(), grid.input());
    let lines = Lines {
        against: Against::Size,
        metric,
        floor: is_any_at_floor.then_some(floor),
        lines,
    };
    (lines.xs().len() >= 2).then(|| Chart {
        file: format!("{}-{}.svg", metric.short_name(), grid.file()),
        title: format!("{place}: {figure} by input size"),
        note: format!("{what}, {input}; both axes logarithmic{floor_text}"),
        plot: Plot::Lines(lines),
    })
}
