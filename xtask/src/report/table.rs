//! The tables that people read: a workload each, a row an engine and mode, a column a size.

use std::collections::BTreeMap;

use crate::cell::Outcome;
use crate::summary::Row;
use crate::units::{Size, human_bytes, human_seconds};

/// A table of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub title: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// A figure of a row, as text; none where it was not measured.
struct Metric {
    name: &'static str,
    text: fn(&Row, u64) -> Option<String>,
}

const METRICS: [Metric; 3] = [
    Metric {
        name: "latency",
        text: |row, _| row.wall.as_ref().map(|wall| human_seconds(wall.median)),
    },
    Metric {
        name: "CPU",
        text: |row, _| Some(human_seconds(row.user_mean_s? + row.system_mean_s?)),
    },
    Metric {
        name: "memory",
        text: |row, floor| row.peak_rss_mean_bytes.map(|bytes| memory(bytes, floor)),
    },
];

/// Sizes up to which all figures fit one table beside each other.
const SIZES_SIDE_BY_SIDE: usize = 3;

/// Peak memory for people. Below the floor all that is known is that it is not more.
pub fn memory(bytes: f64, floor_bytes: u64) -> String {
    if bytes <= floor_bytes as f64 {
        return format!("≤ {}", human_bytes(floor_bytes as f64));
    }
    human_bytes(bytes)
}

/// All figures of a run: one table for each workload and distribution, or one for each
/// figure where there are many sizes.
pub fn tables(rows: &[Row], floor_bytes: u64) -> Vec<Table> {
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows {
        // Figures of two machines never stand in one table.
        let place = row
            .machine
            .as_ref()
            .map(|host| format!(", on {host}"))
            .unwrap_or_default();
        let key = format!("{}, {}{place}", row.cell.workload, row.cell.distribution);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(row),
            None => groups.push((key, vec![row])),
        }
    }
    groups
        .iter()
        .flat_map(|(title, group)| {
            let mut sizes: Vec<Size> = group.iter().map(|row| row.cell.size).collect();
            sizes.sort();
            sizes.dedup();
            if sizes.len() <= SIZES_SIDE_BY_SIDE {
                return vec![table(title.clone(), group, &sizes, &METRICS, floor_bytes)];
            }
            METRICS
                .iter()
                .map(|metric| {
                    table(
                        format!("{title}: {}", metric.name),
                        group,
                        &sizes,
                        std::slice::from_ref(metric),
                        floor_bytes,
                    )
                })
                .collect()
        })
        .collect()
}

fn table(
    title: String,
    rows: &[&Row],
    sizes: &[Size],
    metrics: &[Metric],
    floor_bytes: u64,
) -> Table {
    let mut header = vec!["engine:mode".to_owned()];
    for metric in metrics {
        header.extend(sizes.iter().map(|size| match metrics.len() {
            1 => size.to_string(),
            _ => format!("{} {size}", metric.name),
        }));
    }
    let mut modes: Vec<String> = Vec::new();
    let mut by_cell: BTreeMap<(String, Size), &Row> = BTreeMap::new();
    for row in rows {
        let mode = row.cell.engine_mode();
        if !modes.contains(&mode) {
            modes.push(mode.clone());
        }
        by_cell.insert((mode, row.cell.size), row);
    }
    let body = modes.into_iter().map(|mode| {
        let figures = metrics.iter().flat_map(|metric| {
            let (mode, by_cell) = (&mode, &by_cell);
            sizes
                .iter()
                .map(move |size| match by_cell.get(&(mode.clone(), *size)) {
                    Some(row) if row.outcome == Outcome::Ok => {
                        (metric.text)(row, floor_bytes).unwrap_or_else(|| "–".to_owned())
                    }
                    Some(row) => row.outcome.to_string(),
                    None => String::new(),
                })
        });
        std::iter::once(mode.clone()).chain(figures).collect()
    });
    Table {
        title,
        rows: body.collect(),
        header,
    }
}

impl Table {
    /// For a terminal.
    pub fn to_terminal(&self) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        table.set_header(&self.header);
        table.add_rows(&self.rows);
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
        let lines: Vec<String> = table
            .to_string()
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        format!("{}\n{}\n", self.title, lines.join("\n"))
    }

    /// For a Markdown file, with the title as a heading.
    pub fn to_markdown(&self) -> String {
        let line = |cells: &[String]| {
            format!(
                "| {} |\n",
                cells
                    .iter()
                    .map(|cell| cell.replace('|', "\\|"))
                    .collect::<Vec<_>>()
                    .join(" | ")
            )
        };
        let rule = format!("|---|{}\n", "---:|".repeat(self.header.len() - 1));
        let body: String = self.rows.iter().map(|row| line(row)).collect();
        format!("### {}\n\n{}{rule}{body}", self.title, line(&self.header))
    }
}
