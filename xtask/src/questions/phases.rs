//! Where the time goes: phases, and what starting is made of.

use super::{Results, cells};
use crate::config::Output;
use crate::document::svg::{Bar, Chart, Plot};
use crate::document::{Field, Piece, Table};
use crate::model::{
    Grid, Kind, Load, Metric, Outcome, Row, engine_modes, grids, human_seconds, main_grids,
    of_mode, start_name,
};
use crate::stats;

pub fn pieces(results: &Results) -> Vec<Piece> {
    let is_phased = |row: &&Row| Metric::phases(row).is_some() && Metric::Wall.drawn(row).is_some();
    let phased: Vec<&Row> = results.ok().filter(is_phased).collect();
    let mut pieces = Vec::new();
    if !phased.is_empty() {
        pieces.push(Piece::paragraph(
            "Start-up is what the guest did not account for: process, loading, compiling, instantiating, and the end of the process. \
             Reading, sorting and writing are the guest's own clock. Medians, for the largest size of each load.",
        ));
        for grid in &main_grids(phased.iter().copied()) {
            pieces.extend(grid.largest().map(|part| chart(&part)));
        }
        let work = phased.iter().filter(|row| row.cell.workload != "noop");
        for grid in &grids(work.copied()) {
            pieces.extend(grid.largest().map(|part| table(&part)));
        }
    }
    pieces.extend(Piece::part(
        Piece::subheading("What starting is made of"),
        "Of the four stages that the study describes (initialise, load, validate, execute) this is what can be seen from outside: \
         the engine's version command starts its process and ends; a guest that does nothing also loads, validates, compiles and \
         instantiates the module, and ends. The rest is what that costs beyond the version command.",
        starts(results),
    ));
    Piece::under("Where the time goes", pieces)
}

/// The fastest first.
fn chart(grid: &Grid) -> Piece {
    let size = grid.sizes[0];
    let mut rows = grid.rows.clone();
    // By the median wall time; the phases' medians add up to about that.
    let wall_s = |row: &Row| Metric::Wall.of(row).unwrap_or_default();
    rows.sort_by(|a, b| wall_s(a).total_cmp(&wall_s(b)));
    let bar = |row: &Row| {
        Some(Bar {
            name: row.cell.engine_mode().to_string(),
            parts: Metric::phases(row)?,
            text: human_seconds(wall_s(row)),
        })
    };
    let (place, input) = (grid.place(), grid.input());
    Piece::Chart(Chart {
        file: format!("phases-{}-{size}.svg", grid.file()),
        title: format!("{place}: where the time goes at {size}"),
        note: format!("shares of the medians of the phases, {input}; at the end: median wall time"),
        plot: Plot::Bars(rows.into_iter().filter_map(bar).collect()),
    })
}

fn table(grid: &Grid) -> Piece {
    let metrics = [Metric::PHASES.as_slice(), &[Metric::Wall]].concat();
    let table = cells::table(grid, &metrics, |metric, _| metric.name().to_owned());
    Piece::Table(table.titled(format!("{}: {}", grid.title(), grid.sizes[0])))
}

/// What tells how fast engines and modes start: the wall time of the guest that does nothing, or
/// where that was not measured, the start-up at light loads. At high loads what the guest does not
/// account for is the end of its process more than the start.
pub fn starting<'r>(results: &Results<'r>) -> (Metric, Vec<&'r Row>) {
    let noops: Vec<&Row> = noops(results).collect();
    if !noops.is_empty() {
        return (Metric::Wall, noops);
    }
    let light = results
        .work()
        .filter(|row| row.cell.size.load() == Load::Light);
    (Metric::Start, light.collect())
}

fn noops<'r>(results: &Results<'r>) -> impl Iterator<Item = &'r Row> {
    results
        .ok()
        .filter(|row| results.does(row, Output::Nothing))
}

/// A row for each engine and mode that ran the guest that does nothing.
fn starts(results: &Results) -> Table {
    let noops: Vec<&Row> = noops(results).collect();
    let modes = engine_modes(noops.iter().copied()).into_iter();
    let rows = modes.filter_map(|mode| of_mode(&noops, &mode).first().copied());
    let process_s = |row: &Row| process_s(results, &row.cell.engine);
    // The version command of some does more than start and end.
    let rest_s = |row: &Row| Some(Metric::Wall.of(row)? - process_s(row)?).filter(|it| *it > 0.0);
    Table::of(rows)
        .column("engine:mode", |row| row.cell.engine_mode())
        .column("process start", |row| Field::seconds(process_s(row)))
        .column("the rest", |row| Field::seconds(rest_s(row)))
        .column("a guest that does nothing", |row| {
            Field::of(Metric::Wall, row)
        })
        .table
}

/// Median wall time of the engine's version command; none for native guests, and none in a run of
/// several machines, whose samples do not say where they were taken.
fn process_s(results: &Results, engine: &str) -> Option<f64> {
    if results.run.several_machines() {
        return None;
    }
    let name = start_name(engine);
    let samples = results.run.samples.iter().filter(|sample| {
        matches!(sample.kind, Kind::Start | Kind::Twin)
            && sample.outcome == Outcome::Ok
            && sample.cell == name
    });
    let times_s: Vec<f64> = samples.filter_map(|sample| sample.wall_s).collect();
    stats::median(&times_s)
}
