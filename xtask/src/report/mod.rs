//! From a run's folder to the files that people read. Reads nothing else.

mod about;
pub mod compare;
pub mod export;
pub mod history;
mod ratios;
mod samples;
mod screen;
mod splice;
mod summary;
mod workbook;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use serde_json::Value as Json;

use crate::config::Config;
use crate::document::{Document, Piece, html, markdown, svg, terminal};
use crate::experiments;
use crate::host::files;
use crate::model::{Filter, Row, human_seconds};
use crate::plan::Plan;
use crate::questions::{self, Results, Run};
use crate::store::RunFolder;
use samples::Shown;

/// What was written, and what it says.
pub struct Report {
    pub rows: Vec<Row>,
    pub files: Vec<PathBuf>,
    /// The tables and the answer, for a terminal.
    screen: Vec<Piece>,
    verified: String,
}

impl Report {
    /// Prints the tables, and on the last screen the answer and where the report is.
    pub fn print(&self, elapsed: Option<Duration>) {
        let took = elapsed.map_or_else(String::new, |elapsed| {
            format!("; {} in all", human_seconds(elapsed.as_secs_f64()))
        });
        let verified = Piece::paragraph(format!("{}{took}", self.verified));
        let pieces = [self.screen.as_slice(), &[verified]].concat();
        print!("{}", terminal::render(&pieces, terminal::width()));
        println!("{}", screen::places(&self.files));
    }
}

/// Reads a run and writes all its report files.
///
/// # Errors
/// When the folder is damaged or cannot be written to.
pub fn report(folder: &RunFolder) -> anyhow::Result<Report> {
    let run = load(folder)?;
    let rows = questions::rows(&run);
    let results = Results::new(&run, &rows);
    let document = document(&results, experiments::pieces(folder)?);
    let (screen, verified) = (
        screen::pieces(&results, &document),
        screen::verified(&results),
    );
    let shown = Shown::of(&run);
    let (tables, note) = (samples::tables(&run, &shown), samples::note(&shown));
    let html = html::render(&document, &tables, &note);
    let markdown = markdown::render(&document);
    // What can fail comes before the first file.
    let xlsx = workbook::xlsx(&results, &document, &shown)?;
    let summary = csv(rows.iter().map(summary::fields))?;
    let ratios = csv(results.ledger.all().iter().map(ratios::fields))?;
    // A new report may lack some charts of an earlier one.
    files::remove_folder(&folder.file("charts"))?;
    let mut files = Vec::new();
    let mut write = |name: &str, content: &[u8]| {
        files.push(folder.file(name));
        folder.write(name, content)
    };
    write("summary.csv", summary.as_bytes())?;
    write("ratios.csv", ratios.as_bytes())?;
    write("report.md", markdown.as_bytes())?;
    write("report.html", html.as_bytes())?;
    write("report.xlsx", &xlsx)?;
    for chart in document.charts() {
        let name = format!("charts/{}", chart.file);
        write(&name, svg::render(chart).as_bytes())?;
    }
    Ok(Report {
        screen,
        verified,
        files,
        rows,
    })
}

/// A row a record, and above them their names, which all have alike.
fn csv<R: IntoIterator<Item = (&'static str, Json)>>(
    records: impl Iterator<Item = R>,
) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (number, record) in records.enumerate() {
        let (names, values): (Vec<&str>, Vec<Json>) = record.into_iter().unzip();
        if number == 0 {
            writer.write_record(names)?;
        }
        writer.serialize(values)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// The order of a report.
fn document(results: &Results, tried: Vec<Piece>) -> Document {
    let pieces = [
        about::opening(results),
        questions::pieces(results),
        about::closing(results),
        tried,
    ];
    Document {
        title: format!("Benchmark run {}", results.run.name),
        pieces: pieces.concat(),
    }
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
    files::write(&file, new.as_bytes())
}

/// The text of a file with the run's main table and chart between its markers.
///
/// # Errors
/// When the text has no markers, or the run is damaged.
pub fn spliced(text: &str, relative: &str, folder: &RunFolder) -> anyhow::Result<String> {
    let run = load(folder)?;
    let rows = questions::rows(&run);
    let results = Results::new(&run, &rows);
    splice::splice(text, relative, &splice::excerpt(&results, relative))
}

/// The rows that the filter lets pass.
///
/// # Errors
/// When a pattern matches nothing.
pub fn rows(run: &Run, filter: &Filter) -> anyhow::Result<Vec<Row>> {
    let mut rows = questions::rows(run);
    let cells = rows.iter().map(|row| row.cell.clone()).collect();
    let place = |key: &str| format!("option --{key}, among the cells of run \"{}\"", run.name);
    filter.select(cells, place)?;
    rows.retain(|row| filter.matches(&row.cell));
    Ok(rows)
}

/// Reads everything that reports are made from.
///
/// # Errors
/// When the folder is damaged.
pub fn load(folder: &RunFolder) -> anyhow::Result<Run> {
    let plan: Plan = folder.read_json("plan.json")?;
    let mut config = Config::load(&folder.file("matrix.toml"), &folder.file("impossible.toml"))?;
    for planned in &plan.cells {
        // A version or a build is looked up as the engine that it is.
        config.add_under_name(&planned.cell.engine)?;
    }
    Ok(Run {
        name: folder.name(),
        config,
        plan,
        environment: folder.read_json("environment.json")?,
        samples: folder.read_samples()?,
    })
}
