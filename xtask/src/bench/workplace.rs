//! The folder where guests run, and the command of each task in it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::bench::schedule::Task;
use crate::build::Guests;
use crate::cell::Cell;
use crate::config::{Config, Mode, Spelling, Template, Values};
use crate::data::Input;
use crate::setup::Found;

/// Everything that commands are made of.
pub struct Workplace {
    /// The checkout.
    pub repo: PathBuf,
    /// A folder for this run alone, absolute.
    pub work: PathBuf,
    pub guests: Guests,
    /// Engines that are there, by name.
    pub engines: BTreeMap<String, Engine>,
    /// By size and distribution, as in a cell's name: `1MB/random`.
    pub inputs: BTreeMap<String, Input>,
}

/// An engine that is there.
pub struct Engine {
    pub found: Found,
    /// Hex SHA-256 of its binary.
    pub sha256: String,
}

/// A command that is ready to be started.
pub struct Command {
    pub argv: Vec<OsString>,
    pub env: Vec<(String, OsString)>,
}

impl Command {
    /// One of a mode's commands, with the mode's variables.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn expand(mode: &Mode, template: &Template, values: &Values) -> anyhow::Result<Command> {
        let env = mode
            .env
            .iter()
            .map(|(name, value)| Ok((name.clone(), value.expand(values)?.join(" ".as_ref()))));
        Ok(Command {
            argv: template.expand(values)?,
            env: env.collect::<anyhow::Result<_>>()?,
        })
    }
}

impl Workplace {
    /// Makes the folder and puts the inputs in it.
    ///
    /// # Errors
    /// When a folder or link cannot be made.
    pub fn prepare(&self) -> anyhow::Result<()> {
        let io = self.io();
        std::fs::create_dir_all(&io)
            .with_context(|| format!("cannot make \"{}\"", io.display()))?;
        for input in self.inputs.values() {
            let place = self.place_of(input);
            // Guests may reach this folder only, so the input must be in it; a link costs nothing.
            if !place.exists() && std::fs::hard_link(&input.path, &place).is_err() {
                std::fs::copy(&input.path, &place)
                    .with_context(|| format!("cannot put an input at \"{}\"", place.display()))?;
            }
        }
        Ok(())
    }

    /// The input of a cell.
    ///
    /// # Errors
    /// When it was not made; a bug.
    pub fn input(&self, cell: &Cell) -> anyhow::Result<&Input> {
        let key = format!("{}/{}", cell.size, cell.distribution);
        self.inputs
            .get(&key)
            .with_context(|| format!("no input for \"{cell}\""))
    }

    /// Where guests write; one file, made anew by each sample. A guest that outlives a killed
    /// bench must not write into the file of the one that goes on with the run.
    pub fn output(&self) -> PathBuf {
        self.io().join(format!("output-{}.txt", std::process::id()))
    }

    /// The folder of a compilation's artefacts. Its name holds everything that an artefact depends on.
    ///
    /// # Errors
    /// When the guest cannot be read.
    pub fn artifact_folder(
        &self,
        config: &Config,
        workload: &str,
        engine: &str,
        mode: &str,
    ) -> anyhow::Result<PathBuf> {
        let spelling = self.mode(config, engine, mode)?.1;
        let there = &self.engines[engine];
        let mut hasher = blake3::Hasher::new();
        let wasm = self.guests.wasm(workload);
        hasher.update(
            &std::fs::read(&wasm).with_context(|| format!("cannot read \"{}\"", wasm.display()))?,
        );
        for part in [
            there.found.version.as_str(),
            &there.sha256,
            spelling
                .compile
                .as_ref()
                .map_or("", |compile| compile.text()),
        ] {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        let key = &hasher.finalize().to_hex()[..16];
        Ok(self
            .work
            .join("artifacts")
            .join(format!("{workload}-{engine}-{mode}-{key}")))
    }

    /// The folder for the cache of this mode alone.
    pub fn cache(&self, engine: &str, mode: &str) -> PathBuf {
        self.work.join("cache").join(format!("{engine}-{mode}"))
    }

    /// The command of a task. `artifacts` is where a compilation writes, or its result is.
    ///
    /// # Errors
    /// When the engine is not there or its version lacks the mode.
    pub fn command(
        &self,
        config: &Config,
        task: &Task,
        artifacts: &Path,
    ) -> anyhow::Result<Command> {
        let (workload, engine, mode_name) = match task {
            Task::Run(cell) | Task::Control(cell) => (&cell.workload, &cell.engine, &cell.mode),
            Task::Start { engine } => return self.start_command(config, engine),
            Task::Compile {
                workload,
                engine,
                mode,
            } => (workload, engine, mode),
        };
        let (mode, spelling) = self.mode(config, engine, mode_name)?;
        let one = |path: PathBuf| vec![path.into_os_string()];
        let cache = self.cache(engine, mode_name);
        std::fs::create_dir_all(&cache)
            .with_context(|| format!("cannot make \"{}\"", cache.display()))?;
        let mut values = Values::from([
            ("bin", self.engines[engine].found.command.clone()),
            ("wasm", one(self.guests.wasm(workload))),
            ("native", one(self.guests.native(workload))),
            ("js", one(self.guests.js(workload))),
            ("artifact", one(artifacts.join("guest"))),
            ("dir", one(self.io())),
            ("cache", one(cache)),
            ("repo", one(self.repo.clone())),
        ]);
        let template = match task {
            Task::Run(cell) | Task::Control(cell) => {
                let input = self.place_of(self.input(cell)?);
                values.insert("args", vec![input.into(), self.output().into()]);
                &spelling.run
            }
            Task::Start { .. } | Task::Compile { .. } => spelling
                .compile
                .as_ref()
                .context("the mode does not compile ahead of time")?,
        };
        Command::expand(mode, template, &values)
    }

    /// The engine's version command, as `setup` runs it.
    fn start_command(&self, config: &Config, engine: &str) -> anyhow::Result<Command> {
        let tool = &config
            .engine(engine)
            .with_context(|| format!("no engine \"{engine}\" in matrix.toml"))?
            .tool;
        let there = self.there(engine)?;
        let bin = Values::from([("bin", there.found.command.clone())]);
        Ok(Command {
            argv: tool.version_command.expand(&bin)?,
            env: Vec::new(),
        })
    }

    fn there(&self, engine: &str) -> anyhow::Result<&Engine> {
        self.engines
            .get(engine)
            .with_context(|| format!("engine \"{engine}\" is missing"))
    }

    fn mode<'c>(
        &self,
        config: &'c Config,
        engine: &str,
        mode: &str,
    ) -> anyhow::Result<(&'c Mode, &'c Spelling)> {
        let there = self.there(engine)?;
        let mode = config
            .engine(engine)
            .and_then(|engine| engine.modes.iter().find(|m| m.name == mode))
            .with_context(|| format!("no mode \"{engine}:{mode}\" in matrix.toml"))?;
        Ok((mode, mode.spelling(&there.found.version)?))
    }

    fn io(&self) -> PathBuf {
        self.work.join("io")
    }

    fn place_of(&self, input: &Input) -> PathBuf {
        self.io().join(input.path.file_name().unwrap_or_default())
    }
}
