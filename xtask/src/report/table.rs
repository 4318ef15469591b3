//! The tables that people read: a workload each, a row an engine and mode, a column a size.

use std::collections::BTreeMap;

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
                    Some(row) if row.is_ok() => {
                        (metric.text)(row, floor_bytes).unwrap_or_else(|| "–".to_owned())
                    }
                    Some(row) => row.outcome_text().to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Outcome;
    use crate::stats;
    use crate::summary::tests::row;

    /// A row of a cell that took so many seconds and needed so many bytes.
    fn measured(cell: &str, wall_s: f64, bytes: f64) -> Row {
        Row {
            wall: stats::describe(&[wall_s]),
            user_mean_s: Some(wall_s),
            system_mean_s: Some(wall_s),
            peak_rss_mean_bytes: Some(bytes),
            ..row(cell)
        }
    }

    #[test]
    fn few_sizes_share_a_table_and_outcomes_stand_where_figures_would() {
        let failed = Row {
            outcome: Some(Outcome::Timeout),
            ..measured("merge/1MB/random/b:jit", 9.0, 9.0)
        };
        let rows = [
            measured("merge/1MB/random/a:jit", 2.0, 50e6),
            measured("merge/1KB/random/a:jit", 0.001, 2e6),
            failed,
        ];
        let tables = tables(&rows, 3_000_000);
        assert_eq!(tables.len(), 1);
        assert_eq!(tables[0].title, "merge, random");
        let expected = [
            "engine:mode",
            "latency 1KB",
            "latency 1MB",
            "CPU 1KB",
            "CPU 1MB",
            "memory 1KB",
            "memory 1MB",
        ];
        assert_eq!(tables[0].header, expected);
        assert_eq!(
            tables[0].rows,
            [
                [
                    "a:jit",
                    "1.00 ms",
                    "2.00 s",
                    "2.00 ms",
                    "4.00 s",
                    "≤ 3.00 MB",
                    "50.0 MB"
                ],
                // 1KB of b:jit was not planned; 1MB has figures that do not count.
                ["b:jit", "", "timeout", "", "timeout", "", "timeout"],
            ]
        );
    }

    #[test]
    fn many_sizes_make_a_table_for_each_figure() {
        let rows = ["1KB", "10KB", "100KB", "1MB"]
            .map(|size| measured(&format!("merge/{size}/random/a:jit"), 1.0, 5e6));
        let tables = tables(&rows, 0);
        let titles: Vec<&str> = tables.iter().map(|table| table.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "merge, random: latency",
                "merge, random: CPU",
                "merge, random: memory"
            ]
        );
        assert_eq!(
            tables[2].header,
            ["engine:mode", "1KB", "10KB", "100KB", "1MB"]
        );
        assert_eq!(
            tables[2].rows,
            [["a:jit", "5.00 MB", "5.00 MB", "5.00 MB", "5.00 MB"]]
        );
    }

    #[test]
    fn workloads_and_distributions_are_apart() {
        let rows = [
            "merge/1KB/random/a:jit",
            "merge/1KB/sorted/a:jit",
            "quick/1KB/random/a:jit",
        ]
        .map(row);
        let titles: Vec<String> = tables(&rows, 0)
            .into_iter()
            .map(|table| table.title)
            .collect();
        assert_eq!(titles, ["merge, random", "merge, sorted", "quick, random"]);
    }

    #[test]
    fn memory_below_the_floor_is_not_told_apart() {
        assert_eq!(memory(2_999_999.0, 3_000_000), "≤ 3.00 MB");
        assert_eq!(memory(3_000_000.0, 3_000_000), "≤ 3.00 MB");
        assert_eq!(memory(3_100_000.0, 3_000_000), "3.10 MB");
    }

    #[test]
    fn a_bar_in_a_cell_does_not_break_the_markdown() {
        let table = Table {
            title: "t".to_owned(),
            header: vec!["a".to_owned(), "b".to_owned()],
            rows: vec![vec!["x|y".to_owned(), "1".to_owned()]],
        };
        assert_eq!(
            table.to_markdown(),
            "### t\n\n| a | b |\n|---|---:|\n| x\\|y | 1 |\n"
        );
    }
}
