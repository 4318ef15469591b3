//! The command line: what was typed, and which module does it.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use xtask::bench::{self, Request};
use xtask::commands;
use xtask::config::Config;
use xtask::paths::Paths;
use xtask::plan::{Overrides, Plan, Selection};
use xtask::process;

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
    Setup {
        /// Only these engines (default: all, and hyperfine)
        #[arg(value_name = "ENGINE")]
        engines: Vec<String>,
        /// Only show, install nothing
        #[arg(long)]
        check: bool,
    },
    /// Make the inputs, with checksums and the expected results
    GenData {
        #[command(flatten)]
        selection: Selection,
        /// Seed of the values [default: the seed of matrix.toml]
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
    },
    /// Build the guests, native and wasm32-wasip1
    Build,
    /// Show every cell, every exclusion with its reason, and the time it will take
    Plan {
        #[command(flatten)]
        selection: Selection,
        #[command(flatten)]
        overrides: OverrideArgs,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure, check every output, and write the reports
    Bench(BenchArgs),
    /// Write all report files again, from the raw samples
    Report {
        /// A run's folder, or its name in results/ [default: the newest]
        run: Option<PathBuf>,
    },
    /// Everything CI runs: formatting, lints, all tests
    Test,
}

#[derive(Args)]
struct OverrideArgs {
    /// Samples of each cell [default: the profile's]
    #[arg(long, value_name = "N")]
    runs: Option<u32>,
    /// Limit of one process, such as 30s or 10m [default: the profile's]
    #[arg(long, value_name = "T")]
    timeout: Option<String>,
}

#[derive(Args)]
struct BenchArgs {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    overrides: OverrideArgs,
    /// Go on with this run, or with the newest; the other options must be the same
    #[arg(long, value_name = "RUN")]
    resume: Option<Option<PathBuf>>,
    /// Where run folders are made [default: results]
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Install and build nothing, measure at once with what is there
    #[arg(long)]
    no_setup: bool,
    /// Only show the plan
    #[arg(long)]
    dry_run: bool,
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
    let config = Config::load(&paths.matrix(), &paths.impossible()).map_err(Misuse)?;
    process::catch_interrupts()?;
    match cli.command {
        Command::Setup { engines, check } => commands::setup(&config, &paths, &engines, check),
        Command::GenData { selection, seed } => {
            let plan = plan(&config, &selection, &Overrides::default())?;
            commands::gen_data(&config, &paths, &plan, seed)
        }
        Command::Build => commands::build(&config, &paths),
        Command::Plan {
            selection,
            overrides,
            json,
        } => commands::plan(&paths, &plan(&config, &selection, &overrides.into())?, json),
        Command::Bench(arguments) => run_bench(&config, &paths, arguments),
        Command::Report { run } => commands::report(&paths, run.as_deref()),
        Command::Test => commands::test(&config, &paths),
    }
}

fn run_bench(config: &Config, paths: &Paths, arguments: BenchArgs) -> anyhow::Result<bool> {
    let overrides = arguments.overrides.into();
    let plan = plan(config, &arguments.selection, &overrides)?;
    if arguments.dry_run {
        return commands::plan(paths, &plan, false);
    }
    let request = Request {
        resume: arguments.resume,
        results: arguments.results,
        no_setup: arguments.no_setup,
        command: command_line(),
    };
    bench::bench(config, paths, plan, &request)
}

fn plan(config: &Config, selection: &Selection, overrides: &Overrides) -> anyhow::Result<Plan> {
    Ok(Plan::new(config, selection, overrides).map_err(Misuse)?)
}

/// What the user typed, as far as it can be known.
fn command_line() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("cargo xtask {}", shell_words::join(&arguments))
}

impl From<OverrideArgs> for Overrides {
    fn from(arguments: OverrideArgs) -> Overrides {
        Overrides {
            runs: arguments.runs,
            timeout: arguments.timeout,
        }
    }
}
