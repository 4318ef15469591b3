//! From which size compiling is worth it, and after how many runs compiling ahead is.

use super::{Facts, engine_modes};
use crate::config::{Mode, Tier, distinct};
use crate::stats;
use crate::summary::Row;
use crate::units::Size;

/// A mode that compiles against the interpreter of its engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossover {
    /// `merge, random`
    pub workload: String,
    pub interpreter: String,
    pub compiling: String,
    /// The smallest size from which on it is faster at every size that both were measured at.
    pub from: Option<Size>,
    /// The sizes that both were measured at.
    pub sizes: Vec<Size>,
}

/// One for each workload and each mode of an engine that also has an interpreter.
pub fn crossovers(facts: &Facts) -> Vec<Crossover> {
    let mut found = Vec::new();
    for (workload, rows) in by_workload(facts) {
        for interpreter in engine_modes(rows.iter().copied()) {
            if tier(facts, &interpreter) != Some(Tier::Interpreter) {
                continue;
            }
            for compiling in engine_modes(rows.iter().copied()) {
                let compiles =
                    tier(facts, &compiling).is_some_and(|tier| tier != Tier::Interpreter);
                if compiles && engine_of(&compiling) == engine_of(&interpreter) {
                    found.extend(crossover(&workload, &rows, &interpreter, &compiling));
                }
            }
        }
    }
    found
}

fn crossover(
    workload: &str,
    rows: &[&Row],
    interpreter: &str,
    compiling: &str,
) -> Option<Crossover> {
    let mut faster: Vec<(Size, bool)> = both(rows, compiling, interpreter)
        .into_iter()
        .filter_map(|(own, other)| Some((own.cell.size, own.wall?.median < other.wall?.median)))
        .collect();
    faster.sort();
    let slower_until = faster.iter().rposition(|(_, faster)| !faster);
    let first = slower_until.map_or(0, |at| at + 1);
    (!faster.is_empty()).then(|| Crossover {
        workload: workload.to_owned(),
        interpreter: interpreter.to_owned(),
        compiling: compiling.to_owned(),
        from: faster.get(first).map(|(size, _)| *size),
        sizes: faster.iter().map(|(size, _)| *size).collect(),
    })
}

/// Compiling ahead against a mode that compiles in each run, or keeps what it compiled.
#[derive(Clone, Debug, PartialEq)]
pub struct Payback {
    /// `merge/1MB/random`
    pub input: String,
    pub ahead: String,
    pub other: String,
    pub compile_s: f64,
    /// Seconds that each run takes less; negative if more.
    pub saved_s: f64,
    /// Runs until compiling ahead has paid for itself; none if it never does, or if the difference
    /// is not real.
    pub runs: Option<f64>,
    /// Does the 95 % interval of the ratio leave out 1?
    pub real: bool,
}

/// One for each input and pair of modes of an engine of which only one compiles ahead.
pub fn paybacks(facts: &Facts) -> Vec<Payback> {
    let mut found = Vec::new();
    for (_, rows) in by_workload(facts) {
        for ahead in engine_modes(rows.iter().copied()) {
            if !compiles_ahead(facts, &ahead) {
                continue;
            }
            for other in engine_modes(rows.iter().copied()) {
                let compiles = tier(facts, &other) == Some(Tier::Optimizing);
                if engine_of(&other) != engine_of(&ahead)
                    || !compiles
                    || compiles_ahead(facts, &other)
                {
                    continue;
                }
                let pairs = both(&rows, &ahead, &other);
                found.extend(
                    pairs
                        .into_iter()
                        .filter_map(|(own, other)| payback(own, other)),
                );
            }
        }
    }
    found
}

fn payback(ahead: &Row, other: &Row) -> Option<Payback> {
    let compile_s = ahead.compile_median_s?;
    let saved_s = other.wall?.median - ahead.wall?.median;
    let (_, interval) = stats::ratio_of_medians(&other.wall_s, &ahead.wall_s)?;
    let real = interval.low > 1.0 || interval.high < 1.0;
    Some(Payback {
        input: ahead.cell.input(),
        ahead: ahead.cell.engine_mode(),
        other: other.cell.engine_mode(),
        compile_s,
        saved_s,
        runs: (real && saved_s > 0.0).then(|| (compile_s / saved_s).ceil()),
        real,
    })
}

/// The rows of each workload and distribution, machines apart.
fn by_workload<'r>(facts: &Facts<'r>) -> Vec<(String, Vec<&'r Row>)> {
    let name = |row: &Row| {
        let place = row.machine.as_ref().map(|host| format!(", on {host}"));
        let cell = &row.cell;
        format!(
            "{}, {}{}",
            cell.workload,
            cell.distribution,
            place.unwrap_or_default()
        )
    };
    let names = distinct(facts.work().map(name));
    let of = |wanted: String| {
        let rows = facts.work().filter(|row| name(row) == wanted).collect();
        (wanted, rows)
    };
    names.into_iter().map(of).collect()
}

/// The cells of two modes, beside each other where the input is the same.
fn both<'r>(rows: &[&'r Row], a: &str, b: &str) -> Vec<(&'r Row, &'r Row)> {
    let of = |name: &str| -> Vec<&'r Row> {
        let own = rows.iter().copied();
        own.filter(|row| row.cell.engine_mode() == name).collect()
    };
    let others = of(b);
    let pair = |row: &'r Row| Some((row, *others.iter().find(|other| other.same_input(row))?));
    of(a).into_iter().filter_map(pair).collect()
}

fn engine_of(engine_mode: &str) -> &str {
    engine_mode.split(':').next().unwrap_or_default()
}

fn mode<'f>(facts: &Facts<'f>, engine_mode: &str) -> Option<&'f Mode> {
    let (engine, name) = engine_mode.split_once(':')?;
    let modes = &facts.config().engine(engine)?.modes;
    modes.iter().find(|mode| mode.name == name)
}

fn tier(facts: &Facts, engine_mode: &str) -> Option<Tier> {
    Some(mode(facts, engine_mode)?.tier)
}

fn compiles_ahead(facts: &Facts, engine_mode: &str) -> bool {
    let spellings = mode(facts, engine_mode).map_or(&[][..], |mode| &mode.spellings);
    spellings.iter().any(|spelling| spelling.compile.is_some())
}
