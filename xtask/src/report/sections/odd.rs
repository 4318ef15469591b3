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
            "Cells that take more than twice, or less than half, of what their engine and mode's own pattern says: the same start-up for \
             every cell, and the same multiples of native's reading, writing and, workload by workload, sorting (medians over at least \
             three cells in which native takes a millisecond). With the phase that departs most. Cells without a native twin or without phases cannot be judged.",
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
    blocks.push(Block::Table(Table::new(header, odd.iter().map(row))));
    blocks
}

fn row(odd: &Odd) -> Vec<Field> {
    let sign = if odd.excess_s < 0.0 { "−" } else { "+" };
    let excess = format!("{sign}{}", human_seconds(odd.excess_s.abs()));
    vec![
        Field::from(odd.cell.clone()).of_cell(&odd.cell),
        Field::figure(times(odd.ratio), odd.ratio),
        Field::figure(times(odd.expected), odd.expected),
        odd.phase.into(),
        Field::figure(excess, odd.excess_s),
    ]
}
