//! The guests: where they are, and how those of this project are built.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::config::{Config, Workload, distinct};
use crate::host::paths::Paths;
use crate::host::process::{Invocation, check};
use crate::plan::Plan;

const WASM_TARGET: &str = "wasm32-wasip1";

/// The programs of a workload; a mode runs one of them. Absolute paths.
#[derive(Clone, Debug)]
pub struct Guest {
    pub wasm: PathBuf,
    /// None if the user brought no native program, and likewise below.
    pub native: Option<PathBuf>,
    pub js: Option<PathBuf>,
}

impl Guest {
    /// The guest of a workload: the user's own program, or one that [`build`] makes.
    pub fn of(workload: &Workload, paths: &Paths) -> Guest {
        let below_root = |path: &PathBuf| paths.root.join(path);
        match &workload.wasm {
            Some(wasm) => Guest {
                wasm: below_root(wasm),
                native: workload.native.as_ref().map(below_root),
                js: workload.js.as_ref().map(below_root),
            },
            None => Guest::built(&workload.name, paths),
        }
    }

    /// Where the guest of this name in `guests/` is once it is built.
    pub fn built(name: &str, paths: &Paths) -> Guest {
        let target = paths.guest_target();
        let wasm = format!("{WASM_TARGET}/release/{name}.wasm");
        Guest {
            wasm: target.join(wasm),
            native: Some(target.join("release").join(name)),
            js: Some(paths.node().join(format!("{name}.js"))),
        }
    }

    /// Every program that there is.
    pub fn programs(&self) -> Vec<&PathBuf> {
        let all = [Some(&self.wasm), self.native.as_ref(), self.js.as_ref()];
        all.into_iter().flatten().collect()
    }
}

/// Builds these guests, native and wasm32-wasip1, with one profile; nothing if there are none.
///
/// # Errors
/// When cargo fails; the message holds the end of what it said.
pub fn build(paths: &Paths, guests: &[&str]) -> anyhow::Result<()> {
    for target in [None, Some(WASM_TARGET)] {
        build_for(paths, guests, target)?;
    }
    Ok(())
}

/// Builds one guest, for wasm32-wasip1 only.
///
/// # Errors
/// As [`build`].
pub fn build_wasm(paths: &Paths, guest: &str) -> anyhow::Result<()> {
    build_for(paths, &[guest], Some(WASM_TARGET))
}

fn build_for(paths: &Paths, guests: &[&str], target: Option<&str>) -> anyhow::Result<()> {
    if guests.is_empty() {
        // cargo would build the whole workspace.
        return Ok(());
    }
    let command = cargo_build(&paths.root, &paths.guest_target(), guests, target);
    let place = target.unwrap_or("this machine");
    check(&command)
        .with_context(|| format!("cannot build the guests {} for {place}", guests.join(", ")))?;
    Ok(())
}

fn cargo_build(
    root: &Path,
    target_dir: &Path,
    guests: &[&str],
    target: Option<&str>,
) -> Invocation {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut invocation = Invocation::new([cargo]);
    invocation
        .argv
        .extend(["build", "--release", "--locked", "--target-dir"].map(Into::into));
    invocation.argv.push(target_dir.into());
    for guest in guests {
        invocation.argv.extend(["--package".into(), guest.into()]);
    }
    if let Some(target) = target {
        invocation.argv.extend(["--target".into(), target.into()]);
    }
    invocation.cwd = Some(root.to_owned());
    invocation
}

/// Is every program and file there that a live cell needs from the user?
///
/// # Errors
/// With the workload, its key, and the file that is missing.
pub fn check_files(config: &Config, root: &Path, plan: &Plan) -> anyhow::Result<()> {
    for name in distinct(plan.live().map(|cell| cell.workload.clone())) {
        let workload = config.workload(&name);
        for (key, path) in workload.map(Workload::sources).unwrap_or_default() {
            let path = root.join(path);
            if !path.is_file() {
                bail!(
                    "matrix.toml: workload \"{name}\": key \"{key}\": there is no file \"{}\"; put it there, or mend the path, which starts at the folder of matrix.toml",
                    path.display()
                );
            }
        }
    }
    Ok(())
}
