//! Installs what is missing, side by side: packages first, then what must be built.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};

use super::find::{find, find_installed};
use super::progress::{Board, Row};
use super::staging::{self, Staging};
use super::ways::{Way, build_minutes, ways};
use super::wheel::WrongHash;
use super::{Found, State, cargo, debian, npm, wheel};
use crate::config::Engine;
use crate::host::paths::Paths;
use crate::host::process::interrupted;

/// Some tools, and what is known about each.
pub struct Toolbox<'p> {
    pub tools: Vec<(Engine, State)>,
    paths: &'p Paths,
}

impl<'p> Toolbox<'p> {
    /// Looks for every tool, all at once: some take a second to tell their version.
    pub fn look(tools: Vec<Engine>, paths: &'p Paths) -> Toolbox<'p> {
        let states: Vec<State> = thread::scope(|scope| {
            let look = |tool| scope.spawn(move || find(tool, paths));
            let threads: Vec<_> = tools.iter().map(look).collect();
            let join = |thread: thread::ScopedJoinHandle<State>| {
                let panicked = |panic| std::panic::resume_unwind(panic);
                thread.join().unwrap_or_else(panicked)
            };
            threads.into_iter().map(join).collect()
        });
        Toolbox {
            tools: tools.into_iter().zip(states).collect(),
            paths,
        }
    }

    /// Installs what is missing and comes as a package. One that cannot be had so stays missing,
    /// and does not stop the others.
    ///
    /// # Errors
    /// When a download is not what `matrix.toml` names, or the user interrupts.
    pub fn install_packages(&mut self) -> anyhow::Result<()> {
        let missing = self.missing(false);
        self.install(&missing, false, Duration::ZERO)
    }

    /// What is still missing and can be built.
    pub fn to_build(&self) -> Vec<&Engine> {
        let missing = self.missing(true);
        missing.iter().map(|index| &self.tools[*index].0).collect()
    }

    /// About how long [`Toolbox::build`] takes here.
    pub fn time_to_build(&self) -> Duration {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        estimate(self.to_build(), cores)
    }

    /// Builds what is still missing.
    ///
    /// # Errors
    /// When the user interrupts it. What was built so far is kept for the next time.
    pub fn build(&mut self) -> anyhow::Result<()> {
        let missing = self.missing(true);
        let time = self.time_to_build();
        self.install(&missing, true, time)
    }

    /// The tools that are missing, need no request, and can be built, or come as a package.
    fn missing(&self, build: bool) -> Vec<usize> {
        let tools = self.tools.iter().enumerate();
        let missing = tools.filter(|(_, (tool, state))| {
            let possible =
                ways(tool).iter().any(|way| way.builds() == build) && !tool.install.on_request;
            state.found().is_none() && possible
        });
        missing.map(|(index, _)| index).collect()
    }

    fn install(&mut self, missing: &[usize], build: bool, time: Duration) -> anyhow::Result<()> {
        if missing.is_empty() {
            return Ok(());
        }
        staging::clear_leftovers(self.paths);
        let verb = if build { "building" } else { "installing" };
        let tools: Vec<&Engine> = missing.iter().map(|index| &self.tools[*index].0).collect();
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
        let board = Board::new(verb, &names, time);
        let installed = side_by_side(&tools, build, self.paths, &board);
        if interrupted() {
            bail!("interrupted: run it again, what was built so far is kept");
        }
        let mut wrong = Vec::new();
        for (index, outcome) in missing.iter().zip(installed) {
            match outcome {
                Ok(found) => self.tools[*index].1 = State::Found(found),
                Err(error) if error.is::<WrongHash>() => wrong.push(format!("{error:#}")),
                Err(error) => self.fail(*index, &error),
            }
        }
        match wrong.is_empty() {
            true => Ok(()),
            false => bail!(wrong.join("\n")),
        }
    }

    fn fail(&mut self, index: usize, error: &anyhow::Error) {
        let (tool, state) = &mut self.tools[index];
        let help = match (tool.install.help.as_str(), &tool.install.cargo) {
            ("", Some(install)) => cargo::command(install),
            ("", None) => format!("mend that, then run cargo xtask setup {}", tool.name),
            (help, _) => help.to_owned(),
        };
        *state = State::Missing {
            why: format!("{error:#}"),
            how: help,
        };
    }
}

/// Each build uses all cores where it can, but the end of one, a single large crate, cannot: two
/// fill the machine, more would only need more memory. Packages come all at once.
fn side_by_side(
    tools: &[&Engine],
    build: bool,
    paths: &Paths,
    board: &Board,
) -> Vec<anyhow::Result<Found>> {
    let mut order: Vec<usize> = (0..tools.len()).collect();
    order.sort_by(|a, b| build_minutes(tools[*b]).total_cmp(&build_minutes(tools[*a])));
    let first = order.first().copied();
    let workers = match build {
        true => thread::available_parallelism().map_or(2, |cores| (cores.get() / 2).max(2)),
        false => tools.len(),
    };
    let queue = Mutex::new(VecDeque::from(order));
    let outcomes: Vec<Mutex<Option<anyhow::Result<Found>>>> =
        tools.iter().map(|_| Mutex::default()).collect();
    let done = AtomicBool::new(false);
    let next = || queue.lock().ok().and_then(|mut queue| queue.pop_front());
    thread::scope(|scope| {
        scope.spawn(|| board.watch(&done));
        // Also when a thread below panics: the board would be watched for ever.
        let _done = SetAtEnd(&done);
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some(index) = next().filter(|_| !interrupted()) {
                        let urgent = Some(index) == first;
                        let row = board.row(index);
                        let outcome = install_one(tools[index], build, urgent, paths, row);
                        announce(board, index, tools[index], &outcome, build);
                        if let Ok(mut slot) = outcomes[index].lock() {
                            *slot = Some(outcome);
                        }
                    }
                });
            }
        });
    });
    let outcome = |slot: Mutex<Option<anyhow::Result<Found>>>| {
        let outcome = slot.into_inner().ok().flatten();
        outcome.context("not installed").flatten()
    };
    outcomes.into_iter().map(outcome).collect()
}

struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn announce(
    board: &Board,
    index: usize,
    tool: &Engine,
    outcome: &anyhow::Result<Found>,
    build: bool,
) {
    let word = match outcome {
        Ok(_) => "installed",
        Err(_) if interrupted() => "interrupted",
        Err(_) => "failed",
    };
    board.end(index, word);
    if let Err(error) = outcome
        && !build
        && tool.install.cargo.is_some()
        && !error.is::<WrongHash>()
    {
        // The command comes first, what the client said of it last.
        let error = format!("{error:#}");
        let why = error.trim_end().lines().last().unwrap_or_default().trim();
        board.print(&format!(
            "{}: no package ({why}); it is to be built from source",
            tool.name
        ));
    }
}

/// The builds share the cores, so on two cores their times add up. With more cores each is
/// faster, but about a third of a build waits for single crates and does not get shorter.
fn estimate(tools: Vec<&Engine>, cores: usize) -> Duration {
    let sum: f64 = tools.into_iter().map(build_minutes).sum();
    let share = 0.3 + 1.4 / cores.max(1) as f64;
    Duration::from_secs_f64((sum * share * 60.0).max(0.0))
}

/// Tries the tool's ways that build, or those that do not, in their order.
fn install_one(
    tool: &Engine,
    build: bool,
    urgent: bool,
    paths: &Paths,
    row: &Row,
) -> anyhow::Result<Found> {
    let mut errors = Vec::new();
    for way in ways(tool).into_iter().filter(|way| way.builds() == build) {
        match install_by(way, tool, urgent, paths, row) {
            Ok(found) => return Ok(found),
            Err(error) if error.is::<WrongHash>() => return Err(error),
            Err(error) => errors.push(format!("{error:#}")),
        }
        if interrupted() {
            break;
        }
    }
    bail!(errors.join("\n"))
}

fn install_by(
    way: Way,
    tool: &Engine,
    urgent: bool,
    paths: &Paths,
    row: &Row,
) -> anyhow::Result<Found> {
    row.say("starting");
    let staging = Staging::start(paths, &way.folder(&tool.name), || {
        row.say("waiting for another setup");
    })?;
    // Another setup may have installed it meanwhile.
    if let Ok(found) = find_installed(tool, way, &staging.folder) {
        staging.abandon(false);
        return Ok(found);
    }
    let made = match way {
        Way::Wheel(install) => wheel::install(install, &staging, row),
        Way::Debian(install) => debian::install(install, &staging, row),
        Way::Npm(install) => npm::install(install, &staging, row),
        Way::Cargo(install) => cargo::install(install, urgent, &staging, row),
    };
    let verified = made.and_then(|()| {
        find_installed(tool, way, &staging.temporary)
            .context("it was installed but does not answer")
    });
    if let Err(error) = verified {
        // A build goes on where it stopped, and its log tells why it did; the others are quick.
        staging.abandon(way.builds());
        return Err(error);
    }
    staging.complete()?;
    find_installed(tool, way, &staging.folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config;

    #[test]
    fn times_add_up_on_two_cores() {
        let engine = |minutes: f64| {
            let mut tool = config().hyperfine;
            let cargo = format!("crate = 'e'\nversion = '1.0.0'\nminutes = {minutes:.1}");
            tool.install.cargo = Some(toml::from_str(&cargo).unwrap());
            tool
        };
        let (short, long) = (engine(1.0), engine(9.0));
        assert_eq!(estimate(vec![&short, &long], 2).as_secs(), 600);
        assert!(estimate(vec![&short, &long], 8) < estimate(vec![&short, &long], 4));
    }
}
