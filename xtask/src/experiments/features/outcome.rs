//! What became of a probe, from what its process and its control's left behind: pure.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Probe;
use crate::experiments::{sandbox::crash, tried};
use crate::host::process::{End, Finished};

/// What became of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Yes,
    /// The module was refused: not even its control ran.
    No,
    /// The control ran, so the module was taken, and yet the instruction ended it.
    Trapped,
    WrongValue,
    /// The mode compiles, and said that it interprets instead.
    Interpreted,
    /// The engine itself ended by a signal or a panic.
    Crashed,
    Timeout,
    /// The engine ends well whatever the guest says.
    NoAnswer,
    /// The engine is missing, or its version lacks the mode.
    Unsupported,
}

impl Outcome {
    /// `fallback` is what the engine prints when it interprets what it should compile.
    pub fn of(
        probe: &Probe,
        process: &Finished,
        control: &Finished,
        fallback: Option<&str>,
    ) -> Outcome {
        let says = |text: &str| process.stdout.contains(text) || process.stderr.contains(text);
        let is_taken = probe.says_wrong(control);
        match process.end {
            End::Timeout => Outcome::Timeout,
            end if crash(end, &process.stderr).is_some() => Outcome::Crashed,
            End::Exit(0) if !is_taken => Outcome::NoAnswer,
            End::Exit(0) if fallback.is_some_and(says) => Outcome::Interpreted,
            End::Exit(0) => Outcome::Yes,
            _ if probe.says_wrong(process) => Outcome::WrongValue,
            _ if is_taken => Outcome::Trapped,
            _ => Outcome::No,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tried::words(self, f)
    }
}

/// An outcome, with what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    #[serde(rename = "verdict")]
    pub outcome: Outcome,
    /// The words that should switch the proposal on; none where the mode's command is enough, or there
    /// are no such words.
    pub flags: Option<String>,
    /// What the engine said, in one line; empty where the outcome is yes.
    pub seen: String,
}

impl Finding {
    /// Without flags.
    pub fn new(outcome: Outcome, seen: impl Into<String>) -> Finding {
        Finding {
            outcome,
            flags: None,
            seen: seen.into(),
        }
    }
}

impl tried::Finding for Finding {
    fn text(&self) -> String {
        match (self.outcome, &self.flags) {
            (Outcome::Yes, Some(_)) => "with a flag".to_owned(),
            (outcome, _) => outcome.to_string(),
        }
    }

    fn is_surprising(&self) -> bool {
        use Outcome::{No, Unsupported, Yes};
        !matches!(self.outcome, Yes | No | Unsupported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::features::PROBES;

    fn finished(end: End, stderr: &str) -> Finished {
        Finished {
            end,
            stdout: String::new(),
            stderr: stderr.to_owned(),
        }
    }

    fn of(probe: &str, process: (End, &str), control: (End, &str)) -> Outcome {
        let probe = PROBES.iter().find(|it| it.name == probe).unwrap();
        let process = finished(process.0, process.1);
        let control = finished(control.0, control.1);
        Outcome::of(probe, &process, &control, Some("interpreter mode instead"))
    }

    const WRONG: (End, &str) = (End::Exit(42), "");
    const REFUSED: (End, &str) = (End::Exit(1), "invalid opcode");

    #[test]
    fn outcomes_are_told_apart_by_the_control() {
        let ok = (End::Exit(0), "");
        assert_eq!(of("simd", ok, WRONG), Outcome::Yes);
        assert_eq!(of("simd", ok, ok), Outcome::NoAnswer);
        assert_eq!(of("simd", WRONG, WRONG), Outcome::WrongValue);
        assert_eq!(of("simd", REFUSED, REFUSED), Outcome::No);
        assert_eq!(of("simd", REFUSED, WRONG), Outcome::Trapped);
        let trap = (End::Exit(134), "wasm trap: unreachable");
        assert_eq!(of("simd", trap, WRONG), Outcome::Trapped);
        assert_eq!(of("simd", (End::Signal(11), ""), WRONG), Outcome::Crashed);
        assert_eq!(of("simd", (End::Exit(134), ""), WRONG), Outcome::Crashed);
        let panic = (End::Exit(101), "thread 'main' panicked at src/lib.rs");
        assert_eq!(of("simd", panic, REFUSED), Outcome::Crashed);
        assert_eq!(of("simd", (End::Timeout, ""), WRONG), Outcome::Timeout);
        let fallback = (End::Exit(0), "failed, use interpreter mode instead");
        assert_eq!(of("simd", fallback, WRONG), Outcome::Interpreted);
    }

    #[test]
    fn a_component_says_wrong_in_silence() {
        let silent = (End::Exit(1), "");
        assert_eq!(of("component", silent, silent), Outcome::WrongValue);
        assert_eq!(of("component", REFUSED, REFUSED), Outcome::No);
        assert_eq!(of("component", REFUSED, silent), Outcome::Trapped);
        assert_eq!(of("simd", silent, silent), Outcome::No);
    }
}
