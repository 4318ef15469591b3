//! Where the time goes: phases, and what starting is made of.

use super::{charts_of, heading, paragraph};
use crate::analysis::Facts;
use crate::analysis::start::{Start, starts};
use crate::chart::Chart;
use crate::config::distinct;
use crate::report::document::{Block, Field, Table};
use crate::summary::Row;
use crate::units::Load;

pub fn blocks(facts: &Facts, charts: &[Chart]) -> Vec<Block> {
    let (tables, starts) = (phase_tables(facts), starts(facts));
    let mut blocks = Vec::new();
    if !tables.is_empty() {
        blocks.push(paragraph(
            "Start-up is what the guest did not account for: process, loading, compiling, instantiating, and the end of the process. \
             Reading, sorting and writing are the guest's own clock. Medians, for the largest size of each load.",
        ));
        blocks.extend(charts_of(charts, "phases-"));
        blocks.extend(tables.into_iter().map(Block::Table));
    }
    if !starts.is_empty() {
        blocks.push(Block::Subheading("What starting is made of".to_owned()));
        blocks.push(paragraph(
            "Of the four stages that the study describes (initialise, load, validate, execute) this is what can be seen from outside: \
             the engine's version command starts its process and ends; a guest that does nothing also loads, validates, compiles and \
             instantiates the module, and ends. The rest is what that costs beyond the version command.",
        ));
        blocks.push(Block::Table(start_table(&starts)));
    }
    if !blocks.is_empty() {
        blocks.insert(0, heading("Where the time goes"));
    }
    blocks
}

/// A table for each workload and the largest measured size of each load.
fn phase_tables(facts: &Facts) -> Vec<Table> {
    let rows: Vec<&Row> = facts
        .rows
        .iter()
        .filter(|row| row.is_ok() && row.sort_median_s.is_some())
        .filter(|row| row.cell.workload != "noop")
        .collect();
    let mut tables = Vec::new();
    for name in distinct(rows.iter().map(|row| row.group())) {
        for load in Load::ALL {
            let of_load = |row: &&&Row| row.group() == name && row.cell.size.load() == load;
            let Some(size) = rows.iter().filter(of_load).map(|row| row.cell.size).max() else {
                continue;
            };
            let own = rows
                .iter()
                .filter(of_load)
                .filter(|row| row.cell.size == size);
            let header = ["engine:mode", "start-up", "read", "sort", "write", "wall"];
            let table = Table::new(header, own.map(|row| phases(row)));
            tables.push(table.titled(format!("{name}: {size}")));
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
    let figures = figures.map(Field::seconds);
    std::iter::once(name).chain(figures).collect()
}

fn start_table(starts: &[Start]) -> Table {
    let header = [
        "engine:mode",
        "process start",
        "the rest",
        "a guest that does nothing",
    ];
    let row = |start: &Start| {
        vec![
            start.engine_mode.clone().into(),
            Field::seconds(start.process_s),
            Field::seconds(start.load_s),
            Field::seconds(start.noop_s),
        ]
    };
    Table::new(header, starts.iter().map(row))
}
