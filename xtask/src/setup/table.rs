//! The table of `setup`: what is there, what is missing, and how to get it.

use comfy_table::{Cell, ContentArrangement, Table, presets};

use super::{Origin, State};

/// A row a tool, in the order given.
pub fn table(states: &[(String, State)]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(["tool", "version", "where"]);
    // Terminals that do not know their size, as in some containers, say zero.
    if table.width().is_some_and(|width| width >= 40) {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    for (name, state) in states {
        let (version, place) = match state {
            State::Found(found) => {
                let origin = match found.origin {
                    Origin::Path => "PATH",
                    Origin::Cache => "cache",
                };
                let place = format!("{origin}: {}", found.binary.display());
                (found.version.clone(), place)
            }
            State::Missing { why, how } => {
                ("missing".to_owned(), format!("{why}\nto get it: {how}"))
            }
        };
        table.add_row([Cell::new(name), Cell::new(version), Cell::new(place)]);
    }
    table
        .lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Found;
    use super::*;

    #[test]
    fn the_table_says_what_is_there_and_what_helps() {
        let found = State::Found(Found {
            name: "wasmtime".to_owned(),
            command: vec!["/b/wasmtime".into()],
            binary: "/b/wasmtime".into(),
            version: "48.0.8".to_owned(),
            origin: Origin::Cache,
        });
        let missing = State::Missing {
            why: "\"wasmer\" is not on PATH".to_owned(),
            how: "cargo xtask setup wasmer".to_owned(),
        };
        let states = [
            ("wasmtime".to_owned(), found),
            ("wasmer".to_owned(), missing),
        ];
        let text = table(&states);
        assert!(
            text.contains("48.0.8") && text.contains("cache: /b/wasmtime"),
            "{text}"
        );
        assert!(
            text.contains("to get it: cargo xtask setup wasmer"),
            "{text}"
        );
    }
}
