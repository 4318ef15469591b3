//! The orchestrator of the benchmark; `docs/` explains what it does and why.
//!
//! Data flows one way: `config` → `plan` → (`tools`, `data`) → `run` → `store` → `stats`
//! → `questions` → `document` → `report`; `model` has the words that all of them use.

#![forbid(unsafe_code)]

/// Crates of their own, and compiled with optimization, unlike the rest: they make or read
/// every byte of an input, and resample every list of samples.
pub use {data, stats};

pub mod cli;
pub mod config;
pub(crate) mod document;
pub(crate) mod experiments;
pub mod host;
pub mod model;
pub mod plan;
pub mod questions;
pub mod report;
pub(crate) mod run;
pub mod store;
pub mod tools;
