//! The study's tables: latency and memory by load and runtime, and what was published.

use super::overhead::NATIVE;
use super::pairs::of_mode;
use super::{Facts, engine_modes};
use crate::cell::Outcome;
use crate::data::Distribution;
use crate::stats;
use crate::summary::Row;
use crate::units::{Load, Size};

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
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Range> {
        let one = |value| Range {
            low: value,
            high: value,
        };
        values.map(one).reduce(|a, b| Range {
            low: a.low.min(b.low),
            high: a.high.max(b.high),
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

/// What the study's tables show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Wall time, in seconds.
    Latency,
    /// Peak memory, in bytes.
    Memory,
}

impl Quantity {
    pub const ALL: [Quantity; 2] = [Quantity::Latency, Quantity::Memory];

    pub fn name(self) -> &'static str {
        match self {
            Quantity::Latency => "latency",
            Quantity::Memory => "memory",
        }
    }

    /// What was published for the engine at a load.
    pub fn published(self, load: Load, engine: &str) -> Option<Range> {
        let same = |figure: &&Published| figure.load == load && figure.engine == engine;
        let figure = PUBLISHED.iter().find(same)?;
        match self {
            Quantity::Latency => figure.latency_s,
            Quantity::Memory => figure.memory_bytes,
        }
    }
}

/// The means of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    pub size: Size,
    pub wall_s: f64,
    /// No less than the floor.
    pub peak_rss_bytes: Option<f64>,
}

/// A workload at a load in one mode of an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub engine_mode: String,
    /// Of each size that was measured.
    pub means: Vec<Mean>,
    /// The planned cells that have no figures.
    pub missing: Vec<(Size, Option<Outcome>)>,
    pub memory_floor_bytes: f64,
}

impl Entry {
    /// From the smallest to the largest of the means; none if no size was measured.
    pub fn range(&self, quantity: Quantity) -> Option<Range> {
        self.range_over(quantity, |_| true)
    }

    fn range_over(&self, quantity: Quantity, wanted: impl Fn(Size) -> bool) -> Option<Range> {
        let means = self.means.iter().filter(|mean| wanted(mean.size));
        Range::of(means.filter_map(|mean| match quantity {
            Quantity::Latency => Some(mean.wall_s),
            Quantity::Memory => mean.peak_rss_bytes,
        }))
    }

    /// The middle of the range ÷ that of another engine, over the sizes that both were measured at.
    pub fn ratio_to(&self, base: &Entry, quantity: Quantity) -> Option<f64> {
        let of = |entry: &Entry, other: &Entry| {
            let common = |size| other.means.iter().any(|mean| mean.size == size);
            Some(entry.range_over(quantity, common)?.middle())
        };
        Some(of(self, base)? / of(base, self)?)
    }
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
    std::iter::once(NATIVE).chain(ENGINES)
}

/// The study's tables, for every workload that is no control, on random inputs.
pub fn study(facts: &Facts) -> Vec<StudyRow> {
    let planned: Vec<&Row> = facts
        .rows
        .iter()
        .filter(|row| !super::is_control(facts.config(), &row.cell.workload))
        .filter(|row| row.cell.distribution == Distribution::Random)
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
    let own = of_mode(rows, engine_mode);
    let mean = |row: &&Row| {
        let seen = |bytes: f64| bytes.max(row.memory_floor_bytes);
        Some(Mean {
            size: row.cell.size,
            wall_s: row.wall?.mean,
            peak_rss_bytes: row.peak_rss_mean_bytes.map(seen),
        })
    };
    let (ok, missing): (Vec<&Row>, Vec<&Row>) = own.iter().partition(|row| row.is_ok());
    Some(Entry {
        engine_mode: engine_mode.to_owned(),
        memory_floor_bytes: own.first()?.memory_floor_bytes,
        means: ok.iter().filter_map(mean).collect(),
        missing: missing
            .iter()
            .map(|row| (row.cell.size, row.outcome))
            .collect(),
    })
}

/// The mode with the most sizes measured, and of those with as many the fastest.
fn best(rows: &[&Row], engine: &str) -> Option<Entry> {
    let own = rows.iter().copied().filter(|row| row.cell.engine == engine);
    let entries = engine_modes(own).into_iter();
    let entries: Vec<Entry> = entries.filter_map(|name| entry(rows, &name)).collect();
    let most = entries.iter().map(|entry| entry.means.len()).max()?;
    let full = entries
        .into_iter()
        .filter(|entry| entry.means.len() == most);
    let mean = |entry: &Entry| {
        let seconds: Vec<f64> = entry.means.iter().map(|mean| mean.wall_s).collect();
        stats::geometric_mean(&seconds).unwrap_or(f64::INFINITY)
    };
    full.min_by(|a, b| mean(a).total_cmp(&mean(b)))
}
