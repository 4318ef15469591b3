//! The orchestrator of the benchmark; `docs/` explains what it does and why.
//!
//! Data flows one way: `model` → `config` → `plan` → `host` → `tools` → `data` → `store` → `run`
//! → `document` → `questions` → `experiments` → `report` → `cli`.

#![forbid(unsafe_code)]

/// Crates of their own, and compiled with optimization, unlike the rest: they make or read
/// every byte of an input, and resample every list of samples.
pub use {data, stats};

pub mod cli;
pub mod config;
pub(crate) mod document;
pub mod experiments;
pub mod host;
pub mod model;
pub mod plan;
pub mod questions;
pub mod report;
pub(crate) mod run;
pub mod store;
pub mod tools;
