//! From what a process left behind to the outcome of its sample.

use std::path::Path;

use anyhow::Context;

use super::fixture::Fixture;
use super::jobs::Work;
use super::phases;
use crate::config::{Output, Verify};
use crate::data::{self, Input};
use crate::host::process::{End, Finished};
use crate::model::{Outcome, Sample, human_seconds};

/// The outcome of a sample that is not `ok`, and what was seen: by the end of its process, then by
/// what that left behind. A guest's phases become part of the sample, and its output is removed.
///
/// # Errors
/// When a file is there but cannot be read.
pub fn trouble(
    work: &Work,
    finished: &Finished,
    sample: &mut Sample,
    timeout_s: f64,
) -> anyhow::Result<Option<(Outcome, String)>> {
    let bad_end = bad_end(finished, sample, timeout_s);
    let wrong = match work {
        Work::Run { fixture, .. } => {
            let line = phases::read(&finished.stdout, sample);
            let wrong = match bad_end {
                None => fixture.wrong(sample, line)?,
                Some(_) => None,
            };
            let _ = std::fs::remove_file(&fixture.output);
            wrong
        }
        Work::Compile { fresh, .. } => {
            let nothing = || "the compiler wrote no artefact".to_owned();
            (bytes_in(fresh) == 0).then(nothing)
        }
    };
    Ok(bad_end.or(wrong.map(|wrong| (Outcome::WrongOutput, wrong))))
}

/// Bytes of all files in a folder.
pub fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter_map(|entry| entry.metadata().ok());
    files.map(|metadata| metadata.len()).sum()
}

impl Fixture {
    /// Where all of standard output must be kept to be verified, if it must.
    pub fn verified_stdout(&self) -> Option<&Path> {
        use Verify::{StdoutBlake3, StdoutText};
        let verify = &self.workload.verify;
        let verified = matches!(verify, Some(StdoutText(_) | StdoutBlake3(_)));
        verified.then_some(self.stdout.as_path())
    }

    /// `line` is what is wrong with the line of its phases, if that was seen already.
    fn wrong(&self, sample: &Sample, line: Option<String>) -> anyhow::Result<Option<String>> {
        let workload = &self.workload;
        let wrong = match (&workload.verify, workload.output, &self.input) {
            (Some(verify), ..) => self.wrong_content(verify)?,
            (_, Some(Output::Sorted), Some((input, _))) => {
                self.wrong_output(input, &input.sorted_hash)?
            }
            (_, Some(Output::Unchanged), Some((input, _))) => {
                self.wrong_output(input, &input.input_hash)?
            }
            // config refuses a workload that is compared with an input it does not read.
            _ => {
                let wrong = "an output file was written, none was expected";
                self.output.exists().then(|| wrong.to_owned())
            }
        };
        // Other programs need not print the line with their phases.
        let line = line.or_else(|| self.wrong_line(sample).filter(|_| workload.has_harness()));
        Ok(wrong.or(line))
    }

    /// What is wrong with the line of a guest of this project.
    fn wrong_line(&self, sample: &Sample) -> Option<String> {
        let Some(said) = sample.items else {
            let missing = "the line with the guest's phases is missing from standard output";
            return Some(missing.to_owned());
        };
        let items = self.input.as_ref()?.0.items;
        let reads_all = self.workload.output != Some(Output::Nothing);
        let wrong = || format!("the guest says {said} items, the input has {items}");
        (reads_all && said != items).then(wrong)
    }

    fn wrong_output(&self, input: &Input, hash: &str) -> anyhow::Result<Option<String>> {
        let metadata = self.output.metadata();
        let Some(metadata) = metadata.ok().filter(std::fs::Metadata::is_file) else {
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
        let (what, found) = match self.verified_stdout() {
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
fn bad_end(finished: &Finished, sample: &Sample, timeout_s: f64) -> Option<(Outcome, String)> {
    let said = last_lines(&finished.stderr).or_else(|| last_lines(&finished.stdout));
    let said = said.unwrap_or_else(|| "it said nothing".to_owned());
    let lowercase = said.to_lowercase();
    let says = |signs: &[&str]| signs.iter().any(|sign| lowercase.contains(sign));
    let no_memory = "killed by the kernel for lack of memory";
    match finished.end {
        End::Exit(0) if sample.wall_s.is_some() => None,
        End::Timeout => {
            let reason = format!("killed at the timeout of {}", human_seconds(timeout_s));
            Some((Outcome::Timeout, reason))
        }
        End::OutOfMemory => Some((Outcome::OutOfMemory, no_memory.to_owned())),
        end if says(&OUT_OF_MEMORY) => Some((Outcome::OutOfMemory, format!("{end}: {said}"))),
        end if says(&TRAP) => Some((Outcome::Failed, format!("{end}, a Wasm trap: {said}"))),
        end => Some((Outcome::Failed, format!("{end}: {said}"))),
    }
}

/// The last lines of a text, as one line of at most 400 characters, none of which a terminal obeys
/// (stdout may hold any); none if it is blank.
pub fn last_lines(text: &str) -> Option<String> {
    let text = text.replace(|c: char| c.is_control() && c != '\n', " ");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    let joined = lines[lines.len().saturating_sub(4)..].join(" | ");
    let skip = joined.chars().count().saturating_sub(400);
    (!joined.is_empty()).then(|| joined.chars().skip(skip).collect())
}

#[cfg(test)]
mod tests;
