//! The figures that verdicts on the study's conclusions rest on: on random input, as engines ship.

use super::pairs::{Estimate, estimate, of_mode, pairs};
use super::scaling::{Scaling, scalings};
use super::study::ENGINES;
use super::{Facts, Metric, overhead::NATIVE};
use crate::cell::Outcome;
use crate::data::Distribution;
use crate::stats;
use crate::summary::Row;
use crate::units::Load;

/// How far a fitted exponent may be from the complexity's, and how well its line must fit.
pub const EXPONENT_TOLERANCE: f64 = 0.25;
pub const GOOD_FIT: f64 = 0.98;

/// A figure behind a verdict.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// An engine:mode against another, at one load or all.
    Ratio {
        engine_mode: String,
        base: String,
        load: Option<Load>,
        metric: Metric,
        estimate: Estimate,
    },
    MemorySpread(MemorySpread),
    Growth(Growth),
    Lost(Lost),
}

impl Evidence {
    /// Is it a ratio of at least this much, with an interval above 1?
    pub fn is_ratio(&self, least: f64) -> bool {
        matches!(self, Evidence::Ratio { estimate, .. } if estimate.ratio >= least && estimate.interval.low > 1.0)
    }
}

/// Largest ÷ smallest mean memory of these engines and modes, at a load.
#[derive(Clone, Debug, PartialEq)]
pub struct MemorySpread {
    pub load: Load,
    pub engine_modes: Vec<String>,
    pub spread: f64,
}

/// Fits of an engine:mode that are as the complexity says, of all its fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    pub engine_mode: String,
    pub good: usize,
    pub all: usize,
}

/// What an engine:mode did not finish at a load, of what others did.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    pub engine_mode: String,
    pub load: Load,
    pub cells: Vec<String>,
    /// Cells that it was to finish: another runtime finished the same input.
    pub tried: usize,
}

/// How much an engine takes of what another takes, both as shipped.
pub fn shipped_ratio(
    facts: &Facts,
    engine: &str,
    base: &str,
    load: Option<Load>,
    metric: Metric,
) -> Option<Evidence> {
    let (engine_mode, base) = (facts.shipped(engine)?, facts.shipped(base)?);
    let estimate = ratio(facts, &engine_mode, &base, load, metric)?;
    Some(Evidence::Ratio {
        engine_mode,
        base,
        load,
        metric,
        estimate,
    })
}

/// How much one engine:mode takes of what another takes, over the inputs on which both were
/// measured; of one load, or of all.
pub fn ratio(
    facts: &Facts,
    engine_mode: &str,
    base: &str,
    load: Option<Load>,
    metric: Metric,
) -> Option<Estimate> {
    let mut rows = facts.study_work();
    rows.retain(|row| load.is_none_or(|load| row.cell.size.load() == load));
    estimate(&pairs(&rows, engine_mode, base), metric)
}

/// None where nothing was tried that another runtime finished, or where something is not yet
/// finished.
pub fn lost(facts: &Facts, engine: &str, load: Load) -> Option<Lost> {
    let engine_mode = facts.shipped(engine)?;
    let work = facts.study_work();
    let others_finish = |row: &Row| {
        let others = work.iter().filter(|other| other.same_input(row));
        let mut rivals = others.filter(|other| ![engine, NATIVE].contains(&&*other.cell.engine));
        rivals.next().is_some()
    };
    let left_out = [Some(Outcome::Impossible), Some(Outcome::Unsupported)];
    let tried: Vec<&Row> = facts
        .rows
        .iter()
        .filter(|row| row.cell.engine_mode() == engine_mode && row.cell.size.load() == load)
        .filter(|row| row.cell.distribution == Distribution::Random)
        .filter(|row| !left_out.contains(&row.outcome) && others_finish(row))
        .collect();
    if tried.is_empty() || tried.iter().any(|row| row.outcome.is_none()) {
        return None;
    }
    let lost = tried.iter().filter(|row| !row.is_ok());
    Some(Lost {
        engine_mode,
        load,
        cells: lost.map(|row| row.cell.to_string()).collect(),
        tried: tried.len(),
    })
}

/// The same engines at every load that any was measured at, so that it is not their number that
/// makes the difference.
pub fn memory_spreads(facts: &Facts) -> Vec<MemorySpread> {
    let work = facts.study_work();
    let at = |name: &str, load: Load| -> Vec<&Row> {
        let mut own = of_mode(&work, name);
        own.retain(|row| row.cell.size.load() == load);
        own
    };
    let mut modes: Vec<String> = ENGINES
        .iter()
        .filter_map(|engine| facts.shipped(engine))
        .collect();
    let mut loads = Load::ALL.to_vec();
    loads.retain(|load| modes.iter().any(|name| !at(name, *load).is_empty()));
    modes.retain(|name| loads.iter().all(|load| !at(name, *load).is_empty()));
    let spread = |load: &Load| {
        let rows: Vec<Vec<&Row>> = modes.iter().map(|name| at(name, *load)).collect();
        Some(MemorySpread {
            load: *load,
            engine_modes: modes.clone(),
            spread: memory_spread(&rows)?,
        })
    };
    loads.iter().filter_map(spread).collect()
}

/// Largest ÷ smallest geometric mean of peak memory over the inputs that all these share; of at
/// least two.
fn memory_spread(modes: &[Vec<&Row>]) -> Option<f64> {
    let shared = |row: &&&Row| {
        let has = |rows: &Vec<&Row>| rows.iter().any(|other| other.same_input(row));
        modes.iter().all(has)
    };
    let means = modes.iter().map(|rows| {
        let bytes = rows.iter().filter(shared).map(|row| Metric::Memory.of(row));
        stats::geometric_mean(&bytes.collect::<Option<Vec<f64>>>()?)
    });
    let means: Vec<f64> = means.collect::<Option<_>>()?;
    let (low, high) = (
        means.iter().copied().reduce(f64::min)?,
        means.iter().copied().reduce(f64::max)?,
    );
    (means.len() >= 2).then_some(high / low)
}

/// One for each of the study's engines that has fits.
pub fn growth(facts: &Facts) -> Vec<Growth> {
    let scalings = scalings(facts);
    let modes = ENGINES.iter().filter_map(|engine| facts.shipped(engine));
    let growth = |engine_mode: String| {
        let own = scalings
            .iter()
            .filter(|scaling| scaling.engine_mode == engine_mode);
        let fits: Vec<bool> = own.flat_map(are_as_expected).collect();
        (!fits.is_empty()).then(|| Growth {
            engine_mode,
            good: fits.iter().filter(|good| **good).count(),
            all: fits.len(),
        })
    };
    modes.filter_map(growth).collect()
}

/// Whether the fits of time and memory are; none where the complexity says nothing.
fn are_as_expected(scaling: &Scaling) -> Vec<bool> {
    let Some(expected) = scaling.expected else {
        return Vec::new();
    };
    let time = scaling.time.map(|line| {
        line.r_squared >= GOOD_FIT && (line.slope - expected).abs() <= EXPONENT_TOLERANCE
    });
    let memory = scaling.memory.map(|line| line.r_squared >= GOOD_FIT);
    [time, memory].into_iter().flatten().collect()
}
