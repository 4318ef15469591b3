//! The orchestrator of the benchmark; `docs/` explains what it does and why.
//!
//! Data flows one way: `config` → `plan` → (`tools`, `data`) → `run` → `store` → `stats`
//! → `questions` → `document` → `report`; `model` has the words that all of them use.

/// Crates of their own, and compiled with optimization, unlike the rest: they make or read
/// every byte of an input, and resample every list of samples.
pub use {data, stats};

pub mod commands;
pub mod config;
pub(crate) mod document;
pub mod environment;
pub mod history;
pub mod inputs;
pub mod machine;
pub mod merge;
pub mod model;
pub mod own;
pub mod paths;
pub mod plan;
pub mod process;
pub mod questions;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod shard;
pub mod store;
pub(crate) mod suggest;
pub mod tools;
