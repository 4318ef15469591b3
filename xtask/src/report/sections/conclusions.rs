//! What became of the study's conclusions.

use super::{heading, inputs, paragraph, times, with_interval};
use crate::analysis::evidence::{Evidence, Growth, Lost, MemorySpread};
use crate::analysis::verdict::{Conclusion, conclusions};
use crate::analysis::{Facts, Metric};
use crate::report::document::{Block, Table};
use crate::units::Load;

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let conclusions = conclusions(facts);
    let row = |conclusion: &Conclusion| {
        vec![
            conclusion.id.into(),
            conclusion.claim.into(),
            format!("**{}**", conclusion.verdict.name()).into(),
        ]
    };
    let mut blocks = vec![
        heading("The study's conclusions"),
        paragraph(
            "Each is put to a stated test on this run's figures on random input, in the mode that each engine ships.",
        ),
        Block::Table(Table::new(
            ["name", "conclusion", "verdict"],
            conclusions.iter().map(row),
        )),
    ];
    blocks.push(Block::List(conclusions.iter().map(explained).collect()));
    blocks
}

fn explained(conclusion: &Conclusion) -> String {
    let evidence: Vec<String> = conclusion.evidence.iter().map(said).collect();
    let evidence = if evidence.is_empty() {
        "no figures".to_owned()
    } else {
        evidence.join("; ")
    };
    let why = conclusion.why.as_ref();
    format!(
        "**{}** {}. Test: {}. Seen: {evidence}.{}",
        conclusion.id,
        conclusion.verdict.name(),
        conclusion.test,
        why.map(|why| format!(" Note: {why}.")).unwrap_or_default()
    )
}

fn said(evidence: &Evidence) -> String {
    match evidence {
        Evidence::Ratio {
            engine_mode,
            base,
            load,
            metric,
            estimate,
        } => format!(
            "{engine_mode} takes {} the {} of {base}{}, over {}",
            with_interval(estimate),
            name(*metric),
            at(*load),
            inputs(estimate.inputs)
        ),
        Evidence::MemorySpread(MemorySpread {
            load,
            engine_modes,
            spread,
        }) => format!(
            "{} between the most and the least memory of {} at {load} loads",
            times(*spread),
            engine_modes.join(", ")
        ),
        Evidence::Growth(Growth {
            engine_mode,
            good,
            all,
        }) => format!("{engine_mode}: {good} of {all} fits as expected"),
        Evidence::Lost(Lost {
            engine_mode,
            load,
            cells,
            tried,
        }) => format!(
            "{engine_mode} did not finish {} of the {tried} cells at {load} loads that another runtime finished",
            cells.len()
        ),
    }
}

fn at(load: Option<Load>) -> String {
    load.map_or(String::new(), |load| format!(" at {load} loads"))
}

fn name(metric: Metric) -> &'static str {
    match metric {
        Metric::Wall => "wall time",
        Metric::Start => "start-up",
        Metric::Cpu => "CPU time",
        Metric::Memory => "peak memory",
        Metric::Spread => "spread",
    }
}
