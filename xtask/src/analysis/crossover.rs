//! From which size compiling is worth it, and after how many runs compiling ahead is.

use super::pairs::pairs;
use super::{Facts, engine_modes};
use crate::config::{Mode, Tier, distinct};
use crate::noise::{Verdict, compare};
use crate::summary::Row;
use crate::units::Size;

/// A mode that compiles against the interpreter of its engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossover {
    /// `merge, random`
    pub workload: String,
    pub interpreter: String,
    pub compiling: String,
    /// The smallest size from which on it is faster, beyond noise, at every size that both were
    /// measured at.
    pub from: Option<Size>,
    /// The sizes that both were measured at, ascending.
    pub sizes: Vec<Size>,
    /// Is the largest of them a tie?
    pub tie: bool,
}

/// One for each workload and each mode of an engine that also has an interpreter.
pub fn crossovers(facts: &Facts) -> Vec<Crossover> {
    let mut found = Vec::new();
    for rows in by_workload(facts) {
        for interpreter in engine_modes(rows.iter().copied()) {
            if tier(facts, &interpreter) != Some(Tier::Interpreter) {
                continue;
            }
            for compiling in engine_modes(rows.iter().copied()) {
                let compiles =
                    tier(facts, &compiling).is_some_and(|tier| tier != Tier::Interpreter);
                if compiles && engine_of(&compiling) == engine_of(&interpreter) {
                    found.extend(crossover(facts, &rows, &interpreter, &compiling));
                }
            }
        }
    }
    found
}

fn crossover(
    facts: &Facts,
    rows: &[&Row],
    interpreter: &str,
    compiling: &str,
) -> Option<Crossover> {
    let mut verdicts: Vec<(Size, Verdict)> = pairs(rows, compiling, interpreter)
        .into_iter()
        .filter_map(|(own, other)| Some((own.cell.size, verdict(facts, own, other)?)))
        .collect();
    verdicts.sort_by_key(|(size, _)| *size);
    let not_faster = |(_, verdict): &(Size, Verdict)| *verdict != Verdict::Faster;
    let first = verdicts.iter().rposition(not_faster).map_or(0, |at| at + 1);
    let (_, last) = verdicts.last()?;
    Some(Crossover {
        workload: rows.first()?.group(),
        interpreter: interpreter.to_owned(),
        compiling: compiling.to_owned(),
        from: verdicts.get(first).map(|(size, _)| *size),
        sizes: verdicts.iter().map(|(size, _)| *size).collect(),
        tie: *last == Verdict::Tie,
    })
}

/// Is a cell faster than the other with the same input?
fn verdict(facts: &Facts, own: &Row, other: &Row) -> Option<Verdict> {
    let floor = facts.noises.floor(own.cell.size.load());
    Some(compare(&own.wall_s, &other.wall_s, floor)?.verdict)
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
    /// Runs until compiling ahead has paid for itself; none if it never does, or if each run takes
    /// the same but for noise.
    pub runs: Option<f64>,
    /// Is a run that was compiled ahead faster?
    pub verdict: Verdict,
}

/// One for each input and pair of modes of an engine and a tier of which only one compiles ahead.
pub fn paybacks(facts: &Facts) -> Vec<Payback> {
    let mut found = Vec::new();
    for rows in by_workload(facts) {
        for ahead in engine_modes(rows.iter().copied()) {
            if !compiles_ahead(facts, &ahead) {
                continue;
            }
            for other in engine_modes(rows.iter().copied()) {
                let same = engine_of(&other) == engine_of(&ahead)
                    && tier(facts, &other) == tier(facts, &ahead);
                if !same || compiles_ahead(facts, &other) {
                    continue;
                }
                let pairs = pairs(&rows, &ahead, &other).into_iter();
                found.extend(pairs.filter_map(|(own, other)| payback(facts, own, other)));
            }
        }
    }
    found
}

fn payback(facts: &Facts, ahead: &Row, other: &Row) -> Option<Payback> {
    let compile_s = ahead.compile_median_s?;
    let saved_s = other.wall?.median - ahead.wall?.median;
    let verdict = verdict(facts, ahead, other)?;
    Some(Payback {
        input: format!("{}{}", ahead.cell.input(), ahead.place()),
        ahead: ahead.cell.engine_mode(),
        other: other.cell.engine_mode(),
        compile_s,
        saved_s,
        runs: (verdict == Verdict::Faster).then(|| (compile_s / saved_s).ceil()),
        verdict,
    })
}

/// The rows of each workload and distribution, machines apart.
fn by_workload<'r>(facts: &Facts<'r>) -> Vec<Vec<&'r Row>> {
    let of = |name: String| facts.work().filter(|row| row.group() == name).collect();
    let names = distinct(facts.work().map(Row::group));
    names.into_iter().map(of).collect()
}

fn engine_of(engine_mode: &str) -> &str {
    engine_mode.split(':').next().unwrap_or_default()
}

fn tier(facts: &Facts, engine_mode: &str) -> Option<Tier> {
    Some(mode(facts, engine_mode)?.tier)
}

fn compiles_ahead(facts: &Facts, engine_mode: &str) -> bool {
    mode(facts, engine_mode).is_some_and(Mode::compiles_ahead)
}

fn mode<'f>(facts: &Facts<'f>, engine_mode: &str) -> Option<&'f Mode> {
    let (engine, mode) = engine_mode.split_once(':')?;
    facts.config().mode(engine, mode)
}
