//! `merge`

use std::path::PathBuf;

use clap::Args;

use super::Checkout;
use crate::model::any_trouble;
use crate::report::report;
use crate::store::RunFolder;
use crate::store::merge::merge;

#[derive(Args)]
pub struct Merge {
    /// The runs' folders
    #[arg(value_name = "RUN", required = true)]
    runs: Vec<PathBuf>,
    /// The new run's folder
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
}

impl Merge {
    /// # Errors
    /// When the runs do not belong together, or the new folder is there already.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let results = checkout.paths.results();
        let open = |run: &PathBuf| RunFolder::open(&results, run);
        let folders: Vec<RunFolder> = self.runs.iter().map(open).collect::<anyhow::Result<_>>()?;
        let report = report(&merge(&folders, &self.into)?)?;
        report.print(None);
        Ok(!any_trouble(&report.rows))
    }
}
