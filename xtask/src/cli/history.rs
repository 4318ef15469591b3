//! `history`

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args;

use super::{Checkout, Misuse};
use crate::document::{html, terminal};
use crate::host::files;
use crate::model::{Filter, Pattern};
use crate::report::compare::Side;
use crate::report::history::Trends;
use crate::report::load;
use crate::store::RunFolder;

#[derive(Args)]
pub struct History {
    /// Only these cells, such as 'merge/1KB/*/wasmtime:*'
    cells: Vec<Pattern>,
    /// Where runs are [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Write history.html and history.csv into this folder [default: where the runs are]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    filter: Filter,
}

impl History {
    /// # Errors
    /// When no run holds such a cell, or the files cannot be written.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let results = checkout.results(self.results.as_deref())?;
        let mut sides = Vec::new();
        for folder in RunFolder::all(&results) {
            match load(&folder).and_then(|run| Side::new(run, &self.filter)) {
                Ok(side) => sides.push(side),
                Err(error) => eprintln!("left out: \"{}\": {error:#}", folder.name()),
            }
        }
        for side in &mut sides {
            side.rows.retain(|row| {
                let name = [row.cell.to_string()];
                self.cells.is_empty() || self.cells.iter().any(|it| it.matches_one(&name))
            });
        }
        sides.retain(|side| !side.rows.is_empty());
        if sides.is_empty() {
            bail!(Misuse(anyhow!(
                "no run in \"{}\" holds such a cell: make one with cargo xtask bench, or name cells as a report does, such as 'merge/1KB/random/wasmtime:aot'",
                results.display()
            )));
        }
        let trends = Trends::of(&sides);
        let document = trends.document();
        let folder = std::path::absolute(self.output.unwrap_or(results))?;
        let (page, csv) = (folder.join("history.html"), folder.join("history.csv"));
        files::write(&csv, trends.csv()?.as_bytes())?;
        files::write(&page, html::render(&document, &[], "").as_bytes())?;
        print!("{}", terminal::render(&document.pieces, terminal::width()));
        println!("history: {}\nbeside it: history.csv", page.display());
        Ok(true)
    }
}
