//! The study's conclusions C1 to C7, each with a stated test on a run's figures.

use super::evidence::{
    EXPONENT_TOLERANCE, Evidence, GOOD_FIT, Lost, growth, lost, memory_spreads, ratio,
    shipped_ratio,
};
use super::study::BASE;
use super::{Facts, Metric};
use crate::config::Tier;
use crate::units::Load;

/// "Clearly" slower or more: by at least a quarter, and the interval agrees.
pub const CLEARLY: f64 = 1.25;
/// "Far" more memory: at least twice as much.
pub const FAR: f64 = 2.0;
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
    Conclusion {
        id: "C1",
        claim: "Wasmtime is the fastest and most efficient",
        test: "as shipped, WasmEdge and Wasmer each take more wall time, CPU time and memory than Wasmtime, as geometric means over all common inputs, with 95 % intervals above 1".to_owned(),
        verdict: decide(
            evidence.len() == rivals.len() * metrics.len(),
            evidence.iter().all(|item| item.is_ratio(1.0)),
        ),
        evidence,
        why: None,
    }
}

fn c2(facts: &Facts) -> Conclusion {
    let loads = [Load::Light, Load::Medium];
    let evidence: Vec<Evidence> = loads
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
            "as shipped, WasmEdge takes at least {CLEARLY} times the wall time of Wasmtime and of Wasmer, with 95 % intervals above 1, at light and at medium loads"
        ),
        verdict: decide(
            evidence.len() == 4,
            evidence.iter().all(|item| item.is_ratio(CLEARLY)),
        ),
        why: interpreter_note(facts, &loads),
        evidence,
    }
}

fn c3(facts: &Facts) -> Conclusion {
    let mut evidence: Vec<Evidence> = [BASE, "wasmer"]
        .iter()
        .filter_map(|rival| shipped_ratio(facts, "wasmedge", rival, Some(Load::High), Metric::Wall))
        .collect();
    let lost = lost(facts, "wasmedge", Load::High);
    let measured = lost.as_ref().is_some_and(|lost| !lost.cells.is_empty()) || evidence.len() == 2;
    let close = |item: &Evidence| matches!(item, Evidence::Ratio { estimate, .. } if estimate.ratio < CLEARLY);
    let competitive = evidence.iter().all(close);
    let lost = lost.filter(|lost| !lost.cells.is_empty());
    let holds = competitive && lost.is_none();
    evidence.extend(lost.map(Evidence::Lost));
    Conclusion {
        id: "C3",
        claim: "WasmEdge becomes competitive at high loads",
        test: format!(
            "as shipped, WasmEdge finishes every high load that another runtime finishes, in less than {CLEARLY} times the wall time of Wasmtime and of Wasmer"
        ),
        verdict: decide(measured, holds),
        why: interpreter_note(facts, &[Load::High]),
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
            "as shipped, the JavaScript programs take at least {CLEARLY} times the wall time of each Wasm runtime, with 95 % intervals above 1, over all common inputs"
        ),
        verdict: decide(
            evidence.len() == RUNTIMES.len(),
            evidence.iter().all(|item| item.is_ratio(CLEARLY)),
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
    let far = evidence.len() == RUNTIMES.len() && evidence.iter().all(|item| item.is_ratio(FAR));
    let larger = [Load::Medium, Load::High];
    let tried: Vec<Lost> = larger
        .iter()
        .filter_map(|load| lost(facts, "node", *load))
        .collect();
    let measured = evidence.len() == RUNTIMES.len() && !tried.is_empty();
    let lost = tried.into_iter().filter(|lost| !lost.cells.is_empty());
    evidence.extend(lost.map(Evidence::Lost));
    let unusable = evidence
        .iter()
        .any(|item| matches!(item, Evidence::Lost(_)));
    let why = match (far, unusable) {
        _ if !measured => None,
        (true, true) => None,
        (true, false) => Some(
            "it does use far more memory, but it finished the medium and high loads that were measured",
        ),
        (false, true) => {
            Some("it failed at larger loads, but does not use far more memory than every runtime")
        }
        (false, false) => {
            Some("it neither uses far more memory than every runtime nor fails at larger loads")
        }
    };
    Conclusion {
        id: "C5",
        claim: "Node.js uses far more memory and is unusable after the light loads",
        test: format!(
            "as shipped, the JavaScript programs need at least {FAR} times the memory of each Wasm runtime at light loads, with 95 % intervals above 1, and do not finish some medium or high load that a runtime finishes"
        ),
        verdict: decide(measured, far && unusable),
        evidence,
        why: why.map(str::to_owned),
    }
}

fn c6(facts: &Facts) -> Conclusion {
    let spreads = memory_spreads(facts);
    let falls = spreads.windows(2).all(|pair| {
        let floor = |load| facts.noises.memory_floor(load);
        let noise = floor(pair[0].load).max(floor(pair[1].load));
        pair[1].spread * (1.0 + noise) < pair[0].spread
    });
    Conclusion {
        id: "C6",
        claim: "the larger the load, the smaller the memory difference between runtimes",
        test: "as shipped, the largest mean memory divided by the smallest falls from load to load by more than the noise floor, among the study's engines that have figures at every load (geometric means over the inputs that they share)".to_owned(),
        verdict: decide(spreads.len() >= 2, falls),
        evidence: spreads.into_iter().map(Evidence::MemorySpread).collect(),
        why: None,
    }
}

fn c7(facts: &Facts) -> Conclusion {
    let growth = growth(facts);
    let all_good = growth.iter().all(|growth| growth.good == growth.all);
    Conclusion {
        id: "C7",
        claim: "latency and memory grow predictably with the algorithm and the size",
        test: format!(
            "as shipped, each sort's time fits a power of the size with R² of at least {GOOD_FIT} and an exponent within {EXPONENT_TOLERANCE} of its complexity's, and each memory a line with the same R²"
        ),
        verdict: decide(!growth.is_empty(), all_good),
        evidence: growth.into_iter().map(Evidence::Growth).collect(),
        why: None,
    }
}

fn decide(measured: bool, holds: bool) -> Verdict {
    match (measured, holds) {
        (false, _) => Verdict::NotMeasured,
        (true, true) => Verdict::Holds,
        (true, false) => Verdict::DoesNotHold,
    }
}

/// The study says nothing of modes: what WasmEdge is as shipped, and what it can be.
fn interpreter_note(facts: &Facts, loads: &[Load]) -> Option<String> {
    let (shipped, base) = (facts.shipped("wasmedge")?, facts.shipped(BASE)?);
    let (engine, mode) = shipped.split_once(':')?;
    if facts.config().mode(engine, mode)?.tier != Tier::Interpreter {
        return None;
    }
    let ahead = |load: &Load| {
        let estimate = ratio(facts, "wasmedge:aot", &base, Some(*load), Metric::Wall)?;
        Some(format!("at {load} loads {:.2} times", estimate.ratio))
    };
    let ahead: Vec<String> = loads.iter().filter_map(ahead).collect();
    (!ahead.is_empty()).then(|| {
        format!(
            "as shipped WasmEdge interprets; compiled ahead of time it takes {} the wall time of {base}",
            ahead.join(" and ")
        )
    })
}

#[cfg(test)]
mod tests;
