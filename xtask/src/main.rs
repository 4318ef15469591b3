//! The command line: what can be typed, and which module does it.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::cli::{self, Checkout};

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
    Setup(cli::setup::Setup),
    /// Make the inputs, with checksums and the expected results
    #[command(after_help = examples("gen-data", "gen-data --workload merge --size 1MB"))]
    GenData(cli::gen_data::GenData),
    /// Build the guests, native and wasm32-wasip1
    #[command(after_help = examples("build", "bench --no-setup --engine native"))]
    Build,
    /// Show every cell, every exclusion with its reason, and the time it will take
    #[command(after_help = examples("plan --profile thesis", "plan --engine 'wasm*' --size 1MB --json"))]
    Plan(cli::plan::Plan),
    /// Measure, check every output, and write the reports
    #[command(after_help = examples("bench --engine node --engine native --size 1KB", "bench --resume"))]
    Bench(cli::bench::Bench),
    /// Write all report files again, from the raw samples
    #[command(after_help = examples("report", "report 2026-11-24T15-32-19Z-vm --splice README.md"))]
    Report(cli::report::Report),
    /// Write the figures of a run in the format of another tool
    #[command(after_help = examples("export --format hyperfine", "export --format bencher --size 1MB --output it.json"))]
    Export(cli::export::Export),
    /// Show what became faster or slower between runs, or between modes of one run, and whether that is real
    #[command(after_help = examples("compare OLD NEW --only changed", "compare RUN --base wasmtime:jit-cached"))]
    Compare(cli::compare::Compare),
    /// Show the trend of each cell over all runs, with steps marked, as one page
    #[command(after_help = examples("history", "history 'merge/1KB/*/wasmtime:*'"))]
    History(cli::history::History),
    /// Join the runs of all shards of one plan into one run
    #[command(after_help = examples("merge results/one results/two --into results/both", "report both"))]
    Merge(cli::merge::Merge),
    /// Show what each engine lets a guest reach that it was not given
    #[command(after_help = examples("sandbox --engine node", "sandbox --mode wasmedge:aot --timeout 10s"))]
    Sandbox(cli::sandbox::Sandbox),
    /// Show which WebAssembly proposals each engine and mode really runs
    #[command(after_help = examples("features --engine node", "features --mode wasmedge:jit"))]
    Features(cli::features::Features),
    /// Measure how many instances fit: their memory, their throughput and latency
    #[command(after_help = examples("density --engine wasmtime", "density --mode '*:aot' --most 16 --size 10MB"))]
    Density(cli::density::Density),
    /// Everything CI runs: formatting, lints, all tests
    #[command(after_help = examples("setup --check", "test"))]
    Test,
}

/// The end of a command's help.
fn examples(first: &str, second: &str) -> String {
    format!("Examples:\n  cargo xtask {first}\n  cargo xtask {second}")
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    cli::exit_code(Checkout::open().and_then(|checkout| run(command, checkout)))
}

/// Did everything end as it should?
fn run(command: Command, checkout: Checkout) -> anyhow::Result<bool> {
    match command {
        Command::Setup(arguments) => arguments.run(&checkout),
        Command::GenData(arguments) => arguments.run(checkout),
        Command::Build => cli::build::build(&checkout),
        Command::Plan(arguments) => arguments.run(checkout),
        Command::Bench(arguments) => arguments.run(checkout),
        Command::Report(arguments) => arguments.run(&checkout),
        Command::Export(arguments) => arguments.run(&checkout),
        Command::Compare(arguments) => arguments.run(&checkout),
        Command::History(arguments) => arguments.run(&checkout),
        Command::Merge(arguments) => arguments.run(&checkout),
        Command::Sandbox(arguments) => arguments.run(&checkout),
        Command::Features(arguments) => arguments.run(&checkout),
        Command::Density(arguments) => arguments.run(&checkout),
        Command::Test => cli::test::test(&checkout),
    }
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
