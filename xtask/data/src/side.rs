//! `FILE.toml`, the side file: what an input is and what its result must be.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use crate::{Distribution, Input, Spec, Status, files};

/// Raise it when the same spec gives other bytes than before, or when the side
/// file changes: files of other versions are made again.
const FORMAT: u32 = 1;

/// Starts the last line: the hash of all the text before it. The input's content
/// can be checked against its hash, but the expected result is only written here.
const CHECKSUM: &str = "checksum = ";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Side {
    format: u32,
    size_bytes: u64,
    distribution: Distribution,
    /// Text, because TOML's integers end at 2⁶³ − 1.
    seed: String,
    items: u64,
    input_hash: String,
    sorted_hash: String,
}

/// Looks at the side file, then at the whole input: the good input, or how one
/// that is made now came about.
pub(crate) fn check(
    spec: &Spec,
    path: &Path,
    progress: &ProgressBar,
) -> Result<Result<Input, Status>> {
    let side_path = side_path(path);
    let length = unless_missing("open", path, fs::metadata(path))?.map(|found| found.len());
    let side = unless_missing("read", &side_path, fs::read(&side_path))?;
    let bad = |reason: &str| Ok(Err(Status::Repaired(reason.into())));
    let (length, side) = match (length, side) {
        (None, None) => return Ok(Err(Status::Generated)),
        (None, Some(_)) => return bad("the file was missing"),
        (Some(_), None) => return bad("its .toml was missing"),
        (Some(length), Some(side)) => (length, side),
    };
    let Some(side) = parse(&side) else {
        return bad("its .toml was damaged or of another version");
    };
    if let Some(reason) = stale(spec, &side) {
        return bad(&reason);
    }
    let size_bytes = spec.size_bytes;
    if length != size_bytes {
        return bad(&format!("it had {length} bytes instead of {size_bytes}"));
    }
    progress.inc_length(length);
    if files::hash(path, progress)? != side.input_hash {
        return bad("its content did not match its checksum");
    }
    Ok(Ok(Input {
        path: path.to_owned(),
        size_bytes,
        items: side.items,
        input_hash: side.input_hash,
        sorted_hash: side.sorted_hash,
    }))
}

/// Writes the side file of a finished input.
pub(crate) fn write(spec: &Spec, input: &Input) -> Result<()> {
    let side = Side {
        format: FORMAT,
        size_bytes: spec.size_bytes,
        distribution: spec.distribution,
        seed: spec.seed.to_string(),
        items: input.items,
        input_hash: input.input_hash.clone(),
        sorted_hash: input.sorted_hash.clone(),
    };
    let path = side_path(&input.path);
    let text = toml::to_string(&side).with_context(|| format!("cannot write {path:?}"))?;
    files::replace(&path, |file| write!(file, "{text}{}", checksum_line(&text)))
}

fn checksum_line(text: &str) -> String {
    format!("{CHECKSUM}\"{}\"\n", blake3::hash(text.as_bytes()).to_hex())
}

fn parse(side: &[u8]) -> Option<Side> {
    let side = str::from_utf8(side).ok()?;
    let (text, last_line) = side.split_at(side.rfind(CHECKSUM)?);
    if last_line != checksum_line(text) {
        return None;
    }
    toml::from_str(text).ok()
}

/// Says what a side file was made for, if not for this spec.
fn stale(spec: &Spec, side: &Side) -> Option<String> {
    let compared = [
        ("format", side.format.to_string(), FORMAT.to_string()),
        (
            "distribution",
            side.distribution.to_string(),
            spec.distribution.to_string(),
        ),
        ("seed", side.seed.clone(), spec.seed.to_string()),
        (
            "size",
            side.size_bytes.to_string(),
            spec.size_bytes.to_string(),
        ),
    ];
    let mut differing = compared.iter().filter(|(_, found, wanted)| found != wanted);
    let (what, found, wanted) = differing.next()?;
    Some(format!("it was of {what} {found}, not {wanted}"))
}

fn unless_missing<T>(verb: &str, path: &Path, result: std::io::Result<T>) -> Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => Ok(Some(
            other.map_err(|error| files::explain(verb, path, error))?,
        )),
    }
}

/// `FILE.toml` of `FILE`.
pub(crate) fn side_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".toml");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> String {
        let side = Side {
            format: FORMAT,
            size_bytes: 1000,
            distribution: Distribution::FewUnique,
            seed: u64::MAX.to_string(),
            items: 91,
            input_hash: "12".into(),
            sorted_hash: "34".into(),
        };
        let text = toml::to_string(&side).unwrap();
        format!("{text}{}", checksum_line(&text))
    }

    #[test]
    fn is_plain_toml_and_comes_back() {
        let text = text();
        let side = parse(text.as_bytes()).unwrap();
        assert_eq!(side.items, 91);
        let table: toml::Table = text.parse().unwrap();
        assert_eq!(table["distribution"].as_str(), Some("few-unique"));
        assert!(table.contains_key("checksum"));
    }

    #[test]
    fn any_changed_byte_is_found() {
        let text = text().into_bytes();
        for place in 0..text.len() {
            let mut changed = text.clone();
            changed[place] ^= 1;
            assert_eq!(
                parse(&changed),
                None,
                "{}",
                String::from_utf8_lossy(&changed)
            );
            assert_eq!(parse(&text[..place]), None, "cut at {place}");
        }
    }
}
