//! The figures of every cell: as tables, and one by one.

use super::Results;
use crate::config::Verify;
use crate::document::{Field, Piece, Table};
use crate::model::{Grid, Metric, Row, Size, distinct, grids, human_bytes, human_seconds};
use crate::stats::{self, Description};

const METRICS: [Metric; 3] = [Metric::Wall, Metric::Cpu, Metric::Memory];
/// Sizes up to which all metrics fit one table beside each other.
const SIZES_SIDE_BY_SIDE: usize = 3;

pub fn pieces(results: &Results) -> Vec<Piece> {
    let floor_bytes = results.run.environment.memory_floor_bytes as f64;
    let mut pieces = vec![
        Piece::heading("Figures"),
        Piece::paragraph(format!(
            "Latency is the median wall time of the whole process, CPU its mean user and system time together, memory its mean \
             peak resident set. hyperfine cannot see less memory than {}.",
            human_bytes(floor_bytes)
        )),
    ];
    pieces.extend(tables(results.rows).into_iter().map(Piece::Table));
    pieces.push(Piece::heading("Cells without figures"));
    pieces.push(without_figures(results));
    pieces.push(Piece::heading("All cells"));
    pieces.push(Piece::paragraph(
        "An outlier is a sample whose modified z-score is above 3.5; it is marked here, and never left out.",
    ));
    pieces.push(Piece::Table(all_cells(results.rows)));
    pieces
}

/// One table for each workload and distribution, or one for each metric where there are many
/// sizes.
pub fn tables(rows: &[Row]) -> Vec<Table> {
    let of_grid = |grid: Grid| {
        let title = grid.title();
        if grid.sizes.len() <= SIZES_SIDE_BY_SIDE {
            let name = |metric: Metric, size| format!("{} {size}", metric.short_name());
            return vec![table(&grid, &METRICS, name).titled(title)];
        }
        let of_metric = |metric: Metric| {
            table(&grid, &[metric], |_, size| size.to_string())
                .titled(format!("{title}: {}", metric.short_name()))
        };
        METRICS.map(of_metric).to_vec()
    };
    grids(rows).into_iter().flat_map(of_grid).collect()
}

/// A row is an engine and mode, a column a metric and size; how a cell ended stands where it has no
/// figure.
pub fn table(grid: &Grid, metrics: &[Metric], name: impl Fn(Metric, Size) -> String) -> Table {
    let mut table = Table::of(&grid.modes).column("engine:mode", |mode| *mode);
    for metric in metrics {
        for size in &grid.sizes {
            table = table.column(name(*metric, *size), |mode| match grid.get(*size, mode) {
                Some(row) if row.is_ok() => Field::of(*metric, row).of_cell(&row.cell),
                Some(row) => Field::from(row.outcome_text()).of_cell(&row.cell),
                None => Field::default(),
            });
        }
    }
    table.table
}

/// What is known of the outputs of the cells that ended ok.
pub fn verified(results: &Results) -> String {
    let workloads = distinct(results.ok().map(|row| row.cell.workload.as_str()));
    let (by_status, by_output): (Vec<&str>, Vec<&str>) = workloads.into_iter().partition(|name| {
        let workload = results.config().workload(name);
        matches!(
            workload.and_then(|it| it.verify.as_ref()),
            Some(Verify::Exit(_))
        )
    });
    let names = by_status.join(", ");
    match (by_status.is_empty(), by_output.is_empty()) {
        (true, _) => "every output verified".to_owned(),
        (false, false) => format!(
            "every output verified, but for {names}, of which only the exit status is checked"
        ),
        (false, true) => format!("no output verified: of {names} only the exit status is checked"),
    }
}

fn without_figures(results: &Results) -> Piece {
    let table = Table::of(results.rows.iter().filter(|row| !row.is_ok()))
        .column("cell", |row| Field::from(&row.cell).of_cell(&row.cell))
        .column("outcome", |row| row.outcome_text())
        .column("reason", |row| row.reason.clone().unwrap_or_default())
        .table;
    match table.rows.is_empty() {
        true => Piece::paragraph(format!(
            "None: every planned cell was measured; {}.",
            verified(results)
        )),
        false => Piece::Table(table),
    }
}

fn all_cells(rows: &[Row]) -> Table {
    let seconds = |value: fn(Description) -> f64| {
        move |(_, wall): &(&Row, Option<Description>)| Field::seconds(wall.map(value))
    };
    Table::of(rows.iter().map(|row| (row, row.wall())))
        .column("cell", |(row, _)| {
            Field::from(row.name()).of_cell(&row.cell)
        })
        .column("outcome", |(row, _)| row.outcome_text())
        .column("samples", |(row, _)| {
            Field::count(Metric::Wall.values(row).len())
        })
        .column("median", seconds(|wall| wall.median))
        .column("95 % interval", |(_, wall)| interval(wall))
        .column("mean", seconds(|wall| wall.mean))
        .column("stddev", seconds(|wall| wall.stddev))
        .column("min", seconds(|wall| wall.min))
        .column("max", seconds(|wall| wall.max))
        .column("memory", |(row, _)| Field::of(Metric::Memory, row))
        .column("outliers", |(row, _)| {
            let outliers = stats::outliers(&Metric::Wall.values(row)).into_iter();
            Field::count(outliers.filter(|is_outlier| *is_outlier).count())
        })
        .table
}

fn interval(wall: &Option<Description>) -> Field {
    wall.map_or_else(Field::none, |wall| {
        let [low, high] = [wall.ci95.low, wall.ci95.high].map(human_seconds);
        Field::figure(format!("{low}–{high}"), wall.ci95.low)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcome;
    use crate::model::tests::{measured, row};

    fn texts(table: &Table) -> Vec<Vec<&str>> {
        let rows = table.rows.iter();
        rows.map(|row| row.iter().map(|field| field.text.as_str()).collect())
            .collect()
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
