//! The study's tables, and its figures beside them.

use super::{heading, paragraph, times};
use crate::analysis::Facts;
use crate::analysis::study::{self, BASE, Entry, Quantity, StudyRow};
use crate::config::distinct;
use crate::report::document::{Block, Field, Table, human_memory};
use crate::units::human_seconds;

/// The study's merge sort is the one whose figures were published for every engine.
const PUBLISHED_WORKLOAD: &str = "merge";

/// Whose figures a line of a table shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Published,
    AsShipped,
    Best,
}

impl Whose {
    fn name(self) -> &'static str {
        match self {
            Whose::Published => "published",
            Whose::AsShipped => "as shipped",
            Whose::Best => "best",
        }
    }

    /// By engine: native, then those of the study; none of the published ones, which are ranges.
    fn entries(self, row: &StudyRow) -> &[Option<Entry>] {
        match self {
            Whose::Published => &[],
            Whose::AsShipped => &row.shipped,
            Whose::Best => &row.best,
        }
    }

    fn ratio(self, row: &StudyRow, quantity: Quantity, engine: &str) -> Option<f64> {
        if self == Whose::Published {
            let middle = |engine| Some(quantity.published(row.load, engine)?.middle());
            return Some(middle(engine)? / middle(BASE)?);
        }
        let entry = |engine: &str| {
            let at = study::columns().position(|name| name == engine)?;
            self.entries(row).get(at)?.as_ref()
        };
        entry(engine)?.ratio_to(entry(BASE)?, quantity)
    }
}

pub fn blocks(facts: &Facts) -> Vec<Block> {
    let rows = study::study(facts);
    if rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        heading("The study's tables"),
        paragraph(
            "From the smallest to the largest of the means of a load's sizes, as the study has them: first in the mode \
             that a user gets by default, then in the mode that is fastest here. Sizes without a figure are named with their outcome.",
        ),
    ];
    if !facts.run.environment.other_machines.is_empty() {
        blocks.push(Block::Warning(
            "The sizes of one load may come from several machines; the ratios compare each size on one.".to_owned(),
        ));
    }
    for workload in distinct(rows.iter().map(|row| row.workload.clone())) {
        let own: Vec<&StudyRow> = rows.iter().filter(|row| row.workload == workload).collect();
        blocks.push(Block::Subheading(workload.clone()));
        blocks.extend(Quantity::ALL.map(|quantity| Block::Table(table(quantity, &workload, &own))));
        if workload == PUBLISHED_WORKLOAD {
            blocks.push(paragraph(format!(
                "Against the published figures, as ratios to {BASE} (its machine is not known, so absolute times say nothing): \
                 the geometric middles of the ranges over the sizes that both finished. The study gives one figure an engine and does not name the mode.",
            )));
            blocks.extend(Quantity::ALL.map(|quantity| Block::Table(ratios(quantity, &own))));
        }
    }
    blocks
}

fn table(quantity: Quantity, workload: &str, rows: &[&StudyRow]) -> Table {
    let line = |row: &StudyRow, whose: Whose| -> Vec<Field> {
        let field = |entry: &Option<Entry>| {
            let entry = entry.as_ref();
            entry.map_or_else(Field::default, |entry| described(entry, quantity).into())
        };
        let start = [row.load.name().into(), whose.name().into()];
        let fields = whose.entries(row).iter().map(field);
        start.into_iter().chain(fields).collect()
    };
    let header = ["load", "mode"].into_iter().chain(study::columns());
    let lines = [Whose::AsShipped, Whose::Best];
    Table {
        title: format!("{workload}: {}", quantity.name()),
        header: header.map(str::to_owned).collect(),
        rows: rows
            .iter()
            .flat_map(|row| lines.map(|whose| line(row, whose)))
            .collect(),
    }
}

/// `33 ms–51 ms (aot; 100MB: timeout)`
fn described(entry: &Entry, quantity: Quantity) -> String {
    let (_, mode) = entry.engine_mode.split_once(':').unwrap_or_default();
    let missing = entry.missing.iter().map(|(size, outcome)| {
        let outcome = outcome.map_or("unfinished", |outcome| outcome.name());
        format!("; {size}: {outcome}")
    });
    let text = |value: f64| match quantity {
        Quantity::Latency => human_seconds(value),
        Quantity::Memory => human_memory(value, entry.memory_floor_bytes),
    };
    let range = entry.range(quantity).map(|range| {
        let (low, high) = (text(range.low), text(range.high));
        match low == high {
            true => low,
            false => format!("{low}–{high}"),
        }
    });
    let range = range.unwrap_or_else(|| "X".to_owned());
    format!("{range} ({mode}{})", missing.collect::<String>())
}

fn ratios(quantity: Quantity, rows: &[&StudyRow]) -> Table {
    let line = |row: &StudyRow, whose: Whose| -> Vec<Field> {
        let ratio = |engine: &str| {
            let ratio = whose.ratio(row, quantity, engine);
            ratio.map_or_else(Field::none, |ratio| Field::figure(times(ratio), ratio))
        };
        let start = [row.load.name().into(), whose.name().into()];
        start.into_iter().chain(study::ENGINES.map(ratio)).collect()
    };
    let header = ["load", "figures"].into_iter().chain(study::ENGINES);
    let lines = [Whose::Published, Whose::AsShipped, Whose::Best];
    Table {
        title: format!(
            "{PUBLISHED_WORKLOAD}: {} as a ratio to {BASE}",
            quantity.name()
        ),
        header: header.map(str::to_owned).collect(),
        rows: rows
            .iter()
            .flat_map(|row| lines.map(|whose| line(row, whose)))
            .collect(),
    }
}
