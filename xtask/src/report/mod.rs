//! From a run's folder to the files that people read. Reads nothing else.

pub mod document;
pub mod html;
pub(crate) mod inline;
mod markdown;
mod screen;
mod sections;
pub mod splice;
pub mod table;
pub mod terminal;
pub mod xlsx;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use crate::analysis::Facts;
use crate::chart::{self, Chart};
use crate::config::Config;
use crate::plan::Plan;
use crate::sandbox::Sandbox;
use crate::store::RunFolder;
use crate::summary::{self, Row, Run};
use crate::units::human_seconds;
use document::Block;

/// What was written, and what it says.
pub struct Report {
    pub rows: Vec<Row>,
    pub files: Vec<PathBuf>,
    /// The tables and the answer, for a terminal.
    screen: Vec<Block>,
    verified: String,
    /// Of the terminal, in columns.
    width: usize,
}

impl Report {
    /// Prints the tables, and on the last screen the answer and where the report is.
    pub fn print(&self, elapsed: Option<Duration>) {
        let took = elapsed.map_or_else(String::new, |elapsed| {
            format!("; {} in all", human_seconds(elapsed.as_secs_f64()))
        });
        let verified = Block::Paragraph(format!("{}{took}", self.verified));
        let blocks = [self.screen.as_slice(), &[verified]].concat();
        print!("{}", terminal::render(&blocks, self.width));
        println!("{}", screen::places(&self.files));
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
    let width = terminal::width();
    Ok(Report {
        screen: screen::blocks(&facts, width),
        verified: screen::verified(&facts),
        files: files.iter().map(|(name, _)| folder.file(name)).collect(),
        width,
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
