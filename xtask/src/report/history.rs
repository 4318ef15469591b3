//! Trends over runs: what each cell took in each of them, and where that changed for good.

use serde_json::{Value as Json, json};

use super::compare::{Drift, Side};
use super::summary::rounded;
use crate::document::svg::{Chart, Plot, Ratio, SERIES};
use crate::document::{Document, Field, Piece, Table};
use crate::model::{Metric, Row, grouped, human_seconds};
use crate::stats::{self, Description, Interval};

/// What a run says of a cell.
struct Point<'s> {
    side: &'s Side,
    row: &'s Row,
    /// Of the logarithms of the wall times.
    log: Description,
}

/// A cell on a machine, in all runs that measured it, from the oldest. Never empty.
struct Trend<'s> {
    points: Vec<Point<'s>>,
    /// The points at which another level starts.
    steps: Vec<usize>,
}

/// Trends over these runs, which are in their order in time.
pub struct Trends<'s> {
    trends: Vec<Trend<'s>>,
    drift: Drift,
    runs: usize,
}

impl Point<'_> {
    fn host(&self) -> &str {
        let of = self.row.machine.as_deref();
        &self.side.run.environment.of_machine(of).machine.host
    }

    fn median_s(&self) -> f64 {
        self.log.median.exp()
    }

    /// The interval of the median, with what repeated runs differ by.
    fn ends(&self, drift: f64) -> Interval {
        let (median, Interval { low, high }) = (self.log.median, self.log.ci95);
        let reach = |reach: f64| reach.hypot(stats::Z95 * drift);
        Interval {
            low: (median - reach(median - low)).exp(),
            high: (median + reach(high - median)).exp(),
        }
    }
}

impl<'s> Trends<'s> {
    pub fn of(sides: &'s [Side]) -> Trends<'s> {
        let drift = Drift::of(sides);
        let deviation = drift.of_metric(Metric::Wall);
        let point = |side: &'s Side, row: &'s Row| {
            let log = stats::describe(&Metric::Wall.logs(row, 0.0))?;
            Some(Point { side, row, log })
        };
        let points = sides.iter().flat_map(|side| {
            let rows = side.rows.iter().filter(|row| row.is_ok());
            rows.filter_map(move |row| point(side, row))
        });
        let alike = |a: &Point, b: &Point| a.row.cell == b.row.cell && a.host() == b.host();
        let groups = grouped(points, alike);
        let cells = groups.len() as f64;
        let trend = |points: Vec<Point<'s>>| {
            let logs: Vec<f64> = points.iter().map(|point| point.log.median).collect();
            let errors = points.iter().map(|point| {
                let error = stats::error_of(point.log.ci95).hypot(deviation);
                error.max(f64::EPSILON)
            });
            // Where nothing steps, in 95 of 100 histories nothing is called, in all cells together.
            let penalty = 3.0 * (points.len() as f64).ln() + 2.0 * cells.ln();
            let steps = match drift.is_known() {
                true => stats::steps(&logs, &errors.collect::<Vec<_>>(), penalty),
                false => Vec::new(),
            };
            Trend { points, steps }
        };
        Trends {
            trends: groups.into_iter().map(trend).collect(),
            runs: sides.len(),
            drift,
        }
    }

    /// Of a file of CSV, a row a cell and run.
    ///
    /// # Errors
    /// When a figure has no form there; a bug.
    pub fn csv(&self) -> anyhow::Result<String> {
        let rows = self.trends.iter().flat_map(|trend| {
            let points = trend.points.iter().enumerate();
            points.map(|(at, point)| self.fields(point, trend.steps.contains(&at)))
        });
        super::csv(rows)
    }

    fn fields(&self, point: &Point, is_step: bool) -> [(&'static str, Json); 8] {
        let Interval { low, high } = point.ends(self.drift.of_metric(Metric::Wall));
        [
            ("cell", json!(point.row.cell.to_string())),
            ("machine", json!(point.host())),
            ("run", json!(point.side.run.name)),
            ("version", json!(point.row.version)),
            ("wall_median_s", json!(rounded(point.median_s()))),
            ("low_s", json!(rounded(low))),
            ("high_s", json!(rounded(high))),
            ("step", json!(is_step)),
        ]
    }

    pub fn document(&self) -> Document {
        let known = match self.drift.is_known() {
            true => format!(
                "Intervals hold what a run differs by from others like it: {}.",
                self.drift.text()
            ),
            false => "No two runs are of the same on one machine, so nobody knows how far such runs differ, and no steps are called.".to_owned(),
        };
        let (cells, runs) = (self.trends.len(), self.runs);
        let mut pieces = vec![Piece::paragraph(format!(
            "{cells} cells in {runs} runs. {known} Steps are those of the piecewise constant fit of the logarithms, weighted by their errors, \
             with the least squares plus 3 ln(runs) + 2 ln(cells) for each step."
        ))];
        let (stepped, others): (Vec<&Trend>, Vec<&Trend>) =
            self.trends.iter().partition(|it| !it.steps.is_empty());
        let charts = |trends: Vec<&Trend>| -> Vec<Piece> {
            let charts = trends.into_iter().map(|trend| self.chart(trend));
            charts.map(Piece::Chart).collect()
        };
        pieces.extend(Piece::part(
            Piece::heading("Steps"),
            "Each with the levels before and after it.",
            steps(&stepped),
        ));
        pieces.extend(charts(stepped));
        pieces.extend(Piece::folded("Cells without a step", charts(others)));
        Document {
            title: "History".to_owned(),
            pieces,
        }
    }

    /// A row a run, against the first.
    fn chart(&self, trend: &Trend) -> Chart {
        let first = &trend.points[0];
        let first_s = first.median_s();
        let drift = self.drift.of_metric(Metric::Wall);
        let ratio = |(at, point): (usize, &Point)| {
            let level = trend.steps.iter().filter(|step| **step <= at).count();
            let Interval { low, high } = point.ends(drift);
            Ratio {
                name: format!("{}, {}", point.side.run.name, point.row.version),
                colour: SERIES[level % SERIES.len()],
                ratio: point.median_s() / first_s,
                ends: Interval {
                    low: low / first_s,
                    high: high / first_s,
                },
                text: human_seconds(point.median_s()),
            }
        };
        let (cell, host) = (first.row.cell.to_string(), first.host());
        Chart {
            file: format!("{}.svg", cell.replace(['/', ':'], "-")),
            title: format!("{cell}, on {host}"),
            note: "median wall time ÷ that of the first run, with 95 % intervals; logarithmic; another colour from each step on".to_owned(),
            plot: Plot::Ratios(trend.points.iter().enumerate().map(ratio).collect()),
        }
    }
}

impl Trend<'_> {
    /// The levels before and after a step: geometric means, in seconds.
    fn levels_s(&self, step: usize) -> [Option<f64>; 2] {
        let ends = [&[0], self.steps.as_slice(), &[self.points.len()]].concat();
        let from = ends.iter().rfind(|end| **end < step).copied();
        let to = ends.iter().find(|end| **end > step).copied();
        [(from, Some(step)), (Some(step), to)].map(|(from, to)| {
            let logs = self.points[from?..to?].iter().map(|it| it.log.median);
            stats::mean(&logs.collect::<Vec<_>>()).map(f64::exp)
        })
    }
}

/// A row a step.
fn steps(trends: &[&Trend]) -> Table {
    let steps = trends.iter().flat_map(|trend| {
        let steps = trend.steps.iter();
        steps.map(move |step| {
            (
                &trend.points[step - 1],
                &trend.points[*step],
                trend.levels_s(*step),
            )
        })
    });
    Table::of(steps)
        .column("cell", |(_, point, _)| point.row.cell.to_string())
        .column("machine", |(_, point, _)| point.host().to_owned())
        .column("from run", |(_, point, _)| point.side.run.name.clone())
        .column("version", |(before, point, _)| {
            let versions = [before, point].map(|it| it.row.version.as_str());
            crate::model::distinct(versions).join(" → ")
        })
        .column("before", |(_, _, levels_s)| Field::seconds(levels_s[0]))
        .column("after", |(_, _, levels_s)| Field::seconds(levels_s[1]))
        .column("after ÷ before", |(_, _, levels_s)| {
            let ratio = levels_s[0].zip(levels_s[1]);
            Field::rounded(ratio.map(|(before, after)| after / before), 2)
        })
        .table
}
