//! Which proposals each engine and mode really runs.

mod outcome;
mod pieces;
mod probes;
mod runner;

use serde::{Deserialize, Serialize};

use crate::store::RunFolder;

pub use outcome::{Finding, Outcome};
pub use pieces::{pieces, terminal_pieces};
pub use probes::{PROBES, Probe};
pub use runner::{check_flags, try_all};

/// The file in a run's folder.
pub const FILE: &str = "features.json";

/// All that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Features {
    pub modes: Vec<Tried>,
}

/// What became of each probe in one mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    pub engine: String,
    pub mode: String,
    /// Empty where the engine is missing.
    pub version: String,
    pub findings: Vec<Finding>,
}

impl Features {
    /// Should a reader be surprised?
    pub fn is_surprising(&self) -> bool {
        let mut findings = self.modes.iter().flat_map(|tried| &tried.findings);
        findings.any(|finding| finding.outcome.is_surprising())
    }

    /// What was tried for this run; none if nothing was.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn read(folder: &RunFolder) -> anyhow::Result<Option<Features>> {
        let there = folder.file(FILE).exists();
        there.then(|| folder.read_json(FILE)).transpose()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Four modes of three engines, two of which do the same, and every outcome.
    pub fn sample() -> Features {
        use Outcome::*;
        let tried = |mode: &str, findings: [(Outcome, Option<&str>, &str); 4]| {
            let (engine, mode) = mode.split_once(':').unwrap();
            let findings = PROBES.iter().zip(findings);
            let findings = findings.map(|(probe, (outcome, flags, seen))| Finding {
                flags: flags.map(str::to_owned),
                ..Finding::new(probe, outcome, seen)
            });
            Tried {
                engine: engine.to_owned(),
                mode: mode.to_owned(),
                version: if engine == "gone" { "" } else { "1.2.3" }.to_owned(),
                findings: findings.collect(),
            }
        };
        let yes = (Yes, None, "");
        let refused = (No, None, "ended with exit status 1: Error: not enabled");
        let flagged = (Yes, Some("--on a"), "");
        let gone = (Unsupported, None, "\"gone\" is not on PATH; install it");
        let trap = (Trapped, Some("--on"), "ended with exit status 134: trap");
        let says = |outcome| (outcome, None, "ended with exit status 0: odd");
        let modes = vec![
            tried("vm:jit", [yes, flagged, refused, says(Interpreted)]),
            tried("vm:aot", [yes, flagged, refused, says(Interpreted)]),
            tried("vm:slow", [yes, trap, says(WrongValue), says(Timeout)]),
            tried("other:jit", [yes, says(Crashed), says(NoAnswer), refused]),
            tried("gone:jit", [gone; 4]),
        ];
        Features { modes }
    }

    #[test]
    fn what_was_written_is_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let folder = RunFolder { path };
        assert_eq!(Features::read(&folder).unwrap(), None);
        folder.write_json(FILE, &sample()).unwrap();
        assert_eq!(Features::read(&folder).unwrap(), Some(sample()));
    }
}
