//! Installs an npm package.

use anyhow::bail;

use super::find::has_program;
use super::progress::Row;
use super::staging::Staging;
use crate::config::NpmInstall;
use crate::host::process::{self, Invocation};

/// Installs the package into the temporary folder of `staging`.
///
/// # Errors
/// When there is no npm, or it fails.
pub fn install(install: &NpmInstall, staging: &Staging, row: &Row) -> anyhow::Result<()> {
    if !has_program("npm") {
        bail!(
            "the npm package \"{}\" needs npm, which is not on PATH: install Node.js",
            install.package
        );
    }
    row.say("installing with npm");
    let mut invocation = Invocation::new(["npm", "install", "--prefix"]);
    invocation.argv.push(staging.temporary.clone().into());
    invocation
        .argv
        .push(format!("{}@{}", install.package, install.version).into());
    // Install scripts are programs of strangers; the packages used here start without them.
    let options = [
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-update-notifier",
        "--global=false",
    ];
    invocation.argv.extend(options.map(Into::into));
    process::check(&invocation).map(drop)
}
