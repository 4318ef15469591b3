//! What a reader must know of a run: where it was made, and how to make it again.

use crate::document::{Field, Piece, Table};
use crate::host::machine::Machine;
use crate::model::human_bytes;
use crate::questions::Results;
use crate::store::environment::{EngineIdentity, Environment};

/// The first lines of a report.
pub fn opening(results: &Results) -> Vec<Piece> {
    let (plan, environment) = (&results.run.plan, &results.run.environment);
    let machine = &environment.machine;
    let (memory, system) = (human_bytes(machine.memory_bytes as f64), system(machine));
    let mut pieces = vec![Piece::paragraph(format!(
        "Profile `{}`: {} of each cell, on {} ({} cores, {memory} of memory, {system}).",
        plan.profile,
        plan.samples_each(),
        machine.cpu,
        machine.cores
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

/// `linux 6.8, x86_64`
fn system(machine: &Machine) -> String {
    format!("{} {}, {}", machine.os, machine.kernel, machine.arch)
}

fn machine(environment: &Environment) -> Table {
    let machine = &environment.machine;
    let size = |bytes: u64| human_bytes(bytes as f64);
    let or = |text: &Option<String>, other: &str| text.clone().unwrap_or(other.to_owned());
    let (memory, swap) = (size(machine.memory_bytes), size(machine.swap_bytes));
    let processor = format!("{}, {} cores", machine.cpu, machine.cores);
    let rows = [
        ("host", machine.host.clone()),
        ("processor", processor),
        ("memory", format!("{memory}, swap {swap}")),
        ("system", system(machine)),
        ("virtualisation", machine.virtualisation.clone()),
        ("pinned to", or(&environment.pinned, "all processors")),
        ("hyperfine", environment.hyperfine.clone()),
        ("memory floor", size(environment.memory_floor_bytes)),
        ("rustc", environment.rustc.clone()),
        ("commit", or(&environment.git_commit, "unknown")),
    ];
    Table::of(rows)
        .column("property", |(name, _)| *name)
        .column("value", |(_, value)| value.clone())
        .table
        .titled(format!("Machine {}", machine.host))
}

fn engines(environment: &Environment) -> Table {
    let origin = |engine: &EngineIdentity| match (engine.origin, &engine.note) {
        (None, _) => Field::none(),
        (Some(origin), None) => origin.into(),
        (Some(origin), Some(note)) => format!("{origin}: {note}").into(),
    };
    Table::of(&environment.engines)
        .column("engine", |(name, _)| *name)
        .column("version", |(_, engine)| &engine.version)
        .column("origin", |(_, engine)| origin(engine))
        .column("SHA-256 of the binary", |(_, engine)| {
            format!("`{}`", engine.sha256)
        })
        .table
        .titled("Engines")
}
