//! The machine that this runs on: its paths, its state, and the processes on it.

pub mod cpus;
pub mod files;
pub mod leftovers;
pub mod machine;
pub mod paths;
pub mod process;
