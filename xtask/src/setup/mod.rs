//! Finds the tools that the benchmark needs, and installs what is missing
//! into the user's cache folder.

mod cargo;
mod debian;
mod find;
mod folder;
mod install;
mod loader;
mod npm;
mod progress;
mod sources;
mod table;
mod target;
mod way;

use std::ffi::OsString;
use std::path::PathBuf;

pub use find::find;
pub use install::{find_all, install_missing};
pub use table::table;
pub use target::ensure_wasm_target;

/// A tool that is there and answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    /// The words of `{bin}`: the program, or the loader that starts it, the loader's options and the program.
    pub command: Vec<OsString>,
    /// The program itself, links resolved.
    pub binary: PathBuf,
    pub version: String,
    pub origin: Origin,
}

/// Where a tool was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On PATH.
    Path,
    /// In the cache folder, installed by an earlier `setup`.
    Cache,
}

/// What is known about a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Found(Found),
    Missing {
        /// Not found; or found, but of no use, with its error.
        why: String,
        /// The command or the advice that would help.
        how: String,
    },
}

impl State {
    /// The tool, if it is there.
    pub fn found(&self) -> Option<&Found> {
        match self {
            State::Found(found) => Some(found),
            State::Missing { .. } => None,
        }
    }
}

#[cfg(test)]
mod fake;
