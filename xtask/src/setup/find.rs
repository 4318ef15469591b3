//! Finds tools: on PATH first, whatever their version, then in the cache folder.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use super::way::{Way, advice, ways};
use super::{Found, Origin, State, debian, loader};
use crate::config::{Tool, Values};
use crate::paths::Paths;
use crate::process::{self, Finished, Invocation, Runner};

/// A program that has not told its version after this long is of no use.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks for a tool on PATH and then among those installed in the cache folder.
/// One that does not answer its version command is passed over, and its error kept.
pub fn find(tool: &Tool, paths: &Paths, runner: &dyn Runner) -> State {
    let path = std::env::var_os("PATH").unwrap_or_default();
    find_in(&path, tool, paths, runner)
}

pub(super) fn find_in(path: &OsString, tool: &Tool, paths: &Paths, runner: &dyn Runner) -> State {
    let mut errors = Vec::new();
    for program in on_path(path, &tool.program) {
        match ask(tool, vec![program.into()], Origin::Path, None, runner) {
            Ok(found) => return State::Found(found),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    for way in ways(tool) {
        let folder = paths.tools().join(way.folder(&tool.name));
        if !folder.is_dir() {
            continue;
        }
        match find_installed(tool, way, &folder, runner) {
            Ok(found) => return State::Found(found),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    if errors.is_empty() {
        errors.push(format!("\"{}\" is not on PATH", tool.program));
    }
    State::Missing {
        why: errors.join("\n"),
        how: advice(tool),
    }
}

/// The tool in a folder that [`Way`] filled.
///
/// # Errors
/// When the program is not in it, or does not tell its version.
pub(super) fn find_installed(
    tool: &Tool,
    way: Way,
    folder: &Path,
    runner: &dyn Runner,
) -> anyhow::Result<Found> {
    let pattern = match way {
        Way::Cargo(_) => format!("bin/{}", tool.program),
        Way::Debian(debian) => debian.bin.clone(),
        Way::Npm(npm) => npm.bin.clone(),
    };
    let programs = matching(folder, &pattern)?;
    let mut outcome = Err(anyhow::anyhow!(
        "no program \"{pattern}\" in \"{}\"",
        folder.display()
    ));
    for program in programs {
        let command = match way {
            Way::Debian(_) => loader::command(folder, &program)?,
            Way::Cargo(_) | Way::Npm(_) => vec![program.into()],
        };
        let package = matches!(way, Way::Debian(_)).then(|| debian::version(folder));
        outcome = ask(tool, command, Origin::Cache, package.flatten(), runner);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// Runs the version command. `package` is the version of the package that the program came in,
/// for programs that do not know their own: Debian's wazero calls itself "dev".
fn ask(
    tool: &Tool,
    command: Vec<OsString>,
    origin: Origin,
    package: Option<String>,
    runner: &dyn Runner,
) -> anyhow::Result<Found> {
    let program = command.last().context("the command is empty")?;
    let binary = Path::new(program)
        .canonicalize()
        .with_context(|| format!("cannot resolve \"{}\"", program.display()))?;
    let argv = tool
        .version_command
        .expand(&Values::from([("bin", command.clone())]))?;
    let mut invocation = Invocation::new(argv);
    invocation.timeout = Some(PATIENCE);
    let finished = process::check(runner, &invocation)?;
    let printed = printed_version(tool, &finished);
    let is_number = |text: &String| text.contains(|c: char| c.is_ascii_digit());
    let version = printed.clone().filter(is_number).or(package).or(printed);
    Ok(Found {
        name: tool.name.clone(),
        version: version.with_context(|| {
            let printed = finished.stdout.trim();
            format!(
                "`{}` printed no version: \"{printed}\"",
                invocation.display()
            )
        })?,
        command,
        binary,
        origin,
    })
}

fn printed_version(tool: &Tool, finished: &Finished) -> Option<String> {
    // Some print it to stderr.
    let texts = [&finished.stdout, &finished.stderr];
    let captures = texts
        .iter()
        .find_map(|text| tool.version_pattern.captures(text))?;
    Some(captures.get(1)?.as_str().to_owned())
}

/// Every program of this name on PATH, first come first.
fn on_path(path: &OsString, program: &str) -> Vec<PathBuf> {
    let mut programs: Vec<PathBuf> = Vec::new();
    for folder in std::env::split_paths(path) {
        // A relative entry would make a command that depends on the folder it is run in.
        let candidate = folder.join(program);
        if folder.is_absolute() && is_program(&candidate) && !programs.contains(&candidate) {
            programs.push(candidate);
        }
    }
    programs
}

/// Is there a program of this name on PATH?
pub(super) fn has_program(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    !on_path(&path, program).is_empty()
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// The files in a folder whose path fits a pattern such as `node_modules/@oven/bun-*/bin/bun`,
/// which says the same on every kind of machine.
fn matching(folder: &Path, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = vec![folder.to_owned()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        if part == ".." {
            bail!("\"{pattern}\" leaves the folder of the install");
        }
        let glob = globset::Glob::new(part)
            .with_context(|| format!("\"{pattern}\" is no path or pattern"))?
            .compile_matcher();
        let mut next = Vec::new();
        for folder in found {
            let Ok(entries) = folder.read_dir() else {
                continue;
            };
            let names = entries.flatten().map(|entry| entry.file_name());
            next.extend(
                names
                    .filter(|name| glob.is_match(name))
                    .map(|name| folder.join(name)),
            );
        }
        next.sort();
        found = next;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::fake::{Fake, cargo, paths, program, tool};
    use super::*;

    fn version(state: &State) -> Option<(&str, Origin)> {
        state
            .found()
            .map(|found| (found.version.as_str(), found.origin))
    }

    #[test]
    fn path_comes_before_the_cache_and_a_broken_program_is_passed_over() {
        let (home, paths) = paths();
        let mut tool = tool("engine");
        let install = cargo("engine", "3.0.0");
        let cached = paths.tools().join(Way::Cargo(&install).folder("engine"));
        tool.install.cargo = Some(install);
        program(&home.path().join("broken/engine"));
        program(&home.path().join("good/engine"));
        program(&cached.join("bin/engine"));
        let runner = Fake::new(|argv| match argv[0].as_str() {
            path if path.contains("/broken/") => Err("cannot open libfoo.so".to_owned()),
            path if path.contains("/good/") => Ok("engine 1.2.3\n".to_owned()),
            _ => Ok("engine 3.0.0\n".to_owned()),
        });
        let find = |folders: &[&str]| {
            let folders = folders.iter().map(|folder| home.path().join(folder));
            find_in(
                &std::env::join_paths(folders).unwrap(),
                &tool,
                &paths,
                &runner,
            )
        };
        assert_eq!(
            version(&find(&["broken", "good"])),
            Some(("1.2.3", Origin::Path))
        );
        assert_eq!(version(&find(&["broken"])), Some(("3.0.0", Origin::Cache)));
        std::fs::remove_dir_all(&cached).unwrap();
        let State::Missing { why, how } = find(&["broken"]) else {
            panic!("found a broken program")
        };
        assert!(why.contains("cannot open libfoo.so"), "{why}");
        assert!(how.starts_with("cargo xtask setup engine"), "{how}");
    }

    #[test]
    fn nothing_on_path_says_so() {
        let (_home, paths) = paths();
        let runner = Fake::new(|_| panic!("nothing to run"));
        let state = find_in(&OsString::new(), &tool("engine"), &paths, &runner);
        let State::Missing { why, how } = state else {
            panic!("found nothing")
        };
        assert_eq!(why, "\"engine\" is not on PATH");
        assert_eq!(how, "read the manual");
    }

    #[test]
    fn a_pattern_finds_the_program_of_this_machine() {
        let home = tempfile::tempdir().unwrap();
        program(&home.path().join("node_modules/@deno/linux-x64-glibc/deno"));
        program(&home.path().join("node_modules/deno/deno"));
        let found = matching(home.path(), "node_modules/@deno/*/deno").unwrap();
        assert_eq!(
            found,
            [home.path().join("node_modules/@deno/linux-x64-glibc/deno")]
        );
        assert!(matching(home.path(), "../x").is_err());
        assert!(matching(home.path(), "a/b").unwrap().is_empty());
    }
}
