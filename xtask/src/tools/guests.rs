//! The guests: where they are, how those of this project are built, and what that needs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::find::matching;
use crate::config::{Config, Workload, distinct};
use crate::host::files;
use crate::host::paths::Paths;
use crate::host::process::{Invocation, check, read_stdout};
use crate::plan::Plan;

const WASM_TARGET: &str = "wasm32-wasip1";
/// Native programs for the processor of this machine and no other, as a JIT compiles.
const NATIVE_HOST: &str = "native-host";

/// Of generated modules: the same on every machine.
const SEED: u64 = 2023;

/// The programs of a workload; a mode runs one of them.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Absolute paths, by the placeholder that stands for each in a run command; `wasm` is always there.
    pub programs: BTreeMap<&'static str, PathBuf>,
}

impl Guest {
    /// The guest of a workload: the user's own program, or one that [`build`] makes.
    pub fn of(workload: &Workload, paths: &Paths) -> Guest {
        if workload.has_harness() {
            return Guest::built(&workload.name, paths);
        }
        let generated = workload.code.map(|code| {
            let file = format!("modules/{code}.wasm");
            ("wasm", paths.guest_target().join(file))
        });
        let own = workload.programs();
        let own = own.map(|(key, path)| (key, paths.root.join(path)));
        Guest {
            programs: own.chain(generated).collect(),
        }
    }

    /// Where the guest of this name in `guests/` is once it is built.
    pub fn built(name: &str, paths: &Paths) -> Guest {
        let target = paths.guest_target();
        let wasm = format!("{WASM_TARGET}/release/{name}.wasm");
        let native_host = target.join(NATIVE_HOST).join("release").join(name);
        Guest {
            programs: BTreeMap::from([
                ("wasm", target.join(wasm)),
                ("native", target.join("release").join(name)),
                (NATIVE_HOST, native_host),
                ("js", paths.node().join(format!("{name}.js"))),
            ]),
        }
    }

    /// A module and nothing else.
    pub fn of_wasm(wasm: PathBuf) -> Guest {
        let programs = BTreeMap::from([("wasm", wasm)]);
        Guest { programs }
    }

    pub fn wasm(&self) -> &Path {
        &self.programs["wasm"]
    }
}

/// Makes the guests of these workloads, none of which the user brought: native, native for this
/// processor, and wasm32-wasip1, with one profile, or generated.
///
/// # Errors
/// When cargo fails; the message holds the end of what it said. When a file cannot be written.
pub fn build(paths: &Paths, workloads: &[&Workload]) -> anyhow::Result<()> {
    for workload in workloads {
        if let Some(code) = workload.code {
            let module = module::generate(code.bytes as usize, SEED);
            files::write(Guest::of(workload, paths).wasm(), &module)?;
        }
    }
    let crates = workloads.iter().filter(|it| it.has_harness());
    let guests: Vec<&str> = crates.map(|it| it.name.as_str()).collect();
    build_crates(paths, &guests)
}

/// Builds these guests in all forms.
///
/// # Errors
/// When cargo fails; the message holds the end of what it said.
pub fn build_crates(paths: &Paths, guests: &[&str]) -> anyhow::Result<()> {
    build_for(guests, cargo_build(paths, paths.guest_target()))?;
    let mut host = cargo_build(paths, paths.guest_target().join(NATIVE_HOST));
    host.env
        .push(("RUSTFLAGS".to_owned(), "-C target-cpu=native".into()));
    build_for(guests, host)?;
    build_wasm(paths, guests)
}

/// Builds these guests for wasm32-wasip1 only.
///
/// # Errors
/// As [`build_crates`].
pub fn build_wasm(paths: &Paths, guests: &[&str]) -> anyhow::Result<()> {
    let cargo = cargo_build(paths, paths.guest_target());
    build_for(guests, cargo.args(["--target", WASM_TARGET]))
}

fn cargo_build(paths: &Paths, folder: PathBuf) -> Invocation {
    let mut cargo = Invocation::cargo()
        .args(["build", "--release", "--locked", "--target-dir"])
        .args([folder]);
    cargo.cwd = Some(paths.root.clone());
    cargo
}

fn build_for(guests: &[&str], cargo: Invocation) -> anyhow::Result<()> {
    if guests.is_empty() {
        // cargo would build the whole workspace.
        return Ok(());
    }
    let cargo = cargo.args(guests.iter().flat_map(|guest| ["--package", guest]));
    check(&cargo).with_context(|| format!("cannot build the guests {}", guests.join(", ")))?;
    Ok(())
}

/// Adds the guests' target to the Rust toolchain in use, where it is missing, and says so on stderr.
///
/// # Errors
/// When it is missing and cannot be added; the message says what to do.
pub fn ensure_wasm_target() -> anyhow::Result<()> {
    if has_wasm_target()? {
        return Ok(());
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
    eprintln!("added the Rust target {WASM_TARGET}");
    Ok(())
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
