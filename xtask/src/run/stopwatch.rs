//! One sample: hyperfine as the stopwatch, once and for one process.
//!
//! One invocation of hyperfine measures one run, because only then user and system
//! time, and up to hyperfine 1.20 also peak memory, belong to that process alone.

use std::cell::Cell;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::Signal;
use serde_json::Value;

use crate::host::process::{self, End, Finished, Invocation};
use crate::model::Sample;
use crate::tools::Found;

/// How to start hyperfine, and where it may write.
#[derive(Clone, Debug)]
pub struct Stopwatch {
    /// The words that start hyperfine.
    pub command: Vec<OsString>,
    /// Does it know hardware counters? Since 2.0.
    pub counts: bool,
    /// Where hyperfine writes its JSON; overwritten by each sample.
    pub export: PathBuf,
    /// What the kernel had killed for lack of memory when it was last looked.
    oom_kills: Cell<u64>,
}

impl Stopwatch {
    pub fn new(hyperfine: &Found) -> Stopwatch {
        Stopwatch {
            command: hyperfine.command.clone(),
            counts: !hyperfine.version.starts_with("1."),
            export: export_file(),
            oom_kills: Cell::new(oom_kills()),
        }
    }

    /// What hyperfine reports as the memory of `true`: the most of a few runs, in bytes.
    ///
    /// # Errors
    /// When hyperfine does not measure it.
    pub fn memory_floor(&self) -> anyhow::Result<u64> {
        let command = Invocation {
            timeout: Some(Duration::from_secs(10)),
            ..Invocation::new(["true"])
        };
        let (mut sample, mut floor) = (Sample::default(), 0);
        for _ in 0..5 {
            let measured = self.measure(&command, &mut sample)?;
            if measured.end != End::Exit(0) {
                bail!("`true` {}: {}", measured.end, measured.stderr.trim());
            }
            floor = floor.max(sample.peak_rss_bytes.unwrap_or(0));
        }
        Ok(floor)
    }

    /// Runs the command once under hyperfine. What it cost becomes part of the sample, unless it
    /// was killed before it ended by itself.
    ///
    /// # Errors
    /// When hyperfine cannot be started, or what it wrote cannot be read.
    pub fn measure(&self, command: &Invocation, sample: &mut Sample) -> anyhow::Result<Finished> {
        let _ = std::fs::remove_file(&self.export);
        let mut finished = process::run(&self.invocation(command)?)?;
        // Missing when hyperfine itself failed, for instance because the program does not exist.
        let exported = std::fs::read_to_string(&self.export).unwrap_or_default();
        // Nothing stays in /dev/shm when the run is over.
        let _ = std::fs::remove_file(&self.export);
        if finished.end != End::Timeout && !exported.trim().is_empty() {
            let exit_code = read_export(&exported, sample).with_context(|| {
                format!(
                    "cannot read what hyperfine wrote to \"{}\"; is it version 1.20 or 2.x?",
                    self.export.display()
                )
            })?;
            finished.end = end_of(exit_code);
            finished.stderr = without_hyperfine(&finished.stderr);
        }
        // Read only where it matters: it would take a tenth of what surrounds a sample.
        let is_killed = finished.end == End::Signal(Signal::SIGKILL as i32);
        if is_killed && self.oom_kills.replace(oom_kills()) < oom_kills() {
            finished.end = End::OutOfMemory;
        }
        Ok(finished)
    }

    fn invocation(&self, command: &Invocation) -> anyhow::Result<Invocation> {
        let words = command.argv.iter().map(|word| {
            let error = "is not UTF-8; hyperfine needs commands that are";
            let text = word.to_str();
            text.with_context(|| format!("\"{}\" {error}", word.display()))
        });
        let line = shell_words::join(words.collect::<anyhow::Result<Vec<_>>>()?);
        let mut argv = self.command.clone();
        // Of the counters, hyperfine takes those that the kernel allows.
        argv.extend(self.counts.then(|| "--metrics=all".into()));
        let options =
            "--shell=none --runs=1 --ignore-failure --style=none --output=inherit --export-json";
        argv.extend(options.split(' ').map(OsString::from));
        argv.push(self.export.clone().into());
        if let Some(stdin) = &command.stdin {
            argv.extend(["--input".into(), stdin.into()]);
        }
        argv.extend(["--".into(), line.into()]);
        Ok(Invocation {
            argv,
            stdin: None,
            ..command.clone()
        })
    }
}

/// Where hyperfine writes: in memory where that is possible, so that a sample causes no disk traffic.
/// What a killed bench left there is removed.
fn export_file() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    let folder = match memory.is_dir() {
        true => memory,
        false => std::env::temp_dir(),
    };
    let old = glob::glob(&format!("{}/wasi-bench-*.json", folder.display()));
    for path in old.into_iter().flatten().flatten() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let pid = name.trim_start_matches("wasi-bench-");
        if !PathBuf::from("/proc").join(pid).exists() {
            let _ = std::fs::remove_file(&path);
        }
    }
    folder.join(format!("wasi-bench-{}.json", std::process::id()))
}

/// Takes what hyperfine exports of one run into its sample; 1.20 has lists of numbers, 2.x a number
/// with its unit. Returns the exit status.
fn read_export(json: &str, sample: &mut Sample) -> anyhow::Result<Option<i32>> {
    let export: Value = serde_json::from_str(json)?;
    let result = &export["results"][0];
    let run = &result["measurements"][0];
    let number = |new: &str, old: &Value| old.as_f64().or(run[new]["value"].as_f64());
    let count = |name: &str, old: &Value| number(name, old).map(|count| count as u64);
    let seconds = |name: &str, old: &Value| {
        let seconds = number(name, old).filter(|seconds| *seconds >= 0.0);
        seconds
            .with_context(|| format!("it holds no \"{name}\" from 0"))
            .map(Some)
    };
    sample.wall_s = seconds("time_wall_clock", &result["times"][0])?;
    sample.user_s = seconds("time_user", &result["user"])?;
    sample.system_s = seconds("time_system", &result["system"])?;
    sample.peak_rss_bytes = count("memory_peak_resident", &result["memory_usage_byte"][0]);
    sample.cpu_cycles = count("cpu_cycles", &Value::Null);
    sample.instructions = count("instructions", &Value::Null);
    sample.cache_references = count("cache_references", &Value::Null);
    sample.cache_misses = count("cache_misses", &Value::Null);
    sample.branch_misses = count("branch_misses", &Value::Null);
    let code = run["exit_code"].as_i64();
    let code = code.or(result["exit_codes"][0].as_i64());
    Ok(code.and_then(|code| i32::try_from(code).ok()))
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
    let mut lines = counters.lines();
    let count = lines.find_map(|line| line.strip_prefix("oom_kill ")?.parse().ok());
    count.unwrap_or(0)
}

/// Drops the lines that hyperfine itself adds to the process's stderr.
fn without_hyperfine(stderr: &str) -> String {
    let own = [
        "Warning: Ignoring non-zero exit code",
        "Warning: The first benchmarking run",
        "Warning: Command took less than 5 ms",
    ];
    let is_own = |line: &str| own.iter().any(|own| line.trim_start().starts_with(own));
    let others = stderr.lines().filter(|line| !is_own(line));
    others.map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests;
