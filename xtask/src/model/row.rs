//! A cell of a run, and its figures.

use super::cell::{Cell, Outcome};
use crate::stats::Description;

/// A cell and its figures. What was not measured is `None` (an empty field in the csv).
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub cell: Cell,
    /// What the stopwatch cannot see below, on that machine.
    pub memory_floor_bytes: f64,
    /// The host that measured it; only in a run that was merged from shards of several machines.
    pub machine: Option<String>,
    pub version: String,
    /// None while the run is not finished.
    pub outcome: Option<Outcome>,
    pub reason: Option<String>,
    /// Seconds.
    pub wall: Option<Description>,
    /// Wall times of the counted samples, in the order of the rounds, in seconds.
    pub wall_s: Vec<f64>,
    /// User and system time of the same samples.
    pub cpu_s: Vec<f64>,
    /// Peak memory of the same samples.
    pub peak_rss_bytes: Vec<f64>,
    /// Start-up of the same samples; fewer where a guest says nothing about its phases.
    pub startup_s: Vec<f64>,
    pub user_mean_s: Option<f64>,
    pub system_mean_s: Option<f64>,
    /// (user + system) ÷ wall, of the means, in percent.
    pub cpu_percent_mean: Option<f64>,
    pub peak_rss_mean_bytes: Option<f64>,
    pub peak_rss_max_bytes: Option<f64>,
    pub read_median_s: Option<f64>,
    pub sort_median_s: Option<f64>,
    pub write_median_s: Option<f64>,
    pub startup_median_s: Option<f64>,
    /// Of the compilation that the mode needs first.
    pub compile_median_s: Option<f64>,
    pub artifact_bytes: Option<u64>,
}

impl Row {
    /// Was the cell measured to its end, with every output right?
    pub fn is_ok(&self) -> bool {
        self.outcome == Some(Outcome::Ok)
    }

    /// Same workload, same input, same machine: only engine and mode may differ.
    pub fn same_input(&self, other: &Row) -> bool {
        self.cell.same_input(&other.cell) && self.machine == other.machine
    }

    /// `merge/1MB/random`, with the machine where there are several.
    pub fn input(&self) -> String {
        format!("{}{}", self.cell.input(), self.place())
    }

    /// `, on HOST` in a run of several machines.
    pub fn place(&self) -> String {
        let on = |host: &String| format!(", on {host}");
        self.machine.as_ref().map_or_else(String::new, on)
    }

    /// The outcome for people.
    pub fn outcome_text(&self) -> &'static str {
        self.outcome.map_or("unfinished", Outcome::name)
    }
}
