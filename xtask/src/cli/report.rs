//! `report`

use std::path::PathBuf;

use clap::Args;

use super::Checkout;
use crate::report::{report, splice_into};
use crate::store::RunFolder;

#[derive(Args)]
pub struct Report {
    /// A run's folder, or its name in results/ [default: the newest]
    run: Option<PathBuf>,
    /// Also put the main table and chart into this file, between its markers
    #[arg(long, value_name = "FILE")]
    splice: Option<PathBuf>,
}

impl Report {
    /// # Errors
    /// When there is no such run, its folder is damaged, or the file to splice into has no markers.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let results = checkout.paths.results();
        let folder = RunFolder::open_or_newest(&results, self.run.as_deref())?;
        report(&folder)?.print(None);
        if let Some(file) = &self.splice {
            splice_into(file, &folder)?;
            println!("put into {}", file.display());
        }
        Ok(true)
    }
}
