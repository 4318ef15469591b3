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
mod table;
mod ways;

use std::ffi::OsString;
use std::path::PathBuf;

use crate::model::Origin;

pub use find::find;
pub use guests::{Guest, build, build_wasm, check_files, ensure_wasm_target};
pub use install::Toolbox;
pub use loaded::loaded_files;
pub use table::table;

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
