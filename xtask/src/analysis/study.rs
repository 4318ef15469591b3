//! The study's tables: latency and memory by load and runtime, and what was published.

use super::{Facts, engine_modes};
use crate::cell::Outcome;
use crate::stats;
use crate::summary::Row;
use crate::units::Load;

/// The engines of the study, in the order of its columns.
pub const ENGINES: [&str; 4] = ["node", "wasmedge", "wasmtime", "wasmer"];
/// The engine that ratios are taken to.
pub const BASE: &str = "wasmtime";

/// From the smallest to the largest of the means of a load's sizes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    fn of(values: &[f64]) -> Option<Range> {
        Some(Range {
            low: values.iter().copied().reduce(f64::min)?,
            high: values.iter().copied().reduce(f64::max)?,
        })
    }

    /// The geometric middle, which stands for a range in ratios.
    pub fn middle(self) -> f64 {
        (self.low * self.high).sqrt()
    }
}

/// What the study published for merge sort: no other table gives all engines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    pub load: Load,
    pub engine: &'static str,
    /// None where the study left it out as hopeless.
    pub latency_s: Option<Range>,
    pub memory_bytes: Option<Range>,
}

const fn published(
    load: Load,
    engine: &'static str,
    latency_s: (f64, f64),
    memory_mb: (f64, f64),
) -> Published {
    Published {
        load,
        engine,
        latency_s: Some(Range {
            low: latency_s.0,
            high: latency_s.1,
        }),
        memory_bytes: Some(Range {
            low: memory_mb.0 * 1e6,
            high: memory_mb.1 * 1e6,
        }),
    }
}

const fn left_out(load: Load, engine: &'static str) -> Published {
    Published {
        load,
        engine,
        latency_s: None,
        memory_bytes: None,
    }
}

/// The published figures: *Supporti Runtime ad Alte Prestazioni per WebAssembly: il Caso di
/// WasmEdge*, 2022/2023, merge sort.
pub const PUBLISHED: [Published; 12] = [
    published(Load::Light, "node", (0.202, 0.236), (18.0, 26.0)),
    published(Load::Light, "wasmedge", (0.073, 0.200), (1.0, 15.0)),
    published(Load::Light, "wasmtime", (0.033, 0.051), (1.0, 3.0)),
    published(Load::Light, "wasmer", (0.080, 0.118), (0.5, 3.0)),
    left_out(Load::Medium, "node"),
    published(Load::Medium, "wasmedge", (20.0, 20.0), (33.0, 103.0)),
    published(Load::Medium, "wasmtime", (0.2, 2.0), (7.0, 80.0)),
    published(Load::Medium, "wasmer", (0.6, 3.0), (32.0, 105.0)),
    left_out(Load::High, "node"),
    published(Load::High, "wasmedge", (22.0, 108.0), (800.0, 3000.0)),
    published(Load::High, "wasmtime", (20.0, 105.0), (700.0, 3000.0)),
    published(Load::High, "wasmer", (30.0, 230.0), (800.0, 3000.0)),
];

/// A workload at a load in one mode of an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub engine_mode: String,
    /// Of the means, in seconds; none if no size was measured.
    pub latency_s: Option<Range>,
    /// Of the means, in bytes.
    pub memory_bytes: Option<Range>,
    /// The planned cells that have no figures.
    pub missing: Vec<(String, Option<Outcome>)>,
}

/// The tables' rows: the workload and the load, and an entry for each engine.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyRow {
    pub workload: String,
    pub load: Load,
    /// By engine: native, then those of the study. None where nothing was planned.
    pub shipped: Vec<Option<Entry>>,
    /// Likewise, in the mode that sorts fastest among those that measured most sizes.
    pub best: Vec<Option<Entry>>,
}

/// The engines of the tables' columns.
pub fn columns() -> impl Iterator<Item = &'static str> {
    std::iter::once("native").chain(ENGINES)
}

/// The study's tables, for every workload that is no control, on random inputs.
pub fn study(facts: &Facts) -> Vec<StudyRow> {
    let planned: Vec<&Row> = facts
        .rows
        .iter()
        .filter(|row| !super::is_control(facts.config(), &row.cell.workload))
        .filter(|row| row.cell.distribution.name() == "random")
        .collect();
    let workloads = crate::config::distinct(planned.iter().map(|row| row.cell.workload.clone()));
    let row = |workload: &String, load| {
        let here: Vec<&Row> = planned
            .iter()
            .copied()
            .filter(|row| row.cell.workload == *workload && row.cell.size.load() == load)
            .collect();
        StudyRow {
            workload: workload.clone(),
            load,
            shipped: columns()
                .map(|engine| entry(&here, &facts.shipped(engine)?))
                .collect(),
            best: columns().map(|engine| best(&here, engine)).collect(),
        }
    };
    workloads
        .iter()
        .flat_map(|workload| Load::ALL.map(|load| row(workload, load)))
        .filter(|row| row.best.iter().any(Option::is_some))
        .collect()
}

fn entry(rows: &[&Row], engine_mode: &str) -> Option<Entry> {
    let mut own: Vec<&Row> = rows.to_vec();
    own.retain(|row| row.cell.engine_mode() == engine_mode);
    if own.is_empty() {
        return None;
    }
    let (ok, missing): (Vec<&Row>, Vec<&Row>) = own.into_iter().partition(|row| row.is_ok());
    let range = |value: fn(&Row) -> Option<f64>| {
        Range::of(&ok.iter().filter_map(|row| value(row)).collect::<Vec<_>>())
    };
    Some(Entry {
        engine_mode: engine_mode.to_owned(),
        latency_s: range(|row| Some(row.wall?.mean)),
        memory_bytes: range(|row| row.peak_rss_mean_bytes),
        missing: missing
            .iter()
            .map(|row| (row.cell.size.to_string(), row.outcome))
            .collect(),
    })
}

fn best(rows: &[&Row], engine: &str) -> Option<Entry> {
    let own = rows.iter().copied().filter(|row| row.cell.engine == engine);
    let means = |name: &str| -> Vec<f64> {
        let of = rows
            .iter()
            .filter(|row| row.is_ok() && row.cell.engine_mode() == name);
        of.filter_map(|row| Some(row.wall?.mean)).collect()
    };
    let fastest = engine_modes(own).into_iter().min_by(|a, b| {
        let (a, b) = (means(a), means(b));
        let mean = |values: &[f64]| stats::geometric_mean(values).unwrap_or(f64::INFINITY);
        // More sizes measured is better than a faster few.
        b.len().cmp(&a.len()).then(mean(&a).total_cmp(&mean(&b)))
    })?;
    entry(rows, &fastest)
}
