//! Finds tools: on PATH first, whatever their version, then in the cache folder.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};

use super::ways::{Way, advice, ways};
use super::{Found, Missing, State, apt, loaded};
use crate::config::{Engine, Lookup, Values, distinct};
use crate::host::files::check_private;
use crate::host::paths::Paths;
use crate::host::process::{self, Invocation};
use crate::model::Origin;

/// A program that has not told its version after this long is of no use.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks for a tool where its `lookup` says. One that does not answer its version command is
/// passed over, and its error kept.
pub fn find(tool: &Engine, paths: &Paths) -> State {
    let program = tool.program();
    let (programs, nothing) = match &tool.lookup {
        Lookup::PathThenInstalled => {
            let on_path = which::which_all(program).into_iter().flatten();
            let nothing = format!("\"{program}\" is not on PATH");
            (distinct(on_path), nothing)
        }
        Lookup::Installed => (Vec::new(), "not installed".to_owned()),
        Lookup::File(file) => (vec![file.clone()], String::new()),
    };
    let origin = match tool.starts() {
        // The compiler of native guests.
        false => Origin::Built,
        true => Origin::Path,
    };
    let ask = |program: PathBuf| ask(tool, vec![program.into()], origin, None, PATIENCE);
    let ways = ways(tool);
    let installed = ways.iter().filter_map(|way| {
        let folder = paths.tools().join(way.folder(&tool.name));
        folder.is_dir().then(|| find_installed(tool, way, &folder))
    });
    let mut errors = Vec::new();
    for found in programs.into_iter().map(ask).chain(installed) {
        match found {
            Ok(found) => return Ok(found),
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    Err(Missing {
        why: match errors.is_empty() {
            true => nothing,
            false => errors.join("\n"),
        },
        how: advice(tool),
    })
}

/// The tool in a folder that [`Way`] filled.
///
/// # Errors
/// When the program is not in it, or does not tell its version.
pub fn find_installed(tool: &Engine, way: &Way, folder: &Path) -> anyhow::Result<Found> {
    // The install, the folder of all installs, and the cache folder.
    for folder in folder.ancestors().take(3) {
        check_private(folder)?;
    }
    let pattern = way.program(tool);
    let mut error = anyhow!("no program \"{pattern}\" in \"{}\"", folder.display());
    for program in matching(folder, &pattern)? {
        let command = loaded::command(folder, &program)?;
        match ask(tool, command, way.origin(), apt::version(folder), PATIENCE) {
            Ok(found) => {
                let note = way.note();
                return Ok(Found { note, ..found });
            }
            Err(failed) => error = failed,
        }
    }
    Err(error)
}

/// Runs the version command. `package` is the version of the package that the program came in,
/// for programs that do not know their own: Debian's wazero calls itself "dev".
fn ask(
    tool: &Engine,
    command: Vec<OsString>,
    origin: Origin,
    package: Option<String>,
    patience: Duration,
) -> anyhow::Result<Found> {
    let program = command.last().context("the command is empty")?;
    let argv = tool
        .version_command
        .expand(&Values::from([("bin", command.clone())]))?;
    let invocation = Invocation {
        timeout: Some(patience),
        ..Invocation::new(argv)
    };
    let finished = process::check(&invocation)?;
    // Some print it to stderr.
    let text = finished.stdout + &finished.stderr;
    let found = tool.version_pattern.captures(&text);
    let printed = found.and_then(|found| {
        // Coloured text ends with an escape.
        let plain = found.get(1)?.as_str().split(char::is_control).next()?;
        (!plain.is_empty()).then(|| plain.to_owned())
    });
    let is_number = |text: &String| text.contains(|c: char| c.is_ascii_digit());
    let version = printed.clone().filter(is_number).or(package).or(printed);
    Ok(Found {
        version: version.with_context(|| {
            let command = invocation.display();
            format!("`{command}` printed no version: \"{}\"", text.trim())
        })?,
        binary: behind_rustup(Path::new(program))?,
        command,
        origin,
        note: None,
    })
}

/// The program itself, links resolved; of a proxy of rustup, the program of the toolchain that it starts.
fn behind_rustup(program: &Path) -> anyhow::Result<PathBuf> {
    let resolved = fs_err::canonicalize(program)?;
    if resolved.file_name() != Some("rustup".as_ref()) {
        return Ok(resolved);
    }
    let which = Invocation::new([resolved.as_os_str(), "which".as_ref()]);
    match process::read_stdout(&which.args(program.file_name())) {
        Ok(path) => Ok(fs_err::canonicalize(path)?),
        Err(_) => Ok(resolved),
    }
}

/// The files in a folder whose path fits a pattern such as `node_modules/@oven/bun-*/bin/bun`,
/// which says the same on every kind of machine.
pub fn matching(folder: &Path, pattern: &str) -> anyhow::Result<Vec<PathBuf>> {
    if pattern.split('/').any(|part| part == "..") {
        bail!("\"{pattern}\" leaves the folder of the install");
    }
    let escaped = glob::Pattern::escape(&folder.to_string_lossy());
    let found = glob::glob(&format!("{escaped}/{pattern}"));
    let found = found.with_context(|| format!("\"{pattern}\" is no path or pattern"))?;
    let found = found.collect::<Result<Vec<PathBuf>, _>>()?;
    for path in &found {
        // An archive may hold any link.
        let (real, inside) = (fs_err::canonicalize(path)?, fs_err::canonicalize(folder)?);
        ensure!(
            real.starts_with(inside),
            "\"{}\" is a link that leaves the folder of the install, to \"{}\"",
            path.display(),
            real.display()
        );
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_version_command_that_hangs_is_ended() {
        let tool = crate::config::tests::config().hyperfine;
        let sleep = ["sh", "-c", "trap '' TERM; sleep 300; echo 1.2.3", "sh"].map(OsString::from);
        let limit = Duration::from_millis(50);
        let asked = ask(&tool, sleep.into(), Origin::Path, None, limit);
        let error = asked.unwrap_err().to_string();
        assert!(error.contains("was killed at its time limit"), "{error}");
    }

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
