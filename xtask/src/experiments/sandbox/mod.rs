//! What each engine lets a guest reach that it was not given.

mod attempts;
mod errno;
mod folders;
mod memory;
mod modes;
mod outcome;
mod pieces;
mod runner;
mod shell;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::Engine;
use crate::host::paths::Paths;
use crate::store::RunFolder;
use crate::tools::{self, Guest, Toolbox};
use runner::Runner;

pub use modes::{WasmMode, choose};
pub use outcome::Outcome;
pub use pieces::{pieces, terminal_pieces};
use shell::PREPARE;

/// The file in a run's folder.
pub const FILE: &str = "sandbox.json";

/// All that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sandbox {
    pub tried: Vec<Tried>,
}

/// One attempt in one mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    pub engine: String,
    pub mode: String,
    /// Empty where the engine is missing.
    pub version: String,
    pub attempt: String,
    #[serde(rename = "verdict")]
    pub outcome: Outcome,
    /// WASI's error number, where the guest was refused with one.
    pub errno: Option<u16>,
    /// What shows the outcome, in one line.
    pub seen: String,
    /// What to type to see it again, after [`PREPARE`]; only of surprises.
    pub command: Option<String>,
}

impl Sandbox {
    /// Should a reader be surprised?
    pub fn is_surprising(&self) -> bool {
        self.tried.iter().any(|it| it.outcome.is_surprising())
    }

    /// What was tried for this run; none if nothing was.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn read(folder: &RunFolder) -> anyhow::Result<Option<Sandbox>> {
        match folder.file(FILE).exists() {
            true => folder.read_json(FILE).map(Some),
            false => Ok(None),
        }
    }
}

/// Tries everything in these modes, each attempt no longer than the limit.
///
/// # Errors
/// When the guest cannot be built, or the user interrupts.
pub fn try_all(
    paths: &Paths,
    modes: &[WasmMode],
    timeout: Duration,
    no_setup: bool,
) -> anyhow::Result<Sandbox> {
    let mut tools: Vec<Engine> = modes.iter().map(|it| it.engine.clone()).collect();
    // The modes of an engine follow each other.
    tools.dedup_by(|a, b| a.name == b.name);
    let mut toolbox = Toolbox::look(tools, paths);
    if !no_setup {
        toolbox.install_packages()?;
        toolbox.build()?;
    }
    let runner = Runner::new(&paths.root, guest(paths, no_setup)?, timeout)?;
    let mut tried = Vec::new();
    for (tool, state) in &toolbox.tools {
        for mode in modes.iter().filter(|it| it.engine.name == tool.name) {
            eprintln!("trying {}", mode.name());
            tried.extend(runner.attempts(mode, state)?);
        }
    }
    Ok(Sandbox { tried })
}

fn guest(paths: &Paths, no_setup: bool) -> anyhow::Result<Guest> {
    let guest = Guest::built("sandbox", paths);
    if !no_setup {
        tools::ensure_wasm_target()?;
    }
    if !no_setup || !guest.wasm.is_file() {
        tools::build_wasm(paths, "sandbox")?;
    }
    Ok(guest)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Four modes of three engines, two of which do the same, and every outcome.
    pub fn sample() -> Sandbox {
        use Outcome::*;
        let tried = |mode: &str, attempt: &str, outcome, errno, seen: &str| {
            let (engine, mode) = mode.split_once(':').unwrap();
            let command = (outcome == Allowed).then(|| format!("fresh && {engine} {attempt}"));
            Tried {
                engine: engine.to_owned(),
                mode: mode.to_owned(),
                version: if outcome == Unsupported { "" } else { "1.2.3" }.to_owned(),
                attempt: attempt.to_owned(),
                outcome,
                errno,
                seen: seen.to_owned(),
                command,
            }
        };
        let mut all = Vec::new();
        for mode in ["vm:jit", "vm:aot"] {
            all.extend([
                tried(mode, "parent", Denied, Some(63), "path_open"),
                tried(
                    mode,
                    "link-folder",
                    Allowed,
                    None,
                    "the secret came out: read \"secret\"",
                ),
                tried(
                    mode,
                    "read-only",
                    NotApplicable,
                    None,
                    "matrix.toml has no such command",
                ),
                tried(mode, "memory", Denied, None, "refused beyond 4280 MB"),
                tried(mode, "recursion", Trapped, None, "call stack exhausted"),
            ]);
        }
        all.extend([
            tried("vm:slow", "parent", NoEffect, None, "read \"own\""),
            tried("vm:slow", "link-folder", NoAnswer, None, "it said nothing"),
            tried(
                "vm:slow",
                "read-only",
                Timeout,
                None,
                "was killed at its time limit",
            ),
            tried(
                "vm:slow",
                "memory",
                NotTried,
                None,
                "4.0 GB of memory are available, and it needs 12.9 GB",
            ),
            tried(
                "vm:slow",
                "recursion",
                Crashed,
                None,
                "was killed by signal 11 (SIGSEGV)",
            ),
        ]);
        let missing = "\"gone\" is not on PATH; install it";
        let names = ["parent", "link-folder", "read-only", "memory", "recursion"];
        all.extend(names.map(|name| tried("gone:jit", name, Unsupported, None, missing)));
        Sandbox { tried: all }
    }

    fn folder(text: &str) -> (tempfile::TempDir, RunFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = RunFolder {
            path: dir.path().to_owned(),
        };
        folder.write(FILE, text.as_bytes()).unwrap();
        (dir, folder)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let (dir, folder) = folder("");
        folder.write_json(FILE, &sample()).unwrap();
        assert_eq!(Sandbox::read(&folder).unwrap(), Some(sample()));
        std::fs::remove_file(dir.path().join(FILE)).unwrap();
        assert_eq!(Sandbox::read(&folder).unwrap(), None);
    }

    #[test]
    fn a_torn_file_is_an_error_that_names_it() {
        let whole = serde_json::to_string(&sample()).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            let (_dir, folder) = folder(&whole[..length]);
            let error = format!("{:#}", Sandbox::read(&folder).unwrap_err());
            assert!(error.contains(FILE) && error.contains("damaged"), "{error}");
        }
    }
}
