//! From TOML to checked values; an error names the place as whoever wrote the file would.

use anyhow::{anyhow, ensure};
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, de};
use serde_path_to_error::{Path, Segment};
use toml::{Table, Value};

/// Reads a whole file.
///
/// # Errors
/// With the table, the key and the line that are wrong, what is there and what is expected.
pub fn read<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    let line = |error: &toml::de::Error| {
        let before = &text[..error.span().unwrap_or_default().start];
        let at = before.matches('\n').count();
        let line = text.lines().nth(at).unwrap_or_default();
        format!(" (line {}: {})", at + 1, line.trim())
    };
    let source = toml::Deserializer::parse(text)
        .map_err(|error| anyhow!("{}{}", error.message(), line(&error)))?;
    serde_path_to_error::deserialize(source).map_err(|error| {
        let place = place(error.path(), text.parse().unwrap_or_default());
        let error = error.inner();
        // Of a whole table the parser knows no line.
        let line = match place.contains("key \"") {
            true => line(error),
            false => String::new(),
        };
        anyhow!("{place}{}{line}", error.message())
    })
}

/// As [`read`], of a table that was read already.
///
/// # Errors
/// As [`read`], without the line.
pub fn read_table<T: DeserializeOwned>(table: Table) -> anyhow::Result<T> {
    serde_path_to_error::deserialize(Value::Table(table.clone()))
        .map_err(|error| anyhow!("{}{}", place(error.path(), table), error.inner().message()))
}

/// `engine "wasmtime": mode "aot": key "run": `, `[[profile.cells]] number 2: `, `[inputs]: `.
fn place(path: &Path, table: Table) -> String {
    let mut at = Value::Table(table);
    let mut place = String::new();
    let (mut tables, mut keys): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for segment in path {
        let inner = match segment {
            Segment::Map { key } => {
                keys.push(key);
                at.get(key)
            }
            Segment::Seq { index } => at.get(*index),
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        at = inner.cloned().unwrap_or(Value::Boolean(false));
        let Some(table) = at.as_table() else { continue };
        if let Segment::Seq { index } = segment {
            tables.extend(&keys);
            place += &match table.get("name").and_then(Value::as_str) {
                Some(name) => format!("{} \"{name}\": ", keys.join(".")),
                None => format!("[[{}]] number {}: ", tables.join("."), index + 1),
            };
            keys.clear();
        } else if tables.is_empty() && keys.len() == 1 {
            place += &format!("[{}]: ", keys[0]);
            tables.append(&mut keys);
        }
    }
    if !keys.is_empty() {
        place += &format!("key \"{}\": ", keys.join("."));
    }
    place
}

/// For `deserialize_with`: a text that must pass a check.
///
/// # Errors
/// Those of the check.
pub fn text<'de, D: Deserializer<'de>, T>(
    source: D,
    check: impl Fn(&str) -> anyhow::Result<T>,
) -> Result<T, D::Error> {
    let text = String::deserialize(source)?;
    check(&text).map_err(one_line)
}

/// For `deserialize_with`: a name, as [`check_name`] wants it.
///
/// # Errors
/// As [`check_name`].
pub fn name<'de, D: Deserializer<'de>>(source: D) -> Result<String, D::Error> {
    text(source, |text| check_name(text).map(|()| text.to_owned()))
}

/// Names are part of cell names and of paths, so they are kept plain.
///
/// # Errors
/// When the name is empty or holds anything but letters, digits, `-`, `_` and `.`.
pub fn check_name(name: &str) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    ensure!(
        !name.is_empty() && !name.starts_with('.') && name.chars().all(plain),
        "\"{name}\" is not a name: use letters, digits, \"-\", \"_\" and \".\""
    );
    Ok(())
}

/// Is this a hash of 256 bits, in lower-case hex?
pub fn hex_256(text: &str) -> bool {
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    text.len() == 64 && text.chars().all(hex)
}

/// An error with its causes, of which serde would keep the first only.
pub fn one_line<E: de::Error>(error: anyhow::Error) -> E {
    E::custom(format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        assert!(check_name("jit-cached").is_ok());
        for name in ["", "a/b", "a b", "..", "é"] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Item {
        name: Option<String>,
        size: Option<u32>,
        list: Option<Vec<u32>>,
        inner: Option<Vec<Item>>,
        table: Option<Box<Item>>,
    }

    #[test]
    fn the_place_is_told_in_the_words_of_the_file() {
        let error = |text: &str| read::<Item>(text).unwrap_err().to_string();
        let wrong = "invalid type: string \"a\", expected u32";
        for (text, place) in [
            ("size = 'a'", "key \"size\": "),
            ("list = [1, 'a']", "key \"list\": "),
            ("[table]\nsize = 'a'", "[table]: key \"size\": "),
            (
                "[[inner]]\nname = 'n'\nsize = 'a'",
                "inner \"n\": key \"size\": ",
            ),
            (
                "[[inner]]\nname = 'n'\n[[inner.inner]]\n[[inner.inner]]\ntable.size = 'a'",
                "inner \"n\": [[inner.inner]] number 2: key \"table.size\": ",
            ),
        ] {
            let (at, line) = text.lines().enumerate().last().unwrap();
            let line = format!("(line {}: {line})", at + 1);
            assert_eq!(error(text), format!("{place}{wrong} {line}"));
        }
        assert!(error("[[inner]]\nsise = 1").starts_with("[[inner]] number 1: "));
        assert!(error("\n\n[table]\nsise = 1").ends_with("(line 4: sise = 1)"));
        assert!(error("\n[inner").ends_with("(line 2: [inner)"));
    }
}
