//! `features`

use std::time::Duration;

use clap::Args;

use super::experiment::Experiment;
use super::{Checkout, Misuse};
use crate::experiments;
use crate::experiments::features::{self, PROBES};
use crate::model::parse_duration;

#[derive(Args)]
pub struct Features {
    #[command(flatten)]
    experiment: Experiment,
    /// Limit of one process, such as 30s or 10m
    #[arg(long, value_name = "T", default_value = "30s", value_parser = parse_duration)]
    timeout: Duration,
}

impl Features {
    /// # Errors
    /// When the arguments or a flag in `matrix.toml` are wrong, or the user interrupts.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        features::check_flags(&checkout.config).map_err(Misuse)?;
        let features = self.experiment.run(
            checkout,
            features::FILE,
            experiments::runs_wasm,
            |lab| features::try_all(lab, &PROBES, self.timeout),
            features::terminal_pieces,
        )?;
        Ok(!features.is_surprising())
    }
}
