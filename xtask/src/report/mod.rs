//! From a run's folder to the files that people read. Reads nothing else.

mod markdown;
pub mod table;

use std::path::PathBuf;

use crate::cell::Outcome;
use crate::config::Config;
use crate::noise::Noises;
use crate::store::RunFolder;
use crate::summary::{self, Row, Run};
use crate::tier;

/// What was written, and what it says.
pub struct Report {
    pub rows: Vec<Row>,
    pub files: Vec<PathBuf>,
    /// The tables for a terminal.
    pub terminal: String,
}

impl Report {
    /// Prints the tables and the paths of the files.
    pub fn print(&self) {
        println!("{}", self.terminal);
        for file in &self.files {
            println!("{}", file.display());
        }
    }
}

/// Reads a run and writes all its report files.
///
/// # Errors
/// When the folder is damaged or cannot be written to.
pub fn report(folder: &RunFolder) -> anyhow::Result<Report> {
    let run = load(folder)?;
    let rows = summary::rows(&run);
    let files = [
        ("summary.csv", summary::csv(&rows)?),
        ("report.md", markdown::markdown(&run, &rows)),
    ];
    for (name, content) in &files {
        folder.write(name, content.as_bytes())?;
    }
    let tables = table::tables(&rows, run.environment.memory_floor_bytes);
    let terminal: Vec<String> = tables.iter().map(table::Table::to_terminal).collect();
    Ok(Report {
        files: files.iter().map(|(name, _)| folder.file(name)).collect(),
        terminal: format!(
            "{}{}{}",
            terminal.join("\n"),
            troubles(&rows),
            remarks(&run, &rows)
        ),
        rows,
    })
}

/// Reads everything that reports are made from.
///
/// # Errors
/// When the folder is damaged.
pub fn load(folder: &RunFolder) -> anyhow::Result<Run> {
    Ok(Run {
        name: folder
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        config: Config::load(&folder.file("matrix.toml"), &folder.file("impossible.toml"))?,
        plan: folder.read_json("plan.json")?,
        environment: folder.read_json("environment.json")?,
        samples: folder.read_samples()?,
    })
}

/// A line for each cell that ended other than it should.
fn troubles(rows: &[Row]) -> String {
    let troubled = rows
        .iter()
        .filter(|row| !row.is_ok() && row.outcome != Some(Outcome::Impossible));
    let lines: String = troubled
        .map(|row| {
            format!(
                "  {}: {}: {}\n",
                row.cell,
                row.outcome_text(),
                row.reason.as_deref().unwrap_or("no reason")
            )
        })
        .collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\nwithout figures:\n{lines}")
    }
}

/// What a reader must know before trusting a figure: the noise, and modes that did not run as asked.
fn remarks(run: &Run, rows: &[Row]) -> String {
    let noise = Noises::of(run).sentences();
    let suspects = tier::suspects(&run.config, rows);
    let suspects: String = suspects
        .iter()
        .map(|line| format!("\nwrong tier? {line}\n"))
        .collect();
    format!("\n{}\n{suspects}", noise.join("\n"))
}
