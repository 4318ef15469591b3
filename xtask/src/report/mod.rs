//! From a run's folder to the files that people read. Reads nothing else.

pub mod document;
pub mod html;
pub(crate) mod inline;
mod markdown;
mod sections;
pub mod splice;
pub mod table;
pub mod xlsx;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::analysis::Facts;
use crate::cell::Outcome;
use crate::chart::{self, Chart};
use crate::config::Config;
use crate::plan::Plan;
use crate::sandbox::Sandbox;
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
    let facts = Facts::new(&run, &rows);
    let charts = chart::charts(&facts)?;
    let mut document = sections::document(&facts, &charts);
    if let Some(sandbox) = Sandbox::read(folder)? {
        document.blocks.extend(sections::sandbox(&sandbox));
    }
    let svgs: BTreeMap<String, String> = charts
        .iter()
        .map(|chart| (chart.file.clone(), chart.svg.clone()))
        .collect();
    let html = html::render(&document, &svgs, &sections::samples(&run));
    let files: Vec<(String, Vec<u8>)> = [
        ("summary.csv", summary::csv(&rows)?.into_bytes()),
        ("report.md", markdown::render(&document).into_bytes()),
        ("report.html", html.into_bytes()),
        ("report.xlsx", xlsx::xlsx(&run, &rows)?),
    ]
    .into_iter()
    .map(|(name, content)| (name.to_owned(), content))
    .chain(
        charts
            .iter()
            .map(|chart| (chart_path(chart), chart.svg.clone().into_bytes())),
    )
    .collect();
    folder.clear_charts()?;
    for (name, content) in &files {
        folder.write(name, content)?;
    }
    Ok(Report {
        files: files.iter().map(|(name, _)| folder.file(name)).collect(),
        terminal: terminal(&facts),
        rows,
    })
}

fn chart_path(chart: &Chart) -> String {
    format!("charts/{}", chart.file)
}

/// Puts the main table and chart of a run into a file, between its markers.
///
/// # Errors
/// When the file has no markers, cannot be read or written, or the run is not below its folder.
pub fn splice_into(file: &Path, folder: &RunFolder) -> anyhow::Result<()> {
    let context = || format!("cannot put the report into \"{}\"", file.display());
    let file = std::path::absolute(file).with_context(context)?;
    let text = std::fs::read_to_string(&file).with_context(context)?;
    let parent = file.parent().unwrap_or(&file);
    let relative = folder.path.strip_prefix(parent).with_context(|| {
        format!(
            "\"{}\" is not below \"{}\", so a link to it would lead nowhere for others",
            folder.path.display(),
            parent.display()
        )
    })?;
    let new = spliced(&text, &relative.display().to_string(), folder).with_context(context)?;
    let parent = RunFolder {
        path: parent.to_owned(),
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    parent.write(&name, new.as_bytes())
}

/// The text of a file with the run's main table and chart between its markers.
///
/// # Errors
/// When the text has no markers, or the run is damaged.
pub fn spliced(text: &str, relative: &str, folder: &RunFolder) -> anyhow::Result<String> {
    let run = load(folder)?;
    let rows = summary::rows(&run);
    let facts = Facts::new(&run, &rows);
    let charts = chart::charts(&facts)?;
    splice::splice(text, relative, &splice::excerpt(&facts, &charts, relative))
}

/// Reads everything that reports are made from.
///
/// # Errors
/// When the folder is damaged.
pub fn load(folder: &RunFolder) -> anyhow::Result<Run> {
    let plan: Plan = folder.read_json("plan.json")?;
    let mut config = Config::load(&folder.file("matrix.toml"), &folder.file("impossible.toml"))?;
    config.add_versions_of(
        plan.cells
            .iter()
            .map(|planned| planned.cell.engine.as_str()),
    )?;
    Ok(Run {
        name: folder
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        config,
        plan,
        environment: folder.read_json("environment.json")?,
        samples: folder.read_samples()?,
    })
}

fn terminal(facts: &Facts) -> String {
    let tables = table::tables(facts.rows);
    let tables: Vec<String> = tables.iter().map(table::to_terminal).collect();
    format!(
        "{}{}{}",
        tables.join("\n"),
        troubles(facts.rows),
        remarks(facts)
    )
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
fn remarks(facts: &Facts) -> String {
    let noise = facts.noises.sentences();
    let suspects = tier::suspects(facts.config(), facts.rows).into_iter();
    let suspects = suspects.map(|line| format!("wrong tier? {line}"));
    let lines: Vec<String> = noise.into_iter().chain(suspects).collect();
    lines
        .iter()
        .map(|line| format!("\n{line}"))
        .collect::<String>()
        + "\n"
}
