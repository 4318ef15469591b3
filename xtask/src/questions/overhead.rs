//! What each engine and mode costs against native code, over all inputs.

use super::comparison::{Comparison, compare, decide_together};
use super::{NATIVE, Results};
use crate::document::svg::{Chart, Plot, Ratio, is_sound};
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Metric, Row, engine_modes, of_mode};

const METRICS: [Metric; 2] = [Metric::Wall, Metric::Memory];

/// An engine and mode against native code.
#[derive(Clone, Debug, PartialEq)]
pub struct Overhead {
    pub mode: EngineMode,
    /// Of wall time and of peak memory, over the inputs for which native needs more than can be told
    /// from nothing.
    pub comparisons: [Option<Comparison>; 2],
}

/// One for each engine and mode of these rows but native, in their order; all are measured.
pub fn of_rows<'r>(measured: &[&'r Row]) -> Vec<Overhead> {
    let others = measured.iter().filter(|row| row.cell.engine != NATIVE);
    let overhead = |mode: EngineMode| {
        let pair = |row: &'r Row| Some((row, native(measured, row)?));
        let own = of_mode(measured, &mode).into_iter();
        let pairs: Vec<(&Row, &Row)> = own.filter_map(pair).collect();
        let comparisons = METRICS.map(|metric| {
            let mut seen = pairs.clone();
            seen.retain(|(_, native)| metric.of(native) > Some(metric.floor(native)));
            compare(&seen, metric)
        });
        Overhead { mode, comparisons }
    };
    let modes = engine_modes(others.copied()).into_iter();
    let mut overheads: Vec<Overhead> = modes.map(overhead).collect();
    for metric in [0, 1] {
        let table = overheads.iter_mut();
        decide_together(table.filter_map(|it| it.comparisons[metric].as_mut()));
    }
    overheads
}

/// The native cell with the same input.
pub fn native<'r>(rows: &[&'r Row], row: &Row) -> Option<&'r Row> {
    let mut natives = rows.iter().filter(|other| other.cell.engine == NATIVE);
    natives.find(|other| other.same_input(row)).copied()
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let overheads = of_rows(&results.work().collect::<Vec<_>>());
    if overheads.iter().all(|it| it.comparisons[0].is_none()) {
        return Vec::new();
    }
    let comparisons = overheads.iter().flat_map(|it| &it.comparisons);
    results.ledger.record(comparisons.flatten());
    let mut table = Table::of(&overheads).column("engine:mode", |it| &it.mode);
    for (index, metric) in METRICS.into_iter().enumerate() {
        let ratio = |it: &Comparison| Field::figure(it.text(), it.ratio);
        table = table
            .column(metric.name(), |it| {
                let comparison = it.comparisons[index].as_ref();
                comparison.map_or_else(Field::none, ratio)
            })
            .column("inputs", |it| {
                let comparison = it.comparisons[index].as_ref();
                Field::count(comparison.map_or(0, |it| it.inputs.len()))
            });
    }
    let mut pieces = vec![
        Piece::heading("Against native code"),
        Piece::paragraph(
            "Geometric means of the ratios to native code on the same input, with 95 % intervals. Small inputs, where starting is all, \
             count as much as large ones; memory counts only where native needs more than the floor.",
        ),
        Piece::Table(table.table),
    ];
    let charts = [0, 1].map(|metric| chart(results, &overheads, metric));
    pieces.extend(charts.into_iter().flatten().map(Piece::Chart));
    pieces
}

/// Of the metric with that index; none where native code was not measured.
fn chart(results: &Results, overheads: &[Overhead], metric: usize) -> Option<Chart> {
    let is_drawable = |it: &&Comparison| {
        let figures = [it.ratio, it.ends().low, it.ends().high];
        figures.iter().all(is_sound)
    };
    let means = overheads
        .iter()
        .filter_map(|it| it.comparisons[metric].as_ref());
    let mut means: Vec<&Comparison> = means.filter(is_drawable).collect();
    means.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let most = means.iter().map(|mean| mean.inputs.len()).max()?;
    let row = |mean: &&Comparison| Ratio {
        name: mean.a.to_string(),
        style: results.style(&mean.a),
        ratio: mean.ratio,
        low: mean.ends().low,
        high: mean.ends().high,
        text: match mean.inputs.len() {
            // A mean over other inputs is another mean.
            inputs if inputs < most => format!("{}, {}", mean.text(), mean.over()),
            _ => mean.text(),
        },
    };
    let (file, title) = match METRICS[metric] {
        Metric::Memory => ("overhead-memory.svg", "Peak memory against native code"),
        _ => ("overhead-wall.svg", "Latency against native code"),
    };
    let name = METRICS[metric].name();
    Some(Chart {
        file: file.to_owned(),
        title: title.to_owned(),
        note: format!(
            "{name} ÷ that of native code: geometric mean over inputs [95 % interval], logarithmic"
        ),
        plot: Plot::Ratios(means.iter().map(row).collect()),
    })
}
