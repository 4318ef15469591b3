//! From a run's folder to the files that people read. Reads nothing else.

mod about;
mod samples;
pub mod splice;
pub mod table;
mod workbook;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::chart::{self, Chart};
use crate::config::Config;
use crate::document::{Document, html, markdown};
use crate::model::Row;
use crate::questions::{self, Results, cells, tier};
use crate::sandbox::{self, Sandbox};
use crate::store::RunFolder;
use crate::summary::{self, Run};

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
    let results = Results::new(&run, &rows);
    let charts = chart::charts(&results)?;
    let sandbox = Sandbox::read(folder)?;
    let document = document(&results, &charts, sandbox.as_ref());
    let svgs = charts
        .iter()
        .map(|chart| (chart.file.clone(), chart.svg.clone()));
    let svgs: BTreeMap<String, String> = svgs.collect();
    let html = html::render(&document, &svgs, &samples::samples(&run));
    let charts = charts
        .into_iter()
        .map(|chart| (chart_path(&chart), chart.svg.into_bytes()));
    let files = [
        ("summary.csv", summary::csv(&rows)?.into_bytes()),
        ("report.md", markdown::render(&document).into_bytes()),
        ("report.html", html.into_bytes()),
        ("report.xlsx", workbook::xlsx(&results)?),
    ]
    .map(|(name, content)| (name.to_owned(), content));
    let files: Vec<(String, Vec<u8>)> = files.into_iter().chain(charts).collect();
    folder.clear_charts()?;
    for (name, content) in &files {
        folder.write(name, content)?;
    }
    Ok(Report {
        files: files.iter().map(|(name, _)| folder.file(name)).collect(),
        terminal: terminal(&results),
        rows,
    })
}

/// The order of a report.
fn document(results: &Results, charts: &[Chart], sandbox: Option<&Sandbox>) -> Document {
    let pieces = [
        about::opening(results),
        questions::pieces(results, charts),
        about::closing(results),
        sandbox.map(sandbox::pieces).unwrap_or_default(),
    ];
    Document {
        title: format!("Benchmark run {}", results.run.name),
        pieces: pieces.concat(),
    }
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
    let results = Results::new(&run, &rows);
    let charts = chart::charts(&results)?;
    splice::splice(
        text,
        relative,
        &splice::excerpt(&results, &charts, relative),
    )
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

fn terminal(results: &Results) -> String {
    let tables = table::tables(results.rows);
    let tables: Vec<String> = tables.iter().map(table::to_terminal).collect();
    format!(
        "{}{}{}",
        tables.join("\n"),
        cells::troubles(results.rows),
        remarks(results)
    )
}

/// What a reader must know before trusting a figure: the noise, and modes that did not run as asked.
fn remarks(results: &Results) -> String {
    let suspects = tier::suspects(results.config(), results.rows).into_iter();
    let suspects = suspects.map(|line| format!("wrong tier? {line}"));
    let lines = results.noise.sentences().into_iter().chain(suspects);
    lines.map(|line| format!("\n{line}")).collect::<String>() + "\n"
}
