//! Builds the guests, native and wasm32-wasip1, with one profile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::config::{Config, Own};
use crate::paths::Paths;
use crate::process::{Invocation, Runner, check};

const WASM_TARGET: &str = "wasm32-wasip1";

/// Where the guests of all workloads are.
#[derive(Clone, Debug)]
pub struct Guests {
    root: PathBuf,
    target: PathBuf,
    node: PathBuf,
    /// Programs that the user brought, by workload.
    own: BTreeMap<String, Own>,
}

impl Guests {
    /// Where the guests are, or will be once they are built.
    pub fn new(paths: &Paths) -> Guests {
        Guests {
            root: paths.root.clone(),
            target: paths.guest_target(),
            node: paths.node(),
            own: BTreeMap::new(),
        }
    }

    /// The same, and the programs that the user brought.
    pub fn with_own(mut self, config: &Config) -> Guests {
        let own = config.workloads.iter();
        self.own = own
            .filter_map(|workload| Some((workload.name.clone(), workload.own.clone()?)))
            .collect();
        self
    }

    pub fn wasm(&self, workload: &str) -> PathBuf {
        match self.own.get(workload) {
            Some(own) => self.root.join(&own.wasm),
            None => self
                .target
                .join(WASM_TARGET)
                .join("release")
                .join(format!("{workload}.wasm")),
        }
    }

    /// None if the user brought no native program.
    pub fn native(&self, workload: &str) -> Option<PathBuf> {
        match self.own.get(workload) {
            Some(own) => Some(self.root.join(own.native.as_ref()?)),
            None => Some(self.target.join("release").join(workload)),
        }
    }

    /// None if the user brought no JavaScript.
    pub fn js(&self, workload: &str) -> Option<PathBuf> {
        match self.own.get(workload) {
            Some(own) => Some(self.root.join(own.js.as_ref()?)),
            None => Some(self.node.join(format!("{workload}.js"))),
        }
    }

    /// Everything that runs as the guest of this workload, and the files that the user gave it, for hashing.
    pub fn files(&self, workload: &str) -> Vec<PathBuf> {
        match self.own.get(workload) {
            Some(own) => {
                let sources = own.sources().into_iter();
                sources.map(|(_, path)| self.root.join(path)).collect()
            }
            None => std::iter::once(self.wasm(workload))
                .chain(self.native(workload))
                .chain(self.js(workload))
                .collect(),
        }
    }
}

/// The workloads whose guests are built here: all but the user's own programs.
pub fn built<'c>(config: &'c Config, workloads: &'c [String]) -> Vec<String> {
    let own = |name: &String| config.workload(name).is_some_and(|w| w.own.is_some());
    workloads
        .iter()
        .filter(|name| !own(name))
        .cloned()
        .collect()
}

/// Builds the guests of these workloads; nothing if there are none.
///
/// # Errors
/// When cargo fails; the message holds the end of what it said.
pub fn build(runner: &dyn Runner, paths: &Paths, workloads: &[String]) -> anyhow::Result<Guests> {
    if workloads.is_empty() {
        // cargo would build the whole workspace.
        return Ok(Guests::new(paths));
    }
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
