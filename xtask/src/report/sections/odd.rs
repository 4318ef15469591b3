//! Cells that depart from their engine's own pattern.

use super::{heading, paragraph, times};
use crate::analysis::Facts;
use crate::analysis::odd::{Odd, odd_ones};
use crate::report::document::{Block, Field, Table};
use crate::units::human_seconds;

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let odd = odd_ones(facts);
    let mut blocks = vec![
        heading("Odd ones out"),
        paragraph(
            "Cells whose ratio to native is more than twice, or less than half, of what the same engine and mode shows over the other \
             sizes and workloads (a median polish of the ratios' logarithms), with the phase that makes most of the difference.",
        ),
    ];
    if odd.is_empty() {
        blocks.push(paragraph("None."));
        return blocks;
    }
    let header = [
        "cell",
        "ratio to native",
        "its pattern",
        "phase",
        "beyond the pattern",
    ];
    blocks.push(Block::Table(Table {
        title: String::new(),
        header: header.map(str::to_owned).to_vec(),
        rows: odd.iter().map(row).collect(),
    }));
    blocks
}

fn row(odd: &Odd) -> Vec<Field> {
    let sign = if odd.phase_excess_s < 0.0 { "−" } else { "+" };
    let excess = format!("{sign}{}", human_seconds(odd.phase_excess_s.abs()));
    vec![
        Field::from(odd.cell.clone()).of_cell(&odd.cell),
        Field::figure(times(odd.ratio), odd.ratio),
        Field::figure(times(odd.expected), odd.expected),
        odd.phase.into(),
        Field::figure(excess, odd.phase_excess_s),
    ]
}
