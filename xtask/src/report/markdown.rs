//! `report.md`.

use std::fmt::Write;

use crate::noise::Noises;
use crate::report::table::tables;
use crate::summary::{Row, Run};
use crate::tier;
use crate::units::human_bytes;

/// The text of `report.md`.
pub fn markdown(run: &Run, rows: &[Row]) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_report(&mut text, run, rows);
    text
}

fn write_report(text: &mut String, run: &Run, rows: &[Row]) -> std::fmt::Result {
    let environment = &run.environment;
    let machine = &environment.machine;
    writeln!(text, "# Benchmark run {}\n", run.name)?;
    writeln!(
        text,
        "{} samples of each cell, profile `{}`, on {} ({} cores, {} of memory, {} {}, {}).\n",
        run.plan.runs,
        run.plan.profile,
        machine.cpu,
        machine.cores,
        human_bytes(machine.memory_bytes as f64),
        machine.os,
        machine.kernel,
        machine.arch,
    )?;
    for sentence in Noises::of(run).sentences() {
        writeln!(text, "{sentence}\n")?;
    }
    for suspect in tier::suspects(&run.config, rows) {
        writeln!(text, "> **Wrong tier?** {suspect}\n")?;
    }
    for warning in &environment.warnings {
        writeln!(text, "> **Noise:** {warning}\n")?;
    }
    writeln!(text, "## Figures\n")?;
    writeln!(
        text,
        "Latency is the median wall time of the whole process, CPU its mean user and system time, memory its mean \
         peak resident set. hyperfine cannot see less memory than {}.\n",
        human_bytes(environment.memory_floor_bytes as f64)
    )?;
    for table in tables(rows, environment.memory_floor_bytes) {
        writeln!(text, "{}", table.to_markdown())?;
    }
    write_outcomes(text, rows)?;
    write_engines(text, run)
}

fn write_outcomes(text: &mut String, rows: &[Row]) -> std::fmt::Result {
    writeln!(text, "## Cells without figures\n")?;
    let others: Vec<&Row> = rows.iter().filter(|row| !row.is_ok()).collect();
    if others.is_empty() {
        return writeln!(
            text,
            "None: every planned cell was measured, and every output was right.\n"
        );
    }
    writeln!(text, "| cell | outcome | reason |\n|---|---|---|")?;
    for row in others {
        let reason = row.reason.as_deref().unwrap_or("").replace('|', "\\|");
        writeln!(text, "| {} | {} | {reason} |", row.cell, row.outcome_text())?;
    }
    writeln!(text)
}

fn write_engines(text: &mut String, run: &Run) -> std::fmt::Result {
    writeln!(
        text,
        "## Engines\n\n| engine | version | SHA-256 of the binary |\n|---|---|---|"
    )?;
    for (name, engine) in &run.environment.engines {
        writeln!(
            text,
            "| {name} | {} | `{}` |",
            engine.version, engine.sha256
        )?;
    }
    writeln!(
        text,
        "\nMade by `{}`; reports again: `cargo xtask report {}`.",
        run.environment.command, run.name
    )
}
