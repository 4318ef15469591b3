//! The rows of one chart.

use crate::config::Engine;
use crate::data::Distribution;
use crate::summary::Row;

/// What is compared in one chart: cells that differ in size, engine and mode only.
pub struct Group<'r> {
    pub engines: &'r [Engine],
    /// `merge`, as part of a file's name; with the machine where there are several.
    pub file: String,
    /// `merge`, with the machine where there are several.
    pub place: String,
    /// `random input`
    pub input: String,
    pub memory_floor_bytes: f64,
    pub rows: Vec<&'r Row>,
}

impl<'r> Group<'r> {
    /// Of the cells of a workload on one machine those with random input, or with the first one
    /// that was measured. None without cells.
    pub fn new(engines: &'r [Engine], mut rows: Vec<&'r Row>, place: String) -> Option<Group<'r>> {
        let first = *rows.first()?;
        let mut distributions = rows.iter().map(|row| row.cell.distribution);
        let random = distributions.any(|distribution| distribution == Distribution::Random);
        let distribution = match random {
            true => Distribution::Random,
            false => first.cell.distribution,
        };
        rows.retain(|row| row.cell.distribution == distribution);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let host = first.machine.iter().flat_map(|host| host.chars());
        let host: String = host.map(|c| if plain(c) { c } else { '_' }).collect();
        let dash = if host.is_empty() { "" } else { "-" };
        Some(Group {
            engines,
            file: format!("{}{dash}{host}", first.cell.workload),
            place,
            input: format!("{distribution} input"),
            memory_floor_bytes: first.memory_floor_bytes,
            rows,
        })
    }
}
