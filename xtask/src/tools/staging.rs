//! Folders of installed tools: named after what is in them, complete or not there.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::host::paths::Paths;
use crate::host::process::interrupted;
use anyhow::{Context, bail};

/// A tool's folder while it is being made, under a lock that other setups respect.
#[derive(Debug)]
pub struct Staging {
    /// Where the finished install will be.
    pub folder: PathBuf,
    /// Where it is made: beside it, so that one rename completes it.
    pub temporary: PathBuf,
    /// What it is built in; kept after an interruption, so that the next try goes on from there.
    pub scratch: PathBuf,
    _lock: File,
}

impl Staging {
    /// Takes the lock, waiting for another setup that holds it, and clears what a dead one left.
    /// `waiting` is called once if there is something to wait for.
    ///
    /// # Errors
    /// When the cache folder cannot be written, or the user interrupts the waiting.
    pub fn start(paths: &Paths, name: &str, waiting: impl FnOnce()) -> anyhow::Result<Staging> {
        let tools = paths.tools();
        let scratch = paths.scratch().join(name);
        let make = |folder: &Path| {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make folder \"{}\"", folder.display()))
        };
        make(&tools)?;
        let lock = lock(&tools.join(lock_name(name)), waiting)?;
        // Only now: the setup that held the lock removes its scratch folder at its end.
        make(&scratch)?;
        let temporary = tools.join(format!("{TEMPORARY}{name}"));
        remove(&temporary)?;
        Ok(Staging {
            folder: tools.join(name),
            temporary,
            scratch,
            _lock: lock,
        })
    }

    /// Puts the finished install in its place and removes what it was built in.
    ///
    /// # Errors
    /// When the folders cannot be renamed.
    pub fn complete(&self) -> anyhow::Result<()> {
        // A folder that is already there did not answer, or nothing would have been installed.
        // Two renames, so that it is never there in part.
        let old = self.temporary.with_extension("old");
        remove(&old)?;
        match fs::rename(&self.folder, &old) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error)
                    .with_context(|| format!("cannot replace \"{}\"", self.folder.display()));
            }
            _ => {}
        }
        fs::rename(&self.temporary, &self.folder)
            .with_context(|| format!("cannot make folder \"{}\"", self.folder.display()))?;
        remove(&old)?;
        remove(&self.scratch)
    }

    /// Removes the half-made install, and what it was built in unless the next try can use it.
    pub fn abandon(&self, keep_scratch: bool) {
        // If this fails, the next setup clears it.
        let _ = remove(&self.temporary);
        if !keep_scratch {
            let _ = remove(&self.scratch);
        }
    }
}

/// Removes what interrupted installs left, unless somebody is at work there.
pub fn clear_leftovers(paths: &Paths) {
    let Ok(entries) = fs::read_dir(paths.tools()) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(tool) = name.strip_prefix(TEMPORARY) else {
            continue;
        };
        let lock = paths
            .tools()
            .join(lock_name(tool.strip_suffix(".old").unwrap_or(tool)));
        let free = open(&lock).ok().filter(|file| file.try_lock().is_ok());
        if free.is_some() {
            let _ = remove(&entry.path());
        }
    }
}

const TEMPORARY: &str = ".tmp-";

/// Lock files are never removed: a setup that waits for one would then hold another file's lock.
fn lock_name(name: &str) -> String {
    format!(".lock-{name}")
}

fn open(path: &Path) -> std::io::Result<File> {
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
}

fn lock(path: &Path, waiting: impl FnOnce()) -> anyhow::Result<File> {
    let file = open(path).with_context(|| format!("cannot open \"{}\"", path.display()))?;
    let mut waiting = Some(waiting);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                if let Some(tell) = waiting.take() {
                    tell();
                }
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock \"{}\"", path.display()));
            }
        }
        if interrupted() {
            bail!("interrupted while another setup was at work");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Removes a folder with its content; one that is not there is fine.
fn remove(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove \"{}\"", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cache folder that is gone when the first value is dropped.
    fn paths() -> (tempfile::TempDir, Paths) {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths {
            root: home.path().join("checkout"),
            cache: home.path().join("cache"),
        };
        (home, paths)
    }

    #[test]
    fn an_install_is_there_only_when_complete() {
        let (_home, paths) = paths();
        let staging = Staging::start(&paths, "t-1-k", || ()).unwrap();
        fs::create_dir_all(staging.temporary.join("bin")).unwrap();
        fs::create_dir_all(&staging.folder).unwrap();
        fs::write(staging.folder.join("broken"), "").unwrap();
        staging.complete().unwrap();
        assert!(staging.folder.join("bin").is_dir());
        assert!(!staging.folder.join("broken").exists());
        assert!(!staging.temporary.exists() && !staging.scratch.exists());
    }

    #[test]
    fn leftovers_of_the_dead_go_and_those_of_the_living_stay() {
        let (_home, paths) = paths();
        let living = Staging::start(&paths, "a-1-k", || ()).unwrap();
        fs::create_dir_all(&living.temporary).unwrap();
        let dead = paths.tools().join(".tmp-b-1-k");
        fs::create_dir_all(&dead).unwrap();
        clear_leftovers(&paths);
        assert!(living.temporary.exists() && !dead.exists());
    }

    #[test]
    fn a_second_setup_waits_for_the_first() {
        let (_home, paths) = paths();
        let first = Staging::start(&paths, "a-1-k", || ()).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let second = scope
                .spawn(|| Staging::start(&paths, "a-1-k", move || tell.send(()).unwrap()).is_ok());
            told.recv().unwrap();
            drop(first);
            assert!(second.join().unwrap());
        });
    }
}
