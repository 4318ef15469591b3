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

/// Hardware counters of one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub cpu_cycles: Option<u64>,
    pub instructions: Option<u64>,
    pub cache_references: Option<u64>,
    pub cache_misses: Option<u64>,
    pub branch_misses: Option<u64>,
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
        let command = Invocation::new(["true"]);
        let mut floor = 0;
        for _ in 0..5 {
            let measured = self.measure(&command, Duration::from_secs(10))?;
            if measured.end != End::Exit(0) {
                bail!("`true` {}: {}", measured.end, measured.stderr.trim());
            }
            let bytes = measured.cost.and_then(|cost| cost.peak_rss_bytes);
            floor = floor.max(bytes.unwrap_or(0));
        }
        Ok(floor)
    }

    /// Runs the command once under hyperfine.
    ///
    /// # Errors
    /// When hyperfine cannot be started, or says nothing although it was not killed.
    pub fn measure(&self, command: &Invocation, timeout: Duration) -> anyhow::Result<Measured> {
        let invocation = self.invocation(command, timeout)?;
        let _ = std::fs::remove_file(&self.export);
        let Finished {
            mut end,
            stdout,
            mut stderr,
        } = process::run(&invocation)?;
        // Missing when hyperfine itself failed, for instance because the program does not exist.
        let exported = std::fs::read_to_string(&self.export).unwrap_or_default();
        // Nothing stays in /dev/shm when the run is over.
        let _ = std::fs::remove_file(&self.export);
        let killed = matches!(end, End::Timeout | End::Interrupted);
        let mut cost = None;
        if !killed && !exported.trim().is_empty() {
            let parsed = parse_export(&exported).with_context(|| {
                format!(
                    "cannot read what hyperfine wrote to \"{}\"; is it version 1.20 or 2.x?",
                    self.export.display()
                )
            })?;
            (cost, end) = (Some(parsed.0), end_of(parsed.1));
            stderr = without_hyperfine(&stderr);
        }
        // Read only where it matters: it would take a tenth of what surrounds a sample.
        let is_killed = end == End::Signal(Signal::SIGKILL as i32);
        let oom_kill = is_killed && self.oom_kills.replace(oom_kills()) < oom_kills();
        Ok(Measured {
            end,
            cost,
            stdout,
            stderr,
            oom_kill,
        })
    }

    fn invocation(&self, command: &Invocation, timeout: Duration) -> anyhow::Result<Invocation> {
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
            timeout: Some(timeout),
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
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let pid = name.strip_prefix("wasi-bench-");
        let pid = pid.and_then(|rest| rest.strip_suffix(".json"));
        if pid.is_some_and(|pid| !PathBuf::from("/proc").join(pid).exists()) {
            let _ = std::fs::remove_file(&path);
        }
    }
    folder.join(format!("wasi-bench-{}.json", std::process::id()))
}

/// Reads what hyperfine exports of one run: 1.20 has lists of numbers, 2.x a number with its unit.
fn parse_export(json: &str) -> anyhow::Result<(Cost, Option<i32>)> {
    let export: Value = serde_json::from_str(json)?;
    let result = &export["results"][0];
    let run = &result["measurements"][0];
    let number = |new: &str, old: &Value| old.as_f64().or(run[new]["value"].as_f64());
    let count = |name: &str| number(name, &Value::Null).map(|count| count as u64);
    let seconds = |name: &str, old: &Value| {
        number(name, old).with_context(|| format!("it holds no \"{name}\""))
    };
    let memory = number("memory_peak_resident", &result["memory_usage_byte"][0]);
    let cost = Cost {
        wall_s: seconds("time_wall_clock", &result["times"][0])?,
        user_s: seconds("time_user", &result["user"])?,
        system_s: seconds("time_system", &result["system"])?,
        peak_rss_bytes: memory.map(|bytes| bytes as u64),
        counters: Counters {
            cpu_cycles: count("cpu_cycles"),
            instructions: count("instructions"),
            cache_references: count("cache_references"),
            cache_misses: count("cache_misses"),
            branch_misses: count("branch_misses"),
        },
    };
    let code = run["exit_code"].as_i64();
    let code = code.or(result["exit_codes"][0].as_i64());
    Ok((cost, code.and_then(|code| i32::try_from(code).ok())))
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
