//! A workload on one input, in the folder that its guest may reach: as it must be before each sample.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::config::{Values, Workload};
use crate::data::{self, Input};
use crate::host::files::remove_folder;

/// The folder of this project's guests.
const SHARED: &str = "io";

/// What a guest is given, and where it leaves what.
#[derive(Clone, Debug)]
pub struct Fixture {
    pub workload: Workload,
    /// The generated input, and where the guest finds it; none where the workload reads none.
    pub input: Option<(Input, PathBuf)>,
    /// All that a guest may reach; this project's guests share one.
    pub folder: PathBuf,
    /// Where guests write; one file, made anew by each sample. A guest that outlives a killed
    /// bench must not write into the file of the one that goes on with the run.
    pub output: PathBuf,
    /// Where standard output is kept that is verified; no guest reaches it.
    pub stdout: PathBuf,
    /// The checkout.
    repo: PathBuf,
}

impl Fixture {
    /// Removes what an earlier sitting put there: its inputs may have been changed or made again since.
    pub fn clear(work: &Path) {
        let _ = std::fs::remove_dir_all(work.join(SHARED));
    }

    pub fn new(work: &Path, workload: &Workload, input: Option<&Input>, repo: &Path) -> Fixture {
        let folder = work.join(match workload.is_own() {
            true => format!("io-{}", workload.name),
            false => SHARED.to_owned(),
        });
        let process = std::process::id();
        let place = |it: &Input| Some((it.clone(), folder.join(it.path.file_name()?)));
        let input = input.filter(|_| workload.uses_input());
        Fixture {
            workload: workload.clone(),
            input: input.and_then(place),
            output: folder.join(format!("output-{process}.txt")),
            stdout: work.join(format!("stdout-{process}.txt")),
            folder,
            repo: repo.to_owned(),
        }
    }

    /// Makes the folder as it must be: without what earlier samples left.
    ///
    /// # Errors
    /// When a file cannot be put there.
    pub fn reset(&self) -> anyhow::Result<()> {
        // Nobody knows what a program of the user's own writes there, nor what an engine makes of its output.
        match self.workload.is_own() {
            true => remove_folder(&self.folder)?,
            false if self.output.is_dir() => remove_folder(&self.output)?,
            false => _ = std::fs::remove_file(&self.output),
        }
        fs_err::create_dir_all(&self.folder)?;
        for (name, source) in &self.workload.files {
            fs_err::copy(self.repo.join(source), self.folder.join(name))?;
        }
        // Guests may reach this folder only, so the input must be in it; a link costs nothing.
        if let Some((input, place)) = &self.input
            && !place.exists()
            && std::fs::hard_link(&input.path, place).is_err()
        {
            fs_err::copy(&input.path, place)?;
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

    /// What the guest reads from standard input.
    pub fn stdin(&self) -> Option<PathBuf> {
        match self.workload.reads_input() {
            true => self.input.as_ref().map(|(_, place)| place.clone()),
            false => self.workload.stdin.as_ref().map(|it| self.repo.join(it)),
        }
    }

    /// The guest's arguments: input and output, or what the user's program wants.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn arguments(&self) -> anyhow::Result<Vec<OsString>> {
        let one = |path: &PathBuf| vec![OsString::from(path)];
        let input = self.input.as_ref().map(|(_, place)| one(place));
        let output = one(&self.output);
        if !self.workload.is_own() {
            return Ok([input.unwrap_or_default(), output].concat());
        }
        let mut values = Values::from([("output", output), ("dir", one(&self.folder))]);
        values.extend(input.map(|input| ("input", input)));
        self.workload.args.expand(&values)
    }
}
