//! Installs what is missing, side by side.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};

use super::find::{find, find_installed};
use super::folder::{self, Making};
use super::progress::{Board, Row};
use super::way::{Way, build_minutes, ways};
use super::{Found, State, cargo, debian, npm};
use crate::config::Tool;
use crate::paths::Paths;
use crate::process::{Runner, interrupted};

/// Looks for every tool, all at once: some take a second to tell their version.
pub fn find_all(
    tools: &[&Tool],
    paths: &Paths,
    runner: &(dyn Runner + Sync),
) -> Vec<(String, State)> {
    let states: Vec<State> = thread::scope(|scope| {
        let threads: Vec<_> = tools
            .iter()
            .map(|tool| scope.spawn(|| find(tool, paths, runner)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .collect()
    });
    tools
        .iter()
        .map(|tool| tool.name.clone())
        .zip(states)
        .collect()
}

/// Looks for every tool and installs those that are not there and need no request. One that cannot be installed
/// is `Missing` in the answer, which is in the order of `tools`, and does not stop the others.
///
/// # Errors
/// When the user interrupts it. What was built so far is kept for the next time.
pub fn install_missing(
    tools: &[&Tool],
    paths: &Paths,
    runner: &(dyn Runner + Sync),
) -> anyhow::Result<Vec<(String, State)>> {
    let mut states = find_all(tools, paths, runner);
    let missing: Vec<usize> = (0..tools.len())
        .filter(|index| states[*index].1.found().is_none())
        .filter(|index| !ways(tools[*index]).is_empty() && !tools[*index].install.on_request)
        .collect();
    if missing.is_empty() {
        return Ok(states);
    }
    folder::clear_leftovers(paths);
    let wanted: Vec<&Tool> = missing.iter().map(|index| tools[*index]).collect();
    let installed = install_all(&wanted, paths, runner);
    if interrupted() {
        bail!("interrupted: run it again, what was built so far is kept");
    }
    for (index, state) in missing.into_iter().zip(installed) {
        states[index].1 = state;
    }
    Ok(states)
}

fn install_all(tools: &[&Tool], paths: &Paths, runner: &(dyn Runner + Sync)) -> Vec<State> {
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let board = Board::new(&names, estimate(tools, cores));
    // Each build also uses all cores where it can, but the end of one, a single large crate,
    // cannot: two fill the machine, more would only need more memory.
    let builders = (cores / 2).max(2);
    let (builds, quick): (Vec<usize>, Vec<usize>) = (0..tools.len())
        .partition(|index| matches!(ways(tools[*index]).first(), Some(Way::Cargo(_))));
    let queue = longest_first(builds, tools);
    let longest = queue.front().copied();
    let queue = Mutex::new(queue);
    let states: Vec<Mutex<Option<State>>> = tools.iter().map(|_| Mutex::default()).collect();
    let done = AtomicBool::new(false);
    let work = |index: usize| {
        let urgent = Some(index) == longest;
        let state = install_one(tools[index], urgent, paths, runner, board.row(index));
        board.end(index, outcome(&state));
        if let Ok(mut slot) = states[index].lock() {
            *slot = Some(state);
        }
    };
    let next = || queue.lock().ok().and_then(|mut queue| queue.pop_front());
    thread::scope(|scope| {
        scope.spawn(|| board.watch(&done));
        // Also when a thread below panics: the board would be watched for ever.
        let _done = SetAtEnd(&done);
        thread::scope(|scope| {
            for index in quick {
                scope.spawn(move || work(index));
            }
            for _ in 0..builders {
                scope.spawn(|| {
                    while let Some(index) = next().filter(|_| !interrupted()) {
                        work(index);
                    }
                });
            }
        });
    });
    let state = |slot: Mutex<Option<State>>| {
        slot.into_inner()
            .ok()
            .flatten()
            .unwrap_or_else(|| missing("not installed", ""))
    };
    states.into_iter().map(state).collect()
}

struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn outcome(state: &State) -> &'static str {
    match state {
        State::Found(_) => "installed",
        State::Missing { .. } if interrupted() => "interrupted",
        State::Missing { .. } => "failed",
    }
}

fn longest_first(mut builds: Vec<usize>, tools: &[&Tool]) -> VecDeque<usize> {
    builds.sort_by(|a, b| build_minutes(tools[*b]).total_cmp(&build_minutes(tools[*a])));
    builds.into()
}

/// The builds share the cores, so on two cores their times add up. With more cores each is
/// faster, but about a third of a build waits for single crates and does not get shorter.
fn estimate(tools: &[&Tool], cores: usize) -> Duration {
    let sum: f64 = tools.iter().map(|tool| build_minutes(tool)).sum();
    let share = 0.3 + 1.4 / cores.max(1) as f64;
    Duration::from_secs_f64((sum * share * 60.0).max(0.0))
}

fn install_one(tool: &Tool, urgent: bool, paths: &Paths, runner: &dyn Runner, row: &Row) -> State {
    let mut errors = Vec::new();
    for way in ways(tool) {
        match install_by(way, tool, urgent, paths, runner, row) {
            Ok(found) => return State::Found(found),
            Err(error) => errors.push(format!("{error:#}")),
        }
        if interrupted() {
            break;
        }
    }
    let help = match (tool.install.help.as_str(), &tool.install.cargo) {
        ("", Some(install)) => cargo::command(install),
        ("", None) => format!("mend that, then run cargo xtask setup {}", tool.name),
        (help, _) => help.to_owned(),
    };
    missing(&errors.join("\n"), &help)
}

fn missing(why: &str, how: &str) -> State {
    State::Missing {
        why: why.to_owned(),
        how: how.to_owned(),
    }
}

fn install_by(
    way: Way,
    tool: &Tool,
    urgent: bool,
    paths: &Paths,
    runner: &dyn Runner,
    row: &Row,
) -> anyhow::Result<Found> {
    row.say("starting");
    let making = Making::start(paths, &way.folder(&tool.name), || {
        row.say("waiting for another setup");
    })?;
    // Another setup may have installed it meanwhile.
    if let Ok(found) = find_installed(tool, way, &making.folder, runner) {
        making.abandon(false);
        return Ok(found);
    }
    let made = match way {
        Way::Cargo(install) => cargo::install(install, urgent, &making, runner, row),
        Way::Debian(install) => debian::install(install, &making, runner, row),
        Way::Npm(install) => npm::install(install, &making, runner, row),
    };
    let verified = made.and_then(|()| {
        find_installed(tool, way, &making.temporary, runner)
            .context("it was installed but does not answer")
    });
    if let Err(error) = verified {
        // A build goes on where it stopped, and its log tells why it did; the others are quick.
        making.abandon(matches!(way, Way::Cargo(_)));
        return Err(error);
    }
    making.complete()?;
    find_installed(tool, way, &making.folder, runner)
}

#[cfg(test)]
mod tests;
