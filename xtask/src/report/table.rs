//! The tables that people read: a workload each, a row an engine and mode, a column a size.

use std::collections::BTreeMap;

use super::document::{Field, Table};
use crate::summary::Row;
use crate::units::{Size, human_bytes, human_seconds};

/// A figure of a row, as text; none where it was not measured.
struct Metric {
    name: &'static str,
    field: fn(&Row, u64) -> Option<Field>,
}

const METRICS: [Metric; 3] = [
    Metric {
        name: "latency",
        field: |row, _| Some(seconds(row.wall?.median)),
    },
    Metric {
        name: "CPU",
        field: |row, _| Some(seconds(row.user_mean_s? + row.system_mean_s?)),
    },
    Metric {
        name: "memory",
        field: |row, floor| {
            let bytes = row.peak_rss_mean_bytes?;
            Some(Field::figure(memory(bytes, floor), bytes))
        },
    },
];

fn seconds(seconds: f64) -> Field {
    Field::figure(human_seconds(seconds), seconds)
}

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
                    Some(row) => figure(metric, row, floor_bytes).of_cell(&row.cell.to_string()),
                    None => Field::default(),
                })
        });
        std::iter::once(Field::from(mode.clone()))
            .chain(figures)
            .collect()
    });
    Table {
        title,
        rows: body.collect(),
        header,
    }
}

fn figure(metric: &Metric, row: &Row, floor_bytes: u64) -> Field {
    if row.is_ok() {
        (metric.field)(row, floor_bytes).unwrap_or_else(|| "–".into())
    } else {
        row.outcome_text().into()
    }
}

/// A table for a terminal.
pub fn to_terminal(table: &Table) -> String {
    let mut text = comfy_table::Table::new();
    text.load_style(comfy_table::presets::NOTHING);
    text.set_header(&table.header);
    let texts =
        |row: &Vec<Field>| -> Vec<String> { row.iter().map(|field| field.text.clone()).collect() };
    text.add_rows(table.rows.iter().map(texts));
    for column in text.column_iter_mut().skip(1) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    let lines: Vec<String> = text
        .to_string()
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    format!("{}\n{}\n", table.title, lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Outcome;
    use crate::stats;
    use crate::summary::tests::row;

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        let rows = table.rows.iter();
        rows.map(|row| row.iter().map(|field| field.text.as_str()).collect())
            .collect()
    }

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
            texts(&tables[0]),
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
            texts(&tables[2]),
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
}
