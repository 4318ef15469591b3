//! The orchestrator of the benchmark; `docs/` explains what it does and why.
//!
//! Data flows one way: `config` → `plan` → (`setup`, `build`, `data`) → `bench` → `measure`
//! → `store` → `stats` → `report`.

pub mod cell;
pub mod config;
pub mod data;
pub mod environment;
pub mod guest_line;
pub mod measure;
pub mod paths;
pub mod plan;
pub mod process;
pub mod sample;
pub mod stats;
pub mod store;
pub mod units;
