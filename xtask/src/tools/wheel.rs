//! Installs a Python wheel that carries a program.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::find::{has_program, matching};
use super::progress::Row;
use super::staging::Staging;
use crate::config::WheelInstall;
use crate::host::files::sha256;
use crate::host::process::{self, Invocation};

/// What was downloaded is not what `matrix.toml` names: no reason to try another way.
#[derive(Debug)]
pub struct WrongHash(String);

impl std::fmt::Display for WrongHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongHash {}

/// Downloads the wheel, checks its hash, and unpacks it into the temporary folder of `staging`.
///
/// # Errors
/// When there is no pip or no wheel for this machine, the download fails, or, as [`WrongHash`],
/// the file is another one.
pub fn install(install: &WheelInstall, staging: &Staging, row: &Row) -> anyhow::Result<()> {
    let platform = WheelInstall::platform();
    let expected = install.sha256.get(&platform).with_context(|| {
        format!(
            "the wheel \"{}\" has no \"sha256.{platform}\" in matrix.toml",
            install.package
        )
    })?;
    if !has_program("python3") {
        bail!(
            "the wheel \"{}\" needs python3 with pip, which is not on PATH",
            install.package
        );
    }
    row.say("downloading with pip");
    let folder = staging.scratch.join("wheel");
    // A file of another try would be taken for this one's.
    let _ = fs::remove_dir_all(&folder);
    let mut download = pip(["download", "--no-deps", "--only-binary=:all:", "--dest"]);
    download.argv.push(folder.clone().into());
    download
        .argv
        .push(format!("{}=={}", install.package, install.version).into());
    process::check(&download)?;
    let wheel = only_file(&folder)?;
    let found = sha256(&wheel)?;
    if found != *expected {
        bail!(WrongHash(format!(
            "the wheel \"{}\" {} is not the one that matrix.toml names: its SHA-256 is {found}, \
             \"sha256.{platform}\" is {expected}; whoever changed one of them must say why",
            install.package, install.version
        )));
    }
    row.say("unpacking");
    let mut unpack = pip([
        "install",
        "--no-deps",
        "--no-index",
        "--no-compile",
        "--target",
    ]);
    unpack.argv.push(staging.temporary.clone().into());
    unpack.argv.push(wheel.into());
    process::check(&unpack)?;
    for program in matching(&staging.temporary, &install.bin)? {
        // Not every tool that makes wheels keeps the mode of a file.
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))
            .with_context(|| format!("cannot make \"{}\" executable", program.display()))?;
    }
    Ok(())
}

fn pip<const N: usize>(words: [&str; N]) -> Invocation {
    let mut invocation = Invocation::new(["python3", "-m", "pip", "--quiet"]);
    invocation.argv.extend(words.map(Into::into));
    invocation
}

fn only_file(folder: &std::path::Path) -> anyhow::Result<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    match <[PathBuf; 1]>::try_from(files) {
        Ok([file]) => Ok(file),
        Err(files) => bail!("pip downloaded {} files instead of one", files.len()),
    }
}
