//! What is tried besides a run, each with its pieces of a report.

pub mod sandbox;
