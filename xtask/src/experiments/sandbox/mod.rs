//! What each engine lets a guest reach that it was not given.

mod attempts;
mod errno;
mod folders;
mod outcome;
mod pieces;
mod runner;
mod shell;

pub(super) use outcome::crash;
pub use outcome::{Finding, Outcome};
pub use pieces::{pieces, terminal_pieces};
pub use runner::try_all;
pub(super) use shell::Machine;

/// The file in a run's folder.
pub const FILE: &str = "sandbox.json";

/// All that was tried.
pub type Sandbox = super::Experiment<Finding>;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::experiments::Tried;

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
                    command,
                },
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
}
