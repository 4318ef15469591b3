//! Gets everything ready that a run needs: tools, guests, inputs, and who they are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::Request;
use super::stopwatch::Stopwatch;
use crate::config::{Config, Engine, Workload, distinct};
use crate::data::Input;
use crate::host::files;
use crate::host::machine::Machine;
use crate::host::paths::{Paths, without_home};
use crate::model::Outcome;
use crate::plan::Plan;
use crate::run::inputs;
use crate::store::environment::{self, EngineIdentity, Environment, ModeCommands};
use crate::tools::{self, Found, Guest, State, Toolbox};

/// Everything that a run needs.
pub struct Ready {
    pub stopwatch: Stopwatch,
    pub environment: Environment,
    /// Engines that are there, by name.
    pub installed: BTreeMap<String, Installed>,
    /// Why an engine is not there, by its name.
    pub missing: BTreeMap<String, String>,
    /// By workload.
    pub guests: BTreeMap<String, Guest>,
    /// By size and distribution, as in a cell's name: `1MB/random`.
    pub inputs: BTreeMap<String, Input>,
    /// The checkout.
    pub repo: PathBuf,
}

/// An engine that is there, and what identifies it.
pub struct Installed {
    pub found: Found,
    /// Hex SHA-256 of its binary.
    sha256: String,
    /// Hex SHA-256 of what the binary loads, by path.
    libraries: BTreeMap<String, String>,
}

impl Installed {
    /// All that an artefact depends on, of the engine that made it.
    pub fn identity(&self) -> impl Iterator<Item = &str> {
        let own = [self.found.version.as_str(), self.sha256.as_str()];
        own.into_iter()
            .chain(self.libraries.values().map(String::as_str))
    }
}

/// Finds or makes all that the plan's live cells need, and says so on stderr. Cells whose engine is
/// missing, or too old for the mode, become `unsupported`.
///
/// # Errors
/// When hyperfine, the wasm target, a guest or an input cannot be had. An engine that
/// cannot be had is no error.
pub fn prepare(
    config: &Config,
    paths: &Paths,
    plan: &mut Plan,
    request: &Request,
    toolbox: &Toolbox,
) -> anyhow::Result<Ready> {
    let [(_, hyperfine), engines @ ..] = &toolbox.tools[..] else {
        bail!("hyperfine was not looked for: a bug")
    };
    let hyperfine = match hyperfine {
        State::Found(hyperfine) => hyperfine,
        State::Missing { why, how } => {
            bail!("hyperfine, the stopwatch, is missing: {why}; {how}")
        }
    };
    let names = distinct(plan.live().map(|cell| cell.workload.clone()));
    let workloads = config.workloads.iter();
    let workloads: Vec<&Workload> = workloads
        .filter(|workload| names.contains(&workload.name))
        .collect();
    let guests = guests(paths, &workloads, request)?;
    let inputs = inputs::generate(config, paths, plan.live())?;
    let stopwatch = Stopwatch::new(hyperfine);
    let floor = stopwatch
        .memory_floor()
        .context("cannot measure with hyperfine")?;
    let (installed, missing) = split(engines)?;
    let machine = Machine::look()?;
    let environment = Environment {
        warnings: machine.warnings(),
        machine,
        hyperfine: hyperfine.version.clone(),
        memory_floor_bytes: floor,
        engines: installed
            .iter()
            .map(|(name, engine)| (name.clone(), identity(config, name, engine)))
            .collect(),
        guests: guest_hashes(paths, &workloads, &guests)?,
        rustc: environment::rustc_version(),
        git_commit: environment::git_commit(&paths.root),
        command: request.command.clone(),
        pinned: request.pin.as_ref().map(ToString::to_string),
        other_machines: Vec::new(),
    };
    for warning in &environment.warnings {
        eprintln!("warning: {warning}");
    }
    let ready = Ready {
        stopwatch,
        environment,
        installed,
        missing,
        guests,
        inputs,
        repo: paths.root.clone(),
    };
    ready.exclude_unsupported(config, plan);
    Ok(ready)
}

impl Ready {
    fn exclude_unsupported(&self, config: &Config, plan: &mut Plan) {
        for planned in plan.cells.iter_mut().filter(|cell| cell.outcome.is_none()) {
            let cell = &planned.cell;
            let reason = match self.installed.get(&cell.engine) {
                None => Some(
                    self.missing
                        .get(&cell.engine)
                        .cloned()
                        .unwrap_or_else(|| "the engine is missing".to_owned()),
                ),
                Some(engine) => config
                    .mode(&cell.engine, &cell.mode)
                    .and_then(|mode| mode.commands(&engine.found.version).err())
                    .map(|error| error.to_string()),
            };
            if reason.is_some() {
                planned.outcome = Some(Outcome::Unsupported);
                planned.reason = reason;
            }
        }
    }
}

/// hyperfine first, then the engines of the live cells. What needs no compiling is installed.
///
/// # Errors
/// When a download is not what `matrix.toml` names, or the user interrupts.
pub fn find_tools<'p>(
    config: &Config,
    paths: &'p Paths,
    plan: &Plan,
    request: &Request,
) -> anyhow::Result<Toolbox<'p>> {
    let engines = distinct(plan.live().map(|cell| cell.engine.clone()));
    let used = config
        .engines
        .iter()
        .filter(|engine| engines.contains(&engine.name));
    let tools = std::iter::once(&config.hyperfine).chain(used).cloned();
    let mut toolbox = Toolbox::look(tools.collect(), paths);
    if !request.no_setup {
        toolbox.install_packages()?;
    }
    Ok(toolbox)
}

/// Says what is there and what is not.
pub fn list(toolbox: &Toolbox) {
    for (tool, state) in &toolbox.tools {
        let name = &tool.name;
        match state {
            State::Found(found) => eprintln!(
                "{name} {} ({}): {}",
                found.version,
                found.origin,
                found.binary.display()
            ),
            State::Missing { why, how } => eprintln!("{name}: missing: {why}; {how}"),
        }
    }
}

/// The guests of these workloads, built where they are this project's.
fn guests(
    paths: &Paths,
    workloads: &[&Workload],
    request: &Request,
) -> anyhow::Result<BTreeMap<String, Guest>> {
    let guest = |workload: &&Workload| (workload.name.clone(), Guest::of(workload, paths));
    let guests: BTreeMap<String, Guest> = workloads.iter().map(guest).collect();
    let own = workloads.iter().filter(|workload| !workload.is_own());
    let names: Vec<&str> = own.map(|workload| workload.name.as_str()).collect();
    let mut programs = names.iter().flat_map(|name| guests[*name].programs());
    let all_there = programs.all(|program| program.is_file());
    if names.is_empty() || (request.no_setup && all_there) {
        return Ok(guests);
    }
    if !request.no_setup {
        tools::ensure_wasm_target()?;
    }
    eprintln!("building the guests: {}", names.join(", "));
    tools::build(paths, &names)?;
    Ok(guests)
}

/// The engines that are there, and why others are not. Hashing hundreds of megabytes is shared
/// out over the processors.
fn split(
    tools: &[(Engine, State)],
) -> anyhow::Result<(BTreeMap<String, Installed>, BTreeMap<String, String>)> {
    std::thread::scope(|scope| {
        let mut hashing = Vec::new();
        let mut missing = BTreeMap::new();
        for (tool, state) in tools {
            match state {
                State::Found(found) => {
                    let hash = scope.spawn(|| with_hashes(found.clone()));
                    hashing.push((tool.name.clone(), hash));
                }
                State::Missing { why, how } => {
                    missing.insert(tool.name.clone(), format!("{why}; {how}"));
                }
            }
        }
        let mut engines = BTreeMap::new();
        for (name, hash) in hashing {
            let engine = hash.join();
            let engine = engine.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            engines.insert(name, engine?);
        }
        Ok((engines, missing))
    })
}

fn with_hashes(found: Found) -> anyhow::Result<Installed> {
    let mut libraries = BTreeMap::new();
    for path in tools::loaded_files(&found.command)? {
        let hash = files::sha256_read_anew(&path)?;
        libraries.insert(without_home(&path).display().to_string(), hash);
    }
    Ok(Installed {
        sha256: files::sha256_read_anew(&found.binary)?,
        libraries,
        found,
    })
}

fn identity(config: &Config, name: &str, engine: &Installed) -> EngineIdentity {
    let Found {
        version,
        binary,
        origin,
        note,
        ..
    } = &engine.found;
    let modes = config
        .engine(name)
        .map_or(&[][..], |engine| &engine.modes)
        .iter()
        .filter_map(|mode| {
            let commands = mode.commands(version).ok()?;
            let env: String = mode
                .env
                .iter()
                .map(|(name, value)| format!("{name}={} ", value.text()))
                .collect();
            let compile = commands
                .compile
                .as_ref()
                .map(|compile| format!("{env}{}", compile.text()));
            Some((
                mode.name.clone(),
                ModeCommands {
                    run: format!("{env}{}", commands.run.text()),
                    compile,
                },
            ))
        });
    EngineIdentity {
        version: version.clone(),
        origin: Some(*origin),
        note: note.clone(),
        path: without_home(binary),
        sha256: engine.sha256.clone(),
        libraries: engine.libraries.clone(),
        modes: modes.collect(),
    }
}

/// SHA-256 of everything that runs as a guest, and of the files that the user gave one.
fn guest_hashes(
    paths: &Paths,
    workloads: &[&Workload],
    guests: &BTreeMap<String, Guest>,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut hashes = BTreeMap::new();
    for workload in workloads {
        let own = workload.sources().into_iter();
        let mut files: Vec<PathBuf> = own.map(|(_, path)| paths.root.join(path)).collect();
        files.extend(guests[&workload.name].programs().into_iter().cloned());
        for file in files {
            let name = match file.strip_prefix(&paths.root) {
                Ok(inside) => inside.to_owned(),
                Err(_) => without_home(&file),
            };
            let hash = files::sha256_read_anew(&file)?;
            hashes.insert(name.display().to_string(), hash);
        }
    }
    Ok(hashes)
}
