//! What runs of the same on one machine differ by, beyond what their samples say.

use std::collections::BTreeMap;

use super::{METRICS, Side};
use crate::model::{Metric, Row};
use crate::questions::comparison::{Comparison, of_shift, percent};
use crate::stats::{self, Shift};

/// By metric; as far as repeated runs show it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drift {
    /// The most runs that measured one cell with the same engine, guests and inputs; 0 where none was
    /// measured twice.
    pub runs: usize,
    /// Standard deviation of a run's logarithm, in the order of [`METRICS`]; larger the fewer runs say
    /// so, as they may lie nearer to each other than others will (Student's t).
    deviations: [f64; METRICS.len()],
}

impl Drift {
    /// Cells say something that were measured more than once: same machine, engine, guests, inputs.
    pub fn of<'s>(sides: impl IntoIterator<Item = &'s Side>) -> Drift {
        let mut alike: BTreeMap<(String, String), Vec<&Row>> = BTreeMap::new();
        for side in sides {
            let mut identities = BTreeMap::new();
            for row in side.ok() {
                let engine = &row.cell.engine;
                let identity = || side.identity(|name| name == engine).to_string();
                let identity: &String = identities.entry(engine).or_insert_with(identity);
                let own = alike.entry((row.name(), identity.clone()));
                own.or_default().push(row);
            }
        }
        let alike: Vec<Vec<&Row>> = alike.into_values().filter(|rows| rows.len() > 1).collect();
        let runs = alike.iter().map(Vec::len).max().unwrap_or(0);
        if runs < 2 {
            return Drift::default();
        }
        let wider = stats::student(runs - 1) / stats::Z95;
        Drift {
            runs,
            deviations: METRICS.map(|metric| wider * deviation(&alike, metric)),
        }
    }

    /// How much the first of each pair of cells takes of what the second takes, which another run
    /// measured: their samples are no pairs. A mean is off by as much as each, as a run is as a whole.
    pub fn compare(&self, cells: &[(&Row, &Row)], metric: Metric) -> Option<Comparison> {
        let shifts = cells.iter().map(|(a, b)| {
            let floor = metric.floor(a).max(metric.floor(b));
            let [a, b] = [a, b].map(|row| metric.logs(row, floor));
            stats::rank_sum(&a, &b)
        });
        let shifts: Vec<Shift> = shifts.collect::<Option<_>>()?;
        let shift = stats::mean_of(&shifts)?.widened(self.of_metric(metric));
        of_shift(cells, metric, shift)
    }

    pub fn of_metric(&self, metric: Metric) -> f64 {
        let place = METRICS.iter().position(|it| *it == metric);
        place.map_or(0.0, |place| self.deviations[place])
    }

    /// What is known, in a sentence.
    pub fn text(&self) -> Option<String> {
        let wall = percent((stats::Z95 * self.of_metric(Metric::Wall)).exp_m1());
        (self.runs > 0).then(|| {
            format!(
                "Intervals hold what a run differs by from others like it: ±{wall} of a wall time, as {} runs show.",
                self.runs
            )
        })
    }
}

/// The variance between the medians of runs, less what their intervals say: the mean over all cells.
fn deviation(alike: &[Vec<&Row>], metric: Metric) -> f64 {
    let variances = alike.iter().filter_map(|rows| between(rows, metric));
    let variance = stats::mean(&variances.collect::<Vec<_>>());
    variance.map_or(0.0, |variance| variance.max(0.0).sqrt())
}

/// Of one cell in several runs; none where one has no such samples.
fn between(rows: &[&Row], metric: Metric) -> Option<f64> {
    let logs = rows.iter().map(|row| metric.logs(row, metric.floor(row)));
    let described = logs.map(|logs| stats::describe(&logs));
    let described: Vec<stats::Description> = described.collect::<Option<_>>()?;
    let squares = described.iter().map(|it| stats::error_of(it.ci95).powi(2));
    let within = stats::mean(&squares.collect::<Vec<_>>())?;
    let medians: Vec<f64> = described.iter().map(|it| it.median).collect();
    Some(stats::describe(&medians)?.stddev.powi(2) - within)
}
