//! Builds the guests, native and wasm32-wasip1, with one profile.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::paths::Paths;
use crate::process::{Invocation, Runner, check};

const WASM_TARGET: &str = "wasm32-wasip1";

/// Where the guests of all workloads are.
#[derive(Clone, Debug)]
pub struct Guests {
    target: PathBuf,
    node: PathBuf,
}

impl Guests {
    /// Where the guests are, or will be once they are built.
    pub fn new(paths: &Paths) -> Guests {
        Guests {
            target: paths.guest_target(),
            node: paths.node(),
        }
    }

    pub fn wasm(&self, workload: &str) -> PathBuf {
        self.target
            .join(WASM_TARGET)
            .join("release")
            .join(format!("{workload}.wasm"))
    }

    pub fn native(&self, workload: &str) -> PathBuf {
        self.target.join("release").join(workload)
    }

    pub fn js(&self, workload: &str) -> PathBuf {
        self.node.join(format!("{workload}.js"))
    }

    /// Everything that runs as the guest of this workload, for hashing.
    pub fn files(&self, workload: &str) -> [PathBuf; 3] {
        [
            self.wasm(workload),
            self.native(workload),
            self.js(workload),
        ]
    }
}

/// Builds the guests of these workloads.
///
/// # Errors
/// When cargo fails; the message holds the end of what it said.
pub fn build(runner: &dyn Runner, paths: &Paths, workloads: &[String]) -> anyhow::Result<Guests> {
    for target in [None, Some(WASM_TARGET)] {
        check(
            runner,
            &cargo_build(&paths.root, &paths.guest_target(), workloads, target),
        )
        .with_context(|| {
            format!(
                "cannot build the guests for {}",
                target.unwrap_or("this machine")
            )
        })?;
    }
    Ok(Guests::new(paths))
}

/// Builds one guest, for wasm32-wasip1 only.
///
/// # Errors
/// As [`build`].
pub fn build_wasm(runner: &dyn Runner, paths: &Paths, guest: &str) -> anyhow::Result<PathBuf> {
    let (target, guests) = (paths.guest_target(), [guest.to_owned()]);
    let build = cargo_build(&paths.root, &target, &guests, Some(WASM_TARGET));
    check(runner, &build).with_context(|| format!("cannot build the guest \"{guest}\""))?;
    Ok(Guests::new(paths).wasm(guest))
}

fn cargo_build(
    root: &Path,
    target_dir: &Path,
    workloads: &[String],
    target: Option<&str>,
) -> Invocation {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut invocation = Invocation::new([cargo]);
    invocation
        .argv
        .extend(["build", "--release", "--locked", "--target-dir"].map(Into::into));
    invocation.argv.push(target_dir.into());
    for workload in workloads {
        invocation
            .argv
            .extend(["--package".into(), workload.into()]);
    }
    if let Some(target) = target {
        invocation.argv.extend(["--target".into(), target.into()]);
    }
    invocation.cwd = Some(root.to_owned());
    invocation
}
