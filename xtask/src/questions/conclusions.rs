//! What became of the study's conclusions C1 to C7: each a claim, its measures and their bounds.

pub mod measure;

use super::Results;
use super::comparison::{compare, pairs};
use super::thesis::BASE;
use crate::config::Tier;
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Load, Metric};
use measure::{Bound, EXPONENT_TOLERANCE, GOOD_FIT, Measure, Ratios, Unfinished};

/// "Clearly" slower or more: by at least a quarter, and the interval agrees.
const CLEARLY: f64 = 1.25;
/// "Far" more memory: at least twice as much.
const FAR: f64 = 2.0;
/// The Wasm runtimes of the study; Node.js ran JavaScript.
const RUNTIMES: &[&str] = &["wasmedge", BASE, "wasmer"];
const OVER_ALL: &[Option<Load>] = &[None];
const RIVALS_OF_WASMEDGE: &[&str] = &[BASE, "wasmer"];

/// What a test says of a conclusion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    Holds,
    DoesNotHold,
    NotMeasured,
}

/// A conclusion of the study, and how it is tested.
struct Claim {
    id: &'static str,
    /// As published, in short.
    text: &'static str,
    /// What must be so for it to hold, with names of bounds in braces.
    test: &'static str,
    /// All of them must hold.
    measures: &'static [Measure],
    /// Why it is so, where that is known, from what became of each measure.
    note: fn(&Results, &[Judgement]) -> Option<String>,
}

/// A claim, and what this run says of it.
#[derive(Debug)]
pub struct Conclusion {
    pub id: &'static str,
    text: &'static str,
    test: String,
    pub judgement: Judgement,
    /// What that rests on, in sentences.
    pub seen: Vec<String>,
    note: Option<String>,
}

const CLAIMS: [Claim; 7] = [
    Claim {
        id: "C1",
        text: "Wasmtime is the fastest and most efficient",
        test: "as shipped, WasmEdge and Wasmer each take more wall time, CPU time and memory than Wasmtime, as geometric means over all common inputs, with 95 % intervals above 1",
        measures: &[Measure::Ratios(Ratios {
            engines: &["wasmedge", "wasmer"],
            bases: &[BASE],
            loads: OVER_ALL,
            metrics: &[Metric::Wall, Metric::Cpu, Metric::Memory],
            bound: Bound::AtLeast(1.0),
        })],
        note: |_, _| None,
    },
    Claim {
        id: "C2",
        text: "WasmEdge is clearly slower than its competitors at light and medium loads",
        test: "as shipped, WasmEdge takes at least {CLEARLY} times the wall time of Wasmtime and of Wasmer, with 95 % intervals above that, at light and at medium loads",
        measures: &[Measure::Ratios(Ratios {
            engines: &["wasmedge"],
            bases: RIVALS_OF_WASMEDGE,
            loads: &[Some(Load::Light), Some(Load::Medium)],
            metrics: &[Metric::Wall],
            bound: Bound::AtLeast(CLEARLY),
        })],
        note: |results, _| interpreter_note(results, &[Load::Light, Load::Medium]),
    },
    Claim {
        id: "C3",
        text: "WasmEdge becomes competitive at high loads",
        test: "as shipped, WasmEdge finishes every high load that another runtime finishes, in less than {CLEARLY} times the wall time of Wasmtime and of Wasmer",
        measures: &[
            Measure::Ratios(Ratios {
                engines: &["wasmedge"],
                bases: RIVALS_OF_WASMEDGE,
                loads: &[Some(Load::High)],
                metrics: &[Metric::Wall],
                bound: Bound::Below(CLEARLY),
            }),
            Measure::Unfinished(Unfinished {
                engine: "wasmedge",
                loads: &[Load::High],
                is_expected: false,
            }),
        ],
        note: |results, _| interpreter_note(results, &[Load::High]),
    },
    Claim {
        id: "C4",
        text: "Node.js is clearly slower than the Wasm runtimes",
        test: "as shipped, the JavaScript programs take at least {CLEARLY} times the wall time of each Wasm runtime, with 95 % intervals above that, over all common inputs",
        measures: &[Measure::Ratios(Ratios {
            engines: &["node"],
            bases: RUNTIMES,
            loads: OVER_ALL,
            metrics: &[Metric::Wall],
            bound: Bound::AtLeast(CLEARLY),
        })],
        note: |_, _| None,
    },
    Claim {
        id: "C5",
        text: "Node.js uses far more memory and is unusable after the light loads",
        test: "as shipped, the JavaScript programs need at least {FAR} times the memory of each Wasm runtime at light loads, with 95 % intervals above that, and do not finish some medium or high load that a runtime finishes",
        measures: &[
            Measure::Ratios(Ratios {
                engines: &["node"],
                bases: RUNTIMES,
                loads: &[Some(Load::Light)],
                metrics: &[Metric::Memory],
                bound: Bound::AtLeast(FAR),
            }),
            Measure::Unfinished(Unfinished {
                engine: "node",
                loads: &[Load::Medium, Load::High],
                is_expected: true,
            }),
        ],
        note: |_, parts| far_or_unusable(parts).map(str::to_owned),
    },
    Claim {
        id: "C6",
        text: "the larger the load, the smaller the memory difference between runtimes",
        test: "as shipped, the largest mean memory divided by the smallest falls from load to load, among the study's engines that have figures at every load (geometric means over the inputs that they share)",
        measures: &[Measure::MemorySpreadFalls],
        note: |_, _| None,
    },
    Claim {
        id: "C7",
        text: "latency and memory grow predictably with the algorithm and the size",
        test: "as shipped, each sort's time fits a power of the size with R² of at least {GOOD_FIT} and an exponent within {EXPONENT_TOLERANCE} of its complexity's, and each memory a line with the same R²",
        measures: &[Measure::GrowsAsExpected],
        note: |_, _| None,
    },
];

/// Which of the two things that C5 joins is not so.
fn far_or_unusable(parts: &[Judgement]) -> Option<&'static str> {
    match parts {
        [Judgement::Holds, Judgement::DoesNotHold] => Some(
            "it does use far more memory, but it finished the medium and high loads that were measured",
        ),
        [Judgement::DoesNotHold, Judgement::Holds] => {
            Some("it failed at larger loads, but does not use far more memory than every runtime")
        }
        [Judgement::DoesNotHold, Judgement::DoesNotHold] => {
            Some("it neither uses far more memory than every runtime nor fails at larger loads")
        }
        _ => None,
    }
}

/// The study says nothing of modes: what WasmEdge is as shipped, and what it can be.
fn interpreter_note(results: &Results, loads: &[Load]) -> Option<String> {
    let (shipped, base) = (results.shipped("wasmedge")?, results.shipped(BASE)?);
    if results.mode(&shipped)?.tier != Tier::Interpreter {
        return None;
    }
    let ahead = EngineMode::new("wasmedge", "aot");
    let pairs = pairs(&results.study_work(), &ahead, &base);
    let at = |load: &Load| {
        let mut pairs = pairs.clone();
        pairs.retain(|(row, _)| row.cell.size.load() == *load);
        let ratio = compare(&pairs, Metric::Wall)?.ratio;
        Some(format!("at {load} loads {ratio:.2} times"))
    };
    let times: Vec<String> = loads.iter().filter_map(at).collect();
    (!times.is_empty()).then(|| {
        format!(
            "as shipped WasmEdge interprets; compiled ahead of time it takes {} the wall time of {base}",
            times.join(" and ")
        )
    })
}

/// All seven, in order.
pub fn conclusions(results: &Results) -> Vec<Conclusion> {
    CLAIMS.iter().map(|claim| claim.conclude(results)).collect()
}

impl Claim {
    fn conclude(&self, results: &Results) -> Conclusion {
        let bounds = [
            ("{CLEARLY}", CLEARLY),
            ("{FAR}", FAR),
            ("{GOOD_FIT}", GOOD_FIT),
            ("{EXPONENT_TOLERANCE}", EXPONENT_TOLERANCE),
        ];
        let test = bounds
            .iter()
            .fold(self.test.to_owned(), |test, (name, bound)| {
                test.replace(name, &bound.to_string())
            });
        let seen = self.measures.iter().map(|measure| measure.take(results));
        let (parts, seen): (Vec<Judgement>, Vec<Vec<String>>) = seen.unzip();
        // One part that does not hold is enough.
        let [fails, unknown] = [Judgement::DoesNotHold, Judgement::NotMeasured];
        let judgement = [fails, unknown].into_iter().find(|it| parts.contains(it));
        Conclusion {
            id: self.id,
            text: self.text,
            test,
            judgement: judgement.unwrap_or(Judgement::Holds),
            seen: seen.concat(),
            note: (self.note)(results, &parts),
        }
    }
}

impl Judgement {
    fn of(holds: bool) -> Judgement {
        match holds {
            true => Judgement::Holds,
            false => Judgement::DoesNotHold,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Judgement::Holds => "holds",
            Judgement::DoesNotHold => "does not hold",
            Judgement::NotMeasured => "not measured",
        }
    }
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let conclusions = conclusions(results);
    let row = |it: &Conclusion| {
        let judgement = format!("**{}**", it.judgement.name());
        vec![it.id.into(), it.text.into(), Field::from(judgement)]
    };
    let table = Table::new(
        ["name", "conclusion", "verdict"],
        conclusions.iter().map(row),
    );
    vec![
        Piece::heading("The study's conclusions"),
        Piece::paragraph(
            "Each is put to a stated test on this run's figures on random input, in the mode that each engine ships.",
        ),
        Piece::Table(table),
        Piece::List(conclusions.iter().map(Conclusion::explained).collect()),
    ]
}

impl Conclusion {
    fn explained(&self) -> String {
        let seen = match self.seen.is_empty() {
            true => "no figures".to_owned(),
            false => self.seen.join("; "),
        };
        let note = self.note.as_ref().map(|note| format!(" Note: {note}."));
        format!(
            "**{}** {}. Test: {}. Seen: {seen}.{}",
            self.id,
            self.judgement.name(),
            self.test,
            note.unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests;
