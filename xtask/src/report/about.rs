//! What a reader must know of a run: where it was made, and how to make it again.

use crate::document::{Field, Piece, Table};
use crate::model::human_bytes;
use crate::questions::Results;
use crate::store::environment::Environment;

/// The first lines of a report.
pub fn opening(results: &Results) -> Vec<Piece> {
    let (plan, environment) = (&results.run.plan, &results.run.environment);
    let machine = &environment.machine;
    let mut pieces = vec![Piece::paragraph(format!(
        "{} samples of each cell, profile `{}`, on {} ({} cores, {} of memory, {} {}, {}).",
        plan.runs,
        plan.profile,
        machine.cpu,
        machine.cores,
        human_bytes(machine.memory_bytes as f64),
        machine.os,
        machine.kernel,
        machine.arch,
    ))];
    let others = environment.other_machines.iter();
    let hosts: Vec<String> = others.map(|it| format!("`{}`", it.machine.host)).collect();
    if !hosts.is_empty() {
        pieces.push(Piece::Warning(format!(
            "Merged from shards of several machines: `{}` and {}. Figures of two machines are never compared; a mean over inputs takes each ratio from one machine.",
            machine.host,
            hosts.join(", ")
        )));
    }
    pieces
}

/// The machines and engines, and the commands.
pub fn closing(results: &Results) -> Vec<Piece> {
    let (name, environment) = (&results.run.name, &results.run.environment);
    let mut pieces = vec![Piece::heading("Environment")];
    for environment in std::iter::once(environment).chain(&environment.other_machines) {
        pieces.extend([machine(environment), engines(environment)].map(Piece::Table));
    }
    pieces.extend([
        Piece::heading("Run it again"),
        Piece::paragraph("This command made the run, and makes another one like it:"),
        Piece::Command(environment.command.clone()),
        Piece::paragraph("This one makes all report files again from the raw samples:"),
        Piece::Command(format!("cargo xtask report {name}")),
    ]);
    pieces
}

fn machine(environment: &Environment) -> Table {
    let machine = &environment.machine;
    let size = |bytes: u64| human_bytes(bytes as f64);
    let or = |text: &Option<String>, other: &str| text.clone().unwrap_or(other.to_owned());
    let (memory, swap) = (size(machine.memory_bytes), size(machine.swap_bytes));
    let rows = [
        ("host", machine.host.clone()),
        (
            "processor",
            format!("{}, {} cores", machine.cpu, machine.cores),
        ),
        ("memory", format!("{memory}, swap {swap}")),
        (
            "system",
            format!("{} {}, {}", machine.os, machine.kernel, machine.arch),
        ),
        ("virtualisation", machine.virtualisation.clone()),
        ("pinned to", or(&environment.pinned, "all processors")),
        ("hyperfine", environment.hyperfine.clone()),
        ("memory floor", size(environment.memory_floor_bytes)),
        ("rustc", environment.rustc.clone()),
        ("commit", or(&environment.git_commit, "unknown")),
    ];
    let rows = rows.map(|(key, value)| vec![key.into(), value.into()]);
    Table::new(["property", "value"], rows).titled(format!("Machine {}", machine.host))
}

fn engines(environment: &Environment) -> Table {
    let rows = environment.engines.iter().map(|(name, engine)| {
        let note = engine.note.iter().map(|note| format!(": {note}"));
        let note: String = note.collect();
        let origin = engine.origin.map(|origin| format!("{origin}{note}"));
        vec![
            name.into(),
            (&engine.version).into(),
            origin.map_or_else(Field::none, Field::from),
            format!("`{}`", engine.sha256).into(),
        ]
    });
    let header = ["engine", "version", "origin", "SHA-256 of the binary"];
    Table::new(header, rows).titled("Engines")
}
