//! One sample: hyperfine as the stopwatch, once and for one process.
//!
//! One invocation of hyperfine measures one run, because only then user and system
//! time, and up to hyperfine 1.20 also peak memory, belong to that process alone.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;

use crate::model::Counters;
use crate::process::{self, End, Invocation};

/// How to start hyperfine, and where it may write.
#[derive(Clone, Debug)]
pub struct Stopwatch {
    /// The words that start hyperfine.
    pub command: Vec<OsString>,
    /// Does it know hardware counters? Since 2.0.
    pub counts: bool,
    /// Where hyperfine writes its JSON; overwritten by each sample.
    pub export: PathBuf,
}

/// A command that is ready to be measured.
#[derive(Clone, Debug, Default)]
pub struct Command {
    pub argv: Vec<OsString>,
    pub env: Vec<(String, OsString)>,
    /// What it reads from standard input; nothing if none.
    pub stdin: Option<PathBuf>,
    /// Where all of its standard output is kept; [`Measured`] holds the end of it in any case.
    pub stdout: Option<PathBuf>,
}

/// What one process cost, and what it said.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub end: End,
    /// None when the process was killed before it ended by itself.
    pub cost: Option<Cost>,
    /// The process's standard output.
    pub stdout: String,
    /// The end of the process's standard error.
    pub stderr: String,
    /// Did the kernel kill a process for lack of memory meanwhile?
    pub oom_kill: bool,
}

/// What one process cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    pub wall_s: f64,
    pub user_s: f64,
    pub system_s: f64,
    /// None where hyperfine does not report it.
    pub peak_rss_bytes: Option<u64>,
    pub counters: Counters,
}

impl Stopwatch {
    /// Runs the command once under hyperfine.
    ///
    /// # Errors
    /// When hyperfine cannot be started, or says nothing although it was not killed.
    pub fn measure(&self, command: &Command, timeout: Duration) -> anyhow::Result<Measured> {
        let invocation = self.invocation(command, timeout)?;
        let _ = std::fs::remove_file(&self.export);
        let kills = oom_kills();
        let finished = process::run(&invocation)?;
        let oom_kill = oom_kills() > kills;
        let exported = match finished.end {
            End::Timeout | End::Interrupted => String::new(),
            // Missing when hyperfine itself failed, for instance because the program does not exist.
            _ => std::fs::read_to_string(&self.export).unwrap_or_default(),
        };
        // Nothing stays in /dev/shm when the run is over.
        let _ = std::fs::remove_file(&self.export);
        if exported.trim().is_empty() {
            let (end, stdout, stderr) = (finished.end, finished.stdout, finished.stderr);
            return Ok(Measured {
                end,
                cost: None,
                stdout,
                stderr,
                oom_kill,
            });
        }
        let (cost, exit_code) = parse_export(&exported).with_context(|| {
            format!(
                "cannot read what hyperfine wrote to \"{}\"; is it version 1.20 or 2.x?",
                self.export.display()
            )
        })?;
        Ok(Measured {
            end: end_of(exit_code),
            cost: Some(cost),
            stdout: finished.stdout,
            stderr: without_hyperfine(&finished.stderr),
            oom_kill,
        })
    }

    fn invocation(&self, command: &Command, timeout: Duration) -> anyhow::Result<Invocation> {
        let words = command.argv.iter().map(|word| {
            word.to_str().with_context(|| {
                format!(
                    "\"{}\" is not UTF-8; hyperfine needs commands that are",
                    word.display()
                )
            })
        });
        let line = shell_words::join(words.collect::<anyhow::Result<Vec<_>>>()?);
        let options = [
            "--shell=none",
            "--runs=1",
            "--ignore-failure",
            "--style=none",
            "--output=inherit",
            "--export-json",
        ];
        let mut invocation = Invocation::new(
            self.command
                .iter()
                .cloned()
                .chain(options.map(OsString::from)),
        );
        if self.counts {
            // Of the counters, hyperfine takes those that the kernel allows.
            invocation
                .argv
                .insert(self.command.len(), "--metrics=all".into());
        }
        invocation.argv.push(self.export.clone().into());
        if let Some(stdin) = &command.stdin {
            invocation.argv.extend(["--input".into(), stdin.into()]);
        }
        invocation.argv.extend(["--".into(), line.into()]);
        invocation.env = command.env.clone();
        invocation.stdout = command.stdout.clone();
        invocation.timeout = Some(timeout);
        Ok(invocation)
    }
}

/// The file that hyperfine exports, as far as it is used here: 1.20 and 2.x in one.
#[derive(Deserialize)]
struct Export {
    results: Vec<ExportedResult>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ExportedResult {
    V2 {
        measurements: Vec<MeasurementV2>,
    },
    V1 {
        user: f64,
        system: f64,
        times: Vec<f64>,
        memory_usage_byte: Option<Vec<u64>>,
        exit_codes: Vec<Option<i32>>,
    },
}

#[derive(Deserialize)]
struct MeasurementV2 {
    time_wall_clock: Quantity,
    time_user: Quantity,
    time_system: Quantity,
    memory_peak_resident: Option<Quantity>,
    cpu_cycles: Option<Quantity>,
    instructions: Option<Quantity>,
    cache_references: Option<Quantity>,
    cache_misses: Option<Quantity>,
    branch_misses: Option<Quantity>,
    exit_code: Option<i32>,
}

/// A number, alone or with its unit beside it.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Quantity {
    Number(f64),
    WithUnit { value: f64 },
}

impl Quantity {
    fn value(self) -> f64 {
        match self {
            Quantity::Number(value) | Quantity::WithUnit { value } => value,
        }
    }
}

fn parse_export(json: &str) -> anyhow::Result<(Cost, Option<i32>)> {
    let export: Export = serde_json::from_str(json)?;
    let result = export
        .results
        .into_iter()
        .next()
        .context("it holds no result")?;
    match result {
        ExportedResult::V2 { measurements } => {
            let run = measurements
                .into_iter()
                .next()
                .context("it holds no measurement")?;
            let whole = |quantity: Option<Quantity>| quantity.map(|it| it.value() as u64);
            let cost = Cost {
                wall_s: run.time_wall_clock.value(),
                user_s: run.time_user.value(),
                system_s: run.time_system.value(),
                peak_rss_bytes: whole(run.memory_peak_resident),
                counters: Counters {
                    cpu_cycles: whole(run.cpu_cycles),
                    instructions: whole(run.instructions),
                    cache_references: whole(run.cache_references),
                    cache_misses: whole(run.cache_misses),
                    branch_misses: whole(run.branch_misses),
                },
            };
            Ok((cost, run.exit_code))
        }
        ExportedResult::V1 {
            user,
            system,
            times,
            memory_usage_byte,
            exit_codes,
        } => {
            let cost = Cost {
                wall_s: *times.first().context("it holds no time")?,
                user_s: user,
                system_s: system,
                peak_rss_bytes: memory_usage_byte.and_then(|bytes| bytes.first().copied()),
                counters: Counters::default(),
            };
            Ok((cost, exit_codes.first().copied().flatten()))
        }
    }
}

/// hyperfine reports a signal as 128 + its number, as shells do.
fn end_of(exit_code: Option<i32>) -> End {
    match exit_code {
        Some(code) if code > 128 && code < 128 + 65 => End::Signal(code - 128),
        Some(code) => End::Exit(code),
        None => End::Signal(0),
    }
}

/// How many processes the kernel has killed for lack of memory since it started.
fn oom_kills() -> u64 {
    let counters = std::fs::read_to_string("/proc/vmstat").unwrap_or_default();
    let count = counters
        .lines()
        .find_map(|line| line.strip_prefix("oom_kill "));
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

/// Drops the lines that hyperfine itself adds to the process's stderr.
fn without_hyperfine(stderr: &str) -> String {
    let own = |line: &&str| {
        let line = line.trim_start();
        !line.starts_with("Warning: Ignoring non-zero exit code")
            && !line.starts_with("Warning: The first benchmarking run")
            && !line.starts_with("Warning: Command took less than 5 ms")
    };
    stderr
        .lines()
        .filter(own)
        .map(|line| format!("{line}\n"))
        .collect()
}

#[cfg(test)]
mod tests;
