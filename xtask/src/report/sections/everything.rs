//! Everything else: all cells, the environment, and how to make the run again.

use super::{heading, paragraph};
use crate::analysis::Facts;
use crate::environment::Environment;
use crate::report::document::{Block, Field, Table};
use crate::stats;
use crate::summary::Row;
use crate::units::{human_bytes, human_seconds};

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let mut blocks = without_figures(facts);
    blocks.push(heading("All cells"));
    blocks.push(paragraph(
        "An outlier is a sample whose modified z-score is above 3.5; it is marked here, and never left out.",
    ));
    blocks.push(Block::Table(all_cells(facts.rows)));
    blocks.push(heading("Environment"));
    let own = &facts.run.environment;
    for environment in std::iter::once(own).chain(&own.other_machines) {
        blocks.push(Block::Table(machine(environment)));
        blocks.push(Block::Table(engines(environment)));
    }
    blocks.extend(again(facts));
    blocks
}

fn without_figures(facts: &Facts) -> Vec<Block> {
    let others: Vec<&Row> = facts.rows.iter().filter(|row| !row.is_ok()).collect();
    let heading = heading("Cells without figures");
    if others.is_empty() {
        let none = "None: every planned cell was measured, and every output was right.";
        return vec![heading, paragraph(none)];
    }
    let row = |row: &&Row| {
        vec![
            Field::from(row.cell.to_string()).of_cell(&row.cell.to_string()),
            row.outcome_text().into(),
            row.reason.clone().unwrap_or_default().into(),
        ]
    };
    let table = Table::new(["cell", "outcome", "reason"], others.iter().map(row));
    vec![heading, Block::Table(table)]
}

fn all_cells(rows: &[Row]) -> Table {
    let header = [
        "cell",
        "outcome",
        "samples",
        "median",
        "95 % interval",
        "mean",
        "stddev",
        "min",
        "max",
        "memory",
        "outliers",
    ];
    Table::new(header, rows.iter().map(cell))
}

fn cell(row: &Row) -> Vec<Field> {
    let wall = |value: fn(&stats::Description) -> f64| Field::seconds(row.wall.as_ref().map(value));
    let interval = row.wall.map_or_else(Field::none, |wall| {
        let text = format!(
            "{}–{}",
            human_seconds(wall.ci95.low),
            human_seconds(wall.ci95.high)
        );
        Field::figure(text, wall.ci95.low)
    });
    let outliers = stats::outliers(&row.wall_s)
        .iter()
        .filter(|out| **out)
        .count();
    let name = row.cell.to_string();
    vec![
        Field::from(format!("{name}{}", row.place())).of_cell(&name),
        row.outcome_text().into(),
        Field::count(row.wall_s.len()),
        wall(|wall| wall.median),
        interval,
        wall(|wall| wall.mean),
        wall(|wall| wall.stddev),
        wall(|wall| wall.min),
        wall(|wall| wall.max),
        Field::memory(row.peak_rss_mean_bytes, row.memory_floor_bytes),
        Field::count(outliers),
    ]
}

fn machine(environment: &Environment) -> Table {
    let machine = &environment.machine;
    let size = |bytes: u64| human_bytes(bytes as f64);
    let rows = [
        ("host", machine.host.clone()),
        (
            "processor",
            format!("{}, {} cores", machine.cpu, machine.cores),
        ),
        (
            "memory",
            format!(
                "{}, swap {}",
                size(machine.memory_bytes),
                size(machine.swap_bytes)
            ),
        ),
        (
            "system",
            format!("{} {}, {}", machine.os, machine.kernel, machine.arch),
        ),
        ("virtualisation", machine.virtualisation.clone()),
        (
            "pinned to",
            environment
                .pinned
                .clone()
                .unwrap_or_else(|| "all processors".to_owned()),
        ),
        ("hyperfine", environment.hyperfine.clone()),
        ("memory floor", size(environment.memory_floor_bytes)),
        ("rustc", environment.rustc.clone()),
        (
            "commit",
            environment
                .git_commit
                .clone()
                .unwrap_or_else(|| "unknown".to_owned()),
        ),
    ];
    let rows = rows.map(|(key, value)| vec![key.into(), value.into()]);
    Table::new(["property", "value"], rows).titled(format!("Machine {}", machine.host))
}

fn engines(environment: &Environment) -> Table {
    let rows = environment.engines.iter().map(|(name, engine)| {
        let origin = engine.origin.map(|origin| origin.to_string());
        let note = engine.note.iter().map(|note| format!(": {note}"));
        vec![
            name.clone().into(),
            engine.version.clone().into(),
            match origin {
                Some(origin) => Field::from(origin + &note.collect::<String>()),
                None => Field::none(),
            },
            format!("`{}`", engine.sha256).into(),
        ]
    });
    let header = ["engine", "version", "origin", "SHA-256 of the binary"];
    Table::new(header, rows).titled("Engines")
}

fn again(facts: &Facts) -> Vec<Block> {
    let (name, command) = (&facts.run.name, &facts.run.environment.command);
    vec![
        heading("Run it again"),
        paragraph("This command made the run, and makes another one like it:"),
        Block::Command(command.clone()),
        paragraph("This one makes all report files again from the raw samples:"),
        Block::Command(format!("cargo xtask report {name}")),
    ]
}
