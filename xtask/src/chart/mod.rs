//! The charts of a run, as SVG: pure.

mod bars;
mod forest;
mod labels;
mod lines;
mod palette;
mod plot;
mod scale;
mod style;
mod svg;

use crate::config::{Engine, distinct};
use crate::data::Distribution;
use crate::questions::Results;
use crate::questions::overhead::Overhead;
use crate::summary::Row;

/// A chart of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// `latency-merge.svg`
    pub file: String,
    pub title: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// The text of the file: transparent, and legible on a light and on a dark page. Several can
    /// stand in one HTML page.
    pub svg: String,
}

/// All charts that the run has figures for: overhead over all inputs first, then a workload
/// after the other, machines apart.
///
/// # Errors
/// When an SVG cannot be drawn; not for any figures that a run can have.
pub fn charts(facts: &Results) -> anyhow::Result<Vec<Chart>> {
    charts_of(&facts.config().engines, facts.rows, &facts.overheads)
}

fn charts_of(
    engines: &[Engine],
    rows: &[Row],
    overheads: &[Overhead],
) -> anyhow::Result<Vec<Chart>> {
    let mut charts = forest::charts(engines, overheads)?;
    let measured: Vec<&Row> = rows.iter().filter(|row| row.is_ok()).collect();
    let place_of = |row: &&Row| format!("{}{}", row.cell.workload, row.place());
    for place in distinct(measured.iter().map(place_of)) {
        let own = measured
            .iter()
            .copied()
            .filter(|row| place_of(row) == place);
        let Some(group) = Group::new(engines, own.collect(), place) else {
            continue;
        };
        charts.extend(lines::latency(&group)?);
        charts.extend(lines::memory(&group)?);
        charts.extend(bars::charts(&group)?);
    }
    Ok(charts)
}

/// What is compared in one chart: cells that differ in size, engine and mode only.
struct Group<'r> {
    engines: &'r [Engine],
    /// `merge`, as part of a file's name; with the machine where there are several.
    file: String,
    /// `merge`, with the machine where there are several.
    place: String,
    /// `random input`
    input: String,
    memory_floor_bytes: f64,
    rows: Vec<&'r Row>,
}

impl<'r> Group<'r> {
    /// Of the cells of a workload on one machine those with random input, or with the first one
    /// that was measured. None without cells.
    fn new(engines: &'r [Engine], mut rows: Vec<&'r Row>, place: String) -> Option<Group<'r>> {
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

#[cfg(test)]
mod tests;
