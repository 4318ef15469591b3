//! Latency and memory of every cell: as charts against the size, and as tables.

use super::{charts_of, heading, paragraph};
use crate::analysis::Facts;
use crate::chart::Chart;
use crate::report::document::Block;
use crate::report::table;
use crate::units::human_bytes;

pub fn charts(charts: &[Chart]) -> Vec<Block> {
    let all = [charts_of(charts, "latency-"), charts_of(charts, "memory-")].concat();
    if all.is_empty() {
        return all;
    }
    [vec![heading("Latency and memory against size")], all].concat()
}

pub fn tables(facts: &Facts) -> Vec<Block> {
    let floor = facts.run.environment.memory_floor_bytes;
    let tables = table::tables(facts.rows).into_iter();
    let start = [
        heading("Figures"),
        paragraph(format!(
            "Latency is the median wall time of the whole process, CPU its mean user and system time, memory its mean \
             peak resident set. hyperfine cannot see less memory than {}.",
            human_bytes(floor as f64)
        )),
    ];
    start.into_iter().chain(tables.map(Block::Table)).collect()
}
