//! Stands in for hyperfine in the tests of machines that lack it: runs a command once and writes what it cost as
//! hyperfine does, in the shape of 1.20 or of 2.x. It only knows the options that `measure.rs` gives.
//!
//! `stopwatch --as=1.20.0 --version` or `stopwatch --as=2.0.0 --export-json FILE [--input FILE] … -- COMMAND`

use std::os::unix::process::ExitStatusExt;
use std::time::Instant;

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};

/// What was asked for.
#[derive(Default)]
struct Options {
    version: String,
    export: Option<String>,
    input: Option<String>,
    command: Option<String>,
}

/// What the command cost.
struct Cost {
    wall_s: f64,
    user_s: f64,
    system_s: f64,
    peak_rss_bytes: i64,
    exit_code: i32,
}

fn main() -> anyhow::Result<()> {
    let mut options = Options::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--version" => {
                println!("hyperfine {}", options.version);
                return Ok(());
            }
            "--export-json" => options.export = words.next(),
            "--input" => options.input = words.next(),
            "--" => options.command = words.next(),
            "--shell=none" | "--runs=1" | "--ignore-failure" | "--style=none"
            | "--output=inherit" | "--metrics=all" => {}
            other => match other.strip_prefix("--as=") {
                Some(version) => version.clone_into(&mut options.version),
                None => bail!("unexpected argument '{other}'"),
            },
        }
    }
    let cost = run(&options)?;
    let export = options.export.context("--export-json is missing")?;
    let text = match options.version.starts_with("1.") {
        true => version_1(&cost),
        false => version_2(&options.version, &cost),
    };
    std::fs::write(&export, text.to_string()).with_context(|| format!("cannot write \"{export}\""))
}

fn run(options: &Options) -> anyhow::Result<Cost> {
    let line = options.command.as_deref().context("no command")?;
    let words = shell_words::split(line)?;
    let (program, arguments) = words.split_first().context("an empty command")?;
    let command = duct::cmd(program, arguments);
    let command = match &options.input {
        Some(input) => command.stdin_path(input),
        None => command.stdin_null(),
    };
    let started = Instant::now();
    let status = command.unchecked().run()?.status;
    let wall_s = started.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds =
        |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    if !status.success() {
        eprintln!("  Warning: Ignoring non-zero exit code.");
    }
    Ok(Cost {
        wall_s,
        user_s: seconds(usage.user_time()),
        system_s: seconds(usage.system_time()),
        // Linux counts kilobytes, macOS bytes.
        peak_rss_bytes: usage.max_rss() * if cfg!(target_os = "macos") { 1 } else { 1024 },
        exit_code: status.code().unwrap_or(128 + status.signal().unwrap_or(0)),
    })
}

fn version_1(cost: &Cost) -> Value {
    json!({ "results": [{
        "mean": cost.wall_s,
        "user": cost.user_s,
        "system": cost.system_s,
        "times": [cost.wall_s],
        "memory_usage_byte": [cost.peak_rss_bytes],
        "exit_codes": [cost.exit_code],
    }] })
}

fn version_2(version: &str, cost: &Cost) -> Value {
    let quantity = |value: f64, unit: &str| json!({ "value": value, "unit": unit });
    json!({
        "schema_version": 2,
        "metadata": { "hyperfine_version": version },
        "results": [{ "measurements": [{
            "time_wall_clock": quantity(cost.wall_s, "second"),
            "time_user": quantity(cost.user_s, "second"),
            "time_system": quantity(cost.system_s, "second"),
            "memory_peak_resident": quantity(cost.peak_rss_bytes as f64, "byte"),
            "exit_code": cost.exit_code,
        }] }],
    })
}
