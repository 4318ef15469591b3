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

use crate::analysis::Facts;
use crate::analysis::overhead::Overhead;
use crate::config::{Engine, distinct};
use crate::data::Distribution;
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
/// after the other.
///
/// # Errors
/// When an SVG cannot be drawn; not for any figures that a run can have.
pub fn charts(facts: &Facts) -> anyhow::Result<Vec<Chart>> {
    charts_of(
        &facts.config().engines,
        facts.run.environment.memory_floor_bytes,
        facts.rows,
        &facts.overheads,
    )
}

fn charts_of(
    engines: &[Engine],
    floor_bytes: u64,
    rows: &[Row],
    overheads: &[Overhead],
) -> anyhow::Result<Vec<Chart>> {
    let mut charts = forest::charts(engines, overheads)?;
    let measured: Vec<&Row> = rows.iter().filter(|row| row.is_ok()).collect();
    for workload in distinct(measured.iter().map(|row| row.cell.workload.clone())) {
        let group = Group::new(engines, &measured, &workload);
        charts.extend(lines::latency(&group)?);
        charts.extend(lines::memory(&group, floor_bytes)?);
        charts.extend(bars::charts(&group)?);
    }
    Ok(charts)
}

/// What is compared in one chart: cells that differ in size, engine and mode only.
struct Group<'r> {
    engines: &'r [Engine],
    workload: &'r str,
    /// `merge`, with the machine where there are several.
    place: String,
    /// `random input`
    input: String,
    rows: Vec<&'r Row>,
}

impl<'r> Group<'r> {
    /// The cells of a workload with random input, or the first one that was measured, on the
    /// first machine.
    fn new(engines: &'r [Engine], rows: &[&'r Row], workload: &'r str) -> Group<'r> {
        let of_workload = rows
            .iter()
            .copied()
            .filter(|row| row.cell.workload == workload);
        let mut rows: Vec<&Row> = of_workload.collect();
        let machine = rows.first().and_then(|row| row.machine.as_ref());
        rows.retain(|row| row.machine.as_ref() == machine);
        let distributions = || rows.iter().map(|row| row.cell.distribution);
        let distribution = distributions()
            .find(|distribution| *distribution == Distribution::Random)
            .or(distributions().next());
        rows.retain(|row| Some(row.cell.distribution) == distribution);
        Group {
            engines,
            workload,
            place: machine.map_or(workload.to_owned(), |host| format!("{workload} on {host}")),
            input: distribution.map_or(String::new(), |name| format!("{name} input")),
            rows,
        }
    }
}

#[cfg(test)]
mod tests;
