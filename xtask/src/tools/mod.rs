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
use std::fmt;
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
