//! Trends over runs: what each cell took in each of them, and where that changed for good.

use std::ops::Range;

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
    /// What lies on one level each, in their order.
    levels: Vec<Range<usize>>,
}

/// Trends over these runs, which are in their order in time.
pub struct Trends<'s> {
    trends: Vec<Trend<'s>>,
    drift: Drift,
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
            let penalty = match drift.runs {
                0 => f64::MAX,
                // Where nothing steps, in 95 of 100 histories nothing is called, in all cells together.
                _ => 3.0 * (points.len() as f64).ln() + 2.0 * cells.ln(),
            };
            let levels = stats::levels(&logs, &errors.collect::<Vec<_>>(), penalty);
            Trend { points, levels }
        };
        Trends {
            trends: groups.into_iter().map(trend).collect(),
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
            points.map(|(at, point)| {
                self.fields(point, trend.levels[1..].iter().any(|it| it.start == at))
            })
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
        let known = self.drift.text().unwrap_or_else(|| {
            "No two runs are of the same on one machine, so nobody knows how far such runs differ, and no steps are called.".to_owned()
        });
        let mut pieces = vec![Piece::paragraph(format!(
            "{known} Steps are those of the piecewise constant fit of the logarithms, weighted by their errors, \
             with the least squares plus 3 ln(runs) + 2 ln(cells) for each step."
        ))];
        let (stepped, others): (Vec<&Trend>, Vec<&Trend>) =
            self.trends.iter().partition(|it| it.levels.len() > 1);
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
            let level = trend.levels.iter().take_while(|it| it.end <= at).count();
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
    /// The geometric mean of points, in seconds.
    fn level_s(&self, points: &Range<usize>) -> Option<f64> {
        let logs = self.points[points.clone()].iter().map(|it| it.log.median);
        stats::mean(&logs.collect::<Vec<_>>()).map(f64::exp)
    }
}

/// A row a step: the points before and after it, and the levels.
fn steps(trends: &[&Trend]) -> Table {
    let steps = trends.iter().flat_map(|trend| {
        let levels = trend.levels.windows(2);
        levels.map(|levels| {
            let at = levels[1].start;
            let levels_s = [0, 1].map(|of| trend.level_s(&levels[of]));
            (&trend.points[at - 1], &trend.points[at], levels_s)
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
