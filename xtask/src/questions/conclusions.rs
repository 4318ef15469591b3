//! What became of the study's conclusions C0 to C7: each claim is judged at each load, as engines
//! ship and compiled.

mod finding;
mod special;

use super::Results;
use super::comparison::{Comparison, pairs, percent};
use super::thesis::{BASE, OTHERS, Whose, compiled, times_published};
use crate::document::{Piece, Table};
use crate::model::{Load, Metric, Row, distinct, of_mode};
use crate::stats::Interval;
pub use finding::{Finding, Judgement};
use finding::{finished, lack};

/// "Clearly" slower: by at least a quarter; who is not is competitive.
const CLEARLY: f64 = 1.25;
/// "Far" more memory: at least twice as much.
const FAR: f64 = 2.0;
/// Those of the study; Node.js ran JavaScript.
const RUNTIMES: [&str; 3] = ["wasmedge", BASE, "wasmer"];

/// A conclusion that ratios decide: what each of `a` takes of what each of `b` takes is above a
/// bound.
struct Claim {
    id: &'static str,
    /// As published, in short.
    text: &'static str,
    a: &'static [&'static str],
    b: &'static [&'static str],
    bound: f64,
    /// What it joins: each has a metric and verdicts of its own.
    parts: &'static [(&'static str, Metric)],
    loads: &'static [Load],
    /// Compiled, is each mode of b meant, not the best alone?
    with_every_mode: bool,
}

const CLAIMS: [Claim; 6] = [
    Claim {
        id: "C0",
        text: "WasmEdge is an efficient and fast alternative to Node.js",
        a: &["node"],
        b: &["wasmedge"],
        bound: 1.0,
        parts: &[("fast", Metric::Wall), ("efficient", Metric::Memory)],
        loads: &Load::ALL,
        with_every_mode: false,
    },
    Claim {
        id: "C1",
        text: "Wasmtime is the fastest and most efficient",
        a: &OTHERS,
        b: &[BASE],
        bound: 1.0,
        parts: &[
            ("fastest", Metric::Wall),
            ("least CPU", Metric::Cpu),
            ("least memory", Metric::Memory),
        ],
        loads: &Load::ALL,
        with_every_mode: false,
    },
    Claim {
        id: "C2",
        text: "WasmEdge is clearly slower than its competitors at light and medium loads",
        a: &["wasmedge"],
        b: &[BASE, "wasmer"],
        bound: CLEARLY,
        parts: &[("slower", Metric::Wall)],
        loads: &[Load::Light, Load::Medium],
        with_every_mode: false,
    },
    Claim {
        id: "C3",
        text: "WasmEdge becomes competitive at high loads (within a factor of 1.25)",
        a: &[BASE, "wasmer"],
        b: &["wasmedge"],
        bound: 1.0 / CLEARLY,
        parts: &[("competitive", Metric::Wall)],
        loads: &[Load::High],
        with_every_mode: false,
    },
    Claim {
        id: "C4",
        text: "Node.js is clearly slower than the Wasm runtimes (compiled: than each of their modes)",
        a: &["node"],
        b: &RUNTIMES,
        bound: CLEARLY,
        parts: &[("slower", Metric::Wall)],
        loads: &Load::ALL,
        with_every_mode: true,
    },
    Claim {
        id: "C5",
        text: "Node.js uses far more memory, and is unusable after the light loads",
        a: &["node"],
        b: &RUNTIMES,
        bound: FAR,
        parts: &[("memory", Metric::Memory)],
        loads: &Load::ALL,
        with_every_mode: false,
    },
];

/// What a run says of a claim at a load.
#[derive(Debug)]
pub struct Conclusion {
    /// `C1 fastest`
    pub claim: String,
    /// The load, or what else it is about.
    pub at: String,
    /// As shipped, and compiled.
    pub sides: [Vec<Finding>; 2],
}

/// All that can be said of the engines that were planned.
pub fn conclusions(results: &Results) -> Vec<Conclusion> {
    let mut found = Vec::new();
    for claim in &CLAIMS {
        for (part, metric) in claim.parts {
            for load in claim.loads {
                let has = |engines: &[&str]| has_any(&results.study(*load), engines);
                if has(claim.a) && has(claim.b) {
                    let claim_of = format!("{} {part}", claim.id);
                    let judge = |whose| claim.judge(results, *metric, *load, whose);
                    found.push(Conclusion::of(claim_of, load, judge));
                }
            }
        }
    }
    found.extend(special::conclusions(results));
    found
}

/// Is any of these engines to be measured?
fn has_any(rows: &[&Row], engines: &[&str]) -> bool {
    rows.iter().any(|row| engines.contains(&&*row.cell.engine))
}

impl Conclusion {
    fn of(
        claim: impl ToString,
        at: impl ToString,
        find: impl Fn(Whose) -> Vec<Finding>,
    ) -> Conclusion {
        Conclusion {
            claim: claim.to_string(),
            at: at.to_string(),
            sides: Whose::MEASURED.map(find),
        }
    }
}

impl Claim {
    /// What is found of each pair.
    fn judge(&self, results: &Results, metric: Metric, load: Load, whose: Whose) -> Vec<Finding> {
        let rows = results.study(load);
        let mode = |engine: &&str| whose.mode(results, engine, load);
        let mut others = Vec::new();
        for engine in self.b {
            others.push(mode(engine));
            if self.with_every_mode && whose == Whose::Compiled {
                others.extend(compiled(results, engine, load));
            }
        }
        let mut found = Vec::new();
        for a in self.a.iter().map(mode) {
            for b in &distinct(others.clone()) {
                let pairs = pairs(&finished(&rows), &a, b);
                found.push(match results.ledger.tell(&pairs, metric) {
                    Some(comparison) => self.judge_pair(&rows, comparison),
                    None => Finding::absent(&rows, &[&a, b]),
                });
            }
        }
        found
    }

    fn judge_pair(&self, rows: &[&Row], comparison: Comparison) -> Finding {
        let (Comparison { a, b, .. }, bound) = (&comparison, self.bound);
        let mut text = format!("{a} ÷ {b} {}", comparison.text());
        let mut judgement = match comparison.interval {
            Some(Interval { low, .. }) if low > bound => Judgement::Holds,
            Some(Interval { high, .. }) if high < bound => Judgement::DoesNotHold,
            _ => Judgement::Unclear,
        };
        if judgement == Judgement::Unclear {
            text += &match comparison.detectable().map(percent) {
                Some(share) => format!(" ({share} from {bound} would have been seen)"),
                None => " (too few pairs to tell)".to_owned(),
            };
        }
        // Who is said to take less must have finished all that the other finished.
        let done = finished(&of_mode(rows, a));
        for row in of_mode(rows, b) {
            let lack = lack(row).filter(|_| done.iter().any(|other| other.same_input(row)));
            if let Some(lack) = lack {
                judgement = judgement.min(lack);
                text += &format!("; {}: {}", row.name(), row.outcome_text());
            }
        }
        Finding {
            judgement,
            text,
            comparison: Some(comparison),
        }
    }

    fn sentence(&self) -> String {
        let parts = self.parts.iter();
        let parts = parts.map(|(part, metric)| format!("{} ({part})", metric.name()));
        let parts = parts.collect::<Vec<_>>().join(", ");
        let (id, text, a, b) = (self.id, self.text, self.a.join(", "), self.b.join(", "));
        let bound = self.bound;
        format!("**{id}**: {text}. Test: {a} ÷ {b} above {bound}, by {parts}.")
    }
}

fn verdict(findings: &[Finding]) -> String {
    format!("**{}**", Judgement::of(findings).name())
}

/// What was found; in bold what decides, where that is not all.
fn figures(findings: &[Finding]) -> String {
    let decides = |it: &Finding| it.judgement == Judgement::of(findings);
    let is_mixed = !findings.iter().all(decides);
    let texts = findings.iter().map(|it| match is_mixed && decides(it) {
        true => format!("**{}**", it.text),
        false => it.text.clone(),
    });
    distinct(texts).join("; ")
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let table = Table::of(conclusions(results))
        .column("claim", |it| it.claim.clone())
        .column("at", |it| it.at.clone())
        .column("as shipped", |it| verdict(&it.sides[0]))
        .column("compiled", |it| verdict(&it.sides[1]))
        .column("figures as shipped", |it| figures(&it.sides[0]))
        .column("figures compiled", |it| figures(&it.sides[1]))
        .table;
    if table.rows.is_empty() {
        return Vec::new();
    }
    let times = times_published(results).map_or_else(String::new, |times| {
        format!(" (at high loads {BASE} took {times:.0} times as long there as here)")
    });
    let sentences = CLAIMS.iter().map(Claim::sentence);
    vec![
        Piece::heading("The study's conclusions"),
        Piece::paragraph(
            "Each claim is judged at each load, on random input, twice: as engines ship, and compiled, each engine in the mode with the \
             least latency there among those that make machine code; compiling ahead is not counted. A ÷ B is what A takes of what B \
             takes, as the geometric mean over the inputs of that load that both finished. Its 95 % interval must lie beyond the bound; \
             each claim was there before the run, so it is decided by its own interval. Where several pairs are asked for, all must hold; those in bold decide. Not tried: \
             predicted to exceed the limit, or excluded by a rule. Did not finish: timeout, out of memory, or failed.",
        ),
        Piece::paragraph(format!(
            "Ratios of the study compare, its absolute figures do not: its machine is not known{times}, and 0.5 to 3 MB can be no peak \
             resident set. Nor does it name modes: WasmEdge at 31.6 times Wasmtime (merge sort, medium loads) can only have \
             interpreted, at 1.06 times (high loads) only have run compiled code.",
        )),
        Piece::List(sentences.chain(special::sentences()).collect()),
        Piece::Table(table),
    ]
}

#[cfg(test)]
mod tests;
