//! From what a process left behind to the outcome of its sample.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cell::Outcome;
use crate::config::{Content, ExpectedOutput, Verify, Workload};
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

/// Where a guest left its results.
pub struct Left {
    pub output: PathBuf,
    /// All of its standard output; only written where that is verified.
    pub stdout: PathBuf,
}

/// Judges a run of a guest by its end, what it left behind, and its line, which a program
/// that the user brought need not print. `input` is none where there is no generated one.
///
/// # Errors
/// When a file is there but cannot be read.
pub fn judge_run(
    measured: &Measured,
    workload: &Workload,
    input: Option<&Input>,
    left: &Left,
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
    let mut reason = match &workload.output {
        ExpectedOutput::Verified(Verify::ExitStatus) => None,
        ExpectedOutput::Verified(Verify::File(content)) => {
            let found = left.output.is_file().then_some(left.output.as_path());
            wrong_content("output", content, found)?
        }
        ExpectedOutput::Verified(Verify::Stdout(content)) => {
            wrong_content("standard output", content, Some(&left.stdout))?
        }
        expected => wrong_output(expected, input, &left.output)?,
    };
    if workload.own.is_none() && reason.is_none() {
        reason = wrong_line(phases, workload, input);
    }
    let outcome = match reason {
        Some(_) => Outcome::WrongOutput,
        None => Outcome::Ok,
    };
    Ok(verdict(outcome, reason))
}

/// What is wrong with the line of a guest of this project.
fn wrong_line(
    phases: Option<Phases>,
    workload: &Workload,
    input: Option<&Input>,
) -> Option<String> {
    let Some(phases) = phases else {
        return Some("the line with the guest's phases is missing from standard output".to_owned());
    };
    let input = input.filter(|_| workload.output != ExpectedOutput::Nothing)?;
    (phases.items != input.items).then(|| {
        format!(
            "the guest says {} items, the input has {}",
            phases.items, input.items
        )
    })
}

/// Compares what the user's program left with what the user said. `found` is none if it left nothing.
fn wrong_content(
    what: &str,
    expected: &Content,
    found: Option<&Path>,
) -> anyhow::Result<Option<String>> {
    let Some(found) = found else {
        return Ok(Some("no output file was written".to_owned()));
    };
    let hash = data::hash_file(found).with_context(|| format!("cannot check the {what}"))?;
    if hash == expected.blake3() {
        return Ok(None);
    }
    let text = std::fs::read(found).unwrap_or_default();
    let differs = match expected {
        Content::Blake3(hash_wanted) => format!("has BLAKE3 {hash}, expected {hash_wanted}"),
        Content::Text(wanted) => format!("is not the text expected, \"{}\"", excerpt(wanted)),
    };
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
    expected: &ExpectedOutput,
    input: Option<&Input>,
    output: &Path,
) -> anyhow::Result<Option<String>> {
    let length = output.metadata().ok().map(|metadata| metadata.len());
    let Some(length) = length else {
        let wanted = *expected != ExpectedOutput::Nothing;
        return Ok(wanted.then(|| "no output file was written".to_owned()));
    };
    if *expected == ExpectedOutput::Nothing {
        return Ok(Some(
            "an output file was written, none was expected".to_owned(),
        ));
    }
    let input = input.context("there is no input to compare with: a bug")?;
    if length != input.size_bytes {
        return Ok(Some(format!(
            "the output has {length} bytes, expected {}",
            input.size_bytes
        )));
    }
    let hash = match expected {
        ExpectedOutput::Unchanged => &input.input_hash,
        _ => &input.sorted_hash,
    };
    let found = data::hash_file(output).context("cannot check an output")?;
    Ok((found != *hash).then(|| "the output differs from the expected result".to_owned()))
}

#[cfg(test)]
mod tests;
