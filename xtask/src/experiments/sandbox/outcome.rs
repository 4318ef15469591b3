//! What became of an attempt, from what its process left behind: pure.

use std::fmt;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};

use super::attempts::{Attempt, Kind};
use super::errno::named;
use crate::experiments::tried;
use crate::host::process::{End, Finished};

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The guest was refused.
    Denied,
    /// The engine ended the guest, in order.
    Trapped,
    /// The guest was refused nothing, and yet reached nothing.
    NoEffect,
    Allowed,
    /// The engine itself ended by a signal or a panic.
    Crashed,
    /// Killed before it took more memory than the machine can spare.
    TooMuchMemory,
    Timeout,
    /// The engine ended well, but the guest said nothing.
    NoAnswer,
    /// The engine has nothing to try it on, such as a read-only mount.
    NotApplicable,
    NotTried,
    /// The engine is missing, or its version lacks the mode.
    Unsupported,
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
    /// WASI's error number, where the guest was refused with one.
    pub errno: Option<u16>,
    /// What was seen, in one line.
    pub seen: String,
    /// What to type to see it again, after [`prepare`](super::shell::prepare); only of surprises.
    pub command: Option<String>,
}

impl tried::Finding for Finding {
    fn text(&self) -> String {
        let errno = self.errno.filter(|_| self.outcome == Outcome::Denied);
        errno.map_or_else(|| self.outcome.to_string(), named)
    }

    fn is_surprising(&self) -> bool {
        use Outcome::{Allowed, Crashed, NoAnswer, Timeout, TooMuchMemory};
        matches!(
            self.outcome,
            Allowed | Crashed | TooMuchMemory | Timeout | NoAnswer
        )
    }
}

impl Finding {
    pub fn new(outcome: Outcome, seen: impl Into<String>) -> Finding {
        Finding {
            outcome,
            errno: None,
            seen: seen.into(),
            command: None,
        }
    }

    /// By what the host saw, and by the guest's word only where the host cannot see. Only the outside
    /// holds the secret; `changes` became different in the folders outside and inside, such as `+ created.txt`.
    pub fn of(
        attempt: &Attempt,
        process: &Finished,
        secret: &str,
        changes: &[Vec<String>; 2],
    ) -> Finding {
        let (end, stdout, stderr) = (process.end, &process.stdout, &process.stderr);
        let answer = answer(attempt, stdout);
        if stdout.contains(secret) {
            let said = answer.map_or_else(String::new, |answer| answer.seen);
            return Finding::new(Outcome::Allowed, format!("the secret came out: {said}"));
        }
        if let Some(crash) = crash(end, stderr) {
            return Finding::new(Outcome::Crashed, crash);
        }
        let judged = match attempt.kind {
            Kind::Write => 2,
            _ => 1,
        };
        let mut places = ["outside", "inside"].iter().zip(changes).take(judged);
        if let Some((place, changes)) = places.find(|(_, changes)| !changes.is_empty()) {
            let seen = format!("changed {place}: {}", changes.join(", "));
            return Finding::new(Outcome::Allowed, seen);
        }
        match (end, answer) {
            (End::Timeout, _) => Finding::new(Outcome::Timeout, end.to_string()),
            (End::Exhausted, _) => Finding::new(Outcome::TooMuchMemory, end.to_string()),
            (_, Some(answer)) => answer,
            (End::Exit(0), None) => Finding::new(Outcome::NoAnswer, last_line(stdout)),
            (_, None) => Finding::new(Outcome::Trapped, reason(stderr)),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.outcome, self.seen)
    }
}

/// What the guest says: `attempt=NAME result=R [errno=N] detail=…`. Engines log to standard output as
/// well, so the line may be anywhere in it.
fn answer(attempt: &Attempt, stdout: &str) -> Option<Finding> {
    let line = "result=([a-z]+)(?: errno=([0-9]+))? detail=(.*)";
    let line = format!("(?m)^attempt={} {line}$", attempt.name);
    let said = Regex::new(&line).ok()?.captures(stdout)?;
    let outcome = match &said[1] {
        "denied" => Outcome::Denied,
        "unavailable" => Outcome::NotApplicable,
        "allowed" if attempt.kind == Kind::Disclosure => Outcome::Allowed,
        "allowed" => Outcome::NoEffect,
        _ => return None,
    };
    let errno = said.get(2).and_then(|errno| errno.as_str().parse().ok());
    Some(Finding {
        errno,
        ..Finding::new(outcome, &said[3])
    })
}

/// How the engine, and not only its guest, came to a bad end; none if it did not.
pub fn crash(end: End, stderr: &str) -> Option<String> {
    let line = |mark: &str| stderr.lines().find(|line| line.contains(mark));
    // Started through another program, an engine's signal becomes an exit status.
    let signal = match end {
        // Wasmtime ends with 134 after an orderly trap, too, and says so.
        End::Exit(134) => !stderr.contains("wasm trap"),
        End::Exit(132 | 133 | 135 | 136 | 139) | End::Signal(_) => true,
        _ => false,
    };
    // A guest's panic reads the same, but for the file.
    let rust = line("panicked at").filter(|line| !line.contains("guests/sandbox/"));
    let go = line("goroutine ").and(line("fatal error: ").or(line("panic: ")));
    let said = rust.or(go).map(|line| line.trim().to_owned());
    match (signal.then(|| end.to_string()), said) {
        (Some(end), Some(said)) => Some(format!("{end}: {said}")),
        (end, said) => end.or(said),
    }
}

/// The line that says why a guest was ended: the one that sounds like it, or the last.
fn reason(stderr: &str) -> String {
    let words = "trap|exhausted|exceeded|overflow|out of bounds|out of memory";
    let telling = |line: &str| words.split('|').any(|it| line.to_lowercase().contains(it));
    let line = stderr.lines().find(|line| telling(line));
    line.map_or_else(|| last_line(stderr), |line| line.trim().to_owned())
}

fn last_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next_back().unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests;
