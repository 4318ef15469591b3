//! Where the time goes: phases, and what starting is made of.

use super::{Results, cells};
use crate::document::svg::{Bar, Chart, Plot};
use crate::document::{Field, Piece, Table};
use crate::model::{Grid, Metric, Row, engine_modes, grids, human_seconds, main_grids, of_mode};

/// A guest that does nothing, and a module or script with nothing in it.
const NOOP: &str = "noop";
pub const EMPTY: &str = "empty";

pub fn pieces(results: &Results) -> Vec<Piece> {
    let is_phased = |row: &&Row| {
        ![NOOP, EMPTY].contains(&row.cell.workload.as_str())
            && Metric::phases(row).is_some()
            && Metric::Wall.drawn(row).is_some()
    };
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
        let grids = grids(phased.iter().copied());
        let tables = grids.iter().flat_map(Grid::largest);
        let tables = tables.map(|part| table(&part)).collect();
        pieces.extend(Piece::folded("The same as tables", tables));
    }
    pieces.extend(Piece::part(
        Piece::subheading("What starting is made of"),
        "Of the four stages that the study describes (initialise, load, validate, execute) this is what can be seen from outside: \
         an empty module, or script, starts the process and all that the engine is made of; a guest that does nothing is a program like \
         others, with its language's library, that the engine also reads, validates, compiles and instantiates. The rest is what that costs beyond nothing.",
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

/// The measured cells of a workload.
fn of_workload<'r>(results: &Results<'r>, workload: &str) -> Vec<&'r Row> {
    let own = |row: &&Row| row.cell.workload == workload;
    results.ok().filter(own).collect()
}

/// A row for each engine and mode that ran a guest that does nothing.
fn starts(results: &Results) -> Table {
    let [empties, noops] = [EMPTY, NOOP].map(|workload| of_workload(results, workload));
    let modes = engine_modes(noops.iter().copied()).into_iter();
    let pairs = modes.filter_map(|mode| {
        let empty = of_mode(&empties, &mode).first().copied();
        Some((empty, *of_mode(&noops, &mode).first()?))
    });
    let rest_s = |(empty, noop): &(Option<&Row>, &Row)| {
        let rest_s = Metric::Wall.of(noop)? - Metric::Wall.of((*empty)?)?;
        Some(rest_s).filter(|it| *it > 0.0)
    };
    Table::of(pairs)
        .column("engine:mode", |(_, noop)| noop.cell.engine_mode())
        .column("an empty module or script", |(empty, _)| {
            empty.map_or_else(Field::none, |row| Field::of(Metric::Wall, row))
        })
        .column("the rest", |pair| Field::seconds(rest_s(pair)))
        .column("a guest that does nothing", |(_, noop)| {
            Field::of(Metric::Wall, noop)
        })
        .table
}
