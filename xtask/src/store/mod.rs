//! A run's folder: everything that a run writes, and reads again.

pub(crate) mod environment;
pub(crate) mod history;
pub(crate) mod merge;
mod samples;
mod seal;

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::host::files;
use crate::model::Sample;

pub use samples::SampleLog;

/// `results/<UTC date>T<time>-<host>/`
#[derive(Clone, Debug)]
pub struct RunFolder {
    pub path: PathBuf,
}

impl RunFolder {
    /// Makes a new folder in `results`, named after the time and the host.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(
        results: &Path,
        now: jiff::Timestamp,
        host: &str,
        first_look: bool,
    ) -> anyhow::Result<RunFolder> {
        let time = now.strftime("%Y-%m-%dT%H-%M-%SZ");
        let host = host.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let mark = if first_look { FIRST_LOOK } else { "" };
        fs_err::create_dir_all(results)?;
        // The clock may have been put back: then it is the second of this name, or the third.
        let mut again = String::new();
        let mut number = 1;
        loop {
            let path = results.join(format!("{time}-{host}{again}{mark}"));
            match fs_err::create_dir(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                created => return Ok(created.map(|()| RunFolder { path })?),
            }
            number += 1;
            again = format!("-{number}");
        }
    }

    /// A folder that is there already: a path, or a name inside `results`.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn open(results: &Path, name: &Path) -> anyhow::Result<RunFolder> {
        let candidates = [name.to_owned(), results.join(name)];
        let is_run = |path: &&PathBuf| path.join("plan.json").is_file();
        let path = candidates.iter().find(is_run).with_context(|| {
            format!(
                "no run \"{}\": neither it nor \"{}\" holds a plan.json",
                name.display(),
                candidates[1].display()
            )
        })?;
        let path = std::path::absolute(path).context("cannot find the current folder")?;
        Ok(RunFolder { path })
    }

    /// The run with this name, or the newest one.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn open_or_newest(results: &Path, name: Option<&Path>) -> anyhow::Result<RunFolder> {
        match name {
            Some(name) => RunFolder::open(results, name),
            None => RunFolder::all(results).pop().with_context(|| {
                format!(
                    "there is no run in \"{}\": make one with cargo xtask bench",
                    results.display()
                )
            }),
        }
    }

    /// The runs in `results`, from the oldest to the newest, by name; a first look is none.
    pub fn all(results: &Path) -> Vec<RunFolder> {
        let entries = std::fs::read_dir(results).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let mut runs: Vec<PathBuf> = paths
            .filter(|path| path.join("plan.json").is_file() && !is_first_look(path))
            .collect();
        runs.sort();
        runs.into_iter().map(|path| RunFolder { path }).collect()
    }

    /// Its name: `<UTC date>T<time>-<host>`.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }

    /// Where guests run: input, output, caches. Removed after the run.
    pub fn work(&self) -> PathBuf {
        self.path.join("work")
    }

    pub fn samples(&self) -> PathBuf {
        self.path.join("samples.jsonl")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file whole or not at all; its folder is made where it is missing.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        files::write(&self.file(name), content)
    }

    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> anyhow::Result<()> {
        let text = seal::sealed(&serde_json::to_string_pretty(value)?);
        self.write(name, text.as_bytes())
    }

    /// # Errors
    /// When the file is missing or is not what was written.
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> anyhow::Result<T> {
        let path = self.file(name);
        let text = fs_err::read_to_string(&path)?;
        let opened = seal::opened(&text);
        let value = serde_json::from_str(opened.as_deref().unwrap_or(&text))
            .with_context(|| format!("\"{}\" is damaged or of another version", path.display()))?;
        ensure!(
            opened.is_some(),
            "\"{}\" was changed since it was written; whoever meant to removes its \"checksum\"",
            path.display()
        );
        Ok(value)
    }

    /// All samples; a torn last line, as a crash leaves it, is left out.
    ///
    /// # Errors
    /// When a line other than the last is damaged; the message names it.
    pub fn read_samples(&self) -> anyhow::Result<Vec<Arc<Sample>>> {
        let path = self.samples();
        match path.exists() {
            true => Ok(samples::read(&path, BufReader::new(fs_err::File::open(&path)?))?.0),
            false => Ok(Vec::new()),
        }
    }
}

/// The end of the name of a run that is a first look: figures until the engines are built, which
/// only whoever names the folder reads again.
const FIRST_LOOK: &str = "-first-look";

/// Is the run in this folder a first look?
pub fn is_first_look(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().ends_with(FIRST_LOOK)
}

/// The right to run a benchmark with its results in one folder; ends with the file, or this process,
/// however that ends.
///
/// # Errors
/// When another benchmark has it, or the folder cannot be written to.
pub fn lock(results: &Path) -> anyhow::Result<File> {
    fs_err::create_dir_all(results)?;
    files::lock(&results.join(".lock"))?.with_context(|| {
        format!(
            "\"{}\" is in use by another cargo xtask bench; wait for it, because two at once would measure each other",
            results.display()
        )
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::Outcome;
    use crate::plan::{Overrides, Plan, Selection};

    pub fn folder() -> (tempfile::TempDir, RunFolder) {
        let dir = tempfile::tempdir().unwrap();
        let folder = RunFolder::create(
            dir.path(),
            "2026-01-02T03:04:05Z".parse().unwrap(),
            "a.b",
            false,
        )
        .unwrap();
        (dir, folder)
    }

    #[test]
    fn folders_are_named_after_time_and_host_and_never_taken_twice() {
        let (dir, first) = folder();
        assert!(first.path.ends_with("2026-01-02T03-04-05Z-a-b"));
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        for (name, first_look) in [
            ("2026-01-02T03-04-05Z-a-b-2", false),
            ("2026-01-02T03-04-05Z-a-b-3", false),
            ("2026-01-02T03-04-05Z-a-b-first-look", true),
            ("2026-01-02T03-04-05Z-a-b-2-first-look", true),
        ] {
            let folder = RunFolder::create(dir.path(), now, "a.b", first_look).unwrap();
            assert!(folder.path.ends_with(name));
            assert_eq!(is_first_look(&folder.path), first_look);
        }
    }

    #[test]
    fn a_second_benchmark_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = lock(dir.path()).unwrap();
        let error = lock(dir.path()).unwrap_err().to_string();
        assert!(error.contains("in use"), "{error}");
        drop(first);
        assert!(lock(dir.path()).is_ok());
    }

    /// Every bit of plan.json flipped, every byte left out, the file cut everywhere.
    #[test]
    fn whatever_a_disk_does_to_a_byte_makes_no_other_plan() {
        let (_dir, folder) = folder();
        let config = crate::config::tests::config();
        let mut plan = Plan::new(&config, &Selection::default(), &Overrides::default()).unwrap();
        plan.cells.truncate(1);
        plan.cells[0].conclude(Outcome::Failed, Some("exit status \"7\"}".to_owned()));
        folder.write_json("plan.json", &plan).unwrap();
        let whole = std::fs::read(folder.file("plan.json")).unwrap();
        let check = |damaged: &[u8], at: usize| {
            std::fs::write(folder.file("plan.json"), damaged).unwrap();
            match folder.read_json::<Plan>("plan.json") {
                Ok(read) => assert_eq!(read, plan, "byte {at}"),
                Err(error) => {
                    let error = format!("{error:#}");
                    assert!(error.contains("plan.json"), "byte {at}: {error}");
                }
            }
        };
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut flipped = whole.clone();
                flipped[at] ^= 1 << bit;
                check(&flipped, at);
            }
            check(&[&whole[..at], &whole[at + 1..]].concat(), at);
            check(&whole[..at], at);
        }
        check(&whole, whole.len());
    }
}
