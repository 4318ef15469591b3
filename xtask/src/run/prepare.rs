//! Gets everything ready that a run needs: tools, guests, inputs, and who they are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;

use super::Benchmark;
use super::stopwatch::Stopwatch;
use super::target::Target;
use crate::config::{Config, Engine, Mode, Workload};
use crate::data::{self, Distribution, Input, Status};
use crate::host::at_once;
use crate::host::files::sha256_read_anew;
use crate::host::machine::Machine;
use crate::host::paths::{Paths, without_home};
use crate::model::{Cell, Outcome, Size};
use crate::plan::Plan;
use crate::store::environment::{self, EngineIdentity, Environment, ModeCommands};
use crate::tools::{self, Found, Guest, Toolbox};

/// Everything that a run needs.
pub struct Ready<'b> {
    config: &'b Config,
    pub paths: &'b Paths,
    toolbox: &'b Toolbox<'b>,
    pub stopwatch: Stopwatch,
    pub environment: Environment,
    /// By workload.
    guests: BTreeMap<String, Guest>,
    pub inputs: BTreeMap<(Size, Distribution), Input>,
}

impl Ready<'_> {
    /// What a cell runs, and how.
    ///
    /// # Errors
    /// When the engine or its mode is missing.
    pub fn target(&self, cell: &Cell) -> anyhow::Result<(&Workload, Target<'_>)> {
        let (workload, engine, mode) = self.config.parts_of(cell)?;
        let guest = self.guests.get(&cell.workload);
        let guest = guest.context("the guest was not built")?;
        let found = self.toolbox.found(&cell.engine)?;
        let target = Target::new(engine, mode, found, guest, &self.paths.root)?;
        Ok((workload, target))
    }
}

impl Benchmark<'_> {
    /// hyperfine first, then the engines of the live cells. What needs no compiling is installed.
    ///
    /// # Errors
    /// When a download is not what `matrix.toml` names, or the user interrupts.
    pub fn find_tools(&self, plan: &Plan) -> anyhow::Result<Toolbox<'_>> {
        let engines = self.config.engines.iter();
        let used = engines.filter(|engine| plan.live().any(|cell| cell.engine == engine.name));
        let tools = std::iter::once(&self.config.hyperfine).chain(used).cloned();
        let mut toolbox = Toolbox::look(tools.collect(), self.paths);
        if !self.no_setup {
            toolbox.install_packages()?;
        }
        Ok(toolbox)
    }

    /// Finds or makes all that the plan's live cells need, and says so on stderr. Cells whose engine is
    /// missing, or too old for the mode, become `unsupported`.
    ///
    /// # Errors
    /// When hyperfine, the wasm target, a guest or an input cannot be had. An engine that
    /// cannot be had is no error.
    pub fn prepare<'b>(
        &'b self,
        plan: &mut Plan,
        toolbox: &'b Toolbox<'b>,
    ) -> anyhow::Result<Ready<'b>> {
        let Benchmark { config, paths, .. } = *self;
        let hyperfine = toolbox.found(&config.hyperfine.name);
        let hyperfine = hyperfine.context("hyperfine, the stopwatch, is missing")?;
        let used = |workload: &&Workload| plan.live().any(|cell| cell.workload == workload.name);
        let workloads: Vec<&Workload> = config.workloads.iter().filter(used).collect();
        let guests = self.guests(&workloads)?;
        let inputs = inputs(config, paths, plan.live())?;
        let stopwatch = Stopwatch::new(hyperfine);
        let floor = stopwatch.memory_floor();
        let machine = Machine::look()?;
        let environment = Environment {
            warnings: machine.warnings(),
            machine,
            hyperfine: hyperfine.version.clone(),
            memory_floor_bytes: floor.context("cannot measure with hyperfine")?,
            engines: identities(config, toolbox)?,
            guests: guest_hashes(paths, &workloads, &guests)?,
            rustc: environment::rustc_version(),
            git_commit: environment::git_commit(&paths.root),
            command: self.command.clone(),
            filesystem: environment::filesystem(&self.results),
            pinned: plan.pin.as_ref().map(ToString::to_string),
            other_machines: Vec::new(),
        };
        for warning in &environment.warnings {
            eprintln!("warning: {warning}");
        }
        for planned in plan.cells.iter_mut().filter(|cell| cell.outcome.is_none()) {
            let Cell { engine, mode, .. } = &planned.cell;
            let commands = toolbox.found(engine).and_then(|found| {
                let mode = config.mode(engine, mode).context("the mode is missing")?;
                mode.commands(&found.version)
            });
            planned.reason = commands.err().map(|error| error.to_string());
            planned.outcome = planned.reason.as_ref().map(|_| Outcome::Unsupported);
        }
        Ok(Ready {
            config,
            paths,
            toolbox,
            stopwatch,
            environment,
            guests,
            inputs,
        })
    }

    /// The guests of these workloads, made where they are this project's.
    fn guests(&self, workloads: &[&Workload]) -> anyhow::Result<BTreeMap<String, Guest>> {
        let guest = |it: &&Workload| (it.name.clone(), Guest::of(it, self.paths));
        let guests: BTreeMap<String, Guest> = workloads.iter().map(guest).collect();
        let mut made = workloads.to_vec();
        made.retain(|workload| !workload.is_own());
        let names: Vec<&str> = made.iter().map(|it| it.name.as_str()).collect();
        let mut programs = guests.values().flat_map(|guest| guest.programs.values());
        if names.is_empty() || (self.no_setup && programs.all(|it| it.is_file())) {
            return Ok(guests);
        }
        if !self.no_setup {
            tools::ensure_wasm_target()?;
        }
        eprintln!("building the guests: {}", names.join(", "));
        tools::build(self.paths, &made)?;
        Ok(guests)
    }
}

/// Makes sure that the inputs of these cells are there and good.
///
/// # Errors
/// When a file cannot be made; the message names it.
pub fn inputs<'c>(
    config: &Config,
    paths: &Paths,
    cells: impl Iterator<Item = &'c Cell>,
) -> anyhow::Result<BTreeMap<(Size, Distribution), Input>> {
    let uses_input = |cell: &&Cell| {
        let workload = config.workload(&cell.workload);
        workload.is_none_or(Workload::uses_input)
    };
    let wanted = cells.filter(uses_input);
    let wanted: BTreeSet<_> = wanted.map(|it| (it.size, it.distribution)).collect();
    let mut inputs = BTreeMap::new();
    for (size, distribution) in wanted {
        let spec = config.inputs.spec(size, distribution);
        let (input, status) = data::ensure(&spec, &paths.data())?;
        match status {
            Status::Kept => {}
            Status::Generated => eprintln!("{}: {} integers", input.path.display(), input.items),
            Status::Repaired(reason) => eprintln!("{}: made again, {reason}", input.path.display()),
        }
        inputs.insert((size, distribution), input);
    }
    Ok(inputs)
}

/// The engines that are there, by name. Hashing hundreds of megabytes is shared out over the processors.
fn identities(
    config: &Config,
    toolbox: &Toolbox,
) -> anyhow::Result<BTreeMap<String, EngineIdentity>> {
    let tools = toolbox.tools.iter();
    let engines = tools.filter_map(|(tool, state)| {
        let engine = config.engine(&tool.name)?;
        Some((engine, state.as_ref().ok()?))
    });
    let engines: Vec<(&Engine, &Found)> = engines.collect();
    let identities = at_once(&engines, |(engine, found)| {
        Ok((engine.name.clone(), identity(engine, found)?))
    });
    identities.into_iter().collect()
}

fn identity(engine: &Engine, found: &Found) -> anyhow::Result<EngineIdentity> {
    let mut libraries = BTreeMap::new();
    for path in tools::loaded_files(&found.command)? {
        let name = without_home(&path).display().to_string();
        libraries.insert(name, sha256_read_anew(&path)?);
    }
    let modes = engine.modes.iter().filter_map(|mode| {
        let commands = commands(mode, &found.version)?;
        Some((mode.name.clone(), commands))
    });
    Ok(EngineIdentity {
        version: found.version.clone(),
        origin: Some(found.origin),
        note: found.note.clone(),
        path: without_home(&found.binary),
        sha256: sha256_read_anew(&found.binary)?,
        libraries,
        modes: modes.collect(),
    })
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
        let programs = guests[&workload.name].programs.values().cloned();
        for file in own.chain(programs) {
            let inside = file.strip_prefix(&paths.root).map(Path::to_owned);
            let name = inside.unwrap_or_else(|_| without_home(&file));
            hashes.insert(name.display().to_string(), sha256_read_anew(&file)?);
        }
    }
    Ok(hashes)
}
