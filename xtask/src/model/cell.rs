//! Cells and their outcomes: the words that every later module uses.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::units::Size;
use crate::data::Distribution;

/// One combination that is measured; written `merge/1MB/random/wasmtime:aot`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cell {
    pub workload: String,
    pub size: Size,
    pub distribution: Distribution,
    pub engine: String,
    pub mode: String,
}

/// An engine and one way of using it, written `wasmtime:aot`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EngineMode {
    pub engine: String,
    pub mode: String,
}

impl fmt::Display for EngineMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.engine, self.mode))
    }
}

impl EngineMode {
    pub fn new(engine: &str, mode: &str) -> EngineMode {
        EngineMode {
            engine: engine.to_owned(),
            mode: mode.to_owned(),
        }
    }
}

impl Cell {
    /// The engine and its mode.
    pub fn engine_mode(&self) -> EngineMode {
        EngineMode::new(&self.engine, &self.mode)
    }

    /// Is it run by this engine and mode?
    pub fn is_of(&self, mode: &EngineMode) -> bool {
        self.engine == mode.engine && self.mode == mode.mode
    }

    /// May only engine and mode differ?
    pub fn same_input(&self, other: &Cell) -> bool {
        self.workload == other.workload
            && self.size == other.size
            && self.distribution == other.distribution
    }

    /// What is run on what, whatever runs it, written `merge/1MB/random`.
    pub fn input(&self) -> String {
        format!("{}/{}/{}", self.workload, self.size, self.distribution)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}:{}", self.input(), self.engine, self.mode)
    }
}

/// The engine that a name such as `wasmtime@46` is a version or a build of; itself for a plain name.
pub fn base_of(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// Where an engine's binary comes from: a figure belongs to a binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Upstream's own build, upstream's npm packages included.
    Release,
    /// A package that a distribution built.
    Distribution,
    /// From source by `setup`; the guests of `native`, by the toolchain.
    Built,
    /// Found on PATH, or given by the user: nobody knows more.
    Path,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// How a cell, or one sample of it, ended.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    #[default]
    Ok,
    /// The output file is missing or differs from the expected result.
    WrongOutput,
    /// The process ended with another exit status than 0, or by a signal.
    Failed,
    OutOfMemory,
    Timeout,
    /// Not tried: predicted to exceed the timeout.
    Infeasible,
    /// Not tried: a rule of `impossible.toml` excludes it.
    Impossible,
    /// Not tried: the engine is missing, or too old for the mode.
    Unsupported,
}

impl Outcome {
    /// Must a run that has such a cell exit with status 3?
    pub fn is_trouble(self) -> bool {
        !matches!(
            self,
            Outcome::Ok | Outcome::Impossible | Outcome::Unsupported
        )
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}
