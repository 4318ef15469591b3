//! What is tried besides a run, each with its pieces of a report. An experiment has a guest of its
//! own, and every engine:mode runs it by the commands that would measure it.

pub mod density;
pub mod features;
pub mod sandbox;
mod tried;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::config::{Config, Engine, Mode};
use crate::document::Piece;
use crate::host::paths::Paths;
use crate::host::process::{self, End, Finished, Invocation};
use crate::model::{Cell, EngineMode, Filter, distinct};
use crate::run::target::{Place, Target};
use crate::store::RunFolder;
use crate::tools::{self, Guest, Toolbox};

pub use tried::{Experiment, Finding, Tried};

/// Limit of an ahead-of-time compilation.
const COMPILE_TIMEOUT: Duration = Duration::from_secs(600);

/// Bytes of memory that must stay available to others.
const SPARE_BYTES: u64 = 2 << 30;

/// The modes that are fit for it and that the filter lets pass.
///
/// # Errors
/// When a pattern matches nothing; the message lists what there is.
pub fn choose(
    config: &Config,
    filter: &Filter,
    is_fit: fn(&Mode) -> bool,
) -> anyhow::Result<Vec<EngineMode>> {
    let mut cells = config.cells();
    cells.retain(|cell| config.mode(&cell.engine, &cell.mode).is_some_and(is_fit));
    let cells = filter.select(cells, |key| format!("option --{key}"))?;
    ensure!(!cells.is_empty(), "no mode in matrix.toml is fit for this");
    Ok(distinct(cells.iter().map(Cell::engine_mode)))
}

/// Native code and plain JavaScript have no sandbox and no proposals.
pub fn runs_wasm(mode: &Mode) -> bool {
    mode.guest() == "wasm"
}

/// The modes that guests are tried in.
pub struct Lab<'c> {
    paths: &'c Paths,
    config: &'c Config,
    modes: Vec<EngineMode>,
    toolbox: Toolbox<'c>,
    no_setup: bool,
    /// Removed at the end, with everything that guests left.
    _folder: tempfile::TempDir,
    /// Its path, without links: guests and host must call a folder by the same name.
    folder: PathBuf,
}

/// A mode that guests are tried in.
pub struct Subject<'l> {
    pub name: &'l EngineMode,
    pub engine: &'l Engine,
    mode: &'l Mode,
    lab: &'l Lab<'l>,
    /// A folder for it alone, which is still to be made.
    pub work: PathBuf,
}

impl<'c> Lab<'c> {
    /// Gets the engines of these modes; with `no_setup`, takes what is there.
    ///
    /// # Errors
    /// When a download is not what `matrix.toml` names, or the user interrupts.
    pub fn new(
        paths: &'c Paths,
        config: &'c Config,
        modes: Vec<EngineMode>,
        no_setup: bool,
    ) -> anyhow::Result<Lab<'c>> {
        let engines = config.engines.iter();
        let engines = engines.filter(|it| modes.iter().any(|mode| mode.engine == it.name));
        let mut toolbox = Toolbox::look(engines.cloned().collect(), paths);
        if !no_setup {
            toolbox.install_packages()?;
            toolbox.build()?;
        }
        let context = "cannot make a temporary folder";
        // WasmEdge 0.17 finds nothing below a folder whose name starts with a dot.
        let folder = tempfile::Builder::new().prefix("experiment-").tempdir();
        let folder = folder.context(context)?;
        Ok(Lab {
            paths,
            config,
            modes,
            toolbox,
            no_setup,
            folder: folder.path().canonicalize().context(context)?,
            _folder: folder,
        })
    }

    /// The guest of this name in `guests/`, built in the forms that the modes run; with `no_setup`,
    /// the one that is there.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn guest(&self, name: &str) -> anyhow::Result<Guest> {
        if !self.no_setup {
            tools::ensure_wasm_target()?;
        }
        let guest = Guest::built(name, self.paths);
        let forms = || self.subjects().map(|subject| subject.mode.guest());
        if !self.no_setup || !forms().all(|form| guest.programs[form].is_file()) {
            let build = match forms().all(|form| form == "wasm") {
                true => tools::build_wasm,
                false => tools::build_crates,
            };
            build(self.paths, &[name])?;
        }
        Ok(guest)
    }

    /// What becomes of all attempts, by name, in each mode.
    ///
    /// # Errors
    /// Those of `attempts`.
    pub fn try_all<N: Into<String>, F>(
        &self,
        attempts: impl Fn(&Subject) -> anyhow::Result<Vec<(N, F)>>,
    ) -> anyhow::Result<Experiment<F>> {
        let mut tried = Vec::new();
        for subject in self.subjects() {
            eprintln!("trying {}", subject.name);
            let found = attempts(&subject)?.into_iter();
            tried.extend(found.map(|(attempt, finding)| Tried {
                engine: subject.name.engine.clone(),
                mode: subject.name.mode.clone(),
                version: subject.version(),
                attempt: attempt.into(),
                finding,
            }));
        }
        Ok(Experiment { tried })
    }

    fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        self.modes.iter().filter_map(|name| {
            Some(Subject {
                name,
                engine: self.config.engine(&name.engine)?,
                mode: self.config.mode(&name.engine, &name.mode)?,
                lab: self,
                work: self.folder.join(name.to_string().replace(':', "-")),
            })
        })
    }
}

impl Subject<'_> {
    /// Empty where the engine is missing.
    pub fn version(&self) -> String {
        let found = self.lab.toolbox.found(&self.name.engine);
        found.map_or_else(|_| String::new(), |found| found.version.clone())
    }

    /// What makes the commands that run a guest in the mode.
    ///
    /// # Errors
    /// When the engine is missing, or too old for the mode.
    pub fn target<'g>(&'g self, guest: &'g Guest) -> anyhow::Result<Target<'g>> {
        let found = self.lab.toolbox.found(&self.name.engine)?;
        Target::new(self.engine, self.mode, found, guest, &self.lab.paths.root)
    }
}

/// The parts of a report that tell what was tried for a run; nothing where nothing was.
///
/// # Errors
/// When what was found is damaged.
pub fn pieces(folder: &RunFolder) -> anyhow::Result<Vec<Piece>> {
    let density = Experiment::read(folder, density::FILE)?;
    let sandbox = Experiment::read(folder, sandbox::FILE)?;
    let features = Experiment::read(folder, features::FILE)?;
    let pieces = [
        density.as_ref().map(density::pieces),
        sandbox.as_ref().map(sandbox::pieces),
        features.as_ref().map(features::pieces),
    ];
    Ok(pieces.into_iter().flatten().flatten().collect())
}

/// For commands that let the guest reach `dir`, and keep the mode's own files in `work`.
pub fn place(dir: PathBuf, work: &Path) -> Place {
    Place {
        dir,
        cache: work.join("cache"),
        artifact: work.join("guest"),
    }
}

/// Makes the folder of the cache, and compiles the guest where the mode does so ahead of time.
/// Why that failed, if it did.
///
/// # Errors
/// When the compiler cannot be started, or the user interrupts.
pub fn compile(target: &Target, work: &Path) -> anyhow::Result<Option<String>> {
    let place = place(work.to_owned(), work);
    fs_err::create_dir_all(&place.cache)?;
    let Some(command) = target.compile(&place)? else {
        return Ok(None);
    };
    let Finished { end, stderr, .. } = process::run(&Invocation {
        timeout: Some(COMPILE_TIMEOUT),
        ..command
    })?;
    let failed = end != End::Exit(0);
    Ok(failed.then(|| format!("cannot compile the guest: {end}: {stderr}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(filter: &str) -> anyhow::Result<Vec<String>> {
        let config = crate::config::tests::config();
        let chosen = choose(&config, &toml::from_str(filter)?, runs_wasm)?;
        Ok(chosen.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn native_code_is_in_no_sandbox() {
        assert_eq!(names("").unwrap(), ["vm:jit", "vm:aot"]);
        assert_eq!(names("engine = 'v*'\nmode = 'aot'").unwrap(), ["vm:aot"]);
        assert_eq!(names("mode = 'vm:jit'").unwrap(), ["vm:jit"]);
        let error = format!("{:#}", names("engine = 'native'").unwrap_err());
        assert!(
            error.contains("option --engine") && error.contains("\"vm\""),
            "{error}"
        );
        assert!(format!("{:#}", names("mode = 'x'").unwrap_err()).contains("option --mode"));
    }
}
