//! Input files: generated once, checked on every use, the same on every machine.
//!
//! A file holds one decimal signed 32-bit integer a line, `\n` after each, and
//! has exactly the bytes its size says. Beside `FILE` lies `FILE.toml`: what the
//! file is, its checksum, and the checksum of the sorted result, which is what
//! every guest's output is compared with.
//!
//! `values` and `text` are pure; `files` and `side` touch the disk.

mod files;
mod side;
#[cfg(test)]
mod tests;
mod text;
mod values;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};

pub use files::{hash_file, replace, tidy};

/// What an input file shall be; equal specs give equal bytes on every machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Spec {
    /// Exact length of the file in bytes, at least 2.
    pub size_bytes: u64,
    /// The size as it is written in the study (`1KB`); part of the file's name.
    pub size_label: String,
    /// How the values are chosen and ordered.
    pub distribution: Distribution,
    /// The key of the random generator.
    pub seed: u64,
}

impl Spec {
    /// The file's name, such as `100MB-random-seed42.txt`.
    pub fn file_name(&self) -> String {
        format!(
            "{}-{}-seed{}.txt",
            self.size_label, self.distribution, self.seed
        )
    }
}

/// How the values of an input are chosen and ordered.
///
/// For one size and seed all but [`Distribution::FewUnique`] hold the same
/// values in another order, and so have the same sorted result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Distribution {
    /// Uniform over all of `i32`, in the order drawn.
    Random,
    /// The values of `random`, ascending.
    Sorted,
    /// The values of `random`, descending.
    Reversed,
    /// 16 different values in random order, all 10 characters long so that a
    /// file has about as many items as `random`. Up to two more values at the
    /// end fill the file to its exact size.
    FewUnique,
    /// `sorted` with one swap for every 200 items (at least one), so that about
    /// 1 % are out of place. Both positions are anywhere in the file: quadratic
    /// sorts stay quadratic, and times predicted from a smaller size hold.
    NearlySorted,
}

/// The name used in files and on the command line.
impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A good input file and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Where the file is: the folder that was asked for, joined with its name.
    #[serde(skip)]
    pub path: PathBuf,
    /// Length in bytes, of the input and of its sorted result alike.
    pub size_bytes: u64,
    /// Number of integers, one a line.
    pub items: u64,
    /// BLAKE3 of the file, in hex.
    pub input_hash: String,
    /// BLAKE3 of the sorted result, in hex; see [`hash_file`].
    pub sorted_hash: String,
}

/// What [`ensure`] had to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// The file was there, and its whole content was checked.
    Kept,
    /// There was nothing, the file was made.
    Generated,
    /// What was there was no good, for this reason; the file was made again.
    Repaired(String),
}

/// Makes sure that the input is in the folder `dir` (made if missing) and good.
///
/// The whole file is read each time, because damage inside it would otherwise be
/// blamed on the engines. While another process works in the same folder, this one waits for it.
/// 500MB take seconds to make, and less to check.
///
/// # Errors
///
/// An impossible size, or anything the file system refuses: the message names
/// the file and what to do. No half-written file is left under the final name.
pub fn ensure(spec: &Spec, dir: &Path) -> Result<(Input, Status)> {
    ensure!(
        spec.size_bytes >= 2,
        "input size {}: the smallest possible file is 2 bytes, a digit and a newline",
        spec.size_label
    );
    let path = dir.join(spec.file_name());
    find_or_generate(spec, &path).map_err(|error| {
        let advice = files::advice(&error);
        error.context(format!("cannot make {path:?}{advice}"))
    })
}

fn find_or_generate(spec: &Spec, path: &Path) -> Result<(Input, Status)> {
    let _lock = files::lock_and_tidy(path.parent().unwrap_or(path))?;
    let status = match side::check(spec, path) {
        Ok(input) => return Ok((input, Status::Kept)),
        Err(status) => status,
    };
    let input = generate(spec, path)?;
    side::write(spec, &input)?;
    Ok((input, status))
}

/// Makes the file anew, whatever is there. Memory: 8 bytes for each integer.
fn generate(spec: &Spec, path: &Path) -> Result<Input> {
    let size_bytes = spec.size_bytes;
    let drawn = values::draw(spec)?;
    let mut values = drawn.clone();
    values.sort_unstable();
    let sorted = text::write(&values, &mut std::io::sink())?;
    match spec.distribution {
        Distribution::Random | Distribution::FewUnique => values = drawn,
        distribution => values::arrange(&mut values, distribution, spec.seed),
    }
    let written = files::replace(path, |file| text::write(&values, file))?;
    ensure!(
        [written.count(), sorted.count()] == [size_bytes; 2],
        "generated {} bytes instead of {size_bytes}: a bug",
        written.count()
    );
    Ok(Input {
        path: path.to_owned(),
        size_bytes,
        items: values.len() as u64,
        input_hash: written.finalize().to_hex().to_string(),
        sorted_hash: sorted.finalize().to_hex().to_string(),
    })
}
