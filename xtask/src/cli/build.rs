//! `build`

use super::Checkout;
use crate::tools;

/// Builds the guests of this project.
///
/// # Errors
/// When the target cannot be had or cargo fails.
pub fn build(Checkout { paths, config }: &Checkout) -> anyhow::Result<bool> {
    tools::ensure_wasm_target()?;
    let made = config.workloads.iter().filter(|it| !it.is_own());
    let guests: Vec<_> = made.collect();
    tools::build(paths, &guests)?;
    let (count, folder) = (guests.len(), paths.guest_target());
    println!("{count} guests in \"{}\"", folder.display());
    Ok(true)
}
