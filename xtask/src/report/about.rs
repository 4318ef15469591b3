//! What a reader must know of a run: where it was made, and how to make it again.

use crate::document::{Field, Piece, Table};
use crate::host::machine::Machine;
use crate::model::human_bytes;
use crate::questions::Results;
use crate::store::environment::Environment;

/// The first lines of a report.
pub fn opening(results: &Results) -> Vec<Piece> {
    let (plan, environment) = (&results.run.plan, &results.run.environment);
    let Machine {
        host, cpu, cores, ..
    } = &environment.machine;
    let (memory, system) = (memory(environment), system(environment));
    let mut pieces = vec![Piece::paragraph(format!(
        "{} samples of each cell, profile `{}`, on {cpu} ({cores} cores, {memory} of memory, {system}).",
        plan.runs, plan.profile
    ))];
    let others = environment.other_machines.iter();
    let hosts: Vec<String> = others.map(|it| format!("`{}`", it.machine.host)).collect();
    if !hosts.is_empty() {
        pieces.push(Piece::Warning(format!(
            "Merged from shards of several machines: `{host}` and {}. Figures of two machines are never compared; a mean over inputs takes each ratio from one machine.",
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

fn memory(environment: &Environment) -> String {
    human_bytes(environment.machine.memory_bytes as f64)
}

/// `linux 6.8, x86_64`
fn system(environment: &Environment) -> String {
    let Machine {
        os, kernel, arch, ..
    } = &environment.machine;
    format!("{os} {kernel}, {arch}")
}

fn machine(environment: &Environment) -> Table {
    let Machine {
        host, cpu, cores, ..
    } = &environment.machine;
    let swap = human_bytes(environment.machine.swap_bytes as f64);
    let floor = human_bytes(environment.memory_floor_bytes as f64);
    let or = |text: &Option<String>, other: &str| text.clone().unwrap_or(other.to_owned());
    let memory = format!("{}, swap {swap}", memory(environment));
    let rows = [
        ("host", host.clone()),
        ("processor", format!("{cpu}, {cores} cores")),
        ("memory", memory),
        ("system", system(environment)),
        ("virtualisation", environment.machine.virtualisation.clone()),
        ("pinned to", or(&environment.pinned, "all processors")),
        ("hyperfine", environment.hyperfine.clone()),
        ("memory floor", floor),
        ("rustc", environment.rustc.clone()),
        ("commit", or(&environment.git_commit, "unknown")),
    ];
    let rows = rows.map(|(key, value)| vec![key.into(), value.into()]);
    Table::new(["property", "value"], rows).titled(format!("Machine {host}"))
}

fn engines(environment: &Environment) -> Table {
    Table::of(
        &environment.engines,
        &[
            ("engine", |(name, _)| name.into()),
            ("version", |(_, engine)| (&engine.version).into()),
            ("origin", |(_, engine)| {
                match (engine.origin, &engine.note) {
                    (None, _) => Field::none(),
                    (Some(origin), None) => origin.into(),
                    (Some(origin), Some(note)) => format!("{origin}: {note}").into(),
                }
            }),
            ("SHA-256 of the binary", |(_, engine)| {
                format!("`{}`", engine.sha256).into()
            }),
        ],
    )
    .titled("Engines")
}
