//! `export`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::{Checkout, Misuse};
use crate::host::files;
use crate::model::Filter;
use crate::report::{export, load, rows};
use crate::store::RunFolder;

#[derive(Args)]
pub struct Export {
    /// A run's folder, or its name in results/ [default: the newest]
    run: Option<PathBuf>,
    /// Whose format
    #[arg(long, value_name = "FORMAT")]
    format: export::Format,
    /// Write to this file [default: standard output]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    filter: Filter,
}

impl Export {
    /// # Errors
    /// When there is no such run, it is damaged, nothing in it ended ok, or the file cannot be written.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let results = checkout.paths.results();
        let folder = RunFolder::open_or_newest(&results, self.run.as_deref())?;
        let rows = rows(&load(&folder)?, &self.filter).map_err(Misuse)?;
        let text = export::render(&rows, self.format)?;
        match self.output {
            Some(file) => files::write(&std::path::absolute(file)?, text.as_bytes())?,
            None => std::io::stdout().write_all(text.as_bytes())?,
        }
        let left_out = rows.iter().filter(|row| !row.is_ok()).count();
        if left_out > 0 {
            eprintln!("left out: {left_out} cells that did not end ok");
        }
        Ok(true)
    }
}
