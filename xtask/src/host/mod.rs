//! The machine that this runs on: its paths, its state, and the processes on it.

pub(crate) mod activity;
pub(crate) mod cpus;
pub(crate) mod files;
pub(crate) mod leftovers;
pub(crate) mod machine;
pub mod paths;
pub(crate) mod process;
