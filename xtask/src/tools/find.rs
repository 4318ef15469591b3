//! Finds tools: on PATH first, whatever their version, then in the cache folder.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use super::ways::{Way, advice, ways};
use super::{Found, State, debian, loaded};
use crate::config::{Engine, Lookup, Values};
use crate::host::paths::Paths;
use crate::host::process::{self, Finished, Invocation};
use crate::model::Origin;

/// A program that has not told its version after this long is of no use.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks for a tool where its `lookup` says. One that does not answer its version command is
/// passed over, and its error kept.
pub fn find(tool: &Engine, paths: &Paths) -> State {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let programs = match &tool.lookup {
        Lookup::PathThenInstalled => on_path(&path, tool.program()),
        Lookup::Installed => Vec::new(),
        Lookup::File(file) => vec![file.clone()],
    };
    let nothing = match tool.lookup {
        Lookup::Installed => "not installed".to_owned(),
        _ => format!("\"{}\" is not on PATH", tool.program()),
    };
    let origin = match tool.starts() {
        // The compiler of native guests.
        false => Origin::Built,
        true => Origin::Path,
    };
    let mut errors = Vec::new();
    for program in programs {
        match ask(tool, vec![program.into()], origin, None) {
            Ok(found) => return State::Found(found),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    for way in ways(tool) {
        let folder = paths.tools().join(way.folder(&tool.name));
        if !folder.is_dir() {
            continue;
        }
        match find_installed(tool, way, &folder) {
            Ok(found) => return State::Found(found),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    if errors.is_empty() {
        errors.push(nothing);
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
pub(super) fn find_installed(tool: &Engine, way: Way, folder: &Path) -> anyhow::Result<Found> {
    let pattern = way.program(tool);
    let programs = matching(folder, &pattern)?;
    let mut outcome = Err(anyhow::anyhow!(
        "no program \"{pattern}\" in \"{}\"",
        folder.display()
    ));
    for program in programs {
        let command = match way {
            Way::Debian(_) => loaded::command(folder, &program)?,
            Way::Wheel(_) | Way::Cargo(_) | Way::Npm(_) => vec![program.into()],
        };
        let package = matches!(way, Way::Debian(_)).then(|| debian::version(folder));
        outcome = ask(tool, command, way.origin(), package.flatten());
        if outcome.is_ok() {
            break;
        }
    }
    let note = way.note();
    outcome.map(|found| Found { note, ..found })
}

/// Runs the version command. `package` is the version of the package that the program came in,
/// for programs that do not know their own: Debian's wazero calls itself "dev".
fn ask(
    tool: &Engine,
    command: Vec<OsString>,
    origin: Origin,
    package: Option<String>,
) -> anyhow::Result<Found> {
    let program = command.last().context("the command is empty")?;
    let argv = tool
        .version_command
        .expand(&Values::from([("bin", command.clone())]))?;
    let mut invocation = Invocation::new(argv);
    invocation.timeout = Some(PATIENCE);
    let finished = process::check(&invocation)?;
    let printed = printed_version(tool, &finished);
    let is_number = |text: &String| text.contains(|c: char| c.is_ascii_digit());
    let version = printed.clone().filter(is_number).or(package).or(printed);
    Ok(Found {
        version: version.with_context(|| {
            let printed = finished.stdout.trim();
            format!(
                "`{}` printed no version: \"{printed}\"",
                invocation.display()
            )
        })?,
        binary: behind_rustup(Path::new(program))?,
        command,
        origin,
        note: None,
    })
}

/// The program itself, links resolved; of a proxy of rustup, the program of the toolchain that it starts.
fn behind_rustup(program: &Path) -> anyhow::Result<PathBuf> {
    let resolve = |path: &Path| {
        path.canonicalize()
            .with_context(|| format!("cannot resolve \"{}\"", path.display()))
    };
    let resolved = resolve(program)?;
    if resolved.file_name() != Some("rustup".as_ref()) {
        return Ok(resolved);
    }
    let mut which = Invocation::new([resolved.clone().into_os_string(), "which".into()]);
    which.argv.extend(program.file_name().map(Into::into));
    match process::read_stdout(&which) {
        Ok(path) => resolve(Path::new(&path)),
        Err(_) => Ok(resolved),
    }
}

fn printed_version(tool: &Engine, finished: &Finished) -> Option<String> {
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
pub(super) fn matching(folder: &Path, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
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
    use std::fs;

    use super::*;

    #[test]
    fn a_pattern_finds_the_program_of_this_machine() {
        let home = tempfile::tempdir().unwrap();
        let program = "node_modules/@deno/linux-x64-glibc/deno";
        for path in [program, "node_modules/deno/deno"] {
            let path = home.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = matching(home.path(), "node_modules/@deno/*/deno").unwrap();
        assert_eq!(found, [home.path().join(program)]);
        assert!(matching(home.path(), "../x").is_err());
        assert!(matching(home.path(), "a/b").unwrap().is_empty());
    }
}
