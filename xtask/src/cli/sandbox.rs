//! `sandbox`

use std::time::Duration;

use clap::Args;

use super::Checkout;
use super::experiment::Experiment;
use crate::experiments::{self, sandbox};
use crate::model::parse_duration;

#[derive(Args)]
pub struct Sandbox {
    #[command(flatten)]
    experiment: Experiment,
    /// Limit of one attempt, such as 30s or 10m; four times that for those without bounds
    #[arg(long, value_name = "T", default_value = "30s", value_parser = parse_duration)]
    timeout: Duration,
}

impl Sandbox {
    /// # Errors
    /// When the arguments are wrong, the guest cannot be built, or the user interrupts.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let sandbox = self.experiment.run(
            checkout,
            sandbox::FILE,
            experiments::runs_wasm,
            |lab| sandbox::try_all(lab, self.timeout),
            sandbox::terminal_pieces,
        )?;
        Ok(!sandbox.is_surprising())
    }
}
