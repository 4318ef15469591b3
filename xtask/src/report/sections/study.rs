//! The study's tables, and its figures beside them.

use super::{heading, paragraph, times};
use crate::analysis::Facts;
use crate::analysis::study::{self, BASE, Entry, PUBLISHED, Range, StudyRow};
use crate::report::document::{Block, Field, Table};
use crate::units::{Load, human_bytes, human_seconds};

/// The study's merge sort is the one whose figures were published for every engine.
const PUBLISHED_WORKLOAD: &str = "merge";

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
    for workload in crate::config::distinct(rows.iter().map(|row| row.workload.clone())) {
        let own: Vec<&StudyRow> = rows.iter().filter(|row| row.workload == workload).collect();
        blocks.push(Block::Subheading(workload.clone()));
        blocks.push(Block::Table(table("latency", &own, |entry| {
            entry.latency_s.map(|range| span(range, human_seconds))
        })));
        blocks.push(Block::Table(table("memory", &own, |entry| {
            entry.memory_bytes.map(|range| span(range, human_bytes))
        })));
        if workload == PUBLISHED_WORKLOAD {
            blocks.push(paragraph(format!(
                "Against the published figures, as ratios to {BASE} (its machine is not known, so absolute times say nothing): \
                 the geometric middles of the ranges. The study gives one figure an engine and does not name the mode.",
            )));
            blocks.push(Block::Table(ratios("latency", &own, |entry| {
                entry.latency_s
            })));
            blocks.push(Block::Table(ratios("memory", &own, |entry| {
                entry.memory_bytes
            })));
        }
    }
    blocks
}

fn table(what: &str, rows: &[&StudyRow], text: impl Fn(&Entry) -> Option<String>) -> Table {
    let header = ["load", "mode"].map(str::to_owned).into_iter();
    let line = |row: &StudyRow, which: &str, entries: &[Option<Entry>]| -> Vec<Field> {
        let fields = entries.iter().map(|entry| match entry {
            None => "".into(),
            Some(entry) => described(entry, text(entry)).into(),
        });
        let start = [row.load.name().into(), which.into()];
        start.into_iter().chain(fields).collect()
    };
    Table {
        title: format!("{}: {what}", rows.first().map_or("", |row| &row.workload)),
        header: header.chain(study::columns().map(str::to_owned)).collect(),
        rows: rows
            .iter()
            .flat_map(|row| {
                [
                    line(row, "as shipped", &row.shipped),
                    line(row, "best", &row.best),
                ]
            })
            .collect(),
    }
}

/// `33 ms–51 ms (aot; 100MB: timeout)`
fn described(entry: &Entry, range: Option<String>) -> String {
    let (_, mode) = entry.engine_mode.split_once(':').unwrap_or_default();
    let missing = entry.missing.iter().map(|(size, outcome)| {
        format!(
            "; {size}: {}",
            outcome.map_or("unfinished", |outcome| outcome.name())
        )
    });
    let range = range.unwrap_or_else(|| "X".to_owned());
    format!("{range} ({mode}{})", missing.collect::<String>())
}

fn span(range: Range, text: fn(f64) -> String) -> String {
    let (low, high) = (text(range.low), text(range.high));
    if low == high {
        low
    } else {
        format!("{low}–{high}")
    }
}

fn ratios(what: &str, rows: &[&StudyRow], range: fn(&Entry) -> Option<Range>) -> Table {
    let line = |row: &&StudyRow, which: &str| -> Vec<Field> {
        let middle = |engine: &str| -> Option<f64> {
            if which == "published" {
                return published(what, row.load, engine).map(Range::middle);
            }
            let entries = if which == "best" {
                &row.best
            } else {
                &row.shipped
            };
            let column = study::columns().position(|name| name == engine)?;
            Some(range(entries.get(column)?.as_ref()?)?.middle())
        };
        let ratio = |engine: &str| match (middle(engine), middle(BASE)) {
            (Some(own), Some(base)) => Field::figure(times(own / base), own / base),
            _ => "–".into(),
        };
        let start = [row.load.name().into(), which.into()];
        start.into_iter().chain(study::ENGINES.map(ratio)).collect()
    };
    let header = ["load", "figures"].into_iter().chain(study::ENGINES);
    Table {
        title: format!("{PUBLISHED_WORKLOAD}: {what} as a ratio to {BASE}"),
        header: header.map(str::to_owned).collect(),
        rows: rows
            .iter()
            .flat_map(|row| ["published", "as shipped", "best"].map(|which| line(row, which)))
            .collect(),
    }
}

fn published(what: &str, load: Load, engine: &str) -> Option<Range> {
    let same = |figure: &&study::Published| figure.load == load && figure.engine == engine;
    let figure = PUBLISHED.iter().find(same)?;
    if what == "latency" {
        figure.latency_s
    } else {
        figure.memory_bytes
    }
}
