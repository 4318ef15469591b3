//! What starting costs as modules grow: latency, processor time and memory for each MB of code.

use super::Results;
use super::phases::EMPTY;
use crate::document::{Columns, Field, Piece, Table};
use crate::model::{Metric, Row, Size, distinct, grouped, human_bytes};
use crate::stats::{describe, fit_line, slope_error};

const MB: f64 = 1e6;

/// The starts of an engine and mode on one machine: bytes of code and the cell. An empty module has none.
type Starts<'r> = Vec<(u64, &'r Row)>;

pub fn pieces(results: &Results) -> Vec<Piece> {
    let all = starts(results);
    let seconds = |metric| {
        let none = Field::none;
        move |it: &&Starts| each_mb(it, metric).map_or_else(none, |s| Field::difference(s, ""))
    };
    let latency = table(&all, Metric::Wall)
        .column("each MB", seconds(Metric::Wall))
        .column("±", |it| Field::seconds(error_s(it)))
        .column("its CPU time", seconds(Metric::Cpu))
        .column("its compilation ahead", seconds(Metric::Compile));
    let memory = table(&all, Metric::Memory).column("each MB", |it| {
        Field::maybe(each_mb(it, Metric::Memory), human_bytes)
    });
    let mut pieces = Piece::part(
        Piece::heading("What a larger module costs"),
        "Starts of a module that does nothing, with so much code beside it that the engine reads, checks and, where the mode does so, compiles, \
         and that never runs. What each MB costs is the slope of the line of least squares through all sizes; ± is half the width of its 95 % \
         interval. Its CPU time is what it would take on one processor: where that is more than the latency, compiling in parallel hides the \
         rest. A mode that keeps nothing and still takes little compiles functions when they are first called, and hides what they would cost. A \
         mode that keeps or loads compiled code paid for it before, which the last column shows where it compiles ahead.",
        latency.table.titled("Latency"),
    );
    if !pieces.is_empty() {
        pieces.push(Piece::Table(memory.table.titled("Memory")));
    }
    pieces
}

/// Those with at least one module that has code.
fn starts<'r>(results: &Results<'r>) -> Vec<Starts<'r>> {
    let code = |row: &'r Row| {
        let workload = results.config().workload(&row.cell.workload)?;
        let empty = (workload.name == EMPTY).then_some(0);
        Some((workload.code.map(|code| code.bytes).or(empty)?, row))
    };
    let mut all = grouped(results.ok().filter_map(code), |(_, row), (_, other)| {
        row.cell.is_of(&other.cell.engine_mode()) && row.machine == other.machine
    });
    all.retain(|starts| starts.iter().any(|(bytes, _)| *bytes > 0));
    all
}

/// A row an engine and mode, a column a size.
fn table<'t, 'r>(all: &'t [Starts<'r>], metric: Metric) -> Columns<&'t Starts<'r>> {
    let mut sizes = distinct(all.iter().flatten().map(|(bytes, _)| *bytes));
    sizes.sort_unstable();
    let mut table = Table::of(all).column("engine:mode", |starts| {
        let (_, row) = starts[0];
        format!("{}{}", row.cell.engine_mode(), row.place())
    });
    for size in sizes {
        let name = match size {
            0 => EMPTY.to_owned(),
            bytes => Size { bytes }.to_string(),
        };
        table = table.column(name, |starts| {
            let own = starts.iter().find(|(bytes, _)| *bytes == size);
            own.map_or_else(Field::none, |(_, row)| {
                Field::of(metric, row).of_cell(&row.cell)
            })
        });
    }
    table
}

/// In the unit of the metric; none of fewer than two sizes.
fn each_mb(starts: &Starts, metric: Metric) -> Option<f64> {
    fit_line(&points(starts, |row| metric.of(row))).map(|line| line.slope)
}

/// Half the width of the latency's interval, from those of the medians.
fn error_s(starts: &Starts) -> Option<f64> {
    let half_widths = points(starts, |row| {
        let interval = describe(&Metric::Wall.values(row))?.ci95;
        Some((interval.high - interval.low) / 2.0)
    });
    slope_error(&half_widths)
}

/// MB and a figure of each.
fn points(starts: &Starts, figure: impl Fn(&Row) -> Option<f64>) -> Vec<(f64, f64)> {
    let point = |(bytes, row): &(u64, &Row)| Some((*bytes as f64 / MB, figure(row)?));
    starts.iter().filter_map(point).collect()
}
