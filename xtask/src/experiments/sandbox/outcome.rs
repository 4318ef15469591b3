//! What became of an attempt, from what its process left behind: pure.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::attempts::{Attempt, Kind};
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

impl Outcome {
    /// Should a reader be surprised?
    pub fn is_surprising(self) -> bool {
        use Outcome::{Allowed, Crashed, NoAnswer, Timeout, TooMuchMemory};
        matches!(self, Allowed | Crashed | TooMuchMemory | Timeout | NoAnswer)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Outcome::Denied => "denied",
            Outcome::Trapped => "trapped",
            Outcome::NoEffect => "no effect",
            Outcome::Allowed => "allowed",
            Outcome::Crashed => "crashed",
            Outcome::TooMuchMemory => "too much memory",
            Outcome::Timeout => "timeout",
            Outcome::NoAnswer => "no answer",
            Outcome::NotApplicable => "not applicable",
            Outcome::NotTried => "not tried",
            Outcome::Unsupported => "unsupported",
        })
    }
}

/// What an attempt left behind.
#[derive(Clone, Debug)]
pub struct Traces {
    pub process: Finished,
    /// What only the outside holds.
    pub secret: String,
    /// What became different in the folder outside, such as `+ created.txt`.
    pub outside: Vec<String>,
    /// The same of the folder inside.
    pub inside: Vec<String>,
}

/// An outcome, with what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub outcome: Outcome,
    /// WASI's error number, where the guest was refused with one.
    pub errno: Option<u16>,
    /// What was seen, in one line.
    pub seen: String,
}

impl Finding {
    pub fn new(outcome: Outcome, seen: impl Into<String>) -> Finding {
        Finding {
            outcome,
            errno: None,
            seen: seen.into(),
        }
    }

    /// By what the host saw, and by the guest's word only where the host cannot see.
    pub fn of(attempt: &Attempt, traces: &Traces) -> Finding {
        let Finished {
            end,
            stdout,
            stderr,
        } = &traces.process;
        let answer = Answer::find(attempt.name, stdout);
        if stdout.contains(&traces.secret) {
            let said = answer.map_or("", |answer| answer.detail);
            return Finding::new(Outcome::Allowed, format!("the secret came out: {said}"));
        }
        if let Some(crash) = crash(*end, stderr) {
            return Finding::new(Outcome::Crashed, crash);
        }
        let mut changes = vec![("outside", &traces.outside)];
        if attempt.kind == Kind::Write {
            changes.push(("inside", &traces.inside));
        }
        if let Some((place, changes)) = changes.into_iter().find(|(_, it)| !it.is_empty()) {
            let seen = format!("changed {place}: {}", changes.join(", "));
            return Finding::new(Outcome::Allowed, seen);
        }
        match (end, answer) {
            (End::Timeout, _) => Finding::new(Outcome::Timeout, end.to_string()),
            (End::Exhausted, _) => Finding::new(Outcome::TooMuchMemory, end.to_string()),
            (_, Some(answer)) => answer.finding(attempt.kind),
            (End::Exit(0), None) => Finding::new(Outcome::NoAnswer, last_line(stdout)),
            (_, None) => Finding::new(Outcome::Trapped, reason(stderr)),
        }
    }
}

/// The guest's line: `attempt=NAME result=R [errno=N] detail=…`.
struct Answer<'t> {
    result: &'t str,
    errno: Option<u16>,
    detail: &'t str,
}

impl Answer<'_> {
    /// Engines log to standard output as well, so the line may be anywhere in it.
    fn find<'t>(attempt: &str, stdout: &'t str) -> Option<Answer<'t>> {
        let start = format!("attempt={attempt} result=");
        let line = stdout.lines().find_map(|line| line.strip_prefix(&start))?;
        let (head, detail) = line.split_once(" detail=")?;
        let (result, errno) = match head.split_once(" errno=") {
            Some((result, errno)) => (result, Some(errno.parse().ok()?)),
            None => (head, None),
        };
        let known = ["allowed", "denied", "unavailable"].contains(&result);
        known.then_some(Answer {
            result,
            errno,
            detail,
        })
    }

    fn finding(&self, kind: Kind) -> Finding {
        let outcome = match self.result {
            "denied" => Outcome::Denied,
            "unavailable" => Outcome::NotApplicable,
            _ if kind == Kind::Disclosure => Outcome::Allowed,
            _ => Outcome::NoEffect,
        };
        Finding {
            errno: self.errno,
            ..Finding::new(outcome, self.detail)
        }
    }
}

/// How the engine, and not only its guest, came to a bad end; none if it did not.
fn crash(end: End, stderr: &str) -> Option<String> {
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
    let parts = [signal.then(|| end.to_string()), said];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}

/// The line that says why a guest was ended: the one that sounds like it, or the last.
fn reason(stderr: &str) -> String {
    let words = [
        "trap",
        "exhausted",
        "exceeded",
        "overflow",
        "out of bounds",
        "out of memory",
    ];
    let telling = |line: &&str| words.iter().any(|word| line.to_lowercase().contains(word));
    let line = stderr.lines().find(telling);
    line.map_or_else(|| last_line(stderr), |line| line.trim().to_owned())
}

fn last_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next_back().unwrap_or("it said nothing").to_owned()
}

#[cfg(test)]
mod tests;
