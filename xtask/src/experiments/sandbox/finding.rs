//! From what a process left behind to a verdict: pure.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::attempts::{Attempt, Goal};
use crate::host::process::End;

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
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

impl Verdict {
    /// Should a reader be surprised?
    pub fn is_surprising(self) -> bool {
        use Verdict::{Allowed, Crashed, NoAnswer, Timeout, TooMuchMemory};
        matches!(self, Allowed | Crashed | TooMuchMemory | Timeout | NoAnswer)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Denied => "denied",
            Verdict::Trapped => "trapped",
            Verdict::NoEffect => "no effect",
            Verdict::Allowed => "allowed",
            Verdict::Crashed => "crashed",
            Verdict::TooMuchMemory => "too much memory",
            Verdict::Timeout => "timeout",
            Verdict::NoAnswer => "no answer",
            Verdict::NotApplicable => "not applicable",
            Verdict::NotTried => "not tried",
            Verdict::Unsupported => "unsupported",
        })
    }
}

/// What a process left behind.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub end: End,
    pub stdout: String,
    pub stderr: String,
    /// What only the outside holds.
    pub secret: String,
    /// What became different in the folder outside, such as `+ created.txt`.
    pub outside: Vec<String>,
    /// The same of the folder inside.
    pub inside: Vec<String>,
}

/// A verdict, with what it was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    /// WASI's error number, where the guest was refused with one.
    pub errno: Option<u16>,
    /// What was seen, in one line.
    pub seen: String,
}

impl Judged {
    pub fn new(verdict: Verdict, seen: impl Into<String>) -> Judged {
        Judged {
            verdict,
            errno: None,
            seen: seen.into(),
        }
    }
}

/// Judges by what the host saw, and by the guest's word only where the host cannot see.
pub fn judge(attempt: &Attempt, evidence: &Evidence) -> Judged {
    let answer = Answer::find(attempt.name, &evidence.stdout);
    let said = answer.as_ref().map_or("", |answer| answer.detail);
    if evidence.stdout.contains(&evidence.secret) {
        return Judged::new(Verdict::Allowed, format!("the secret came out: {said}"));
    }
    if let Some(crash) = crash(evidence.end, &evidence.stderr) {
        return Judged::new(Verdict::Crashed, crash);
    }
    let changed = |place: &str, changes: &[String]| {
        let changes = changes.join(", ");
        Judged::new(Verdict::Allowed, format!("changed {place}: {changes}"))
    };
    if !evidence.outside.is_empty() {
        return changed("outside", &evidence.outside);
    }
    if attempt.goal == Goal::Inside && !evidence.inside.is_empty() {
        return changed("inside", &evidence.inside);
    }
    match (evidence.end, answer) {
        (End::Timeout, _) => Judged::new(Verdict::Timeout, evidence.end.to_string()),
        (End::Exhausted, _) => Judged::new(Verdict::TooMuchMemory, evidence.end.to_string()),
        (_, Some(answer)) => by_word(attempt.goal, &answer),
        (End::Exit(0), None) => Judged::new(Verdict::NoAnswer, last_line(&evidence.stdout)),
        (_, None) => Judged::new(Verdict::Trapped, reason(&evidence.stderr)),
    }
}

fn by_word(goal: Goal, answer: &Answer) -> Judged {
    let verdict = match answer.result {
        "denied" => Verdict::Denied,
        "unavailable" => Verdict::NotApplicable,
        _ if goal == Goal::Word => Verdict::Allowed,
        _ => Verdict::NoEffect,
    };
    Judged {
        errno: answer.errno,
        ..Judged::new(verdict, answer.detail)
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
}

/// How the engine, and not only its guest, came to a bad end; none if it did not.
fn crash(end: End, stderr: &str) -> Option<String> {
    let line = |mark: &str| stderr.lines().find(|line| line.contains(mark));
    // Started through another program, an engine's signal becomes an exit status.
    let signal = match end {
        End::Signal(_) => Some(end.to_string()),
        // Wasmtime ends with 134 after an orderly trap, too, and says so.
        End::Exit(134) if !stderr.contains("wasm trap") => Some(end.to_string()),
        End::Exit(132 | 133 | 135 | 136 | 139) => Some(end.to_string()),
        _ => None,
    };
    // A guest's panic reads the same, but for the file.
    let rust = line("panicked at").filter(|line| !line.contains("guests/sandbox/"));
    let go = line("goroutine ").and(line("fatal error: ").or(line("panic: ")));
    let said = rust.or(go);
    match (signal, said) {
        (Some(signal), Some(said)) => Some(format!("{signal}: {}", said.trim())),
        (Some(signal), None) => Some(signal),
        (None, Some(said)) => Some(said.trim().to_owned()),
        (None, None) => None,
    }
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
