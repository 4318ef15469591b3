//! The folder that a guest may reach, as it must be before each sample.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::config::{Values, Workload};
use crate::data::{self, Input};

/// The folder of this project's guests.
const SHARED: &str = "io";

/// A folder and what belongs into it.
#[derive(Clone, Debug)]
pub struct Fixture {
    folder: PathBuf,
    /// The generated input, and where the guest finds it.
    input: Option<(Input, PathBuf)>,
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
            false => SHARED.to_owned(),
        })
    }

    /// Removes what an earlier sitting put there: its inputs may have been changed or made again since.
    pub fn clear(work: &Path) {
        let _ = std::fs::remove_dir_all(work.join(SHARED));
    }

    pub fn new(work: &Path, workload: &Workload, input: Option<&Input>, repo: &Path) -> Fixture {
        let folder = Fixture::folder(work, workload);
        let place = |input: &Input| folder.join(input.path.file_name().unwrap_or_default());
        let files = workload.files.iter();
        let files = files.map(|(name, source)| (name.clone(), repo.join(source)));
        let process = std::process::id();
        Fixture {
            input: input.map(|input| (input.clone(), place(input))),
            files: files.collect(),
            anew: workload.is_own(),
            output: folder.join(format!("output-{process}.txt")),
            stdout: work.join(format!("stdout-{process}.txt")),
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
        let Some((input, place)) = &self.input else {
            return Ok(());
        };
        // Guests may reach this folder only, so the input must be in it; a link costs nothing.
        if !place.exists() && std::fs::hard_link(&input.path, place).is_err() {
            std::fs::copy(&input.path, place)
                .with_context(|| format!("cannot put an input at \"{}\"", place.display()))?;
        }
        Ok(())
    }

    /// Is the generated input still as it was made?
    ///
    /// # Errors
    /// When somebody removed or changed it.
    pub fn check_input(&self) -> anyhow::Result<()> {
        let Some((input, place)) = &self.input else {
            return Ok(());
        };
        let (path, bytes) = (input.path.display(), input.size_bytes);
        let how = match std::fs::metadata(place).map_or(0, |it| it.len()) {
            found if found != bytes => format!("it has {found} bytes instead of {bytes}"),
            _ if data::hash_file(place)? != input.input_hash => "its content is another".to_owned(),
            _ => return Ok(()),
        };
        bail!(
            "somebody changed the input \"{path}\" while it was measured: {how}; remove it, then go on with --resume"
        )
    }

    /// The generated input, where the guest finds it.
    pub fn input(&self) -> Option<PathBuf> {
        self.input.as_ref().map(|(_, place)| place.clone())
    }

    /// The guest's arguments: input and output, or what the user's program wants.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn arguments(&self, workload: &Workload) -> anyhow::Result<Vec<OsString>> {
        let one = |path: PathBuf| vec![path.into_os_string()];
        let (input, output) = (self.input().map(one), one(self.output.clone()));
        if !workload.is_own() {
            return Ok([input.unwrap_or_default(), output].concat());
        }
        let mut values = Values::from([("output", output), ("dir", one(self.folder.clone()))]);
        values.extend(input.map(|input| ("input", input)));
        workload.args.expand(&values)
    }
}
