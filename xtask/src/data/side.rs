//! `FILE.toml`, the side file: what an input is and what its result must be.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{Distribution, Input, Progress, Spec, files};

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

/// What is in the place of an input.
pub(super) enum Check {
    Good(Input),
    Absent,
    /// Why it must be made again.
    Bad(String),
}

/// Looks at the side file, then at the whole input.
pub(super) fn check(spec: &Spec, path: &Path, progress: &mut Progress) -> Result<Check> {
    let side_path = side_path(path);
    let length = absent_as_none(fs::metadata(path).map(|found| found.len()))
        .map_err(|error| files::explain("open", path, error))?;
    let side = absent_as_none(fs::read(&side_path))
        .map_err(|error| files::explain("read", &side_path, error))?;
    let bad = |reason: String| Ok(Check::Bad(reason));
    let (length, side) = match (length, side) {
        (None, None) => return Ok(Check::Absent),
        (None, Some(_)) => return bad("the file was missing".into()),
        (Some(_), None) => return bad("its .toml was missing".into()),
        (Some(length), Some(side)) => (length, side),
    };
    let Some(side) = parse(&side) else {
        return bad("its .toml was damaged or of another version".into());
    };
    if let Some(reason) = stale(spec, &side) {
        return bad(reason);
    }
    if length != spec.size_bytes {
        return bad(format!(
            "it had {length} bytes instead of {}",
            spec.size_bytes
        ));
    }
    progress.expect(length);
    if files::hash_with_progress(path, &mut |bytes| progress.advance(bytes))? != side.input_hash {
        return bad("its content did not match its checksum".into());
    }
    Ok(Check::Good(Input {
        path: path.to_owned(),
        size_bytes: spec.size_bytes,
        items: side.items,
        input_hash: side.input_hash,
        sorted_hash: side.sorted_hash,
    }))
}

/// Writes the side file of a finished input.
pub(super) fn write(spec: &Spec, input: &Input) -> Result<()> {
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
    files::write_text(&path, &format!("{text}{}", checksum_line(&text)))
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
    let differs = |what, found: &str, wanted: &str| {
        (found != wanted).then(|| format!("it was of {what} {found}, not {wanted}"))
    };
    differs("format", &side.format.to_string(), &FORMAT.to_string())
        .or_else(|| {
            differs(
                "distribution",
                side.distribution.name(),
                spec.distribution.name(),
            )
        })
        .or_else(|| differs("seed", &side.seed, &spec.seed.to_string()))
        .or_else(|| {
            differs(
                "size",
                &side.size_bytes.to_string(),
                &spec.size_bytes.to_string(),
            )
        })
}

fn absent_as_none<T>(result: std::io::Result<T>) -> std::io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// `FILE.toml` of `FILE`.
pub(super) fn side_path(path: &Path) -> PathBuf {
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
