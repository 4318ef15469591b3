//! The parts of a report, one a file: from what the analysis found to blocks of a document.

mod answer;
mod conclusions;
mod crossover;
mod everything;
mod figures;
mod growth;
mod odd;
mod overhead;
mod samples;
mod sandbox;
mod study;
mod time;

use super::document::{Block, Document};
use crate::analysis::{Estimate, Facts};
use crate::chart::Chart;
use crate::tier;
use crate::units::human_bytes;

pub use answer::blocks as answer;
pub use answer::short as short_answer;
pub use samples::samples;
pub use sandbox::blocks as sandbox;

/// The whole report.
pub fn document(facts: &Facts, charts: &[Chart]) -> Document {
    let parts = [
        opening(facts),
        answer::blocks(facts),
        figures::charts(charts),
        study::blocks(facts),
        conclusions::blocks(facts),
        time::blocks(facts, charts),
        crossover::blocks(facts),
        growth::blocks(facts),
        overhead::blocks(facts, charts),
        odd::blocks(facts),
        figures::tables(facts),
        everything::blocks(facts),
    ];
    Document {
        title: format!("Benchmark run {}", facts.run.name),
        blocks: parts.concat(),
    }
}

fn opening(facts: &Facts) -> Vec<Block> {
    let (plan, environment) = (&facts.run.plan, &facts.run.environment);
    let machine = &environment.machine;
    let mut blocks = vec![paragraph(format!(
        "{} samples of each cell, profile `{}`, on {} ({} cores, {} of memory, {} {}, {}).",
        plan.runs,
        plan.profile,
        machine.cpu,
        machine.cores,
        human_bytes(machine.memory_bytes as f64),
        machine.os,
        machine.kernel,
        machine.arch,
    ))];
    if !environment.other_machines.is_empty() {
        let hosts: Vec<String> = environment
            .other_machines
            .iter()
            .map(|other| format!("`{}`", other.machine.host))
            .collect();
        blocks.push(Block::Warning(format!(
            "Merged from shards of several machines: `{}` and {}. Figures of two machines are never compared; a mean over inputs takes each ratio from one machine.",
            machine.host,
            hosts.join(", ")
        )));
    }
    let suspects = tier::suspects(facts.config(), facts.rows);
    blocks.extend(
        suspects
            .into_iter()
            .map(|suspect| Block::Warning(format!("Wrong tier? {suspect}"))),
    );
    blocks
}

fn heading(text: &str) -> Block {
    Block::Heading(text.to_owned())
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph(text.into())
}

fn charts_of(charts: &[Chart], prefix: &str) -> Vec<Block> {
    charts
        .iter()
        .filter(|chart| chart.file.starts_with(prefix))
        .map(|chart| Block::Chart {
            file: chart.file.clone(),
            alt: chart.alt.clone(),
        })
        .collect()
}

/// `1.23×`
fn times(ratio: f64) -> String {
    format!("{ratio:.*}×", decimals(ratio))
}

/// `1.23× [1.20–1.27]`
fn with_interval(estimate: &Estimate) -> String {
    let (digits, interval) = (decimals(estimate.ratio), estimate.interval);
    format!(
        "{} [{:.digits$}–{:.digits$}]",
        times(estimate.ratio),
        interval.low,
        interval.high
    )
}

/// Three digits of a ratio are enough to read.
fn decimals(ratio: f64) -> usize {
    match ratio {
        99.95.. => 0,
        9.995.. => 1,
        _ => 2,
    }
}

/// `1 input`, `2 inputs`
fn inputs(count: usize) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} input{s}")
}
