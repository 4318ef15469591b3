//! The guests: where they are, how those of this project are built, and what that needs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::find::matching;
use crate::config::{Config, Workload, distinct};
use crate::host::paths::Paths;
use crate::host::process::{Invocation, check, read_stdout};
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
    build_for(paths, guests, &[])?;
    build_for(paths, guests, &["--target", WASM_TARGET])
}

/// Builds one guest, for wasm32-wasip1 only.
///
/// # Errors
/// As [`build`].
pub fn build_wasm(paths: &Paths, guest: &str) -> anyhow::Result<()> {
    build_for(paths, &[guest], &["--target", WASM_TARGET])
}

fn build_for(paths: &Paths, guests: &[&str], target: &[&str]) -> anyhow::Result<()> {
    if guests.is_empty() {
        // cargo would build the whole workspace.
        return Ok(());
    }
    let mut cargo = Invocation::cargo()
        .args(["build", "--release", "--locked", "--target-dir"])
        .args([paths.guest_target()])
        .args(guests.iter().flat_map(|guest| ["--package", guest]))
        .args(target);
    cargo.cwd = Some(paths.root.clone());
    check(&cargo).with_context(|| format!("cannot build the guests {}", guests.join(", ")))?;
    Ok(())
}

/// Adds the guests' target to the Rust toolchain in use. Is it new?
///
/// # Errors
/// When it is missing and cannot be added; the message says what to do.
pub fn ensure_wasm_target() -> anyhow::Result<bool> {
    if has_wasm_target()? {
        return Ok(false);
    }
    let advice = format!(
        "install Rust with rustup, or your distribution's package of Rust's standard library for \
         {WASM_TARGET} (Debian and Ubuntu: libstd-rust-dev-wasm32, Fedora: rust-std-static-{WASM_TARGET}, Arch: rust-wasm)"
    );
    let add = Invocation::new(["rustup", "target", "add", WASM_TARGET]);
    check(&add).with_context(|| {
        format!("the Rust target \"{WASM_TARGET}\" is missing and rustup did not add it: {advice}")
    })?;
    // With two installs of Rust, rustup's need not be the one that PATH names first.
    if !has_wasm_target()? {
        bail!(
            "rustup added the target \"{WASM_TARGET}\", but the rustc on PATH is not rustup's: {advice}"
        );
    }
    Ok(true)
}

fn has_wasm_target() -> anyhow::Result<bool> {
    let ask = ["rustc", "--print", "target-libdir", "--target", WASM_TARGET];
    let folder = read_stdout(&Invocation::new(ask)).context("cannot ask rustc")?;
    Ok(!matching(Path::new(&folder), "libstd-*.rlib")?.is_empty())
}

/// Is every program and file there that a live cell needs from the user?
///
/// # Errors
/// With the workload, its key, and the file that is missing.
pub fn check_files(config: &Config, root: &Path, plan: &Plan) -> anyhow::Result<()> {
    let used = distinct(plan.live().map(|cell| cell.workload.as_str()));
    let used = |workload: &&Workload| used.contains(&workload.name.as_str());
    for workload in config.workloads.iter().filter(used) {
        for (key, path) in workload.sources() {
            let path = root.join(path);
            if !path.is_file() {
                bail!(
                    "matrix.toml: workload \"{}\": key \"{key}\": there is no file \"{}\"; put it there, or mend the path, which starts at the folder of matrix.toml",
                    workload.name,
                    path.display()
                );
            }
        }
    }
    Ok(())
}
