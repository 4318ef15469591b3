//! Where the time goes: phases, and what starting is made of.

use super::{charts_of, heading, paragraph};
use crate::analysis::Facts;
use crate::analysis::start::{Start, starts};
use crate::chart::Chart;
use crate::config::distinct;
use crate::report::document::{Block, Field, Table};
use crate::summary::Row;
use crate::units::{Load, human_seconds};

pub fn blocks(facts: &Facts, charts: &[Chart]) -> Vec<Block> {
    let mut blocks = vec![
        heading("Where the time goes"),
        paragraph(
            "Start-up is what the guest did not account for: process, loading, compiling, instantiating, and the end of the process. \
             Reading, sorting and writing are the guest's own clock. Medians, for the largest size of each load.",
        ),
    ];
    let tables = phase_tables(facts);
    if tables.is_empty() {
        return Vec::new();
    }
    blocks.extend(charts_of(charts, "phases-"));
    blocks.extend(tables.into_iter().map(Block::Table));
    let starts = starts(facts);
    if !starts.is_empty() {
        blocks.push(Block::Subheading("What starting is made of".to_owned()));
        blocks.push(paragraph(
            "Of the four stages that the study describes (initialise, load, validate, execute) this is what can be seen from outside: \
             the engine's version command starts its process and ends; a guest that does nothing also loads, validates, compiles and \
             instantiates the module. The difference is what that costs.",
        ));
        blocks.push(Block::Table(start_table(&starts)));
    }
    blocks
}

/// A table for each workload and the largest measured size of each load.
fn phase_tables(facts: &Facts) -> Vec<Table> {
    let rows: Vec<&Row> = facts
        .rows
        .iter()
        .filter(|row| row.is_ok() && row.sort_median_s.is_some() && row.cell.workload != "noop")
        .collect();
    let group = |row: &Row| {
        let place = row.machine.as_ref().map(|host| format!(", on {host}"));
        format!(
            "{}, {}{}",
            row.cell.workload,
            row.cell.distribution,
            place.unwrap_or_default()
        )
    };
    let mut tables = Vec::new();
    for name in distinct(rows.iter().map(|row| group(row))) {
        for load in Load::ALL {
            let of_load = |row: &&&Row| group(row) == name && row.cell.size.load() == load;
            let Some(size) = rows.iter().filter(of_load).map(|row| row.cell.size).max() else {
                continue;
            };
            let own = rows
                .iter()
                .filter(of_load)
                .filter(|row| row.cell.size == size);
            tables.push(Table {
                title: format!("{name}: {size}"),
                header: ["engine:mode", "start-up", "read", "sort", "write", "wall"]
                    .map(str::to_owned)
                    .to_vec(),
                rows: own.map(|row| phases(row)).collect(),
            });
        }
    }
    tables
}

fn phases(row: &Row) -> Vec<Field> {
    let name = Field::from(row.cell.engine_mode()).of_cell(&row.cell.to_string());
    let figures = [
        row.startup_median_s,
        row.read_median_s,
        row.sort_median_s,
        row.write_median_s,
        row.wall.map(|wall| wall.median),
    ];
    std::iter::once(name).chain(figures.map(seconds)).collect()
}

fn seconds(seconds: Option<f64>) -> Field {
    seconds.map_or("–".into(), |seconds| {
        Field::figure(human_seconds(seconds), seconds)
    })
}

fn start_table(starts: &[Start]) -> Table {
    let header = [
        "engine:mode",
        "process start",
        "load, validate, compile, instantiate",
        "a guest that does nothing",
    ];
    let row = |start: &Start| {
        vec![
            start.engine_mode.clone().into(),
            seconds(start.process_s),
            seconds(start.load_s),
            seconds(Some(start.noop_s)),
        ]
    };
    Table {
        title: String::new(),
        header: header.map(str::to_owned).to_vec(),
        rows: starts.iter().map(row).collect(),
    }
}
