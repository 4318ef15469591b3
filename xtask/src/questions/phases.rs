//! Where the time goes: phases, and what starting is made of.

use super::Results;
use crate::config::Output;
use crate::document::svg::{Bar, Bars, Chart, PARTS, Plot};
use crate::document::{Field, Piece, Table};
use crate::model::{
    EngineMode, Grid, Kind, Metric, Outcome, Row, Size, engine_modes, grids, human_seconds,
    main_grids, of_mode, start_name,
};
use crate::stats;

pub fn pieces(results: &Results) -> Vec<Piece> {
    let phased = results.ok().filter(|row| Metric::Sort.of(row).is_some());
    let phased: Vec<&Row> = phased.collect();
    let starts = starts(results);
    let mut pieces = Vec::new();
    if !phased.is_empty() {
        pieces.push(Piece::paragraph(
            "Start-up is what the guest did not account for: process, loading, compiling, instantiating, and the end of the process. \
             Reading, sorting and writing are the guest's own clock. Medians, for the largest size of each load.",
        ));
        pieces.extend(charts(&phased).into_iter().map(Piece::Chart));
        let work = phased.iter().filter(|row| row.cell.workload != "noop");
        for grid in &grids(work.copied()) {
            pieces.extend(grid.largest().map(|(size, rows)| table(grid, size, &rows)));
        }
    }
    if !starts.is_empty() {
        pieces.push(Piece::Subheading("What starting is made of".to_owned()));
        pieces.push(Piece::paragraph(
            "Of the four stages that the study describes (initialise, load, validate, execute) this is what can be seen from outside: \
             the engine's version command starts its process and ends; a guest that does nothing also loads, validates, compiles and \
             instantiates the module, and ends. The rest is what that costs beyond the version command.",
        ));
        let header = [
            "engine:mode",
            "process start",
            "the rest",
            "a guest that does nothing",
        ];
        pieces.push(Piece::Table(Table::new(header, starts)));
    }
    if !pieces.is_empty() {
        pieces.insert(0, Piece::heading("Where the time goes"));
    }
    pieces
}

/// One for the largest measured size of each load.
fn charts(phased: &[&Row]) -> Vec<Chart> {
    let drawn = phased.iter().filter(|row| bar(row).is_some());
    let of_grid = |grid: Grid| {
        let charts = grid.largest().map(|(size, rows)| chart(&grid, size, &rows));
        charts.collect::<Vec<_>>()
    };
    let grids = main_grids(drawn.copied()).into_iter();
    grids.flat_map(of_grid).collect()
}

fn chart(grid: &Grid, size: Size, rows: &[&Row]) -> Chart {
    // With the median wall time; the phases' medians add up to about that.
    let mut bars: Vec<(f64, Bar)> = rows.iter().filter_map(|row| bar(row)).collect();
    bars.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bars: Vec<Bar> = bars.into_iter().map(|(_, bar)| bar).collect();
    let (place, input) = (grid.place(), grid.input());
    Chart {
        file: format!("phases-{}-{size}.svg", grid.file()),
        title: format!("{place}: where the time goes at {size}"),
        note: format!("medians of the phases, {input}; at the end of a bar: median wall time"),
        alt: format!(
            "Bar chart of the phases of {place} with {input} of {size}, for {} engines and modes.{}",
            bars.len(),
            extremes(&bars)
        ),
        plot: Plot::Bars(Bars {
            parts: std::iter::zip(Metric::PHASES.map(Metric::name), PARTS).collect(),
            bars,
        }),
    }
}

/// None where a phase was not measured.
fn bar(row: &Row) -> Option<(f64, Bar)> {
    let phases = Metric::phases(row)?;
    let wall_s = Metric::Wall.drawn(row)?;
    let bar = Bar {
        name: row.cell.engine_mode().to_string(),
        parts: phases.to_vec(),
        text: human_seconds(wall_s),
    };
    Some((wall_s, bar))
}

/// What the fastest and the slowest spend their time on.
fn extremes(bars: &[Bar]) -> String {
    let text = |bar: &Bar| {
        let phases = Metric::PHASES.iter().zip(&bar.parts);
        let phases = phases.map(|(phase, s)| format!("{} {}", phase.name(), human_seconds(*s)));
        let phases: Vec<String> = phases.collect();
        format!("{} {}: {}", bar.name, bar.text, phases.join(", "))
    };
    match bars {
        [] => String::new(),
        [only] => format!(" {}.", text(only)),
        [first, .., last] => format!(" Fastest: {}. Slowest: {}.", text(first), text(last)),
    }
}

fn table(grid: &Grid, size: Size, rows: &[&Row]) -> Piece {
    let row = |row: &&Row| {
        let metrics = Metric::PHASES.into_iter().chain([Metric::Wall]);
        let name = Field::from(row.cell.engine_mode()).of_cell(&row.cell);
        let figures = metrics.map(|metric| Field::of(metric, row));
        std::iter::once(name).chain(figures).collect()
    };
    let header = ["engine:mode", "start-up", "read", "sort", "write", "wall"];
    let table = Table::new(header, rows.iter().map(row));
    Piece::Table(table.titled(format!("{}: {size}", grid.title())))
}

/// A row for each engine and mode that ran the guest that does nothing.
fn starts(results: &Results) -> Vec<Vec<Field>> {
    let does_nothing = |row: &&Row| {
        let workload = results.config().workload(&row.cell.workload);
        workload.is_some_and(|workload| workload.output == Some(Output::Nothing))
    };
    let noops: Vec<&Row> = results.ok().filter(does_nothing).collect();
    let start = |mode: EngineMode| {
        let noop_s = Metric::Wall.of(of_mode(&noops, &mode).first()?)?;
        let process_s = process_s(results, &mode.engine);
        // The version command of some does more than start and end.
        let rest_s = process_s.map(|process_s| noop_s - process_s);
        Some(vec![
            mode.into(),
            Field::seconds(process_s),
            Field::seconds(rest_s.filter(|rest_s| *rest_s > 0.0)),
            Field::seconds(noop_s),
        ])
    };
    let modes = engine_modes(noops.iter().copied()).into_iter();
    modes.filter_map(start).collect()
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
    stats::median(
        &samples
            .filter_map(|sample| sample.wall_s)
            .collect::<Vec<_>>(),
    )
}
