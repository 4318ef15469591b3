//! The study's tables: latency and memory by load and runtime, beside what was published.

use std::cmp::Reverse;

use super::comparison::pairs;
use super::{NATIVE, Results, range, times};
use crate::config::{Mode, Tier};
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Load, Metric, Outcome, Row, distinct, engine_modes, of_mode};
use crate::stats;

/// The engines of the study, in the order of its columns.
pub const ENGINES: [&str; 4] = ["node", "wasmedge", BASE, "wasmer"];
/// The engine that ratios are taken to, and those that have one.
pub const BASE: &str = "wasmtime";
pub const OTHERS: [&str; 3] = ["node", "wasmedge", "wasmer"];

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

/// Whose figures these are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Published,
    /// The mode that a user gets by default.
    AsShipped,
    /// The best of the modes that make machine code.
    Compiled,
}

impl Whose {
    /// Those of a run.
    pub const MEASURED: [Whose; 2] = [Whose::AsShipped, Whose::Compiled];

    pub fn name(self) -> &'static str {
        match self {
            Whose::Published => "published",
            Whose::AsShipped => "as shipped",
            Whose::Compiled => "compiled",
        }
    }

    /// The mode of an engine at a load; one that no cell has where there is none.
    pub fn mode(self, results: &Results, engine: &str, load: Load) -> EngineMode {
        let mode = match self {
            Whose::Published => None,
            Whose::AsShipped => results.shipped(engine),
            Whose::Compiled => compiled(results, engine, load).into_iter().next(),
        };
        mode.unwrap_or_else(|| EngineMode::new(engine, self.name()))
    }
}

/// The modes of an engine that make machine code of what it is shipped to run (JavaScript or
/// WebAssembly), as planned at a load. Those that finished most inputs come first, and of these the
/// one with the least geometric mean of the median wall times.
pub fn compiled(results: &Results, engine: &str, load: Load) -> Vec<EngineMode> {
    let rows = results.study(load);
    let runs_js = |mode: &Mode| mode.uses("js");
    let shipped = results.shipped(engine);
    let shipped = shipped.and_then(|mode| results.mode(&mode)).map(runs_js);
    let is_compiled =
        |mode: &Mode| mode.tier != Tier::Interpreter && shipped == Some(runs_js(mode));
    let mut modes = engine_modes(rows.iter().copied());
    modes.retain(|mode| mode.engine == engine && results.mode(mode).is_some_and(is_compiled));
    let rank = |mode: EngineMode| {
        let finished = of_mode(&rows, &mode).into_iter().filter(|row| row.is_ok());
        let walls_s: Vec<f64> = finished.filter_map(|row| Metric::Wall.of(row)).collect();
        let mean_s = stats::geometric_mean(&walls_s).unwrap_or(f64::INFINITY);
        (Reverse(walls_s.len()), mean_s, mode)
    };
    let mut ranked: Vec<_> = modes.into_iter().map(rank).collect();
    ranked.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    ranked.into_iter().map(|(_, _, mode)| mode).collect()
}

/// All planned cells of a workload and a load, on random input.
struct Part<'r> {
    load: Load,
    rows: Vec<&'r Row>,
}

impl Part<'_> {
    /// `33 ms–51 ms (aot; 100MB: timeout)`: from the smallest to the largest mean of the sizes.
    fn range(&self, mode: &EngineMode, metric: Metric) -> Field {
        let rows = of_mode(&self.rows, mode);
        let Some(floor) = rows.first().map(|row| metric.floor(row)) else {
            return Field::default();
        };
        let (ok, missing): (Vec<&Row>, Vec<&Row>) = rows.into_iter().partition(|row| row.is_ok());
        let means: Vec<f64> = ok.iter().filter_map(|row| metric.seen(row)).collect();
        let range = range(&means, |mean| metric.text(mean, floor));
        let range = range.map_or_else(|| "X".to_owned(), |(text, _)| text);
        let mut text = format!("{range} ({}", mode.mode);
        for row in missing {
            text += &format!("; {}: {}", row.cell.size, row.outcome_text());
        }
        Field::from(text + ")")
    }

    /// What an engine takes of what the base takes, over the sizes that both finished.
    fn ratio(&self, results: &Results, whose: Whose, engine: &str, metric: Metric) -> Field {
        if whose == Whose::Published {
            let of = |engine| published(metric, self.load, engine);
            return Field::maybe(of(engine).zip(of(BASE)).map(|(a, b)| a / b), times);
        }
        let [mode, base] = [engine, BASE].map(|engine| whose.mode(results, engine, self.load));
        let mut ok = self.rows.clone();
        ok.retain(|row| row.is_ok());
        let comparison = results.ledger.tell(&pairs(&ok, &mode, &base), metric);
        comparison.map_or_else(Field::none, |it| Field::figure(it.text(), it.ratio))
    }
}

/// The geometric middle of a published range, in seconds or MB.
fn published(metric: Metric, load: Load, engine: &str) -> Option<f64> {
    let mut same = PUBLISHED.iter().filter(|it| it.0 == load && it.1 == engine);
    let (_, _, seconds, mb) = same.next()?;
    let (low, high) = match metric {
        Metric::Memory => mb,
        _ => seconds,
    };
    Some((low * high).sqrt())
}

/// How many times as long as here the base took at high loads, as shipped.
pub fn times_published(results: &Results) -> Option<f64> {
    let mut rows = results.study(Load::High);
    rows.retain(|row| row.is_ok() && row.cell.workload == PUBLISHED_WORKLOAD);
    let rows = of_mode(&rows, &results.shipped(BASE)?).into_iter();
    let means: Vec<f64> = rows.filter_map(|row| Metric::MeanWall.of(row)).collect();
    Some(published(Metric::Wall, Load::High, BASE)? / stats::geometric_mean(&means)?)
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let columns = [&[NATIVE], &ENGINES[..]].concat();
    // A load that a rule excludes whole has nothing to show.
    let is_shown = |row: &Row| {
        columns.contains(&&*row.cell.engine) && row.outcome != Some(Outcome::Impossible)
    };
    let planned = Load::ALL.map(|load| (load, results.study(load)));
    let rows = planned.iter().flat_map(|(_, rows)| rows.iter());
    let mut pieces = Vec::new();
    for workload in distinct(rows.map(|row| &row.cell.workload)) {
        let mut parts = Vec::new();
        for (load, mut rows) in planned.clone() {
            rows.retain(|row| row.cell.workload == *workload);
            if rows.iter().any(|row| is_shown(row)) {
                parts.push(Part { load, rows });
            }
        }
        if parts.is_empty() {
            continue;
        }
        pieces.push(Piece::subheading(workload));
        for metric in [Metric::MeanWall, Metric::Memory] {
            let field = |part: &Part, whose: Whose, engine: &str| {
                part.range(&whose.mode(results, engine, part.load), metric)
            };
            let table = table(&columns, &parts, &Whose::MEASURED, field);
            let title = format!("{workload}: {}", metric.short_name());
            pieces.push(Piece::Table(table.titled(title)));
        }
        if workload == PUBLISHED_WORKLOAD {
            pieces.extend(against_published(results, &parts));
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
            "From the smallest to the largest of the means of a load's sizes, as the study has them: as shipped, which is \
             the mode that a user gets by default, and compiled, which is the mode with the least latency at that load among \
             those that make machine code. Sizes without a figure are named with their outcome.",
        ),
    ];
    if results.run.several_machines() {
        pieces.push(Piece::Warning(
            "The sizes of one load may come from several machines; the ratios compare each size on one.".to_owned(),
        ));
    }
    pieces
}

fn against_published(results: &Results, parts: &[Part]) -> Vec<Piece> {
    let whose = [Whose::Published, Whose::AsShipped, Whose::Compiled];
    let mut pieces = vec![Piece::paragraph(format!(
        "Against the published figures, as ratios to {BASE}: the study's from the geometric middles of its ranges, this run's \
         from pairs, over the sizes that both finished. The study gives one figure an engine and does not name the mode.",
    ))];
    for metric in [Metric::Wall, Metric::Memory] {
        let field = |part: &Part, whose, engine: &str| part.ratio(results, whose, engine, metric);
        let name = metric.short_name();
        let title = format!("{PUBLISHED_WORKLOAD}: {name} as a ratio to {BASE}");
        let table = table(&OTHERS, parts, &whose, field);
        pieces.push(Piece::Table(table.titled(title)));
    }
    pieces
}

/// A row for each part and whose figures these are, a column an engine.
fn table(
    engines: &[&str],
    parts: &[Part],
    whose: &[Whose],
    field: impl Fn(&Part, Whose, &str) -> Field,
) -> Table {
    let mut rows = Vec::new();
    for part in parts {
        for whose in whose {
            let start = [Field::from(part.load), Field::from(whose.name())];
            let fields = engines.iter().map(|engine| field(part, *whose, engine));
            rows.push(start.into_iter().chain(fields).collect());
        }
    }
    let header = ["load", "figures"].iter().chain(engines);
    Table::new(header.copied(), rows)
}
