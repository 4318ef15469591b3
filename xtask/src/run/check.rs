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

impl Checked {
    fn new(trouble: Option<(Outcome, String)>, phases: Option<Phases>) -> Checked {
        let (outcome, reason) = trouble.unzip();
        let outcome = outcome.unwrap_or(Outcome::Ok);
        Checked {
            outcome,
            reason,
            phases,
        }
    }
}

/// What a guest must leave behind, and where.
#[derive(Clone, Debug)]
pub struct Check {
    output_is: Option<Output>,
    verify: Option<Verify>,
    /// What the output is made from, if it is made from an input.
    input: Option<Input>,
    output: PathBuf,
    stdout: PathBuf,
    /// Must it print the line with its phases? A program that the user brought need not.
    has_line: bool,
}

impl Check {
    /// `input` is none where there is no generated one.
    pub fn new(workload: &Workload, input: Option<&Input>, fixture: &Fixture) -> Check {
        let makes_output = workload.output != Some(Output::Nothing);
        Check {
            output_is: workload.output,
            verify: workload.verify.clone(),
            input: input.filter(|_| makes_output).cloned(),
            output: fixture.output.clone(),
            stdout: fixture.stdout.clone(),
            has_line: !workload.is_own(),
        }
    }

    /// Where all of standard output must be kept for this check, if it must.
    pub fn stdout(&self) -> Option<&Path> {
        use Verify::{StdoutBlake3, StdoutText};
        let verified = matches!(self.verify, Some(StdoutText(_) | StdoutBlake3(_)));
        verified.then_some(self.stdout.as_path())
    }

    /// Checks a run of the guest by its end, what it left behind, and its line; then removes the output.
    ///
    /// # Errors
    /// When a file is there but cannot be read.
    pub fn run(&self, measured: &Measured, timeout_s: f64) -> anyhow::Result<Checked> {
        let phases = phases::find(&measured.stdout);
        let trouble = match bad_end(measured, timeout_s) {
            None => self.wrong(phases)?.map(|it| (Outcome::WrongOutput, it)),
            bad_end => bad_end,
        };
        let _ = std::fs::remove_file(&self.output);
        Ok(Checked::new(trouble, phases))
    }

    fn wrong(&self, phases: Option<Phases>) -> anyhow::Result<Option<String>> {
        let wrong = match (&self.verify, self.output_is, &self.input) {
            (Some(verify), ..) => self.wrong_content(verify)?,
            (_, Some(Output::Sorted), Some(input)) => {
                self.wrong_output(input, &input.sorted_hash)?
            }
            (_, Some(Output::Unchanged), Some(input)) => {
                self.wrong_output(input, &input.input_hash)?
            }
            // config refuses a workload that is compared with an input it does not read.
            _ => {
                let wrong = "an output file was written, none was expected";
                self.output.exists().then(|| wrong.to_owned())
            }
        };
        Ok(wrong.or_else(|| self.has_line.then(|| self.wrong_line(phases))?))
    }

    /// What is wrong with the line of a guest of this project.
    fn wrong_line(&self, phases: Option<Phases>) -> Option<String> {
        let Some(Phases { items: said, .. }) = phases else {
            let missing = "the line with the guest's phases is missing from standard output";
            return Some(missing.to_owned());
        };
        let items = self.input.as_ref()?.items;
        (said != items).then(|| format!("the guest says {said} items, the input has {items}"))
    }

    fn wrong_output(&self, input: &Input, hash: &str) -> anyhow::Result<Option<String>> {
        let Ok(metadata) = self.output.metadata() else {
            return Ok(Some("no output file was written".to_owned()));
        };
        let (found, expected) = (metadata.len(), input.size_bytes);
        if found != expected {
            let wrong = format!("the output has {found} bytes, expected {expected}");
            return Ok(Some(wrong));
        }
        let found = data::hash_file(&self.output).context("cannot check an output")?;
        Ok((found != hash).then(|| "the output differs from the expected result".to_owned()))
    }

    /// Compares what the user's program left with what the user said.
    fn wrong_content(&self, verify: &Verify) -> anyhow::Result<Option<String>> {
        let (what, found) = match self.stdout() {
            Some(stdout) => ("standard output", stdout),
            None => ("output", self.output.as_path()),
        };
        let hash_of = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
        let (wanted, expected) = match verify {
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
        let text = std::fs::read(found).unwrap_or_default();
        let differs = match expected {
            None => format!("has BLAKE3 {hash}, expected {wanted}"),
            Some(text) => format!("is not the text expected, \"{}\"", excerpt(text)),
        };
        Ok(Some(format!(
            "the {what} {differs}; it has {} bytes and begins with \"{}\"",
            text.len(),
            excerpt(&String::from_utf8_lossy(&text))
        )))
    }
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    start.escape_debug().to_string()
}

/// Checks a compilation: it must end well and have written something.
pub fn check_compilation(measured: &Measured, artifact_bytes: u64, timeout_s: f64) -> Checked {
    let nothing = || "the compiler wrote no artefact".to_owned();
    let nothing = (artifact_bytes == 0).then(|| (Outcome::WrongOutput, nothing()));
    Checked::new(bad_end(measured, timeout_s).or(nothing), None)
}

/// What runtimes, allocators and V8 say when memory runs out, in small letters.
const OUT_OF_MEMORY: [&str; 5] = [
    "out of memory",
    "memory allocation of",
    "cannot allocate memory",
    "failed to allocate",
    "heap limit",
];

/// What runtimes say when the guest did something that WebAssembly forbids, in small letters.
const TRAP: [&str; 4] = [
    "wasm trap",
    "runtimeerror: ",
    "wasm `unreachable`",
    "out of bounds memory access",
];

/// The outcome of a process that did not end with status 0, and why.
fn bad_end(measured: &Measured, timeout_s: f64) -> Option<(Outcome, String)> {
    let said = last_lines(&measured.stderr).or_else(|| last_lines(&measured.stdout));
    let said = said.unwrap_or_else(|| "it said nothing".to_owned());
    let lowercase = said.to_lowercase();
    let says = |signs: &[&str]| signs.iter().any(|sign| lowercase.contains(sign));
    let no_memory = "killed by the kernel for lack of memory";
    match measured.end {
        End::Exit(0) if measured.cost.is_some() => None,
        End::Timeout => {
            let reason = format!("killed at the timeout of {}", human_seconds(timeout_s));
            Some((Outcome::Timeout, reason))
        }
        End::Signal(9) if measured.oom_kill => Some((Outcome::OutOfMemory, no_memory.to_owned())),
        end if says(&OUT_OF_MEMORY) => Some((Outcome::OutOfMemory, format!("{end}: {said}"))),
        end if says(&TRAP) => Some((Outcome::Failed, format!("{end}, a Wasm trap: {said}"))),
        end => Some((Outcome::Failed, format!("{end}: {said}"))),
    }
}

/// The last lines of a text, as one line of at most 400 characters; none if it is blank.
fn last_lines(text: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    let joined = lines[lines.len().saturating_sub(4)..].join(" | ");
    let skip = joined.chars().count().saturating_sub(400);
    (!joined.is_empty()).then(|| joined.chars().skip(skip).collect())
}

#[cfg(test)]
mod tests;
