//! A figure against the input's size, a line for each engine and mode.

use super::Results;
use crate::document::Piece;
use crate::document::svg::{Chart, Line, Lines, Plot};
use crate::model::{EngineMode, Grid, Metric, Size, human_bytes, main_grids};

/// Latency and memory of each workload that has figures for two sizes.
pub fn pieces(results: &Results) -> Vec<Piece> {
    let grids = main_grids(results.ok());
    let chart = |grid, metric| chart(results, grid, metric);
    let of = |metric| grids.iter().filter_map(move |grid| chart(grid, metric));
    let charts = [Metric::Wall, Metric::Memory].into_iter().flat_map(of);
    let charts: Vec<Piece> = charts.map(Piece::Chart).collect();
    match charts.is_empty() {
        true => charts,
        false => [
            vec![Piece::heading("Latency and memory against size")],
            charts,
        ]
        .concat(),
    }
}

fn chart(results: &Results, grid: &Grid, metric: Metric) -> Option<Chart> {
    let (figure, name, note) = match metric {
        Metric::Memory => ("peak memory", "mean peak memory", "mean peak resident set"),
        _ => (
            "latency",
            "median wall time",
            "median wall time of the whole process",
        ),
    };
    let floor = metric.floor(grid.rows[0]);
    let line = |mode: &EngineMode| Line {
        name: mode.to_string(),
        style: results.style(mode),
        points: grid.points(mode, metric),
    };
    let lines = grid.modes.iter().map(line);
    let lines: Vec<Line> = lines.filter(|line| !line.points.is_empty()).collect();
    let points = lines.iter().flat_map(|line| &line.points);
    let mut sizes = grid.sizes.clone();
    sizes.retain(|size| points.clone().any(|(x, _)| x == size));
    let [smallest, .., largest] = sizes[..] else {
        return None;
    };
    let is_any_at_floor = points.clone().any(|(_, value)| *value <= floor);
    let floor_text = match is_any_at_floor {
        true => format!("; floor: {}", human_bytes(floor)),
        false => String::new(),
    };
    let (place, input) = (grid.place(), grid.input());
    Some(Chart {
        file: format!("{}-{}.svg", metric.short_name(), grid.file()),
        title: format!("{place}: {figure} by input size"),
        note: format!("{}, {input}; both axes logarithmic{floor_text}", note),
        alt: format!(
            "Line chart of the {name} of {place} with {input}, from {smallest} to {largest}, for {} engines and modes. At {largest}: {}.",
            lines.len(),
            extremes(&lines, largest, |value| metric.text(value, floor))
        ),
        plot: Plot::Lines(Lines {
            sizes,
            unit: metric.unit(),
            floor: is_any_at_floor.then_some(floor),
            lines,
        }),
    })
}

/// What a look at the right end tells.
fn extremes(lines: &[Line], largest: Size, text: impl Fn(f64) -> String) -> String {
    let end = |line: &Line| {
        let (size, value) = *line.points.last()?;
        (size == largest).then(|| (value, line.name.clone()))
    };
    let mut ends: Vec<(f64, String)> = lines.iter().filter_map(end).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    match &ends[..] {
        [] => String::new(),
        [(only, name)] => format!("{name} {}", text(*only)),
        [(low, lowest), .., (high, highest)] => {
            let (low, high) = (text(*low), text(*high));
            format!("from {low} ({lowest}) to {high} ({highest})")
        }
    }
}
