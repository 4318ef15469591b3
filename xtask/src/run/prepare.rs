//! Gets everything ready that a run needs: tools, guests, inputs, and who they are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::Request;
use super::stopwatch::Stopwatch;
use crate::config::{Config, Engine, Mode, Workload};
use crate::data::Input;
use crate::host::files::sha256_read_anew;
use crate::host::machine::{Machine, filesystem};
use crate::host::paths::{Paths, without_home};
use crate::model::Outcome;
use crate::plan::Plan;
use crate::run::inputs;
use crate::store::environment::{self, EngineIdentity, Environment, ModeCommands};
use crate::tools::{self, Found, Guest, Toolbox};

/// Everything that a run needs.
pub struct Ready {
    pub stopwatch: Stopwatch,
    pub environment: Environment,
    /// Engines that are there, by name.
    pub installed: BTreeMap<String, Installed>,
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
    identity: EngineIdentity,
}

impl Installed {
    /// All that an artefact depends on, of the engine that made it.
    pub fn identity(&self) -> impl Iterator<Item = &str> {
        let own = [&self.identity.version, &self.identity.sha256];
        let all = own.into_iter().chain(self.identity.libraries.values());
        all.map(String::as_str)
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
    let state = |name: &str| {
        let mut tools = toolbox.tools.iter();
        Some(&tools.find(|(tool, _)| tool.name == name)?.1)
    };
    let hyperfine = match state(&config.hyperfine.name) {
        Some(Ok(hyperfine)) => hyperfine,
        Some(Err(missing)) => bail!("hyperfine, the stopwatch, is missing: {missing}"),
        None => bail!("hyperfine was not looked for: a bug"),
    };
    let used = |workload: &&Workload| plan.live().any(|cell| cell.workload == workload.name);
    let workloads: Vec<&Workload> = config.workloads.iter().filter(used).collect();
    let guests = guests(paths, &workloads, request)?;
    let inputs = inputs::generate(config, paths, plan.live())?;
    let stopwatch = Stopwatch::new(hyperfine);
    let floor = stopwatch.memory_floor();
    let floor = floor.context("cannot measure with hyperfine")?;
    let installed = installed(config, toolbox)?;
    let identities = installed.iter();
    let identities = identities.map(|(name, engine)| (name.clone(), engine.identity.clone()));
    let machine = Machine::look()?;
    let environment = Environment {
        warnings: machine.warnings(),
        machine,
        hyperfine: hyperfine.version.clone(),
        memory_floor_bytes: floor,
        engines: identities.collect(),
        guests: guest_hashes(paths, &workloads, &guests)?,
        rustc: environment::rustc_version(),
        git_commit: environment::git_commit(&paths.root),
        command: request.command.clone(),
        filesystem: filesystem(request.folder()),
        pinned: plan.pin.as_ref().map(ToString::to_string),
        other_machines: Vec::new(),
    };
    for warning in &environment.warnings {
        eprintln!("warning: {warning}");
    }
    for planned in plan.cells.iter_mut().filter(|cell| cell.outcome.is_none()) {
        let cell = &planned.cell;
        let reason = match state(&cell.engine) {
            Some(Ok(found)) => config
                .mode(&cell.engine, &cell.mode)
                .and_then(|mode| mode.commands(&found.version).err())
                .map(|error| error.to_string()),
            Some(Err(missing)) => Some(missing.to_string()),
            None => Some("the engine is missing".to_owned()),
        };
        planned.outcome = reason.as_ref().map(|_| Outcome::Unsupported);
        planned.reason = reason;
    }
    Ok(Ready {
        stopwatch,
        environment,
        installed,
        guests,
        inputs,
        repo: paths.root.clone(),
    })
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
    let engines = config.engines.iter();
    let used = engines.filter(|engine| plan.live().any(|cell| cell.engine == engine.name));
    let tools = std::iter::once(&config.hyperfine).chain(used).cloned();
    let mut toolbox = Toolbox::look(tools.collect(), paths);
    if !request.no_setup {
        toolbox.install_packages()?;
    }
    Ok(toolbox)
}

/// The guests of these workloads, built where they are this project's.
fn guests(
    paths: &Paths,
    workloads: &[&Workload],
    request: &Request,
) -> anyhow::Result<BTreeMap<String, Guest>> {
    let guest = |workload: &&Workload| (workload.name.clone(), Guest::of(workload, paths));
    let guests: BTreeMap<String, Guest> = workloads.iter().map(guest).collect();
    let own = workloads.iter().filter(|it| !it.is_own());
    let names: Vec<&str> = own.map(|workload| workload.name.as_str()).collect();
    let is_there = |name: &&str| guests[*name].programs().all(|program| program.is_file());
    let all_there = names.iter().all(is_there);
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

/// The engines that are there, by name. Hashing hundreds of megabytes is shared out over the processors.
fn installed(config: &Config, toolbox: &Toolbox) -> anyhow::Result<BTreeMap<String, Installed>> {
    std::thread::scope(|scope| {
        let tools = toolbox.tools.iter();
        let engines = tools.filter_map(|(tool, state)| {
            let (engine, found) = (config.engine(&tool.name)?, state.as_ref().ok()?);
            Some((&tool.name, scope.spawn(|| identified(engine, found))))
        });
        let engines: Vec<_> = engines.collect();
        let engines = engines.into_iter().map(|(name, thread)| {
            let engine = thread.join();
            let engine = engine.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((name.clone(), engine?))
        });
        engines.collect()
    })
}

fn identified(engine: &Engine, found: &Found) -> anyhow::Result<Installed> {
    let mut libraries = BTreeMap::new();
    for path in tools::loaded_files(&found.command)? {
        let name = without_home(&path).display().to_string();
        libraries.insert(name, sha256_read_anew(&path)?);
    }
    let modes = engine.modes.iter().filter_map(|mode| {
        let commands = commands(mode, &found.version)?;
        Some((mode.name.clone(), commands))
    });
    let identity = EngineIdentity {
        version: found.version.clone(),
        origin: Some(found.origin),
        note: found.note.clone(),
        path: without_home(&found.binary),
        sha256: sha256_read_anew(&found.binary)?,
        libraries,
        modes: modes.collect(),
    };
    let found = found.clone();
    Ok(Installed { found, identity })
}

/// The commands of a mode with its variables, as `matrix.toml` has them; none where the version lacks the mode.
fn commands(mode: &Mode, version: &str) -> Option<ModeCommands> {
    let commands = mode.commands(version).ok()?;
    let env = mode.env.iter();
    let env = env.map(|(name, value)| format!("{name}={} ", value.text()));
    let env: String = env.collect();
    let compile = commands.compile.as_ref();
    Some(ModeCommands {
        run: format!("{env}{}", commands.run.text()),
        compile: compile.map(|compile| format!("{env}{}", compile.text())),
    })
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
        let own = own.map(|(_, path)| paths.root.join(path));
        let programs = guests[&workload.name].programs().cloned();
        for file in own.chain(programs) {
            let inside = file.strip_prefix(&paths.root).map(Path::to_owned);
            let name = inside.unwrap_or_else(|_| without_home(&file));
            hashes.insert(name.display().to_string(), sha256_read_anew(&file)?);
        }
    }
    Ok(hashes)
}
