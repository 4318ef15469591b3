//! What was measured, as pieces of a report: pure.

use super::{Density, Steps};
use crate::document::{Field, Piece, Table};
use crate::experiments::{Finding, Tried};
use crate::host::memory::Memory;
use crate::model::{EngineMode, human_bytes, human_seconds};
use crate::stats::{Line, fit_line};

/// The title of the table that a workbook has, too.
pub const TABLE: &str = "Density";
const GIGABYTE: f64 = 1e9;
/// Throughput falls where it is below this share of the best with fewer workers.
const FALLEN: f64 = 0.9;

/// A part of a report.
pub fn pieces(density: &Density) -> Vec<Piece> {
    let Some(first) = density.tried.first() else {
        return Vec::new();
    };
    let (size, workload) = (first.finding.size, &first.attempt);
    let time = human_seconds(first.finding.time_s);
    let mut pieces = vec![
        Piece::heading("How many fit"),
        Piece::paragraph(format!(
            "`cargo xtask density` started a guest 1, 2, 4, … times at once; each read {size} of integers, took a buffer for as many, as merge sort does, said so and waited. \
             **PSS** shares a page out among the processes that map it: it says what one more instance takes, and so how many fit. \
             **Peak resident memory**, as in the tables of a run, counts a shared page in each process: it says what one alone needs. **Private** is what nobody shares. \
             PSS, private and virtual memory are what each further instance takes: the slope of the line of least squares through number and sum \
             (of private memory from two on: one alone shares with nobody). **Shared** is what all together take once: where the line of PSS starts.",
        )),
        Piece::paragraph(format!(
            "Then as many workers each ran `{workload}` back to back for {time}; every output was checked. One instance and one run before all others are not counted: they fill caches. \
             **This is not hyperfine's clock but xtask's own**, from before the start of a process to its end: compare these figures with each other and with nothing else. \
             Throughput breaks where it falls more than 10 % below the best with fewer workers, or where a run fails.",
        )),
        Piece::Table(summary(density)),
    ];
    let remarks = density.tried.iter().filter_map(|it| {
        let reason = it.finding.reason.as_ref()?;
        Some(format!("{}: {}: {reason}", name(it), it.finding.outcome))
    });
    pieces.extend(Piece::list(remarks.collect()));
    pieces.push(Piece::Table(steps(density)));
    pieces
}

fn name(tried: &Tried<Steps>) -> EngineMode {
    EngineMode::new(&tried.engine, &tried.mode)
}

impl Finding for Steps {
    /// Where throughput breaks.
    fn text(&self) -> String {
        let mut best: f64 = 0.0;
        let fallen = self.steps.iter().find(|step| {
            best = step.runs_per_s.max(best);
            step.runs_per_s < FALLEN * best
        });
        match (fallen, self.steps.last(), &self.reason) {
            (Some(step), ..) => format!("at {}", step.at_once),
            (_, Some(last), None) => format!("not up to {}", last.at_once),
            (_, Some(last), _) => format!("above {}", last.at_once),
            (_, None, _) => String::new(),
        }
    }

    fn is_surprising(&self) -> bool {
        self.outcome.is_trouble()
    }
}

/// What one more takes, and what all share: a line through number and sum, from so many on.
fn line(tried: &Tried<Steps>, least: u32, of: fn(&Memory) -> u64) -> Option<Line> {
    let steps = tried.finding.steps.iter();
    let steps = steps.filter(|it| it.at_once >= least);
    let points = steps.map(|it| (f64::from(it.at_once), of(&it.memory) as f64));
    fit_line(&points.collect::<Vec<_>>())
}

fn summary(density: &Density) -> Table {
    let bytes = |value: Option<f64>| Field::maybe(value.map(|it| it.max(0.0)), human_bytes);
    let slope = |line: Option<Line>| bytes(line.map(|it| it.slope));
    let pss = |it: &Tried<Steps>| line(it, 1, |it| it.pss_bytes);
    let private = |it: &Tried<Steps>| line(it, 2, |it| it.private_bytes);
    let addresses = |it: &Tried<Steps>| line(it, 1, |it| it.virtual_bytes);
    let peak = |it: &Tried<Steps>| {
        let one = it.finding.steps.first()?;
        Some(one.memory.peak_rss_bytes as f64)
    };
    let fit = |it: &Tried<Steps>| {
        let line = pss(it).filter(|line| line.slope > 0.0)?;
        Some(((GIGABYTE - line.intercept) / line.slope).floor())
    };
    Table::of(&density.tried)
        .column("engine:mode", |it| name(it))
        .column("PSS", |it| slope(pss(it)))
        .column("private", |it| slope(private(it)))
        .column("virtual", |it| slope(addresses(it)))
        .column("shared", |it| bytes(pss(it).map(|it| it.intercept)))
        .column("peak resident", |it| bytes(peak(it)))
        .column("fit in 1 GB", |it| Field::rounded(fit(it), 0))
        .column("throughput breaks", |it| it.finding.text())
        .table
}

fn steps(density: &Density) -> Table {
    let modes = density.tried.iter();
    let steps = modes.flat_map(|it| it.finding.steps.iter().map(move |step| (name(it), step)));
    Table::of(steps)
        .column("engine:mode", |(name, _)| name.clone())
        .column("at once", |(_, it)| Field::count(it.at_once as usize))
        .column("PSS of all", |(_, it)| {
            Field::maybe(Some(it.memory.pss_bytes as f64), human_bytes)
        })
        .column("runs/s", |(_, it)| Field::rounded(Some(it.runs_per_s), 1))
        .column("median", |(_, it)| Field::seconds(it.median_s))
        .column("99th percentile", |(_, it)| Field::seconds(it.p99_s))
        .table
        .titled(TABLE)
}

#[cfg(test)]
pub mod tests;
