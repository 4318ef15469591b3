//! The folder that a guest may reach, as it must be before each sample.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::config::{Values, Workload};
use crate::data::Input;

/// A folder and what belongs into it.
#[derive(Clone, Debug)]
pub struct Fixture {
    folder: PathBuf,
    /// The generated input.
    input: Option<Input>,
    /// Files that the user gave the program: name in the folder, and source.
    files: BTreeMap<String, PathBuf>,
    /// Is it made anew for each sample? Nobody knows what a program of the user's own writes there.
    anew: bool,
    /// Where guests write; one file, made anew by each sample. A guest that outlives a killed
    /// bench must not write into the file of the one that goes on with the run.
    pub output: PathBuf,
    /// Where standard output is kept that is verified; no guest reaches it.
    pub stdout: PathBuf,
}

impl Fixture {
    /// The folder of a workload's guests: all of this project's share one.
    pub fn folder(work: &Path, workload: &Workload) -> PathBuf {
        work.join(match workload.is_own() {
            true => format!("io-{}", workload.name),
            false => "io".to_owned(),
        })
    }

    pub fn new(work: &Path, workload: &Workload, input: Option<&Input>, repo: &Path) -> Fixture {
        let folder = Fixture::folder(work, workload);
        let files = workload.files.iter();
        Fixture {
            input: input.cloned(),
            files: files
                .map(|(name, source)| (name.clone(), repo.join(source)))
                .collect(),
            anew: workload.is_own(),
            output: folder.join(format!("output-{}.txt", std::process::id())),
            stdout: work.join(format!("stdout-{}.txt", std::process::id())),
            folder,
        }
    }

    /// Makes the folder as it must be: without what earlier samples left.
    ///
    /// # Errors
    /// When a file cannot be put there.
    pub fn reset(&self) -> anyhow::Result<()> {
        if self.anew {
            let _ = std::fs::remove_dir_all(&self.folder);
        } else {
            let _ = std::fs::remove_file(&self.output);
        }
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make \"{}\"", self.folder.display()))?;
        for (name, source) in &self.files {
            std::fs::copy(source, self.folder.join(name))
                .with_context(|| format!("cannot put \"{}\" at \"{name}\"", source.display()))?;
        }
        let Some((input, place)) = self.input.as_ref().zip(self.input()) else {
            return Ok(());
        };
        // Guests may reach this folder only, so the input must be in it; a link costs nothing.
        if !place.exists() && std::fs::hard_link(&input.path, &place).is_err() {
            std::fs::copy(&input.path, &place)
                .with_context(|| format!("cannot put an input at \"{}\"", place.display()))?;
        }
        Ok(())
    }

    /// The generated input, where the guest finds it.
    pub fn input(&self) -> Option<PathBuf> {
        let name = self.input.as_ref()?.path.file_name()?;
        Some(self.folder.join(name))
    }

    /// The guest's arguments: input and output, or what the user's program wants.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn arguments(&self, workload: &Workload) -> anyhow::Result<Vec<OsString>> {
        let one = |path: PathBuf| vec![path.into_os_string()];
        let output = one(self.output.clone());
        let input = self.input().map(one);
        if !workload.is_own() {
            return Ok([input.unwrap_or_default(), output].concat());
        }
        let mut values = Values::from([("output", output), ("dir", one(self.folder.clone()))]);
        values.extend(input.map(|input| ("input", input)));
        workload.args.expand(&values)
    }
}
