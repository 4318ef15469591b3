//! What each engine and mode costs against native code, at each load.

use super::comparison::{Comparison, compare, decide_together};
use super::{NATIVE, Results};
use crate::document::svg::{Chart, Plot, Ratio, is_sound};
use crate::document::{Field, Piece, Table};
use crate::model::{Load, Metric, Row, distinct, engine_modes, of_mode};

/// An engine and mode against native code, over the inputs of a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Overhead {
    pub load: Load,
    pub comparison: Comparison,
}

/// One for each load, engine and mode but native code as it ships, in the order of the rows; of
/// inputs for which native code needs more than can be told from nothing. They are decided together.
pub fn overheads(results: &Results, metric: Metric) -> Vec<Overhead> {
    let work: Vec<&Row> = results.work().collect();
    let visible = |native: &&Row| metric.of(native) > Some(metric.floor(native));
    let overhead = |(load, mode)| {
        let own = of_mode(&work, &mode).into_iter();
        let own = own.filter(|row| row.cell.size.load() == load && !results.is_native(row));
        let pair = |row| Some((row, results.native(&work, row).filter(visible)?));
        let comparison = compare(&own.filter_map(pair).collect::<Vec<_>>(), metric)?;
        Some(Overhead { load, comparison })
    };
    let modes = engine_modes(work.iter().copied());
    let of_load = |load| modes.iter().cloned().map(move |mode| (load, mode));
    let all = Load::ALL.into_iter().flat_map(of_load);
    let mut overheads: Vec<Overhead> = all.filter_map(overhead).collect();
    decide_together(overheads.iter_mut().map(|it| &mut it.comparison));
    results
        .ledger
        .record(overheads.iter().map(|it| &it.comparison));
    overheads
}

impl<'r> Results<'r> {
    /// Is it a cell of native code as it ships, the yardstick?
    pub fn is_native(&self, row: &Row) -> bool {
        let native = self.shipped(NATIVE);
        native.is_some_and(|native| row.cell.is_of(&native))
    }

    /// The yardstick's cell with the same input.
    pub fn native(&self, rows: &[&'r Row], row: &Row) -> Option<&'r Row> {
        let mut natives = rows.iter().filter(|other| other.same_input(row));
        natives.find(|other| self.is_native(other)).copied()
    }
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let both = [Metric::Wall, Metric::Memory].map(|metric| (metric, overheads(results, metric)));
    let both = || both.iter().filter(|(_, overheads)| !overheads.is_empty());
    let tables = both().map(|(metric, it)| Piece::Table(table(*metric, it)));
    let mut pieces: Vec<Piece> = tables.collect();
    if !pieces.is_empty() {
        pieces.insert(0, Piece::paragraph(
            "Geometric means of the ratios to native code as it ships, over the inputs of a load, with 95 % intervals. \
             Memory counts only where native needs more than the floor.",
        ));
    }
    let charts = both().flat_map(|(metric, it)| {
        let chart = |load| chart(results, *metric, load, it);
        Load::ALL.into_iter().filter_map(chart)
    });
    let charts = charts.map(Piece::Chart).collect();
    pieces.extend(Piece::folded("The same as charts", charts));
    Piece::under("Against native code", pieces)
}

/// A row an engine and mode, a column a load.
fn table(metric: Metric, overheads: &[Overhead]) -> Table {
    let modes = distinct(overheads.iter().map(|it| it.comparison.a.clone()));
    let mut table = Table::of(modes).column("engine:mode", Clone::clone);
    for load in distinct(overheads.iter().map(|it| it.load)) {
        let most = most_inputs(overheads, load);
        table = table.column(format!("{load} loads"), |mode| {
            let mut own = overheads.iter().filter(|it| it.load == load);
            let own = own.find(|it| it.comparison.a == *mode);
            own.map_or_else(Field::none, |it| {
                Field::figure(text(&it.comparison, most), it.comparison.ratio)
            })
        });
    }
    table.table.titled(metric.name())
}

fn most_inputs(overheads: &[Overhead], load: Load) -> usize {
    let own = overheads.iter().filter(|it| it.load == load);
    let inputs = own.map(|it| it.comparison.inputs.len());
    inputs.max().unwrap_or(0)
}

/// A mean over other inputs is another mean.
fn text(comparison: &Comparison, most: usize) -> String {
    match comparison.inputs.len() {
        inputs if inputs < most => format!("{}, {}", comparison.text(), comparison.over()),
        _ => comparison.text(),
    }
}

/// None where nothing can be drawn.
fn chart(results: &Results, metric: Metric, load: Load, all: &[Overhead]) -> Option<Chart> {
    let is_drawable = |it: &&Comparison| {
        let figures = [it.ratio, it.ends().low, it.ends().high];
        figures.iter().all(is_sound)
    };
    let own = all.iter().filter(|it| it.load == load);
    let mut means: Vec<&Comparison> = own.map(|it| &it.comparison).filter(is_drawable).collect();
    means.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let most = most_inputs(all, load);
    let row = |mean: &&Comparison| Ratio {
        name: mean.a.to_string(),
        style: results.style(&mean.a),
        ratio: mean.ratio,
        low: mean.ends().low,
        high: mean.ends().high,
        text: text(mean, most),
    };
    let (name, short) = (metric.name(), metric.short_name());
    (!means.is_empty()).then(|| Chart {
        file: format!("overhead-{short}-{load}.svg"),
        title: format!("{name} against native code at {load} loads"),
        note: format!(
            "{name} ÷ that of native code: geometric mean over inputs [95 % interval], logarithmic"
        ),
        plot: Plot::Ratios(means.iter().map(row).collect()),
    })
}
