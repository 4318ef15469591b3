//! The folder where guests run, and the command of each task in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::bench::schedule::Task;
use crate::build::Guests;
use crate::cell::Cell;
use crate::config::{Config, Mode, Spelling, Values, Workload};
use crate::data::Input;
use crate::measure::Command;
use crate::tools::Found;

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
    /// Hex SHA-256 of what the binary loads, by path.
    pub libraries: BTreeMap<String, String>,
}

impl Workplace {
    /// Makes the folder of the guests and puts the inputs in it.
    ///
    /// # Errors
    /// When a folder or link cannot be made.
    pub fn prepare(&self) -> anyhow::Result<()> {
        let io = self.work.join("io");
        std::fs::create_dir_all(&io)
            .with_context(|| format!("cannot make \"{}\"", io.display()))?;
        for input in self.inputs.values() {
            put_input(input, &io)?;
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
    pub fn output(&self, workload: &Workload) -> PathBuf {
        let name = format!("output-{}.txt", std::process::id());
        self.io(workload).join(name)
    }

    /// Where the standard output of a program is kept that is verified by it; no guest reaches it.
    pub fn stdout(&self) -> PathBuf {
        self.work.join(format!("stdout-{}.txt", std::process::id()))
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
        let libraries = there.libraries.values().map(String::as_str);
        for part in libraries.chain([
            there.found.version.as_str(),
            &there.sha256,
            spelling
                .compile
                .as_ref()
                .map_or("", |compile| compile.text()),
        ]) {
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
        let (name, engine, mode_name) = match task {
            Task::Run(cell) | Task::Control(cell) => (&cell.workload, &cell.engine, &cell.mode),
            Task::Start { engine } => return self.start_command(config, engine),
            Task::Compile {
                workload,
                engine,
                mode,
            } => (workload, engine, mode),
        };
        let (mode, spelling) = self.mode(config, engine, mode_name)?;
        let workload = config
            .workload(name)
            .with_context(|| format!("no workload \"{name}\" in matrix.toml"))?;
        let one = |path: PathBuf| vec![path.into_os_string()];
        let cache = self.cache(engine, mode_name);
        std::fs::create_dir_all(&cache)
            .with_context(|| format!("cannot make \"{}\"", cache.display()))?;
        let mut values = Values::from([
            ("bin", self.engines[engine].found.command.clone()),
            ("wasm", one(self.guests.wasm(name))),
            ("artifact", one(artifacts.join("guest"))),
            ("dir", one(self.io(workload))),
            ("cache", one(cache)),
            ("repo", one(self.repo.clone())),
            ("env", Vec::new()),
        ]);
        values.extend(self.guests.native(name).map(|path| ("native", one(path))));
        values.extend(self.guests.js(name).map(|path| ("js", one(path))));
        let mut command = Command {
            env: mode.variables(&values)?,
            ..Command::default()
        };
        let template = match task {
            Task::Run(cell) | Task::Control(cell) => {
                let output = one(self.output(workload));
                match &workload.own {
                    None => {
                        let input = self.place_of(workload, cell)?;
                        values.insert("args", [one(input), output].concat());
                    }
                    Some(own) => {
                        values.insert("output", output);
                        self.give(config, workload, own, cell, &mut values, &mut command)?;
                    }
                }
                &spelling.run
            }
            Task::Start { .. } | Task::Compile { .. } => spelling
                .compile
                .as_ref()
                .context("the mode does not compile ahead of time")?,
        };
        command.argv = template.expand(&values)?;
        Ok(command)
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
            ..Command::default()
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
            .mode(engine, mode)
            .with_context(|| format!("no mode \"{engine}:{mode}\" in matrix.toml"))?;
        Ok((mode, mode.spelling(&there.found.version)?))
    }

    /// The only folder that guests of this workload may reach.
    pub(super) fn io(&self, workload: &Workload) -> PathBuf {
        self.work.join(match workload.own {
            Some(_) => format!("io-{}", workload.name),
            None => "io".to_owned(),
        })
    }

    pub(super) fn place_of(&self, workload: &Workload, cell: &Cell) -> anyhow::Result<PathBuf> {
        Ok(place_in(self.input(cell)?, &self.io(workload)))
    }
}

fn place_in(input: &Input, folder: &Path) -> PathBuf {
    folder.join(input.path.file_name().unwrap_or_default())
}

/// Guests may reach this folder only, so the input must be in it; a link costs nothing.
pub(super) fn put_input(input: &Input, folder: &Path) -> anyhow::Result<()> {
    let place = place_in(input, folder);
    if !place.exists() && std::fs::hard_link(&input.path, &place).is_err() {
        std::fs::copy(&input.path, &place)
            .with_context(|| format!("cannot put an input at \"{}\"", place.display()))?;
    }
    Ok(())
}
