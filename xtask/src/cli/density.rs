//! `density`

use anyhow::Context;
use clap::Args;

use super::experiment::Experiment;
use super::{Checkout, Misuse};
use crate::experiments::density::{self, Request};

#[derive(Args)]
pub struct Density {
    #[command(flatten)]
    experiment: Experiment,
    #[command(flatten)]
    request: Request,
}

impl Density {
    /// # Errors
    /// When the arguments are wrong, a guest cannot be built, or another benchmark measures.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let (config, name) = (&checkout.config, &self.request.workload);
        let unknown = || format!("option --workload: matrix.toml has no workload \"{name}\"");
        let workload = config.workload(name).with_context(unknown);
        let workload = workload.map_err(Misuse)?;
        let density = self.experiment.run(
            checkout,
            density::FILE,
            |_| true,
            |lab| density::measure(lab, &self.request, workload),
            density::pieces,
        )?;
        Ok(!density.is_surprising())
    }
}
