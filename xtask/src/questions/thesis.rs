//! The study's tables: latency and memory by load and runtime, beside what was published.

use super::{NATIVE, Results, times};
use crate::data::Distribution;
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Load, Metric, Row, Size, distinct, engine_modes, of_mode};
use crate::stats;

/// The engines of the study, in the order of its columns.
pub const ENGINES: [&str; 4] = ["node", "wasmedge", "wasmtime", "wasmer"];
/// The same beside native code.
const COLUMNS: [&str; 5] = [NATIVE, "node", "wasmedge", "wasmtime", "wasmer"];
/// The engine that ratios are taken to.
pub const BASE: &str = "wasmtime";

const METRICS: [Metric; 2] = [Metric::MeanWall, Metric::Memory];
/// The study's merge sort is the one whose figures were published for every engine.
const PUBLISHED_WORKLOAD: &str = "merge";

/// The smallest and the largest of the means of a load's sizes.
type Range = (f64, f64);

/// What the study published for merge sort: the smallest and largest of a load's means, in seconds
/// and in MB. Node.js was left out as hopeless from the medium loads on. From *Supporti Runtime ad
/// Alte Prestazioni per WebAssembly: il Caso di WasmEdge*, 2022/2023.
const PUBLISHED: [(Load, &str, Range, Range); 10] = [
    (Load::Light, "node", (0.202, 0.236), (18.0, 26.0)),
    (Load::Light, "wasmedge", (0.073, 0.200), (1.0, 15.0)),
    (Load::Light, "wasmtime", (0.033, 0.051), (1.0, 3.0)),
    (Load::Light, "wasmer", (0.080, 0.118), (0.5, 3.0)),
    (Load::Medium, "wasmedge", (20.0, 20.0), (33.0, 103.0)),
    (Load::Medium, "wasmtime", (0.2, 2.0), (7.0, 80.0)),
    (Load::Medium, "wasmer", (0.6, 3.0), (32.0, 105.0)),
    (Load::High, "wasmedge", (22.0, 108.0), (800.0, 3000.0)),
    (Load::High, "wasmtime", (20.0, 105.0), (700.0, 3000.0)),
    (Load::High, "wasmer", (30.0, 230.0), (800.0, 3000.0)),
];

/// Whose figures a line of a table shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Published,
    /// The mode that a user gets by default.
    AsShipped,
    /// The mode that is fastest among those that measured most sizes.
    Best,
}

impl Whose {
    fn name(self) -> &'static str {
        match self {
            Whose::Published => "published",
            Whose::AsShipped => "as shipped",
            Whose::Best => "best",
        }
    }
}

/// All planned cells of a workload and a load, on random input.
struct Part<'r> {
    load: Load,
    rows: Vec<&'r Row>,
}

/// Those of one mode of an engine.
struct Entry<'r> {
    mode: EngineMode,
    rows: Vec<&'r Row>,
}

impl<'r> Part<'r> {
    /// None of what was published, which are ranges, and where nothing was planned.
    fn entry(&self, results: &Results, whose: Whose, engine: &str) -> Option<Entry<'r>> {
        let entry = |mode: EngineMode| {
            let rows = of_mode(&self.rows, &mode);
            (!rows.is_empty()).then_some(Entry { mode, rows })
        };
        match whose {
            Whose::Published => None,
            Whose::AsShipped => entry(results.shipped(engine)?),
            Whose::Best => {
                let mut modes = engine_modes(self.rows.iter().copied());
                modes.retain(|mode| mode.engine == engine);
                let entries = modes.into_iter().filter_map(entry);
                // The first of equals.
                entries.min_by(|a, b| {
                    let most = b.measured().count().cmp(&a.measured().count());
                    most.then(a.mean_s().total_cmp(&b.mean_s()))
                })
            }
        }
    }

    fn ratio(&self, results: &Results, whose: Whose, metric: Metric, engine: &str) -> Option<f64> {
        if whose == Whose::Published {
            let middle = |engine| Some(middle(published(metric, self.load, engine)?));
            return Some(middle(engine)? / middle(BASE)?);
        }
        let entry = |engine| self.entry(results, whose, engine);
        entry(engine)?.ratio_to(&entry(BASE)?, metric)
    }
}

impl Entry<'_> {
    fn measured(&self) -> impl Iterator<Item = &Row> {
        let rows = self.rows.iter().copied();
        rows.filter(|row| row.is_ok() && Metric::Wall.of(row).is_some())
    }

    /// The geometric mean of the sizes' wall times.
    fn mean_s(&self) -> f64 {
        let means = self.measured().filter_map(|row| Metric::MeanWall.of(row));
        stats::geometric_mean(&means.collect::<Vec<_>>()).unwrap_or(f64::INFINITY)
    }

    /// From the smallest to the largest of the means of these sizes.
    fn range(&self, metric: Metric, wanted: impl Fn(Size) -> bool) -> Option<Range> {
        let rows = self.measured().filter(|row| wanted(row.cell.size));
        let means = rows.filter_map(|row| metric.seen(row));
        let ranges = means.map(|mean| (mean, mean));
        ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The middle of the range ÷ that of another engine, over the sizes that both were measured at.
    fn ratio_to(&self, base: &Entry, metric: Metric) -> Option<f64> {
        let of = |entry: &Entry, other: &Entry| {
            let common = |size| other.measured().any(|row| row.cell.size == size);
            Some(middle(entry.range(metric, common)?))
        };
        Some(of(self, base)? / of(base, self)?)
    }

    /// `33 ms–51 ms (aot; 100MB: timeout)`
    fn text(&self, metric: Metric) -> String {
        let missing = self.rows.iter().filter(|row| !row.is_ok());
        let missing = missing.map(|row| format!("; {}: {}", row.cell.size, row.outcome_text()));
        let text = |value| metric.text(value, metric.floor(self.rows[0]));
        let range = self.range(metric, |_| true);
        let range = match range.map(|(a, b)| (text(a), text(b))) {
            None => "X".to_owned(),
            Some((low, high)) if low == high => low,
            Some((low, high)) => format!("{low}–{high}"),
        };
        let missing: String = missing.collect();
        format!("{range} ({}{missing})", self.mode.mode)
    }
}

/// The geometric middle, which stands for a range in ratios.
fn middle((low, high): Range) -> f64 {
    (low * high).sqrt()
}

fn published(metric: Metric, load: Load, engine: &str) -> Option<Range> {
    let mut same = PUBLISHED.iter().filter(|it| it.0 == load && it.1 == engine);
    let (_, _, seconds, (low_mb, high_mb)) = *same.next()?;
    match metric {
        Metric::Memory => Some((low_mb * 1e6, high_mb * 1e6)),
        _ => Some(seconds),
    }
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let mut planned: Vec<&Row> = results.rows.iter().collect();
    planned.retain(|row| !results.is_baseline(row));
    planned.retain(|row| row.cell.distribution == Distribution::Random);
    let of_study = |row: &Row| COLUMNS.contains(&&*row.cell.engine);
    let mut pieces = Vec::new();
    for workload in distinct(planned.iter().map(|row| row.cell.workload.as_str())) {
        let part = |load| {
            let mut rows = planned.clone();
            rows.retain(|row| row.cell.workload == workload && row.cell.size.load() == load);
            let is_any = rows.iter().any(|row| of_study(row));
            is_any.then_some(Part { load, rows })
        };
        let parts: Vec<Part> = Load::ALL.into_iter().filter_map(part).collect();
        if parts.is_empty() {
            continue;
        }
        pieces.push(Piece::Subheading(workload.to_owned()));
        pieces.extend(METRICS.map(|metric| ranges(results, metric, workload, &parts)));
        if workload == PUBLISHED_WORKLOAD {
            pieces.push(Piece::paragraph(format!(
                "Against the published figures, as ratios to {BASE} (its machine is not known, so absolute times say nothing): \
                 the geometric middles of the ranges over the sizes that both finished. The study gives one figure an engine and does not name the mode.",
            )));
            pieces.extend(METRICS.map(|metric| ratios(results, metric, &parts)));
        }
    }
    match pieces.is_empty() {
        true => pieces,
        false => [opening(results), pieces].concat(),
    }
}

fn opening(results: &Results) -> Vec<Piece> {
    let mut pieces = vec![
        Piece::heading("The study's tables"),
        Piece::paragraph(
            "From the smallest to the largest of the means of a load's sizes, as the study has them: first in the mode \
             that a user gets by default, then in the mode that is fastest here. Sizes without a figure are named with their outcome.",
        ),
    ];
    if results.run.several_machines() {
        pieces.push(Piece::Warning(
            "The sizes of one load may come from several machines; the ratios compare each size on one.".to_owned(),
        ));
    }
    pieces
}

fn ranges(results: &Results, metric: Metric, workload: &str, parts: &[Part]) -> Piece {
    let whose = [Whose::AsShipped, Whose::Best];
    let table = table("mode", &COLUMNS, parts, &whose, |part, whose, engine| {
        let entry = part.entry(results, whose, engine);
        entry.map_or_else(Field::default, |entry| entry.text(metric).into())
    });
    Piece::Table(table.titled(format!("{workload}: {}", metric.short_name())))
}

fn ratios(results: &Results, metric: Metric, parts: &[Part]) -> Piece {
    let whose = [Whose::Published, Whose::AsShipped, Whose::Best];
    let table = table("figures", &ENGINES, parts, &whose, |part, whose, engine| {
        Field::maybe(part.ratio(results, whose, metric, engine), times)
    });
    let name = metric.short_name();
    Piece::Table(table.titled(format!("{PUBLISHED_WORKLOAD}: {name} as a ratio to {BASE}")))
}

/// A row for each part and whose figures these are, a column an engine.
fn table(
    name: &str,
    engines: &[&str],
    parts: &[Part],
    whose: &[Whose],
    field: impl Fn(&Part, Whose, &str) -> Field,
) -> Table {
    let row = |part: &Part, whose: Whose| {
        let start = [Field::from(part.load), Field::from(whose.name())];
        let fields = engines.iter().map(|engine| field(part, whose, engine));
        start.into_iter().chain(fields).collect::<Vec<_>>()
    };
    let row = &row;
    let rows_of = |part| whose.iter().map(move |whose| row(part, *whose));
    let header = ["load", name].into_iter().chain(engines.iter().copied());
    Table::new(header, parts.iter().flat_map(rows_of))
}
