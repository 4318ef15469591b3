//! The table of `setup`: what is there, what is missing, and how to get it.

use comfy_table::{ContentArrangement, Table, presets};

use super::{Missing, State};
use crate::config::Engine;

/// A row a tool, in the order given.
pub fn table(tools: &[(Engine, State)]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(["tool", "version", "origin", "where"]);
    // Terminals that do not know their size, as in some containers, say zero.
    if table.width().is_some_and(|width| width >= 40) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    for (tool, state) in tools {
        let (version, origin, place) = match state {
            Ok(found) => {
                let note = found.note.iter().map(|note| format!("\n{note}"));
                let place = format!("{}{}", found.binary.display(), note.collect::<String>());
                (found.version.as_str(), found.origin.to_string(), place)
            }
            Err(Missing { why, how }) => {
                ("missing", String::new(), format!("{why}\nto get it: {how}"))
            }
        };
        table.add_row([&tool.name, version, &origin, &place]);
    }
    table.trim_fmt() + "\n"
}

#[cfg(test)]
mod tests {
    use super::super::Found;
    use super::*;
    use crate::model::Origin;

    #[test]
    fn the_table_says_what_is_there_and_what_helps() {
        let found = Ok(Found {
            command: vec!["/b/wasmtime".into()],
            binary: "/b/wasmtime".into(),
            version: "48.0.8".to_owned(),
            origin: Origin::Release,
            note: Some("made by somebody else".to_owned()),
        });
        let missing = Err(Missing {
            why: "\"wasmer\" is not on PATH".to_owned(),
            how: "cargo xtask setup wasmer".to_owned(),
        });
        let tool = crate::config::tests::config().hyperfine;
        let text = table(&[(tool.clone(), found), (tool, missing)]);
        assert!(
            text.contains("48.0.8") && text.contains("release") && text.contains("/b/wasmtime"),
            "{text}"
        );
        assert!(
            text.contains("to get it: cargo xtask setup wasmer"),
            "{text}"
        );
    }
}
