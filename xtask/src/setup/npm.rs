//! Installs an npm package.

use anyhow::bail;

use super::find::has_program;
use super::folder::Making;
use super::progress::Row;
use crate::config::NpmInstall;
use crate::process::{self, Invocation, Runner};

/// Installs the package into the temporary folder of `making`.
///
/// # Errors
/// When there is no npm, or it fails.
pub fn install(
    install: &NpmInstall,
    making: &Making,
    runner: &dyn Runner,
    row: &Row,
) -> anyhow::Result<()> {
    if !has_program("npm") {
        bail!(
            "the npm package \"{}\" needs npm, which is not on PATH: install Node.js",
            install.package
        );
    }
    row.say("installing with npm");
    process::check(runner, &invocation(install, making)).map(drop)
}

fn invocation(install: &NpmInstall, making: &Making) -> Invocation {
    let mut invocation = Invocation::new(["npm", "install", "--prefix"]);
    invocation.argv.push(making.temporary.clone().into());
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
    invocation
}

#[cfg(test)]
mod tests {
    use super::super::fake::paths;
    use super::*;

    #[test]
    fn the_command_line_runs_no_scripts() {
        let (_home, paths) = paths();
        let making = Making::start(&paths, "bun-1-k", || ()).unwrap();
        let install = NpmInstall {
            package: "bun".to_owned(),
            version: "1.4.5".parse().unwrap(),
            bin: "node_modules/@oven/bun-*/bin/bun".to_owned(),
        };
        let line = invocation(&install, &making).display();
        let start = format!(
            "npm install --prefix {} bun@1.4.5 --ignore-scripts",
            making.temporary.display()
        );
        assert!(line.starts_with(&start), "{line}");
    }
}
