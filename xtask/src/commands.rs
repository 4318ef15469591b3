//! The commands that are more than one call, but less than a module.

use std::path::Path;

use anyhow::{Context, bail};

use crate::config::{Config, Install, Lookup, Tool, list};
use crate::history::History;
use crate::inputs;
use crate::model::{Outcome, human_seconds};
use crate::paths::Paths;
use crate::plan::Plan;
use crate::process::{self, End, Invocation};
use crate::store::RunFolder;
use crate::tools::{self, State, Toolbox};

/// `setup`: is everything there that was asked for?
///
/// # Errors
/// When a name is no engine, a download is not what it should be, or the user interrupts.
pub fn setup(
    config: &Config,
    paths: &Paths,
    names: &[String],
    check: bool,
    from_source: bool,
) -> anyhow::Result<bool> {
    let tools = chosen_tools(config, names, from_source)?;
    let mut toolbox = Toolbox::look(tools, paths);
    if !check {
        if tools::ensure_wasm_target()? {
            eprintln!("added the Rust target wasm32-wasip1");
        }
        toolbox.install_packages()?;
        toolbox.build()?;
    }
    println!("{}", tools::table(&toolbox.tools));
    let there = |(tool, state): &(Tool, State)| {
        (tool.install.on_request && names.is_empty()) || state.found().is_some()
    };
    Ok(check || toolbox.tools.iter().all(there))
}

/// The tools with these names, all if there are none, to be installed as asked for.
fn chosen_tools(config: &Config, names: &[String], from_source: bool) -> anyhow::Result<Vec<Tool>> {
    let mut config = config.clone();
    for name in names {
        config.add_version(name)?;
    }
    let all: Vec<&Tool> = std::iter::once(&config.hyperfine)
        .chain(config.engines.iter().map(|engine| &engine.tool))
        .collect();
    let known: Vec<&str> = all.iter().map(|tool| tool.name.as_str()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!(
            "unknown engine \"{unknown}\", expected one of {}",
            list(&known)
        );
    }
    let chosen = all
        .into_iter()
        .filter(|tool| names.is_empty() || names.contains(&tool.name));
    chosen
        .cloned()
        .map(|mut tool| {
            // Its name is the request.
            tool.install.on_request &= names.is_empty();
            match from_source {
                true => built_from_source(tool),
                false => Ok(tool),
            }
        })
        .collect()
}

fn built_from_source(mut tool: Tool) -> anyhow::Result<Tool> {
    if tool.install.cargo.is_none() {
        bail!(
            "option --from-source: matrix.toml names no crate to build \"{}\" from: add install.cargo, or leave it out",
            tool.name
        );
    }
    tool.lookup = Lookup::Installed;
    tool.install = Install {
        wheel: None,
        debian: None,
        npm: None,
        ..tool.install
    };
    Ok(tool)
}

/// `gen-data`
///
/// # Errors
/// When a file cannot be made.
pub fn gen_data(
    config: &Config,
    paths: &Paths,
    plan: &Plan,
    seed: Option<u64>,
) -> anyhow::Result<bool> {
    let mut config = config.clone();
    config.data_seed = seed.unwrap_or(config.data_seed);
    let inputs = inputs::generate(&config, paths, plan.live())?;
    println!(
        "{} inputs in \"{}\", all checked",
        inputs.len(),
        paths.data().display()
    );
    Ok(true)
}

/// `build`
///
/// # Errors
/// When the target cannot be had or cargo fails.
pub fn build(config: &Config, paths: &Paths) -> anyhow::Result<bool> {
    tools::ensure_wasm_target()?;
    let built = config.workloads.iter().filter(|it| it.own.is_none());
    let guests: Vec<&str> = built.map(|workload| workload.name.as_str()).collect();
    tools::build(paths, &guests)?;
    println!(
        "{} guests in \"{}\"",
        guests.len(),
        paths.guest_target().display()
    );
    Ok(true)
}

/// `plan`
///
/// # Errors
/// When it cannot be printed.
pub fn plan(paths: &Paths, plan: &Plan, json: bool) -> anyhow::Result<bool> {
    if json {
        println!(
            "{}",
            serde_json::to_string_pretty(plan).context("cannot print the plan")?
        );
        return Ok(true);
    }
    for planned in &plan.cells {
        match (planned.outcome, &planned.reason) {
            (Some(outcome), Some(reason)) => println!("{}  {outcome}: {reason}", planned.name),
            _ => println!("{}", planned.name),
        }
    }
    let live = plan.live().count();
    let impossible = plan
        .cells
        .iter()
        .filter(|planned| planned.outcome == Some(Outcome::Impossible))
        .count();
    let unsupported = match plan.cells.len() - live - impossible {
        0 => String::new(),
        count => format!(", {count} unsupported"),
    };
    println!(
        "\n{live} cells to measure, {impossible} impossible{unsupported}; {} samples each, after an uncounted pilot",
        plan.runs
    );
    println!(
        "{}",
        time_it_takes(&History::read(&paths.results()), plan, live)
    );
    Ok(true)
}

/// `plan --suggest`
///
/// # Errors
/// When there is no such run, or its folder is damaged.
pub fn suggest(config: &Config, paths: &Paths, run: &Path) -> anyhow::Result<bool> {
    let folder = RunFolder::open(&paths.results(), run)?;
    let measured: Plan = folder.read_json("plan.json")?;
    let name = folder.path.file_name().unwrap_or_default();
    let text = crate::suggest::suggest(config, &measured, &name.to_string_lossy());
    print!("{text}");
    Ok(true)
}

fn time_it_takes(history: &History, plan: &Plan, live: usize) -> String {
    let (seconds, unknown) = history.estimate(plan);
    if unknown == live {
        return "time: unknown before the pilot; no run in results/ has measured these cells"
            .to_owned();
    }
    let rest = if unknown > 0 {
        format!(", and {unknown} cells that no run has measured yet")
    } else {
        String::new()
    };
    format!(
        "time: about {}{rest}, judging by the runs in results/",
        human_seconds(seconds)
    )
}

/// `report`
///
/// # Errors
/// When there is no such run, its folder is damaged, or the file to splice into has no markers.
pub fn report(paths: &Paths, run: Option<&Path>, splice: Option<&Path>) -> anyhow::Result<bool> {
    let folder = RunFolder::open_or_newest(&paths.results(), run)?;
    crate::report::report(&folder)?.print(None);
    if let Some(file) = splice {
        crate::report::splice_into(file, &folder)?;
        println!("put into {}", file.display());
    }
    Ok(true)
}

/// `test`: everything that CI runs, after installing what it needs.
///
/// # Errors
/// When something cannot be installed or a step fails; the step has said why.
pub fn test(config: &Config, paths: &Paths) -> anyhow::Result<bool> {
    setup(config, paths, &[], false, false)?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let node_tests = paths.node().join("test");
    let steps: [&[&str]; 5] = [
        &[&cargo, "fmt", "--all", "--check"],
        &[
            &cargo,
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
        &[
            &cargo,
            "clippy",
            "--locked",
            "--target",
            "wasm32-wasip1",
            "--package",
            "harness",
            "--package",
            "sandbox",
            "--",
            "-D",
            "warnings",
        ],
        &[&cargo, "test", "--workspace", "--locked"],
        &["node", "--test", &node_tests.to_string_lossy()],
    ];
    for step in steps {
        let mut invocation = Invocation::new(step.iter().copied());
        invocation.cwd = Some(paths.root.clone());
        // A missing engine is then a failure and not a test that says it was left out.
        invocation
            .env
            .push(("REQUIRE_ENGINES".to_owned(), "1".into()));
        eprintln!("$ {}", invocation.display());
        let end = process::run_in_terminal(&invocation)?;
        if end != End::Exit(0) {
            bail!("`{}` {end}", invocation.display());
        }
    }
    Ok(true)
}
