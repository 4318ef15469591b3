//! The command line: what was typed, and which module does it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::{Args, Parser, Subcommand};

use xtask::commands;
use xtask::config::Config;
use xtask::environment::Environment;
use xtask::merge;
use xtask::model::parse_duration;
use xtask::own;
use xtask::paths::Paths;
use xtask::plan::{Overrides, Plan, Selection};
use xtask::process;
use xtask::run::{self as bench, Request};
use xtask::sandbox;
use xtask::store::{RunFolder, is_first_look};

/// Benchmarks server-side WebAssembly runtimes on real file work.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show what is there and what is missing, and install what is missing
    #[command(after_help = examples("setup --check", "setup hyperfine"))]
    Setup {
        /// Only these engines, or versions of them such as wasmtime@46 (default: all, and hyperfine)
        #[arg(value_name = "ENGINE")]
        engines: Vec<String>,
        /// Only show, install nothing
        #[arg(long)]
        check: bool,
        /// Build from source, also where a package or a program on PATH would do
        #[arg(long, requires = "engines", conflicts_with = "check")]
        from_source: bool,
    },
    /// Make the inputs, with checksums and the expected results
    #[command(after_help = examples("gen-data", "gen-data --workload merge --size 1MB"))]
    GenData {
        #[command(flatten)]
        selection: Selection,
        /// Seed of the values [default: the seed of matrix.toml]
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
    },
    /// Build the guests, native and wasm32-wasip1
    #[command(after_help = examples("build", "bench --no-setup --engine native"))]
    Build,
    /// Show every cell, every exclusion with its reason, and the time it will take
    #[command(after_help = examples("plan --profile thesis", "plan --engine 'wasm*' --size 1MB --json"))]
    Plan {
        #[command(flatten)]
        selection: Selection,
        #[command(flatten)]
        overrides: Overrides,
        /// As JSON
        #[arg(long)]
        json: bool,
        /// Instead, print the rules for impossible.toml that the failures of this run suggest
        #[arg(long, value_name = "RUN", exclusive = true)]
        suggest: Option<PathBuf>,
    },
    /// Measure, check every output, and write the reports
    #[command(after_help = examples("bench --engine node --engine native --size 1KB", "bench --resume"))]
    Bench(BenchArgs),
    /// Write all report files again, from the raw samples
    #[command(after_help = examples("report", "report 2026-11-23T09-37-54Z-vm --splice README.md"))]
    Report {
        /// A run's folder, or its name in results/ [default: the newest]
        run: Option<PathBuf>,
        /// Also put the main table and chart into this file, between its markers
        #[arg(long, value_name = "FILE")]
        splice: Option<PathBuf>,
    },
    /// Join the runs of all shards of one plan into one run
    #[command(after_help = examples("merge results/one results/two --into results/both", "report both"))]
    Merge {
        /// The runs' folders
        #[arg(value_name = "RUN", required = true)]
        runs: Vec<PathBuf>,
        /// The new run's folder
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
    /// Show what each engine lets a guest reach that it was not given
    #[command(after_help = examples("sandbox --engine node", "sandbox --mode wasmedge:aot --timeout 10s"))]
    Sandbox(SandboxArgs),
    /// Everything CI runs: formatting, lints, all tests
    #[command(after_help = examples("setup --check", "test"))]
    Test,
}

/// The end of a command's help.
fn examples(first: &str, second: &str) -> String {
    format!("Examples:\n  cargo xtask {first}\n  cargo xtask {second}")
}

#[derive(Args)]
struct BenchArgs {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    overrides: Overrides,
    /// Go on with this run, or with the newest
    #[arg(long, value_name = "RUN")]
    resume: Option<Option<PathBuf>>,
    /// Where run folders are made [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Install and build nothing, measure at once with what is there
    #[arg(long)]
    no_setup: bool,
    /// Measure on these processors only, such as 0 or 0,2-3
    #[arg(long, value_name = "CPUS")]
    pin: Option<String>,
    /// Only show the plan
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
struct SandboxArgs {
    /// Only these engines (names or globs; repeatable)
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<String>,
    /// Only these modes, as MODE or ENGINE:MODE (names or globs; repeatable)
    #[arg(long = "mode", value_name = "MODE")]
    modes: Vec<String>,
    /// Where runs are [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// The run whose folder and report get the result [default: the newest]
    #[arg(long, value_name = "RUN")]
    run: Option<PathBuf>,
    /// Limit of one attempt, such as 30s or 10m; four times that for those without bounds
    #[arg(long, value_name = "T", default_value = "30s")]
    timeout: String,
    /// Install and build nothing, try what is there
    #[arg(long)]
    no_setup: bool,
}

/// An error in what the user wrote: status 2 instead of 1.
#[derive(Debug)]
struct Misuse(anyhow::Error);

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for Misuse {}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(3),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<Misuse>() { 2 } else { 1 })
        }
    }
}

/// Did everything end as it should?
fn run(cli: Cli) -> anyhow::Result<bool> {
    let paths = Paths::find().map_err(Misuse)?;
    let mut config = Config::load(&paths.matrix(), &paths.impossible()).map_err(Misuse)?;
    process::catch_interrupts()?;
    match cli.command {
        Command::Setup {
            engines,
            check,
            from_source,
        } => commands::setup(&config, &paths, &engines, check, from_source),
        Command::GenData { selection, seed } => {
            let plan = plan(&mut config, &paths, &selection, &Overrides::default())?;
            commands::gen_data(&config, &paths, &plan, seed)
        }
        Command::Build => commands::build(&config, &paths),
        Command::Plan {
            suggest: Some(run), ..
        } => commands::suggest(&config, &paths, &run),
        Command::Plan {
            selection,
            overrides,
            json,
            ..
        } => {
            let plan = plan(&mut config, &paths, &selection, &overrides)?;
            commands::plan(&paths, &plan, json)
        }
        Command::Bench(arguments) => run_bench(config, &paths, arguments),
        Command::Report { run, splice } => {
            commands::report(&paths, run.as_deref(), splice.as_deref())
        }
        Command::Merge { runs, into } => merge::merge(&paths, &runs, &into),
        Command::Sandbox(arguments) => run_sandbox(&config, &paths, &arguments),
        Command::Test => commands::test(&config, &paths),
    }
}

fn run_bench(mut config: Config, paths: &Paths, arguments: BenchArgs) -> anyhow::Result<bool> {
    let results = results(paths, arguments.results.as_deref())?;
    let resumed = arguments
        .resume
        .map(|name| RunFolder::open_or_newest(&results, name.as_deref()))
        .transpose()?;
    if let Some(folder) = resumed
        .as_ref()
        .filter(|folder| is_first_look(&folder.path))
    {
        return Err(Misuse(anyhow!(
            "run \"{}\" is a first look, which nobody goes on with: run bench without --resume for a whole run",
            folder.path.display()
        ))
        .into());
    }
    let (mut selection, mut overrides) = (arguments.selection, arguments.overrides);
    let mut pin = arguments.pin;
    let nothing_asked = selection == Selection::default() && overrides == Overrides::default();
    if let Some(folder) = resumed.as_ref().filter(|_| nothing_asked) {
        let stored: Plan = folder.read_json("plan.json")?;
        let environment: Environment = folder.read_json("environment.json")?;
        (selection, overrides) = (stored.selection, stored.overrides);
        pin = pin.or(environment.pinned);
    }
    let plan = plan(&mut config, paths, &selection, &overrides)?;
    if arguments.dry_run {
        return commands::plan(paths, &plan, false);
    }
    let pin = pin.map(|text| text.parse().map_err(Misuse)).transpose()?;
    let request = Request {
        resumed,
        results,
        no_setup: arguments.no_setup,
        pin,
        command: command_line(),
    };
    bench::bench(&config, paths, plan, &request)
}

fn plan(
    config: &mut Config,
    paths: &Paths,
    selection: &Selection,
    overrides: &Overrides,
) -> anyhow::Result<Plan> {
    overrides.extend(config, selection).map_err(Misuse)?;
    let plan = Plan::new(config, selection, overrides).map_err(Misuse)?;
    own::check_files(config, &paths.root, &plan).map_err(Misuse)?;
    Ok(plan)
}

fn run_sandbox(config: &Config, paths: &Paths, arguments: &SandboxArgs) -> anyhow::Result<bool> {
    let chosen = sandbox::choose(config, &arguments.engines, &arguments.modes).map_err(Misuse)?;
    let timeout = parse_duration(&arguments.timeout).context("option --timeout");
    let request = sandbox::Request {
        results: results(paths, arguments.results.as_deref())?,
        run: arguments.run.clone(),
        timeout: timeout.map_err(Misuse)?,
        no_setup: arguments.no_setup,
    };
    sandbox::sandbox(paths, &chosen, &request)
}

fn results(paths: &Paths, option: Option<&Path>) -> anyhow::Result<PathBuf> {
    match option {
        Some(path) => std::path::absolute(path).context("cannot find the current folder"),
        None => Ok(paths.results()),
    }
}

/// What the user typed, as far as it can be known.
fn command_line() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("cargo xtask {}", shell_words::join(&arguments))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_help_of_every_command_ends_with_two_examples_that_can_be_typed() {
        for command in Cli::command().get_subcommands_mut() {
            let name = command.get_name().to_owned();
            let help = command.render_long_help().to_string();
            let mut last: Vec<&str> = help.trim_end().lines().rev().take(2).collect();
            last.retain(|line| line.starts_with("  cargo xtask ") && line.len() <= 80);
            assert_eq!(last.len(), 2, "{name}: {help}");
            for line in &last {
                // cargo takes its own name away.
                let typed = shell_words::split(line).unwrap().into_iter().skip(1);
                if let Err(error) = Cli::try_parse_from(typed) {
                    panic!("{line}: {error}");
                }
            }
            let own = format!("  cargo xtask {name}");
            assert!(last.iter().any(|line| line.starts_with(&own)), "{help}");
        }
    }
}
