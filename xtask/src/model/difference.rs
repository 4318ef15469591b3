//! What differs between two values that must be the same.

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

use super::distinct;

/// What differs, a line each, such as `engines.node.version: was "20.1", is "22.0"`; empty if nothing does.
///
/// # Errors
/// When a value has no form as JSON; a bug.
pub fn differences<T: Serialize>(then: &T, now: &T) -> anyhow::Result<Vec<String>> {
    let value = |of| serde_json::to_value(of).context("cannot compare");
    let mut lines = Vec::new();
    compare("", Some(&value(then)?), Some(&value(now)?), &mut lines);
    Ok(lines)
}

fn compare(path: &str, then: Option<&Value>, now: Option<&Value>, lines: &mut Vec<String>) {
    if let (Some(Value::Object(then)), Some(Value::Object(now))) = (then, now) {
        for key in distinct(then.keys().chain(now.keys())) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_@".contains(c);
            let name = match key.chars().all(plain) {
                true => key.clone(),
                false => format!("\"{key}\""),
            };
            let path = match path {
                "" => name,
                _ => format!("{path}.{name}"),
            };
            compare(&path, then.get(key), now.get(key), lines);
        }
    } else if then.unwrap_or(&Value::Null) != now.unwrap_or(&Value::Null) {
        let text = |value: Option<&Value>| match value {
            None | Some(Value::Null) => "absent".to_owned(),
            // A whole engine is more than anybody reads.
            Some(Value::Object(_)) => "there".to_owned(),
            Some(value) => value.to_string(),
        };
        lines.push(format!("{path}: was {}, is {}", text(then), text(now)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_difference_has_its_path() {
        let then = json!({ "a": 1, "list": [1], "at": { "x/y": "old", "gone": null, "same": 2 } });
        let now = json!({ "a": 2, "list": [2], "at": { "x/y": "new", "same": 2 }, "more": true, "engine": {} });
        assert_eq!(
            differences(&then, &now).unwrap(),
            [
                "a: was 1, is 2",
                "list: was [1], is [2]",
                "at.\"x/y\": was \"old\", is \"new\"",
                "more: was absent, is true",
                "engine: was absent, is there",
            ]
        );
        assert!(differences(&then, &then).unwrap().is_empty());
    }
}
