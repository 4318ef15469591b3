//! The programs that the benchmark needs, hyperfine and the engines: finds them, and installs
//! what is missing into the user's cache folder.

mod apt;
mod cargo;
mod find;
mod guests;
mod install;
mod loaded;
mod progress;
mod staging;
mod ways;

use std::ffi::OsString;
use std::path::PathBuf;

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets};

use crate::config::Engine;
use crate::model::Origin;

pub use find::find;
pub use guests::{Guest, build, build_crates, build_wasm, check_files, ensure_wasm_target};
pub use install::Toolbox;
pub use loaded::loaded_files;

/// A tool that is there and answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The words of `{bin}`: the program, or the loader that starts it, the loader's options and the program.
    pub command: Vec<OsString>,
    /// The program itself, links resolved.
    pub binary: PathBuf,
    pub version: String,
    pub origin: Origin,
    /// What a reader should know of where it comes from.
    pub note: Option<String>,
}

/// What is known about a tool: it is there, or not.
pub type State = Result<Found, Missing>;

/// Why a tool is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Not found; or found, but of no use, with its error.
    pub why: String,
    /// The command or the advice that would help.
    pub how: String,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.why, self.how)
    }
}

/// The table of `setup`: what is there, what is missing, and how to get it; a row a tool, in the order given.
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
    use super::*;

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
