//! Gets everything ready that a run needs: tools, guests, inputs, and who they are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};

use super::Request;
use super::workplace::{Engine, Workplace};
use crate::build::{self, Guests};
use crate::cell::Outcome;
use crate::config::{Config, Tool, distinct};
use crate::environment::{self, EngineIdentity, Environment, ModeCommands};
use crate::inputs;
use crate::machine::Machine;
use crate::measure::{Command, Stopwatch};
use crate::paths::{Paths, without_home};
use crate::plan::Plan;
use crate::process::{End, Processes, Runner};
use crate::tools::{self, Found, State, Toolbox};

/// Everything that a run needs.
pub struct Ready {
    pub workplace: Workplace,
    pub stopwatch: Stopwatch,
    pub environment: Environment,
    /// Why an engine is not there, by its name.
    pub missing: BTreeMap<String, String>,
}

/// Finds or makes all that the plan's live cells need, and says so on stderr.
///
/// # Errors
/// When hyperfine, the wasm target, a guest or an input cannot be had. An engine that
/// cannot be had is no error.
pub fn prepare(
    config: &Config,
    paths: &Paths,
    plan: &Plan,
    request: &Request,
    toolbox: &Toolbox,
    runner: &Processes,
) -> anyhow::Result<Ready> {
    let [(_, hyperfine), engines @ ..] = &toolbox.tools[..] else {
        bail!("hyperfine was not looked for: a bug")
    };
    let hyperfine = match hyperfine {
        State::Found(hyperfine) => hyperfine.clone(),
        State::Missing { why, how } => {
            bail!("hyperfine, the stopwatch, is missing: {why}; {how}")
        }
    };
    let workloads = distinct(plan.live().map(|cell| cell.workload.clone()));
    let built = build::built(config, &workloads);
    let guests = build_guests(paths, &built, request, runner)?.with_own(config);
    let inputs = inputs::generate(config, paths, plan.live())?;
    let stopwatch = Stopwatch {
        command: hyperfine.command.clone(),
        counts: !hyperfine.version.starts_with("1."),
        export: export_file()?,
    };
    let floor = memory_floor(&stopwatch, runner).context("cannot measure with hyperfine")?;
    let (engines, missing) = split(engines)?;
    let environment = Environment {
        machine: Machine::look(runner),
        hyperfine: hyperfine.version,
        memory_floor_bytes: floor,
        engines: engines
            .iter()
            .map(|(name, engine)| (name.clone(), identity(config, name, engine)))
            .collect(),
        guests: guest_hashes(paths, &guests, &workloads)?,
        rustc: environment::rustc_version(runner),
        git_commit: environment::git_commit(runner, &paths.root),
        command: request.command.clone(),
        pinned: request.pin.as_ref().map(ToString::to_string),
        other_machines: Vec::new(),
        warnings: Vec::new(),
    };
    let environment = Environment {
        warnings: environment.machine.warnings(),
        ..environment
    };
    for warning in &environment.warnings {
        eprintln!("warning: {warning}");
    }
    let workplace = Workplace {
        repo: paths.root.clone(),
        work: PathBuf::new(),
        guests,
        engines,
        inputs,
    };
    Ok(Ready {
        workplace,
        stopwatch,
        environment,
        missing,
    })
}

impl Ready {
    /// Marks the cells whose engine is missing, or too old for the mode.
    pub fn exclude_unsupported(&self, config: &Config, plan: &mut Plan) {
        let cells: Vec<_> = plan.live().cloned().collect();
        for cell in cells {
            let reason = match self.workplace.engines.get(&cell.engine) {
                None => Some(
                    self.missing
                        .get(&cell.engine)
                        .cloned()
                        .unwrap_or_else(|| "the engine is missing".to_owned()),
                ),
                Some(engine) => config
                    .mode_of(&cell)
                    .and_then(|mode| mode.spelling(&engine.found.version).err())
                    .map(|error| error.to_string()),
            };
            if let Some(reason) = reason {
                plan.conclude(&cell, Outcome::Unsupported, Some(reason));
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
        .map(|engine| &engine.tool)
        .filter(|tool| engines.contains(&tool.name));
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

fn build_guests(
    paths: &Paths,
    workloads: &[String],
    request: &Request,
    runner: &Processes,
) -> anyhow::Result<Guests> {
    let guests = Guests::new(paths);
    let all_there = |workload: &String| guests.files(workload).iter().all(|file| file.is_file());
    if workloads.is_empty() || (request.no_setup && workloads.iter().all(all_there)) {
        return Ok(guests);
    }
    if !request.no_setup {
        tools::ensure_wasm_target()?;
    }
    eprintln!("building the guests: {}", workloads.join(", "));
    build::build(runner, paths, workloads)
}

/// The engines that are there, and why others are not. Hashing hundreds of megabytes is shared
/// out over the processors.
fn split(
    tools: &[(Tool, State)],
) -> anyhow::Result<(BTreeMap<String, Engine>, BTreeMap<String, String>)> {
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

fn with_hashes(found: Found) -> anyhow::Result<Engine> {
    let mut libraries = BTreeMap::new();
    for path in tools::loaded_files(&found.command)? {
        let hash = environment::sha256_of_file(&path)?;
        libraries.insert(without_home(&path).display().to_string(), hash);
    }
    Ok(Engine {
        sha256: environment::sha256_of_file(&found.binary)?,
        libraries,
        found,
    })
}

fn identity(config: &Config, name: &str, engine: &Engine) -> EngineIdentity {
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
            let spelling = mode.spelling(version).ok()?;
            let env: String = mode
                .env
                .iter()
                .map(|(name, value)| format!("{name}={} ", value.text()))
                .collect();
            let compile = spelling
                .compile
                .as_ref()
                .map(|compile| format!("{env}{}", compile.text()));
            Some((
                mode.name.clone(),
                ModeCommands {
                    run: format!("{env}{}", spelling.run.text()),
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

fn guest_hashes(
    paths: &Paths,
    guests: &Guests,
    workloads: &[String],
) -> anyhow::Result<BTreeMap<String, String>> {
    let files = workloads.iter().flat_map(|workload| guests.files(workload));
    files
        .map(|file| {
            let name = match file.strip_prefix(&paths.root) {
                Ok(inside) => inside.to_owned(),
                Err(_) => without_home(&file),
            };
            Ok((
                name.display().to_string(),
                environment::sha256_of_file(&file)?,
            ))
        })
        .collect()
}

/// What hyperfine reports as the memory of `true`: the most of a few runs, in bytes.
fn memory_floor(stopwatch: &Stopwatch, runner: &dyn Runner) -> anyhow::Result<u64> {
    let mut floor = 0;
    for _ in 0..5 {
        let command = Command {
            argv: vec!["true".into()],
            ..Command::default()
        };
        let measured = stopwatch.measure(runner, &command, Duration::from_secs(10))?;
        if measured.end != End::Exit(0) {
            bail!("`true` {}: {}", measured.end, measured.stderr.trim());
        }
        floor = floor.max(
            measured
                .cost
                .and_then(|cost| cost.peak_rss_bytes)
                .unwrap_or(0),
        );
    }
    Ok(floor)
}

/// Where hyperfine writes: in memory where that is possible, so that a sample causes no disk traffic.
/// What a killed bench left there is removed.
fn export_file() -> anyhow::Result<PathBuf> {
    let folder = PathBuf::from("/dev/shm");
    let folder = if folder.is_dir() {
        folder
    } else {
        std::env::temp_dir()
    };
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let pid = name
            .strip_prefix("wasi-bench-")
            .and_then(|rest| rest.strip_suffix(".json"));
        if pid.is_some_and(|pid| !PathBuf::from("/proc").join(pid).exists()) {
            let _ = std::fs::remove_file(&path);
        }
    }
    Ok(folder.join(format!("wasi-bench-{}.json", std::process::id())))
}
