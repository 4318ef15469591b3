//! From what a process left behind to the outcome of its sample.

use std::path::Path;

use anyhow::Context;

use crate::cell::Outcome;
use crate::config::ExpectedOutput;
use crate::data::{self, Input};
use crate::guest_line::{self, Phases};
use crate::measure::Measured;
use crate::process::End;
use crate::units::human_seconds;

/// What a sample turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub outcome: Outcome,
    /// Of outcomes other than `ok`: what was seen.
    pub reason: Option<String>,
    pub phases: Option<Phases>,
}

/// Judges a run of a guest by its end, its output file and its line.
///
/// # Errors
/// When an output file is there but cannot be read.
pub fn judge_run(
    measured: &Measured,
    expected: ExpectedOutput,
    input: &Input,
    output: &Path,
    timeout_s: f64,
) -> anyhow::Result<Verdict> {
    let phases = guest_line::find(&measured.stdout);
    let verdict = |outcome, reason: Option<String>| Verdict {
        outcome,
        reason,
        phases,
    };
    if let Some((outcome, reason)) = bad_end(measured, timeout_s) {
        return Ok(verdict(outcome, Some(reason)));
    }
    if let Some(reason) = wrong_output(expected, input, output)? {
        return Ok(verdict(Outcome::WrongOutput, Some(reason)));
    }
    let reason = match phases {
        None => Some("the line with the guest's phases is missing from standard output".to_owned()),
        Some(phases) if expected != ExpectedOutput::Nothing && phases.items != input.items => {
            Some(format!(
                "the guest says {} items, the input has {}",
                phases.items, input.items
            ))
        }
        Some(_) => None,
    };
    let outcome = if reason.is_some() {
        Outcome::WrongOutput
    } else {
        Outcome::Ok
    };
    Ok(verdict(outcome, reason))
}

/// Judges a compilation: it must end well and have written something.
pub fn judge_compilation(measured: &Measured, artifact_bytes: u64, timeout_s: f64) -> Verdict {
    let (outcome, reason) = match bad_end(measured, timeout_s) {
        Some((outcome, reason)) => (outcome, Some(reason)),
        None if artifact_bytes == 0 => (
            Outcome::WrongOutput,
            Some("the compiler wrote no artefact".to_owned()),
        ),
        None => (Outcome::Ok, None),
    };
    Verdict {
        outcome,
        reason,
        phases: None,
    }
}

/// Judges an engine's version command: it must end well.
pub fn judge_start(measured: &Measured, timeout_s: f64) -> Verdict {
    let (outcome, reason) = match bad_end(measured, timeout_s) {
        Some((outcome, reason)) => (outcome, Some(reason)),
        None => (Outcome::Ok, None),
    };
    Verdict {
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

fn wrong_output(
    expected: ExpectedOutput,
    input: &Input,
    output: &Path,
) -> anyhow::Result<Option<String>> {
    let length = output.metadata().ok().map(|metadata| metadata.len());
    let hash = match (expected, length) {
        (ExpectedOutput::Nothing, None) => return Ok(None),
        (ExpectedOutput::Nothing, Some(_)) => {
            return Ok(Some(
                "an output file was written, none was expected".to_owned(),
            ));
        }
        (_, None) => return Ok(Some("no output file was written".to_owned())),
        (_, Some(length)) if length != input.size_bytes => {
            return Ok(Some(format!(
                "the output has {length} bytes, expected {}",
                input.size_bytes
            )));
        }
        (ExpectedOutput::Sorted, Some(_)) => &input.sorted_hash,
        (ExpectedOutput::Unchanged, Some(_)) => &input.input_hash,
    };
    let found = data::hash_file(output).context("cannot check an output")?;
    Ok((found != *hash).then(|| "the output differs from the expected result".to_owned()))
}

#[cfg(test)]
mod tests;
