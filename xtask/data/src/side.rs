//! `FILE.toml`, the side file: what an input is and what its result must be.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Distribution, Input, Spec, Status, files};

/// Raise it when the same spec gives other bytes than before, or when the side
/// file changes: files of other versions are made again.
const FORMAT: u32 = 1;

/// Starts the last line: the hash of all the text before it. The input's content
/// can be checked against its hash, but the expected result is only written here.
const CHECKSUM: &str = "checksum = ";

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Side {
    format: u32,
    distribution: Distribution,
    /// Text, because TOML's integers end at 2⁶³ − 1.
    seed: String,
    #[serde(flatten)]
    input: Input,
}

/// Looks at the side file, then at the whole input: the good input, or how one
/// that is made now came about.
pub(crate) fn check(spec: &Spec, path: &Path) -> Result<Input, Status> {
    let bad = |reason: &str| Err(Status::Repaired(reason.to_owned()));
    let length = fs::metadata(path).ok().map(|found| found.len());
    let (length, side) = match (length, fs::read(side_path(path)).ok()) {
        (None, None) => return Err(Status::Generated),
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
    match files::hash_file(path) {
        Ok(hash) if hash == side.input.input_hash => {
            let path = path.to_owned();
            Ok(Input { path, ..side.input })
        }
        Ok(_) => bad("its content did not match its checksum"),
        Err(error) => bad(&format!("{error:#}")),
    }
}

/// Writes the side file of a finished input.
pub(crate) fn write(spec: &Spec, input: &Input) -> anyhow::Result<()> {
    let side = Side {
        format: FORMAT,
        distribution: spec.distribution,
        seed: spec.seed.to_string(),
        input: input.clone(),
    };
    let text = toml::to_string(&side)?;
    files::replace(&side_path(&input.path), |file| {
        write!(file, "{text}{}", checksum_line(&text))
    })
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
    let side: Side = toml::from_str(text).ok()?;
    (side.format == FORMAT).then_some(side)
}

/// Says what a side file was made for, if not for this spec.
fn stale(spec: &Spec, side: &Side) -> Option<String> {
    let (made, size) = (side.distribution.to_string(), side.input.size_bytes);
    let compared = [
        ("distribution", made, spec.distribution.to_string()),
        ("seed", side.seed.clone(), spec.seed.to_string()),
        ("size", size.to_string(), spec.size_bytes.to_string()),
    ];
    let mut compared = compared.into_iter();
    let (what, found, wanted) = compared.find(|(_, found, wanted)| found != wanted)?;
    Some(format!("it was of {what} {found}, not {wanted}"))
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
            distribution: Distribution::FewUnique,
            seed: u64::MAX.to_string(),
            input: Input {
                path: PathBuf::new(),
                size_bytes: 1000,
                items: 91,
                input_hash: "12".into(),
                sorted_hash: "34".into(),
            },
        };
        let text = toml::to_string(&side).unwrap();
        format!("{text}{}", checksum_line(&text))
    }

    #[test]
    fn is_plain_toml_and_comes_back() {
        let text = text();
        let side = parse(text.as_bytes()).unwrap();
        assert_eq!(side.input.items, 91);
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
