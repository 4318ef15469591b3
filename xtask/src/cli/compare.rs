//! `compare`

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};

use super::{Checkout, Misuse};
use crate::document::{html, markdown, svg, terminal};
use crate::host::files;
use crate::model::Filter;
use crate::report::compare::{Compared, Drift, Side, View, csv, document, json};
use crate::report::load;
use crate::store::RunFolder;
use crate::store::environment::Environment;

#[derive(Args)]
pub struct Compare {
    /// The run to compare with: its folder, or its name in results/
    base: PathBuf,
    /// The runs that are compared with it
    new: Vec<PathBuf>,
    /// Within the one run, compare its other modes with this one, such as wasmtime:jit-cached
    #[arg(long = "base", value_name = "ENGINE:MODE", conflicts_with = "new")]
    mode: Option<String>,
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    format: Format,
    /// Write to this file, and charts of Markdown to charts/ beside it [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Where runs are [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    #[command(flatten)]
    view: View,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    Terminal,
    Md,
    Csv,
    Json,
    Html,
}

impl Compare {
    /// Is there no regression?
    ///
    /// # Errors
    /// When a run is missing or damaged, or nothing in them can be compared.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let results = checkout.results(self.results.as_deref())?;
        let side = |name: &PathBuf| -> anyhow::Result<Side> {
            let run = load(&RunFolder::open(&results, name)?)?;
            Ok(Side::new(run, &self.filter).map_err(Misuse)?)
        };
        let base = side(&self.base)?;
        let news: Vec<Side> = self.new.iter().map(side).collect::<anyhow::Result<_>>()?;
        let compared = match &self.mode {
            Some(mode) => Compared::modes(&base, mode).map_err(Misuse)?,
            None if news.is_empty() => bail!(Misuse(anyhow!(
                "name a second run, or a mode of this one to compare its others with: --base wasmtime:jit-cached"
            ))),
            None => Compared::runs(&base, &news, self.drift(&results, &base, &news))?,
        };
        self.write(&compared)?;
        let mut worse = compared.changes.iter().filter(|it| it.comparison.is_more());
        Ok(!worse.any(|it| it.exceeds(self.view.threshold)))
    }

    /// What runs like the base differ by. The new ones say nothing of it: what changed is no drift.
    fn drift(&self, results: &Path, base: &Side, news: &[Side]) -> Drift {
        let mut folders = RunFolder::all(results);
        folders.retain(|folder| news.iter().all(|new| new.run.name != folder.name()));
        let (own, others): (Vec<_>, Vec<_>) = folders
            .iter()
            .partition(|folder| folder.name() == base.run.name);
        // Damaged, of another version or machine, or without these cells: such a run says nothing here.
        let side = |folder: &RunFolder| {
            let there: Environment = folder.read_json("environment.json").ok()?;
            let is_alike = there.machine.host == base.run.environment.machine.host;
            Side::new(is_alike.then(|| load(folder))?.ok()?, &self.filter).ok()
        };
        let sides: Vec<Side> = others.into_iter().filter_map(side).collect();
        Drift::of(sides.iter().chain(own.iter().map(|_| base)))
    }

    fn write(&self, compared: &Compared) -> anyhow::Result<()> {
        let document = document(compared, &self.view)?;
        let changes = compared.shown(&self.view);
        let text = match self.format {
            Format::Terminal => terminal::render(&document.pieces, terminal::width()),
            Format::Md => markdown::render(&document),
            Format::Html => html::render(&document, &[], ""),
            Format::Csv => csv(&changes)?,
            Format::Json => json(&changes)?,
        };
        let Some(file) = &self.output else {
            return Ok(std::io::stdout().write_all(text.as_bytes())?);
        };
        let file = std::path::absolute(file)?;
        files::write(&file, text.as_bytes())?;
        let charts = document.charts().filter(|_| self.format == Format::Md);
        for chart in charts {
            let place = file.with_file_name("charts").join(&chart.file);
            files::write(&place, svg::render(chart).as_bytes())?;
        }
        Ok(())
    }
}
