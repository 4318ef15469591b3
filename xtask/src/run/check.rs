//! From what a process left behind to the outcome of its sample.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::fixture::Fixture;
use super::phases::{self, Phases};
use super::stopwatch::Measured;
use crate::config::{Output, Verify, Workload};
use crate::data::{self, Input};
use crate::host::process::End;
use crate::model::Outcome;
use crate::model::human_seconds;

/// What a sample turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub outcome: Outcome,
    /// Of outcomes other than `ok`: what was seen.
    pub reason: Option<String>,
    pub phases: Option<Phases>,
}

/// What a guest must leave behind, and where.
#[derive(Clone, Debug)]
pub struct Check {
    expected: Expected,
    output: PathBuf,
    stdout: PathBuf,
    /// Must it print the line with its phases? A program that the user brought need not.
    has_line: bool,
}

#[derive(Clone, Debug)]
enum Expected {
    NoFile,
    /// An output file with this many bytes and this hash, of so many integers.
    Made {
        bytes: u64,
        hash: String,
        items: u64,
    },
    Verified(Verify),
}

impl Check {
    /// `input` is none where there is no generated one.
    pub fn new(workload: &Workload, input: Option<&Input>, fixture: &Fixture) -> Check {
        let made = |hash: fn(&Input) -> &String| match input {
            Some(input) => Expected::Made {
                bytes: input.size_bytes,
                hash: hash(input).clone(),
                items: input.items,
            },
            // config refuses a workload that is compared with an input it does not read.
            None => Expected::NoFile,
        };
        Check {
            expected: match (&workload.verify, workload.output) {
                (Some(verify), _) => Expected::Verified(verify.clone()),
                (None, Some(Output::Unchanged)) => made(|input| &input.input_hash),
                (None, Some(Output::Sorted)) => made(|input| &input.sorted_hash),
                (None, Some(Output::Nothing) | None) => Expected::NoFile,
            },
            output: fixture.output.clone(),
            stdout: fixture.stdout.clone(),
            has_line: !workload.is_own(),
        }
    }

    /// Where all of standard output must be kept for this check, if it must.
    pub fn stdout(&self) -> Option<&Path> {
        use Verify::{StdoutBlake3, StdoutText};
        let expected = &self.expected;
        let verified = matches!(
            expected,
            Expected::Verified(StdoutText(_) | StdoutBlake3(_))
        );
        verified.then_some(self.stdout.as_path())
    }

    /// Checks a run of the guest by its end, what it left behind, and its line; then removes the output.
    ///
    /// # Errors
    /// When a file is there but cannot be read.
    pub fn run(&self, measured: &Measured, timeout_s: f64) -> anyhow::Result<Checked> {
        let phases = phases::find(&measured.stdout);
        let (outcome, reason) = match bad_end(measured, timeout_s) {
            Some((outcome, reason)) => (outcome, Some(reason)),
            None => match self.wrong(phases)? {
                Some(reason) => (Outcome::WrongOutput, Some(reason)),
                None => (Outcome::Ok, None),
            },
        };
        let _ = std::fs::remove_file(&self.output);
        Ok(Checked {
            outcome,
            reason,
            phases,
        })
    }

    fn wrong(&self, phases: Option<Phases>) -> anyhow::Result<Option<String>> {
        let wrong = match &self.expected {
            Expected::NoFile if self.output.exists() => {
                Some("an output file was written, none was expected".to_owned())
            }
            Expected::NoFile => None,
            Expected::Made { bytes, hash, .. } => wrong_output(*bytes, hash, &self.output)?,
            Expected::Verified(verify) => match self.stdout() {
                Some(stdout) => wrong_content("standard output", verify, stdout)?,
                None => wrong_content("output", verify, &self.output)?,
            },
        };
        Ok(wrong.or_else(|| self.has_line.then(|| self.wrong_line(phases))?))
    }

    /// What is wrong with the line of a guest of this project.
    fn wrong_line(&self, phases: Option<Phases>) -> Option<String> {
        let Some(phases) = phases else {
            return Some(
                "the line with the guest's phases is missing from standard output".to_owned(),
            );
        };
        match self.expected {
            Expected::Made { items, .. } if items != phases.items => Some(format!(
                "the guest says {} items, the input has {items}",
                phases.items
            )),
            _ => None,
        }
    }
}

/// Compares what the user's program left with what the user said.
fn wrong_content(what: &str, expected: &Verify, found: &Path) -> anyhow::Result<Option<String>> {
    let hash_of = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let (wanted, text) = match expected {
        Verify::OutputText(text) | Verify::StdoutText(text) => (hash_of(text), Some(text)),
        Verify::OutputBlake3(hash) | Verify::StdoutBlake3(hash) => (hash.to_lowercase(), None),
        Verify::Exit(_) => return Ok(None),
    };
    if !found.is_file() {
        return Ok(Some("no output file was written".to_owned()));
    }
    let hash = data::hash_file(found).with_context(|| format!("cannot check the {what}"))?;
    if hash == wanted {
        return Ok(None);
    }
    let differs = match text {
        None => format!("has BLAKE3 {hash}, expected {wanted}"),
        Some(text) => format!("is not the text expected, \"{}\"", excerpt(text)),
    };
    let text = std::fs::read(found).unwrap_or_default();
    Ok(Some(format!(
        "the {what} {differs}; it has {} bytes and begins with \"{}\"",
        text.len(),
        excerpt(&String::from_utf8_lossy(&text))
    )))
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    start.escape_debug().to_string()
}

/// Checks a compilation: it must end well and have written something.
pub fn check_compilation(measured: &Measured, artifact_bytes: u64, timeout_s: f64) -> Checked {
    let mut checked = check_end(measured, timeout_s);
    if checked.outcome == Outcome::Ok && artifact_bytes == 0 {
        checked.outcome = Outcome::WrongOutput;
        checked.reason = Some("the compiler wrote no artefact".to_owned());
    }
    checked
}

/// Checks a process that need only end well.
pub fn check_end(measured: &Measured, timeout_s: f64) -> Checked {
    let (outcome, reason) = match bad_end(measured, timeout_s) {
        Some((outcome, reason)) => (outcome, Some(reason)),
        None => (Outcome::Ok, None),
    };
    Checked {
        outcome,
        reason,
        phases: None,
    }
}

/// The outcome of a process that did not end with status 0.
fn bad_end(measured: &Measured, timeout_s: f64) -> Option<(Outcome, String)> {
    let said = last_lines(&measured.stderr)
        .or_else(|| last_lines(&measured.stdout))
        .unwrap_or_else(|| "it said nothing".to_owned());
    match measured.end {
        End::Exit(0) if measured.cost.is_some() => None,
        End::Timeout => Some((
            Outcome::Timeout,
            format!("killed at the timeout of {}", human_seconds(timeout_s)),
        )),
        End::Signal(9) if measured.oom_kill => Some((
            Outcome::OutOfMemory,
            "killed by the kernel for lack of memory".to_owned(),
        )),
        end if says_out_of_memory(&said) => Some((Outcome::OutOfMemory, format!("{end}: {said}"))),
        end if says_trap(&said) => Some((Outcome::Failed, format!("{end}, a Wasm trap: {said}"))),
        end => Some((Outcome::Failed, format!("{end}: {said}"))),
    }
}

/// What runtimes say when the guest did something that WebAssembly forbids.
fn says_trap(text: &str) -> bool {
    [
        "wasm trap",
        "RuntimeError: ",
        "wasm `unreachable`",
        "out of bounds memory access",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

/// What runtimes, allocators and V8 say when memory runs out.
fn says_out_of_memory(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "out of memory",
        "memory allocation of",
        "cannot allocate memory",
        "failed to allocate",
        "heap limit",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

/// The last lines of a text, as one line of at most 400 characters; none if it is blank.
fn last_lines(text: &str) -> Option<String> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let joined = lines[lines.len().saturating_sub(4)..].join(" | ");
    let skip = joined.chars().count().saturating_sub(400);
    (!joined.is_empty()).then(|| joined.chars().skip(skip).collect())
}

fn wrong_output(bytes: u64, hash: &str, output: &Path) -> anyhow::Result<Option<String>> {
    let Ok(metadata) = output.metadata() else {
        return Ok(Some("no output file was written".to_owned()));
    };
    if metadata.len() != bytes {
        return Ok(Some(format!(
            "the output has {} bytes, expected {bytes}",
            metadata.len()
        )));
    }
    let found = data::hash_file(output).context("cannot check an output")?;
    Ok((found != hash).then(|| "the output differs from the expected result".to_owned()))
}

#[cfg(test)]
mod tests;
