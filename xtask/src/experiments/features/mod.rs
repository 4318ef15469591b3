//! Which proposals each engine and mode really runs.

mod outcome;
mod pieces;
mod probes;
mod runner;

pub use outcome::{Finding, Outcome};
pub use pieces::{pieces, terminal_pieces};
pub use probes::{PROBES, Probe};
pub use runner::{check_flags, try_all};

/// The file in a run's folder.
pub const FILE: &str = "features.json";

/// All that was tried.
pub type Features = super::Experiment<Finding>;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::experiments::Tried;

    /// Four modes of three engines, two of which do the same, and every outcome.
    pub fn sample() -> Features {
        use Outcome::*;
        let tried = |mode: &str, findings: [(Outcome, Option<&str>, &str); 4]| {
            let (engine, mode) = mode.split_once(':').unwrap();
            let findings = PROBES.iter().zip(findings);
            let findings = findings.map(|(probe, (outcome, flags, seen))| Tried {
                engine: engine.to_owned(),
                mode: mode.to_owned(),
                version: if engine == "gone" { "" } else { "1.2.3" }.to_owned(),
                attempt: probe.name.to_owned(),
                finding: Finding {
                    flags: flags.map(str::to_owned),
                    ..Finding::new(outcome, seen)
                },
            });
            findings.collect::<Vec<_>>()
        };
        let yes = (Yes, None, "");
        let refused = (No, None, "ended with exit status 1: Error: not enabled");
        let flagged = (Yes, Some("--on a"), "");
        let gone = (Unsupported, None, "\"gone\" is not on PATH; install it");
        let trap = (Trapped, Some("--on"), "ended with exit status 134: trap");
        let says = |outcome| (outcome, None, "ended with exit status 0: odd");
        let modes = [
            tried("vm:jit", [yes, flagged, refused, says(Interpreted)]),
            tried("vm:aot", [yes, flagged, refused, says(Interpreted)]),
            tried("vm:slow", [yes, trap, says(WrongValue), says(Timeout)]),
            tried("other:jit", [yes, says(Crashed), says(NoAnswer), refused]),
            tried("gone:jit", [gone; 4]),
        ];
        Features {
            tried: modes.concat(),
        }
    }
}
