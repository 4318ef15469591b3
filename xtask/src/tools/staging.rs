//! Folders of installed tools: named after what is in them, complete or not there.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;

use super::progress::Row;
use crate::host::files::{lock, make_private, remove_folder};
use crate::host::leftovers;
use crate::host::paths::Paths;
use crate::host::process::{self, Finished, Interrupted, Invocation, interrupted};

/// A tool's folder while it is being made, under a lock that other setups respect.
#[derive(Debug)]
pub struct Staging {
    /// Where the finished install will be.
    pub folder: PathBuf,
    /// What it is built in; kept after an interruption, so that the next try goes on from there.
    pub scratch: PathBuf,
    /// Where it is made: inside `scratch`, so that one rename completes it.
    pub made: PathBuf,
    _lock: File,
}

impl Staging {
    /// Takes the lock, waiting for another setup that holds it, and clears what a dead one made.
    ///
    /// # Errors
    /// When the cache folder cannot be written, or the user interrupts the waiting.
    pub fn start(paths: &Paths, name: &str, row: &Row) -> anyhow::Result<Staging> {
        let tools = paths.tools();
        for folder in [&paths.cache, &tools, &paths.scratch()] {
            make_private(folder)?;
        }
        // Never removed: a setup that waits for a lock file would then hold another file's lock.
        let path = tools.join(format!(".lock-{name}"));
        let lock = loop {
            if let Some(file) = lock(&path)? {
                break file;
            }
            ensure!(!interrupted(), Interrupted);
            row.say("waiting for another setup");
            std::thread::sleep(Duration::from_millis(200));
        };
        let scratch = paths.scratch().join(name);
        // A client that outlived its setup would write into what this one makes.
        leftovers::kill_marked(&scratch);
        let made = scratch.join("made");
        remove_folder(&made)?;
        fs_err::create_dir_all(&made)?;
        Ok(Staging {
            folder: tools.join(name),
            scratch,
            made,
            _lock: lock,
        })
    }

    /// Runs a client that installs, to its end; should this program be killed, the next setup ends it.
    ///
    /// # Errors
    /// When it cannot be started, or the user interrupts.
    pub fn run(&self, mut client: Invocation) -> anyhow::Result<Finished> {
        client.env.push(leftovers::mark(&self.scratch));
        process::run(&client)
    }

    /// As [`Staging::run`], of a client that must exit with 0.
    ///
    /// # Errors
    /// When it does not; the message holds the end of its stderr.
    pub fn check(&self, mut client: Invocation) -> anyhow::Result<Finished> {
        client.env.push(leftovers::mark(&self.scratch));
        process::check(&client)
    }

    /// Puts the finished install in its place.
    ///
    /// # Errors
    /// When the folder cannot be renamed.
    pub fn complete(&self) -> anyhow::Result<()> {
        // One that is already there did not answer, or nothing would have been installed.
        remove_folder(&self.folder)?;
        fs_err::rename(&self.made, &self.folder)?;
        Ok(())
    }

    /// Removes what the tool was built in. If that fails, the next setup clears it.
    pub fn clear(&self) {
        let _ = remove_folder(&self.scratch);
    }
}

#[cfg(test)]
mod tests {
    use indicatif::MultiProgress;

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

    fn row() -> Row {
        Row::new(&MultiProgress::new(), "t:")
    }

    #[test]
    fn an_install_is_there_only_when_complete() {
        let (_home, paths) = paths();
        let staging = Staging::start(&paths, "t-1-k", &row()).unwrap();
        fs_err::create_dir_all(staging.made.join("bin")).unwrap();
        fs_err::create_dir_all(&staging.folder).unwrap();
        fs_err::write(staging.folder.join("broken"), "").unwrap();
        staging.complete().unwrap();
        assert!(staging.folder.join("bin").is_dir());
        assert!(!staging.folder.join("broken").exists());
        staging.clear();
        assert!(!staging.made.exists() && !staging.scratch.exists());
    }

    #[test]
    fn what_a_dead_setup_made_is_cleared_and_what_it_built_in_stays() {
        let (_home, paths) = paths();
        let dead = Staging::start(&paths, "t-1-k", &row()).unwrap();
        for folder in [dead.made.join("half"), dead.scratch.join("target")] {
            fs_err::create_dir_all(folder).unwrap();
        }
        drop(dead);
        let next = Staging::start(&paths, "t-1-k", &row()).unwrap();
        assert!(!next.folder.exists() && !next.made.join("half").exists());
        assert!(next.scratch.join("target").exists());
    }

    #[test]
    fn a_second_setup_waits_for_the_first() {
        let (_home, paths) = paths();
        let row = &row();
        let first = Staging::start(&paths, "a-1-k", row).unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| Staging::start(&paths, "a-1-k", row).is_ok());
            while row.bar.message() != "waiting for another setup" {
                assert!(!second.is_finished(), "it does not wait");
                std::thread::sleep(Duration::from_millis(5));
            }
            drop(first);
            assert!(second.join().unwrap());
        });
    }
}
