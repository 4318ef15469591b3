//! The study's conclusions C1 to C7, each with a stated test on a run's figures.

use super::study::{BASE, ENGINES};
use super::{Estimate, Facts, Metric, scaling};
use crate::cell::Outcome;
use crate::stats;
use crate::summary::Row;
use crate::units::Load;

/// "Clearly" slower or more: by at least a quarter, and the interval agrees.
pub const CLEARLY: f64 = 1.25;
/// "Far" more memory: at least twice as much.
pub const FAR: f64 = 2.0;
/// How far a fitted exponent may be from the complexity's, and how well its line must fit.
pub const EXPONENT_TOLERANCE: f64 = 0.25;
pub const GOOD_FIT: f64 = 0.98;

/// The Wasm runtimes of the study; Node.js ran JavaScript.
const RUNTIMES: [&str; 3] = ["wasmedge", "wasmtime", "wasmer"];

/// What a test says of a conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Holds,
    DoesNotHold,
    NotMeasured,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Holds => "holds",
            Verdict::DoesNotHold => "does not hold",
            Verdict::NotMeasured => "not measured",
        }
    }

    fn of(holds: bool) -> Verdict {
        if holds {
            Verdict::Holds
        } else {
            Verdict::DoesNotHold
        }
    }
}

/// A conclusion of the study, and what this run says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Conclusion {
    pub id: &'static str,
    /// As published, in short.
    pub claim: &'static str,
    /// What must be so for it to hold.
    pub test: String,
    pub verdict: Verdict,
    /// The figures that the verdict rests on.
    pub evidence: Vec<Evidence>,
    /// Why it does not hold, where that is known.
    pub why: Option<String>,
}

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
    /// Largest ÷ smallest mean memory of the engines, at a load.
    MemorySpread { load: Load, spread: f64 },
    /// Fits of an engine:mode that are as the complexity says, of all its fits.
    Growth {
        engine_mode: String,
        good: usize,
        all: usize,
    },
    /// Planned cells of an engine:mode at a load that ended otherwise than `ok`.
    Lost {
        engine_mode: String,
        load: Load,
        lost: usize,
        planned: usize,
    },
}

/// All seven, in order.
pub fn conclusions(facts: &Facts) -> Vec<Conclusion> {
    vec![
        c1(facts),
        c2(facts),
        c3(facts),
        c4(facts),
        c5(facts),
        c6(facts),
        c7(facts),
    ]
}

fn c1(facts: &Facts) -> Conclusion {
    let metrics = [Metric::Wall, Metric::Cpu, Metric::Memory];
    let rivals = ["wasmedge", "wasmer"];
    let evidence: Vec<Evidence> = rivals
        .iter()
        .flat_map(|rival| metrics.map(|metric| shipped_ratio(facts, rival, BASE, None, metric)))
        .flatten()
        .collect();
    let complete = evidence.len() == rivals.len() * metrics.len();
    Conclusion {
        id: "C1",
        claim: "Wasmtime is the fastest and most efficient",
        test: "as shipped, WasmEdge and Wasmer each take at least Wasmtime's wall time, CPU time and memory, as geometric means over all common inputs".to_owned(),
        verdict: decide(complete, evidence.iter().all(|item| ratio_of(item) >= 1.0)),
        evidence,
        why: None,
    }
}

fn c2(facts: &Facts) -> Conclusion {
    let evidence: Vec<Evidence> = [Load::Light, Load::Medium]
        .iter()
        .flat_map(|load| {
            [BASE, "wasmer"]
                .map(|rival| shipped_ratio(facts, "wasmedge", rival, Some(*load), Metric::Wall))
        })
        .flatten()
        .collect();
    Conclusion {
        id: "C2",
        claim: "WasmEdge is clearly slower than its competitors at light and medium loads",
        test: format!(
            "as shipped, WasmEdge takes at least {CLEARLY} times the wall time of Wasmtime and of Wasmer, at light and at medium loads"
        ),
        verdict: decide(evidence.len() == 4, evidence.iter().all(is_clear)),
        why: interpreter_note(facts),
        evidence,
    }
}

fn c3(facts: &Facts) -> Conclusion {
    let mut evidence: Vec<Evidence> = [BASE, "wasmer"]
        .iter()
        .filter_map(|rival| shipped_ratio(facts, "wasmedge", rival, Some(Load::High), Metric::Wall))
        .collect();
    let lost = lost(facts, "wasmedge", Load::High);
    let measured = evidence.len() == 2 || lost.is_some();
    let competitive = lost.is_none() && evidence.iter().all(|item| ratio_of(item) < CLEARLY);
    evidence.extend(lost);
    Conclusion {
        id: "C3",
        claim: "WasmEdge becomes competitive at high loads",
        test: format!(
            "as shipped, WasmEdge finishes all high loads that were planned, in less than {CLEARLY} times the wall time of Wasmtime and of Wasmer"
        ),
        verdict: decide(measured, competitive),
        why: interpreter_note(facts),
        evidence,
    }
}

fn c4(facts: &Facts) -> Conclusion {
    let evidence: Vec<Evidence> = RUNTIMES
        .iter()
        .filter_map(|rival| shipped_ratio(facts, "node", rival, None, Metric::Wall))
        .collect();
    Conclusion {
        id: "C4",
        claim: "Node.js is clearly slower than the Wasm runtimes",
        test: format!(
            "as shipped, the JavaScript programs take at least {CLEARLY} times the wall time of each Wasm runtime, over all common inputs"
        ),
        verdict: decide(
            evidence.len() == RUNTIMES.len(),
            evidence.iter().all(is_clear),
        ),
        evidence,
        why: None,
    }
}

fn c5(facts: &Facts) -> Conclusion {
    let mut evidence: Vec<Evidence> = RUNTIMES
        .iter()
        .filter_map(|rival| shipped_ratio(facts, "node", rival, Some(Load::Light), Metric::Memory))
        .collect();
    let far = evidence.len() == RUNTIMES.len() && evidence.iter().all(|item| ratio_of(item) >= FAR);
    let larger = [Load::Medium, Load::High];
    let planned = larger
        .iter()
        .any(|load| !planned(facts, "node", *load).is_empty());
    let measured = evidence.len() == RUNTIMES.len() && planned;
    let lost: Vec<Evidence> = larger
        .iter()
        .filter_map(|load| lost(facts, "node", *load))
        .collect();
    let unusable = !lost.is_empty();
    evidence.extend(lost);
    let why = match (far, unusable) {
        _ if !measured => None,
        (true, false) => Some(
            "it does use far more memory, but it finished the medium and high loads that were measured",
        ),
        (false, true) => {
            Some("it failed at larger loads, but does not use far more memory than every runtime")
        }
        (false, false) => {
            Some("it neither uses far more memory than every runtime nor fails at larger loads")
        }
        (true, true) => None,
    };
    Conclusion {
        id: "C5",
        claim: "Node.js uses far more memory and is unusable after the light loads",
        test: format!(
            "as shipped, the JavaScript programs need at least {FAR} times the memory of each Wasm runtime at light loads, and some medium or high load that is not impossible for all ends otherwise than ok"
        ),
        verdict: decide(measured, far && unusable),
        evidence,
        why: why.map(str::to_owned),
    }
}

fn c6(facts: &Facts) -> Conclusion {
    let spreads: Vec<(Load, f64)> = Load::ALL
        .into_iter()
        .filter_map(|load| Some((load, memory_spread(facts, load)?)))
        .collect();
    let falls = spreads.windows(2).all(|pair| pair[1].1 < pair[0].1);
    Conclusion {
        id: "C6",
        claim: "the larger the load, the smaller the memory difference between runtimes",
        test: "as shipped, the largest mean memory of the study's engines divided by the smallest falls from light to medium to high loads (geometric means over the inputs that the engines measured there share)".to_owned(),
        verdict: decide(spreads.len() >= 2, falls),
        evidence: spreads
            .into_iter()
            .map(|(load, spread)| Evidence::MemorySpread { load, spread })
            .collect(),
        why: None,
    }
}

fn c7(facts: &Facts) -> Conclusion {
    let scalings = scaling::scalings(facts);
    let modes: Vec<String> = ENGINES
        .iter()
        .filter_map(|engine| facts.shipped(engine))
        .collect();
    let evidence: Vec<Evidence> = modes
        .iter()
        .filter_map(|engine_mode| {
            let own = scalings
                .iter()
                .filter(|scaling| scaling.engine_mode == *engine_mode);
            let fits: Vec<bool> = own.flat_map(is_predictable).collect();
            (!fits.is_empty()).then(|| Evidence::Growth {
                engine_mode: engine_mode.clone(),
                good: fits.iter().filter(|good| **good).count(),
                all: fits.len(),
            })
        })
        .collect();
    let all_good =
        |item: &Evidence| matches!(item, Evidence::Growth { good, all, .. } if good == all);
    Conclusion {
        id: "C7",
        claim: "latency and memory grow predictably with the algorithm and the size",
        test: format!(
            "as shipped, each sort's time fits a power of the size with R² of at least {GOOD_FIT} and an exponent within {EXPONENT_TOLERANCE} of its complexity's, and each memory a line with the same R²"
        ),
        verdict: decide(!evidence.is_empty(), evidence.iter().all(all_good)),
        evidence,
        why: None,
    }
}

fn is_predictable(scaling: &scaling::Scaling) -> Vec<bool> {
    let time = scaling.time.map(|line| {
        line.r_squared >= GOOD_FIT && (line.slope - scaling.expected).abs() <= EXPONENT_TOLERANCE
    });
    let memory = scaling.memory.map(|line| line.r_squared >= GOOD_FIT);
    [time, memory].into_iter().flatten().collect()
}

fn decide(measured: bool, holds: bool) -> Verdict {
    if measured {
        Verdict::of(holds)
    } else {
        Verdict::NotMeasured
    }
}

fn ratio_of(evidence: &Evidence) -> f64 {
    match evidence {
        Evidence::Ratio { estimate, .. } => estimate.ratio,
        _ => f64::NAN,
    }
}

fn is_clear(evidence: &Evidence) -> bool {
    matches!(evidence, Evidence::Ratio { estimate, .. } if estimate.ratio >= CLEARLY && estimate.interval.low > 1.0)
}

fn shipped_ratio(
    facts: &Facts,
    engine: &str,
    base: &str,
    load: Option<Load>,
    metric: Metric,
) -> Option<Evidence> {
    let (engine_mode, base) = (facts.shipped(engine)?, facts.shipped(base)?);
    let estimate = facts.ratio(&engine_mode, &base, load, metric)?;
    Some(Evidence::Ratio {
        engine_mode,
        base,
        load,
        metric,
        estimate,
    })
}

/// The cells of an engine as shipped at a load, those aside that a rule excludes.
fn planned<'r>(facts: &Facts<'r>, engine: &str, load: Load) -> Vec<&'r Row> {
    let Some(engine_mode) = facts.shipped(engine) else {
        return Vec::new();
    };
    let rows = facts.rows.iter().filter(|row| {
        row.cell.engine_mode() == engine_mode
            && row.cell.size.load() == load
            && row.outcome != Some(Outcome::Impossible)
            && !super::is_control(facts.config(), &row.cell.workload)
    });
    rows.collect()
}

fn lost(facts: &Facts, engine: &str, load: Load) -> Option<Evidence> {
    let planned = planned(facts, engine, load);
    let tried = |row: &&&Row| row.outcome.is_some_and(|outcome| outcome.is_trouble());
    let lost = planned.iter().filter(tried).count();
    (lost > 0).then_some(Evidence::Lost {
        engine_mode: facts.shipped(engine)?,
        load,
        lost,
        planned: planned.len(),
    })
}

/// Largest ÷ smallest geometric mean of peak memory, over the inputs that all engines measured
/// at this load share; of at least two engines.
fn memory_spread(facts: &Facts, load: Load) -> Option<f64> {
    let modes = ENGINES.iter().filter_map(|engine| facts.shipped(engine));
    let of = |name: String| -> Vec<&Row> {
        let own = facts.work().filter(|row| row.cell.size.load() == load);
        own.filter(|row| row.cell.engine_mode() == name).collect()
    };
    let measured: Vec<Vec<&Row>> = modes.map(of).filter(|rows| !rows.is_empty()).collect();
    let shared = |row: &&&Row| {
        measured
            .iter()
            .all(|rows| rows.iter().any(|other| other.same_input(row)))
    };
    let means = measured.iter().map(|rows| {
        let bytes = rows
            .iter()
            .filter(shared)
            .map(|row| Metric::Memory.of(row, facts.memory_floor_bytes()));
        stats::geometric_mean(&bytes.collect::<Option<Vec<f64>>>()?)
    });
    let means: Vec<f64> = means.collect::<Option<_>>()?;
    let (low, high) = (
        means.iter().copied().reduce(f64::min)?,
        means.iter().copied().reduce(f64::max)?,
    );
    (means.len() >= 2).then_some(high / low)
}

/// The study says nothing of modes: what WasmEdge is as shipped, and what it can be.
fn interpreter_note(facts: &Facts) -> Option<String> {
    let shipped = facts.shipped("wasmedge")?;
    let base = facts.shipped(BASE)?;
    let ahead = facts.ratio("wasmedge:aot", &base, None, Metric::Wall)?;
    (shipped == "wasmedge:interpreter").then(|| {
        format!(
            "as shipped WasmEdge interprets; compiled ahead of time it takes {:.2} times the wall time of {base} over all common inputs",
            ahead.ratio
        )
    })
}
