//! The tables that people read: a workload each, a row an engine and mode, a column a size.

use std::collections::BTreeMap;

use super::document::{Field, Table};
use crate::summary::Row;
use crate::units::Size;

/// A figure of a row.
struct Figure {
    name: &'static str,
    field: fn(&Row) -> Field,
}

const FIGURES: [Figure; 3] = [
    Figure {
        name: "latency",
        field: |row| Field::seconds(row.wall.map(|wall| wall.median)),
    },
    Figure {
        name: "CPU",
        field: |row| Field::seconds(row.user_mean_s.zip(row.system_mean_s).map(|(a, b)| a + b)),
    },
    Figure {
        name: "memory",
        field: |row| Field::memory(row.peak_rss_mean_bytes, row.memory_floor_bytes),
    },
];

/// Sizes up to which all figures fit one table beside each other.
const SIZES_SIDE_BY_SIDE: usize = 3;

/// All figures of a run: one table for each workload and distribution, or one for each
/// figure where there are many sizes.
pub fn tables(rows: &[Row]) -> Vec<Table> {
    tables_where(rows, |_| true)
}

/// The same, with figures beside each other only in a table that fits.
pub fn tables_where(rows: &[Row], fits: impl Fn(&Table) -> bool) -> Vec<Table> {
    let mut groups: Vec<(String, Vec<&Row>)> = Vec::new();
    for row in rows {
        // Figures of two machines never stand in one table.
        let key = row.group();
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
            let whole = table(title.clone(), group, &sizes, &FIGURES);
            if sizes.len() <= SIZES_SIDE_BY_SIDE && fits(&whole) {
                return vec![whole];
            }
            FIGURES
                .iter()
                .map(|metric| {
                    table(
                        format!("{title}: {}", metric.name),
                        group,
                        &sizes,
                        std::slice::from_ref(metric),
                    )
                })
                .collect()
        })
        .collect()
}

fn table(title: String, rows: &[&Row], sizes: &[Size], metrics: &[Figure]) -> Table {
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
                    Some(row) => figure(metric, row).of_cell(&row.cell.to_string()),
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

fn figure(metric: &Figure, row: &Row) -> Field {
    if row.is_ok() {
        (metric.field)(row)
    } else {
        row.outcome_text().into()
    }
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
            memory_floor_bytes: 3e6,
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
        let tables = tables(&rows);
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
        let tables = tables(&rows);
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
    fn a_table_that_does_not_fit_is_one_for_each_figure() {
        let rows = [row("merge/1KB/random/a:jit"), row("noop/1KB/random/a:jit")];
        let tables = tables_where(&rows, |table| table.title.starts_with("noop"));
        let titles: Vec<&str> = tables.iter().map(|table| table.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "merge, random: latency",
                "merge, random: CPU",
                "merge, random: memory",
                "noop, random"
            ]
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
        let titles: Vec<String> = tables(&rows).into_iter().map(|table| table.title).collect();
        assert_eq!(titles, ["merge, random", "merge, sorted", "quick, random"]);
    }
}
