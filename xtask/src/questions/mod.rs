//! What a run says, one question a file: from rows to pieces of a document. Pure.

mod anomalies;
pub mod answer;
pub mod calibration;
pub mod cells;
pub mod comparison;
mod compiling;
pub mod conclusions;
mod contenders;
mod disturbance;
pub mod frontier;
mod growth;
mod module_size;
pub mod overhead;
pub mod phases;
mod run;
pub mod sharpness;
pub mod sizes;
mod style;
mod thesis;
pub mod tier;

use crate::config::{Config, Mode, Output};
use crate::data::Distribution;
use crate::document::Piece;
use crate::model::{EngineMode, Load, Row, distinct};
use calibration::Calibration;
use comparison::Ledger;
pub use comparison::{Comparison, Verdict};
pub use run::{Run, rows};
use sharpness::{Sharpness, sharpness};

/// The engine whose shipped mode is the yardstick.
pub const NATIVE: &str = "native";

/// A run and what every question needs of it.
pub struct Results<'r> {
    pub run: &'r Run,
    pub rows: &'r [Row],
    pub sharpness: Vec<Sharpness>,
    pub calibration: Calibration,
    /// The comparisons that were made so far.
    pub ledger: Ledger,
}

impl<'r> Results<'r> {
    /// `rows` are the run's.
    pub fn new(run: &'r Run, rows: &'r [Row]) -> Results<'r> {
        Results {
            run,
            rows,
            sharpness: sharpness(run, rows),
            calibration: Calibration::of(rows),
            ledger: Ledger::default(),
        }
    }

    pub fn config(&self) -> &'r Config {
        &self.run.config
    }

    fn ok(&self) -> impl Iterator<Item = &'r Row> {
        self.rows.iter().filter(|row| row.is_ok())
    }

    /// Measured cells that do what people run runtimes for: the baselines `noop` and `copy` do not.
    fn work(&self) -> impl Iterator<Item = &'r Row> {
        self.ok().filter(|row| !self.is_baseline(row))
    }

    /// The planned cells of what the study ran at a load: work on random input.
    fn study(&self, load: Load) -> Vec<&'r Row> {
        let is_of_study = |row: &&Row| {
            let random = row.cell.distribution == Distribution::Random;
            random && row.cell.size.load() == load && !self.is_baseline(row)
        };
        self.rows.iter().filter(is_of_study).collect()
    }

    fn is_baseline(&self, row: &Row) -> bool {
        let output = self.config().workload(&row.cell.workload);
        let output = output.and_then(|workload| workload.output);
        matches!(output, Some(Output::Nothing | Output::Unchanged))
    }

    fn mode(&self, mode: &EngineMode) -> Option<&'r Mode> {
        self.config().mode(&mode.engine, &mode.mode)
    }

    /// The mode of an engine that a user gets by default, as `wasmtime:jit-cached`.
    fn shipped(&self, engine: &str) -> Option<EngineMode> {
        let modes = &self.config().engine(engine)?.modes;
        let mode = modes.iter().find(|mode| mode.shipped)?;
        Some(EngineMode::new(engine, &mode.name))
    }
}

/// All that a run says, in the order of its report.
pub fn pieces(results: &Results) -> Vec<Piece> {
    [
        tier::pieces(results),
        answer::pieces(results),
        sharpness::pieces(results),
        calibration::pieces(results),
        disturbance::pieces(results),
        frontier::pieces(results),
        sizes::pieces(results),
        thesis::pieces(results),
        conclusions::pieces(results),
        phases::pieces(results),
        module_size::pieces(results),
        compiling::pieces(results),
        growth::pieces(results),
        overhead::pieces(results),
        anomalies::pieces(results),
        cells::pieces(results),
    ]
    .concat()
}

/// `wasmtime:jit, wasmtime:aot`
pub fn listed(modes: &[EngineMode]) -> String {
    let names: Vec<String> = modes.iter().map(ToString::to_string).collect();
    names.join(", ")
}

/// From the smallest to the largest, `33 ms–51 ms` or `33 ms`, and the smallest.
pub fn range(values: &[f64], text: impl Fn(f64) -> String) -> Option<(String, f64)> {
    let low = values.iter().copied().reduce(f64::min)?;
    let high = values.iter().copied().fold(low, f64::max);
    Some((distinct([low, high].map(text)).join("–"), low))
}

/// `1.23×`
fn times(ratio: f64) -> String {
    format!("{ratio:.*}×", decimals(ratio))
}

/// Three digits of a ratio are enough to read.
fn decimals(ratio: f64) -> usize {
    match ratio {
        99.95.. => 0,
        9.995.. => 1,
        _ => 2,
    }
}

#[cfg(test)]
pub(crate) mod tests;
