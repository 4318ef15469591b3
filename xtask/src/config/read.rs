//! From TOML to checked values; an error names the place as whoever wrote the file would.

use anyhow::anyhow;
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, de};
use serde_path_to_error::{Path, Segment};
use toml::{Table, Value};

/// Reads a whole file.
///
/// # Errors
/// With the table, the key and the line that are wrong, what is there and what is expected.
pub fn read<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    let told = |place: String, error: &toml::de::Error| {
        let line = error.span().map_or(String::new(), |span| {
            let line = text[..span.start].lines().count().max(1);
            format!(" (line {line})")
        });
        anyhow!("{place}{}{line}", error.message())
    };
    let source = toml::Deserializer::parse(text).map_err(|error| told(String::new(), &error))?;
    serde_path_to_error::deserialize(source).map_err(|error| {
        let table = text.parse().unwrap_or_default();
        told(place(error.path(), table), error.inner())
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
    let mut at = Some(&Value::Table(table)).cloned();
    let mut places: Vec<String> = Vec::new();
    let (mut tables, mut keys): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for segment in path {
        match segment {
            Segment::Map { key } => {
                at = at.and_then(|value| value.get(key).cloned());
                keys.push(key);
                let first = tables.is_empty() && keys.len() == 1;
                if first && at.as_ref().is_some_and(Value::is_table) {
                    places.push(format!("[{key}]"));
                    tables.append(&mut keys);
                }
            }
            Segment::Seq { index } => {
                at = at.and_then(|value| value.get(*index).cloned());
                let Some(Value::Table(item)) = &at else {
                    continue;
                };
                tables.extend(&keys);
                places.push(match item.get("name").and_then(Value::as_str) {
                    Some(name) => format!("{} \"{name}\"", keys.join(".")),
                    None => format!("[[{}]] number {}", tables.join("."), index + 1),
                });
                keys.clear();
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    if !keys.is_empty() {
        places.push(format!("key \"{}\"", keys.join(".")));
    }
    places.iter().map(|place| format!("{place}: ")).collect()
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

/// An error with its causes, of which serde would keep the first only.
pub fn one_line<E: de::Error>(error: anyhow::Error) -> E {
    E::custom(format!("{error:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let line = text.lines().count();
            assert_eq!(error(text), format!("{place}{wrong} (line {line})"));
        }
        assert!(error("[[inner]]\nsise = 1").starts_with("[[inner]] number 1: "));
        assert!(error("\n[inner").ends_with("(line 2)"));
    }
}
