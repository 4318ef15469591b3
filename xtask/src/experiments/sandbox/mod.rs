//! What each engine lets a guest reach that it was not given.

mod attempts;
mod errno;
mod folders;
mod outcome;
mod pieces;
mod runner;
mod shell;

use serde::{Deserialize, Serialize};

use crate::store::RunFolder;

pub(super) use outcome::crash;
pub use outcome::{Finding, Outcome};
pub use pieces::{pieces, terminal_pieces};
pub use runner::try_all;
pub(super) use shell::Machine;

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
pub struct Tried {
    pub engine: String,
    pub mode: String,
    /// Empty where the engine is missing.
    pub version: String,
    pub attempt: String,
    #[serde(flatten)]
    pub finding: Finding,
    /// What to type to see it again, after [`shell::prepare`]; only of surprises.
    pub command: Option<String>,
}

impl Sandbox {
    /// Should a reader be surprised?
    pub fn is_surprising(&self) -> bool {
        self.tried.iter().any(Tried::is_surprising)
    }

    /// What was tried for this run; none if nothing was.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn read(folder: &RunFolder) -> anyhow::Result<Option<Sandbox>> {
        let there = folder.file(FILE).exists();
        there.then(|| folder.read_json(FILE)).transpose()
    }
}

impl Tried {
    fn is_surprising(&self) -> bool {
        self.finding.outcome.is_surprising()
    }
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
            let seen = seen.to_owned();
            Tried {
                engine: engine.to_owned(),
                mode: mode.to_owned(),
                version: if outcome == Unsupported { "" } else { "1.2.3" }.to_owned(),
                attempt: attempt.to_owned(),
                finding: Finding {
                    outcome,
                    errno,
                    seen,
                },
                command,
            }
        };
        let mut all = Vec::new();
        let secret = "the secret came out: read \"secret\"";
        let few = "4.0 GB of memory are available, and it needs 12.9 GB";
        let none = "matrix.toml has no such command";
        for mode in ["vm:jit", "vm:aot"] {
            all.extend([
                tried(mode, "parent", Denied, Some(63), "path_open"),
                tried(mode, "link-folder", Allowed, None, secret),
                tried(mode, "read-only", NotApplicable, None, none),
                tried(mode, "memory", Denied, None, "refused beyond 4280 MB"),
                tried(mode, "recursion", Trapped, None, "call stack exhausted"),
            ]);
        }
        let (mode, limit) = ("vm:slow", "was killed at its time limit");
        let crash = "was killed by signal 11 (SIGSEGV)";
        all.extend([
            tried(mode, "parent", NoEffect, None, "read \"own\""),
            tried(mode, "link-folder", NoAnswer, None, "it said nothing"),
            tried(mode, "read-only", Timeout, None, limit),
            tried(mode, "memory", NotTried, None, few),
            tried(mode, "recursion", Crashed, None, crash),
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
