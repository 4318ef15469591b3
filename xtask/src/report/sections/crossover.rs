//! When compiling pays.

use super::{heading, paragraph};
use crate::analysis::Facts;
use crate::analysis::crossover::{Crossover, Payback, crossovers, paybacks};
use crate::noise::Verdict;
use crate::report::document::{Block, Field, Table};
use crate::units::human_seconds;

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let (crossovers, paybacks) = (crossovers(facts), paybacks(facts));
    let mut blocks = Vec::new();
    if !crossovers.is_empty() {
        blocks.push(Block::Subheading("Against the interpreter".to_owned()));
        blocks.push(paragraph(
            "From which size on a mode that compiles beats the interpreter of its engine, in each run's wall time and beyond noise, at every size measured.",
        ));
        blocks.push(Block::Table(crossover_table(&crossovers)));
    }
    if !paybacks.is_empty() {
        blocks.push(Block::Subheading("Compiling ahead of time".to_owned()));
        blocks.push(paragraph(
            "After how many runs compiling ahead has paid for itself: the compilation's time divided by what each run then takes less.",
        ));
        blocks.push(Block::Table(payback_table(&paybacks)));
    }
    if !blocks.is_empty() {
        blocks.insert(0, heading("When compiling pays"));
    }
    blocks
}

fn crossover_table(crossovers: &[Crossover]) -> Table {
    let row = |crossover: &Crossover| {
        let from = match crossover.from {
            None if crossover.tie => "a tie at the largest".to_owned(),
            None => "never".to_owned(),
            Some(size) if crossover.sizes.first() == Some(&size) => {
                format!("{size}, the smallest")
            }
            Some(size) => size.to_string(),
        };
        let sizes: Vec<String> = crossover.sizes.iter().map(ToString::to_string).collect();
        vec![
            crossover.workload.clone().into(),
            crossover.compiling.clone().into(),
            crossover.interpreter.clone().into(),
            from.into(),
            sizes.join(", ").into(),
        ]
    };
    Table::new(
        [
            "workload",
            "mode",
            "interpreter",
            "faster from",
            "both measured at",
        ],
        crossovers.iter().map(row),
    )
}

fn payback_table(paybacks: &[Payback]) -> Table {
    let row = |payback: &Payback| {
        let runs = match payback.runs {
            Some(runs) => Field::figure(format!("{runs:.0}"), runs),
            None if payback.verdict == Verdict::Tie => "a tie".into(),
            None => "never".into(),
        };
        let sign = if payback.saved_s < 0.0 { "−" } else { "" };
        let saved = format!("{sign}{}", human_seconds(payback.saved_s.abs()));
        vec![
            payback.input.clone().into(),
            payback.ahead.clone().into(),
            payback.other.clone().into(),
            Field::seconds(payback.compile_s),
            Field::figure(saved, payback.saved_s),
            runs,
        ]
    };
    Table::new(
        [
            "input",
            "ahead",
            "against",
            "compiling takes",
            "each run saves",
            "runs to pay",
        ],
        paybacks.iter().map(row),
    )
}
