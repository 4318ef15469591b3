//! `gen-data`

use clap::Args;

use super::Checkout;
use crate::plan::{Overrides, Selection};
use crate::run;

#[derive(Args)]
pub struct GenData {
    #[command(flatten)]
    selection: Selection,
    /// Seed of the values [default: the seed of matrix.toml]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

impl GenData {
    /// # Errors
    /// When the selection is wrong, or a file cannot be made.
    pub fn run(self, mut checkout: Checkout) -> anyhow::Result<bool> {
        let plan = checkout.plan(&self.selection, &Overrides::default())?;
        let Checkout { paths, config } = &mut checkout;
        config.inputs.seed = self.seed.unwrap_or(config.inputs.seed);
        let inputs = run::inputs(config, paths, plan.live())?;
        let (count, folder) = (inputs.len(), paths.data());
        println!("{count} inputs in \"{}\", all checked", folder.display());
        Ok(true)
    }
}
