//! Installs what is missing, side by side: packages first, then what must be built.

use std::sync::Mutex;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::MultiProgress;

use super::find::{find, find_installed};
use super::progress::Row;
use super::staging::Staging;
use super::ways::{Way, WrongHash, build_minutes, ways};
use super::{Found, Missing, State};
use crate::config::Engine;
use crate::host::at_once;
use crate::host::paths::Paths;
use crate::host::process::{Interrupted, interrupted};

/// Some tools, and what is known about each.
pub struct Toolbox<'p> {
    pub tools: Vec<(Engine, State)>,
    paths: &'p Paths,
}

impl<'p> Toolbox<'p> {
    /// Looks for every tool, all at once: some take a second to tell their version.
    pub fn look(tools: Vec<Engine>, paths: &'p Paths) -> Toolbox<'p> {
        let states = at_once(&tools, |tool| find(tool, paths));
        Toolbox {
            tools: tools.into_iter().zip(states).collect(),
            paths,
        }
    }

    /// A tool that was looked for.
    ///
    /// # Errors
    /// When it is missing: why, and what would help.
    pub fn found(&self, name: &str) -> anyhow::Result<&Found> {
        let mut tools = self.tools.iter();
        match tools.find(|(tool, _)| tool.name == name) {
            Some((_, Ok(found))) => Ok(found),
            Some((_, Err(missing))) => bail!("{missing}"),
            None => bail!("\"{name}\" is missing"),
        }
    }

    /// Installs what is missing and comes as a package. One that cannot be had so stays missing,
    /// and does not stop the others.
    ///
    /// # Errors
    /// When a download is not what `matrix.toml` names, or the user interrupts.
    pub fn install_packages(&mut self) -> anyhow::Result<()> {
        self.install(false, Duration::ZERO)
    }

    /// What is still missing and can be built.
    pub fn to_build(&self) -> Vec<&Engine> {
        let missing = self.tools.iter().filter(|it| is_missing(it, true));
        missing.map(|(tool, _)| tool).collect()
    }

    /// About how long [`Toolbox::build`] takes here.
    pub fn time_to_build(&self) -> Duration {
        let cores = available_parallelism().map_or(1, usize::from);
        estimate(&self.to_build(), cores)
    }

    /// Builds what is still missing.
    ///
    /// # Errors
    /// When the user interrupts it. What was built so far is kept for the next time.
    pub fn build(&mut self) -> anyhow::Result<()> {
        self.install(true, self.time_to_build())
    }

    fn install(&mut self, build: bool, time: Duration) -> anyhow::Result<()> {
        let missing = self.tools.iter_mut().filter(|it| is_missing(it, build));
        let mut missing: Vec<&mut (Engine, State)> = missing.collect();
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort_by(|a, b| build_minutes(&b.0).total_cmp(&build_minutes(&a.0)));
        let names: Vec<&str> = missing.iter().map(|(tool, _)| tool.name.as_str()).collect();
        let rows = MultiProgress::new();
        let header = Row::new(&rows, if build { "building" } else { "installing" });
        header.say(&match time.as_secs().div_ceil(60) {
            0 => names.join(", "),
            minutes => format!("{}: about {minutes} min", names.join(", ")),
        });
        // Each build uses all cores where it can, but the end of one, a single large crate, cannot: two
        // fill the machine, more would only need more memory. Packages come all at once.
        let workers = match build {
            true => available_parallelism().map_or(2, |cores| (cores.get() / 2).max(2)),
            false => missing.len(),
        };
        let queue = Mutex::new(missing.into_iter());
        let next = || queue.lock().ok().and_then(|mut queue| queue.next());
        let paths = self.paths;
        let ends: Vec<anyhow::Result<()>> = at_once(&vec![(); workers], |()| {
            while let Some(tool) = next().filter(|_| !interrupted()) {
                install_one(tool, build, paths, &rows)?;
            }
            Ok(())
        });
        if interrupted() {
            bail!("interrupted: run it again, what was built so far is kept");
        }
        ends.into_iter().collect()
    }
}

/// Is the tool missing, needs no request, and can be built, or comes as a package?
fn is_missing((tool, state): &(Engine, State), build: bool) -> bool {
    let possible = ways(tool).iter().any(|way| way.builds() == build);
    state.is_err() && possible && !tool.install.on_request
}

/// The builds share the cores, so on two cores their times add up. With more cores each is
/// faster, but about a third of a build waits for single crates and does not get shorter.
fn estimate(tools: &[&Engine], cores: usize) -> Duration {
    let sum: f64 = tools.iter().map(|tool| build_minutes(tool)).sum();
    let share = 0.3 + 1.4 / cores.max(1) as f64;
    Duration::from_secs_f64((sum * share * 60.0).max(0.0))
}

/// Installs a tool, and says how that ended. Only a wrong hash is an error.
fn install_one(
    (tool, state): &mut (Engine, State),
    build: bool,
    paths: &Paths,
    rows: &MultiProgress,
) -> anyhow::Result<()> {
    let row = Row::new(rows, &format!("{}:", tool.name));
    let installed = try_ways(tool, build, paths, &row);
    row.end(match installed {
        Ok(_) => "installed",
        Err(ref error) if error.is::<Interrupted>() => "interrupted",
        Err(_) => "failed",
    });
    match installed {
        Ok(found) => *state = Ok(found),
        Err(error) if is_final(&error) => return Err(error),
        Err(error) => {
            let (name, why) = (&tool.name, format!("{error:#}"));
            if !build && ways(tool).iter().any(Way::builds) {
                // The command comes first, what the client said of it last.
                let said = why.trim_end().lines().last().unwrap_or_default().trim();
                row.print(&format!(
                    "no package ({said}); it is to be built from source"
                ));
            }
            let how = match tool.install.help.as_str() {
                "" => format!("mend that, then run cargo xtask setup {name}"),
                help => help.to_owned(),
            };
            *state = Err(Missing { why, how });
        }
    }
    Ok(())
}

/// Is it no reason to try another way?
fn is_final(error: &anyhow::Error) -> bool {
    error.is::<WrongHash>() || error.is::<Interrupted>()
}

/// Tries the tool's ways that build, or those that do not, in their order.
fn try_ways(tool: &Engine, build: bool, paths: &Paths, row: &Row) -> anyhow::Result<Found> {
    let mut errors = Vec::new();
    for way in ways(tool).iter().filter(|way| way.builds() == build) {
        match install_by(way, tool, paths, row) {
            Err(error) if !is_final(&error) => errors.push(format!("{error:#}")),
            end => return end,
        }
    }
    bail!(errors.join("\n"))
}

fn install_by(way: &Way, tool: &Engine, paths: &Paths, row: &Row) -> anyhow::Result<Found> {
    let staging = Staging::start(paths, &way.folder(&tool.name), row)?;
    let install = || {
        way.install(&staging, row)?;
        find_installed(tool, way, &staging.made).context("it was installed but does not answer")?;
        staging.complete()?;
        find_installed(tool, way, &staging.folder)
    };
    // Another setup may have installed it meanwhile.
    let found = find_installed(tool, way, &staging.folder).or_else(|_| install());
    // A build goes on where it stopped, and its log tells why it did; the others are quick.
    if found.is_ok() || !way.builds() {
        staging.clear();
    }
    found
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
        assert_eq!(estimate(&[&short, &long], 2).as_secs(), 600);
        assert!(estimate(&[&short, &long], 8) < estimate(&[&short, &long], 4));
    }
}
