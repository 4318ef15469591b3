//! What is measured of a claim: on random input, as engines ship.

use super::Judgement;
use crate::data::Distribution;
use crate::model::{EngineMode, Load, Metric, Outcome, Row, of_mode};
use crate::questions::comparison::{compare, pairs};
use crate::questions::growth::{Growth, growths};
use crate::questions::thesis::ENGINES;
use crate::questions::{NATIVE, Results, listed, times};
use crate::stats;

/// How far a fitted exponent may be from the complexity's, and how well its line must fit.
pub const EXPONENT_TOLERANCE: f64 = 0.25;
pub const GOOD_FIT: f64 = 0.98;

/// What must be so.
pub enum Measure {
    Ratios(Ratios),
    Unfinished(Unfinished),
    /// Largest ÷ smallest memory falls from load to load.
    MemorySpreadFalls,
    /// Each fit of time and memory is as the complexity says.
    GrowsAsExpected,
}

/// What each engine takes of what each base takes, at each load (none: over all) and by each
/// metric, is within the bound.
pub struct Ratios {
    pub engines: &'static [&'static str],
    pub bases: &'static [&'static str],
    pub loads: &'static [Option<Load>],
    pub metrics: &'static [Metric],
    pub bound: Bound,
}

/// At these loads the engine did not finish something that another runtime finished; or, where
/// that is not expected, it finished all.
pub struct Unfinished {
    pub engine: &'static str,
    pub loads: &'static [Load],
    pub is_expected: bool,
}

/// Of a ratio.
pub enum Bound {
    /// More than this for sure.
    AtLeast(f64),
    /// Less than this for sure.
    Below(f64),
}

/// Whether it is so, and the sentences that say what was seen.
type Seen = (Judgement, Vec<String>);

impl Measure {
    /// What this run shows, and whether it is so.
    pub fn take(&self, results: &Results) -> Seen {
        match self {
            Measure::Ratios(ratios) => ratios.take(results),
            Measure::Unfinished(unfinished) => unfinished.take(results),
            Measure::MemorySpreadFalls => memory_spreads(results),
            Measure::GrowsAsExpected => growth(results),
        }
    }
}

impl Ratios {
    fn take(&self, results: &Results) -> Seen {
        let mut seen = Vec::new();
        for load in self.loads {
            for engine in self.engines {
                for base in self.bases {
                    let ratio = |metric: &Metric| self.ratio(results, engine, base, *load, *metric);
                    seen.extend(self.metrics.iter().map(ratio));
                }
            }
        }
        let judgement = match seen.iter().all(Option::is_some) {
            true => Judgement::of(seen.iter().flatten().all(|(holds, _)| *holds)),
            false => Judgement::NotMeasured,
        };
        let seen = seen.into_iter().flatten();
        (judgement, seen.map(|(_, text)| text).collect())
    }

    /// How much an engine takes of what another takes, both as shipped, over the inputs on which
    /// both were measured; and whether that is within the bound.
    fn ratio(
        &self,
        results: &Results,
        engine: &str,
        base: &str,
        load: Option<Load>,
        metric: Metric,
    ) -> Option<(bool, String)> {
        let (mode, base) = (results.shipped(engine)?, results.shipped(base)?);
        let mut pairs = pairs(&results.study_work(), &mode, &base);
        pairs.retain(|(row, _)| load.is_none_or(|load| row.cell.size.load() == load));
        let comparison = compare(&pairs, metric)?;
        let interval = comparison.interval?;
        results.ledger.record([&comparison]);
        let holds = match self.bound {
            Bound::AtLeast(least) => interval.low > least,
            Bound::Below(limit) => interval.high < limit,
        };
        let at = load.map(|load| format!(" at {load} loads"));
        let (ratio, name, at) = (comparison.text(), metric.name(), at.unwrap_or_default());
        let over = comparison.over();
        Some((
            holds,
            format!("{mode} takes {ratio} the {name} of {base}{at}, {over}"),
        ))
    }
}

impl Unfinished {
    fn take(&self, results: &Results) -> Seen {
        let tried = |load: &Load| tried(results, self.engine, *load);
        let tried = self.loads.iter().filter_map(tried);
        let tried: Vec<(EngineMode, Vec<&Row>)> = tried.collect();
        let seen = tried.iter().filter_map(|(mode, rows)| {
            let lost = rows.iter().filter(|row| !row.is_ok()).count();
            let (tried, load) = (rows.len(), rows[0].cell.size.load());
            (lost > 0).then(|| {
                format!("{mode} did not finish {lost} of the {tried} cells at {load} loads that another runtime finished")
            })
        });
        let seen: Vec<String> = seen.collect();
        match tried.is_empty() {
            true => (Judgement::NotMeasured, seen),
            false => (Judgement::of(seen.is_empty() != self.is_expected), seen),
        }
    }
}

/// The cells that an engine was to finish at a load, because another runtime finished the same
/// input. None without any, or where something is not yet finished.
fn tried<'r>(
    results: &Results<'r>,
    engine: &str,
    load: Load,
) -> Option<(EngineMode, Vec<&'r Row>)> {
    let mode = results.shipped(engine)?;
    let mut finished = results.study_work();
    finished.retain(|row| ![engine, NATIVE].contains(&&*row.cell.engine));
    let left_out = [Some(Outcome::Impossible), Some(Outcome::Unsupported)];
    let rows = results.rows.iter().filter(|row| {
        row.cell.is_of(&mode)
            && row.cell.size.load() == load
            && row.cell.distribution == Distribution::Random
            && !left_out.contains(&row.outcome)
            && finished.iter().any(|other| other.same_input(row))
    });
    let rows: Vec<&Row> = rows.collect();
    let whole = !rows.is_empty() && rows.iter().all(|row| row.outcome.is_some());
    whole.then_some((mode, rows))
}

/// The same engines at every load that any was measured at, so that it is not their number that
/// makes the difference.
fn memory_spreads(results: &Results) -> Seen {
    let work = results.study_work();
    let at = |mode: &EngineMode, load: Load| -> Vec<&Row> {
        let mut own = of_mode(&work, mode);
        own.retain(|row| row.cell.size.load() == load);
        own
    };
    let modes = ENGINES.iter().filter_map(|engine| results.shipped(engine));
    let mut modes: Vec<EngineMode> = modes.collect();
    let mut loads = Load::ALL.to_vec();
    loads.retain(|load| modes.iter().any(|mode| !at(mode, *load).is_empty()));
    modes.retain(|mode| loads.iter().all(|load| !at(mode, *load).is_empty()));
    let spread = |load: &Load| {
        let rows: Vec<Vec<&Row>> = modes.iter().map(|mode| at(mode, *load)).collect();
        Some((*load, memory_spread(&rows)?))
    };
    let spreads: Vec<(Load, f64)> = loads.iter().filter_map(spread).collect();
    let falls = spreads.windows(2).all(|pair| pair[1].1 < pair[0].1);
    let judgement = match spreads.len() {
        0 | 1 => Judgement::NotMeasured,
        _ => Judgement::of(falls),
    };
    let text = |(load, spread): &(Load, f64)| {
        let (spread, modes) = (times(*spread), listed(&modes));
        format!("{spread} between the most and the least memory of {modes} at {load} loads")
    };
    (judgement, spreads.iter().map(text).collect())
}

/// Largest ÷ smallest geometric mean of peak memory over the inputs that all these share; of at
/// least two.
fn memory_spread(modes: &[Vec<&Row>]) -> Option<f64> {
    let shared = |row: &&&Row| {
        let has = |rows: &Vec<&Row>| rows.iter().any(|other| other.same_input(row));
        modes.iter().all(has)
    };
    let means = modes.iter().map(|rows| {
        let rows = rows.iter().filter(shared);
        let bytes = rows.map(|row| Metric::Memory.seen(row));
        stats::geometric_mean(&bytes.collect::<Option<Vec<f64>>>()?)
    });
    let means: Vec<f64> = means.collect::<Option<_>>()?;
    let low = means.iter().copied().reduce(f64::min)?;
    let high = means.iter().copied().reduce(f64::max)?;
    (means.len() >= 2).then_some(high / low)
}

/// One for each of the study's engines that has fits.
fn growth(results: &Results) -> Seen {
    let growths = growths(results);
    let of_mode = |mode: EngineMode| {
        let own = growths.iter().filter(|growth| growth.mode == mode);
        let fits: Vec<bool> = own.flat_map(are_as_expected).collect();
        (!fits.is_empty()).then_some((mode, fits))
    };
    let modes = ENGINES.iter().filter_map(|engine| results.shipped(engine));
    let fits: Vec<(EngineMode, Vec<bool>)> = modes.filter_map(of_mode).collect();
    let judgement = match fits.is_empty() {
        true => Judgement::NotMeasured,
        false => Judgement::of(fits.iter().flat_map(|(_, fits)| fits).all(|good| *good)),
    };
    let text = |(mode, fits): &(EngineMode, Vec<bool>)| {
        let good = fits.iter().filter(|good| **good).count();
        format!("{mode}: {good} of {} fits as expected", fits.len())
    };
    (judgement, fits.iter().map(text).collect())
}

/// Whether the fits of time and memory are; none where the complexity says nothing.
fn are_as_expected(growth: &Growth) -> Vec<bool> {
    let Some(expected) = growth.expected else {
        return Vec::new();
    };
    let time = growth.time.map(|line| {
        line.r_squared >= GOOD_FIT && (line.slope - expected).abs() <= EXPONENT_TOLERANCE
    });
    let memory = growth.memory.map(|line| line.r_squared >= GOOD_FIT);
    [time, memory].into_iter().flatten().collect()
}
