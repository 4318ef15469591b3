//! Whatever a run says, the answer, the verdicts and the tables agree.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::model::Sample;
use crate::model::tests::{row, sample};
use crate::questions::answer::{Ranking, rankings};
use crate::questions::comparison::Verdict;
use crate::questions::tests::tables as tables_of;
use crate::questions::thesis;

const MODES: [&str; 9] = [
    "node:js",
    "wasmedge:interpreter",
    "wasmedge:aot",
    "wasmtime:jit",
    "wasmtime:jit-cached",
    "wasmtime:aot",
    "wasmer:jit",
    "wasmer:jit-cached",
    "native:release",
];
const OUTCOMES: [Option<Outcome>; 5] = [
    Some(Outcome::Timeout),
    Some(Outcome::OutOfMemory),
    Some(Outcome::Infeasible),
    Some(Outcome::Impossible),
    None,
];
const BLOCKS: u32 = 9;

/// What a mode is like: how slow at each load, how much memory, how far its samples spread, and
/// from which size on it ends in what.
type Made = ([f64; 3], f64, f64, usize, usize);

fn made() -> impl Strategy<Value = Made> {
    let slow = || prop_oneof![Just(1.0), 0.9f64..1.6, 0.1f64..20.0];
    let slow = [slow(), slow(), slow()];
    // Most finish all.
    let ends_at = prop_oneof![4 => Just(SIZES.len()), 1 => 0..SIZES.len()];
    let noise = prop_oneof![Just(0.0), 0.0f64..0.2];
    (slow, 1.0f64..40.0, noise, ends_at, 0..OUTCOMES.len())
}

fn rows(made: &[Made], noise: &[f64]) -> Vec<Row> {
    let mut noise = noise.iter().cycle();
    let mut rows = Vec::new();
    for (mode, (slow, base_mb, spread, ends_at, outcome)) in MODES.iter().zip(made) {
        for (number, (size, bytes)) in SIZES.iter().enumerate() {
            let mut made = row(&format!("merge/{size}/random/{mode}"));
            let wall_s = (0.005 + bytes * 1e-8) * slow[made.cell.size.load() as usize];
            let mut of = |round| {
                let wall_s = wall_s * (1.0 + spread * noise.next().unwrap());
                let phases_s = [0.1, 0.6, 0.1].map(|share| share * wall_s);
                let bytes = (base_mb + 1e-6 * bytes) * 1e6;
                Arc::new(Sample {
                    round,
                    ..sample(wall_s, phases_s, bytes)
                })
            };
            // Those that ended otherwise may have samples.
            made.samples = (1..=BLOCKS).map(&mut of).collect();
            if number >= *ends_at {
                made.outcome = OUTCOMES[*outcome];
            }
            rows.push(made);
        }
    }
    rows
}

/// A finding rests on what was measured at its load, and its interval is where the judgement says.
fn check_finding(
    rows: &[Row],
    load: Load,
    claim: &Claim,
    finding: &Finding,
) -> Result<(), TestCaseError> {
    let Some(comparison) = &finding.comparison else {
        prop_assert!(matches!(
            finding.judgement,
            Judgement::NotTried | Judgement::DidNotFinish
        ));
        return Ok(());
    };
    for mode in [&comparison.a, &comparison.b] {
        let of = |row: &&Row| row.cell.is_of(mode) && row.is_ok();
        let measured: Vec<String> = rows.iter().filter(of).map(Row::input).collect();
        for input in &comparison.inputs {
            prop_assert!(measured.contains(input), "{mode} has no {input}");
        }
        let own = rows
            .iter()
            .filter(of)
            .any(|row| row.cell.size.load() == load);
        prop_assert!(own, "{mode} at {load}");
    }
    let interval = comparison.interval.unwrap();
    let (beyond, before) = (interval.low > claim.bound, interval.high < claim.bound);
    match finding.judgement {
        Judgement::Holds => prop_assert!(beyond, "{finding:?}"),
        Judgement::DoesNotHold => prop_assert!(before, "{finding:?}"),
        Judgement::Unclear => prop_assert!(!beyond && !before, "{finding:?}"),
        Judgement::NotTried | Judgement::DidNotFinish => prop_assert!(!before, "{finding:?}"),
    }
    Ok(())
}

/// All that is found of a pair, whatever the claim.
fn pairs_of<'c>(found: &'c [Conclusion], claim: &str, at: &str) -> Vec<&'c Finding> {
    let own = found.iter().filter(|it| it.claim == claim && it.at == at);
    own.flat_map(|it| it.sides.iter().flatten()).collect()
}

/// Where one claim holds of a pair, the other does.
fn check_implies(
    found: &[Conclusion],
    at: &str,
    [if_this, then_that]: [&str; 2],
) -> Result<(), TestCaseError> {
    for finding in pairs_of(found, if_this, at) {
        for other in pairs_of(found, then_that, at) {
            if finding.comparison.is_some() && finding.comparison == other.comparison {
                let holds = |it: &Finding| it.judgement == Judgement::Holds;
                let fails = |it: &Finding| it.judgement == Judgement::DoesNotHold;
                prop_assert!(!holds(finding) || holds(other), "{finding:?} {other:?}");
                prop_assert!(!fails(other) || fails(finding), "{finding:?} {other:?}");
            }
        }
    }
    Ok(())
}

/// The table of ratios shows those of the verdicts, mode by mode: the made-up runs have one sort.
fn check_tables(tables: &[Piece], found: &[Conclusion]) -> Result<(), TestCaseError> {
    for (claim, metric) in [("C1 fastest", "latency"), ("C1 least memory", "memory")] {
        let title = format!("merge: {metric} as a ratio to wasmtime");
        let is_it = |table: &&Table| table.title == title;
        for row in tables_of(tables)
            .into_iter()
            .filter(is_it)
            .flat_map(|table| &table.rows)
        {
            let at = |it: &&Conclusion| it.claim == claim && it.at == row[0].text;
            let side = Whose::MEASURED
                .iter()
                .position(|whose| whose.name() == row[1].text);
            if let (Some(conclusion), Some(side)) = (found.iter().find(at), side) {
                for (field, finding) in row[2..].iter().zip(&conclusion.sides[side]) {
                    let comparison = finding.comparison.as_ref();
                    let text = comparison.map_or("–".to_owned(), Comparison::text);
                    prop_assert_eq!(&field.text, &text, "{} {:?}", title, row);
                }
            }
        }
    }
    Ok(())
}

/// Where Wasmtime is called the fastest, nothing leads before the mode of it that was compared: another
/// mode of it may have fewer inputs, and be compared on these.
fn check_answer(ranking: &Ranking, found: &[Conclusion]) -> Result<(), TestCaseError> {
    let Some(second) = &ranking.second else {
        return Ok(());
    };
    // Nothing that takes less for real stands behind what it is compared with.
    prop_assert!(
        second.verdict != Verdict::Less && second.ratio > 1.0 - 1e-9,
        "{second:?}"
    );
    let at = ranking.load.to_string();
    let fastest = found
        .iter()
        .find(|it| it.claim == "C1 fastest" && it.at == at);
    let leads = ranking.metric == Metric::Wall && second.is_more();
    for side in fastest.iter().flat_map(|it| &it.sides) {
        let mut compared = side.iter().filter_map(|it| it.comparison.as_ref());
        let is_slower = compared.any(|it| it.a == ranking.best && it.b == second.a);
        let holds = Judgement::of(side) == Judgement::Holds;
        prop_assert!(!(leads && is_slower && holds), "{ranking:?} {side:?}");
    }
    Ok(())
}

fn check(made: &[Made], noise: &[f64]) -> Result<(), TestCaseError> {
    let (run, rows) = (run(), rows(made, noise));
    let results = Results::new(&run, &rows);
    let rankings = rankings(&results);
    let found = conclusions(&results);
    for ranking in &rankings {
        check_answer(ranking, &found)?;
    }
    check_tables(&thesis::pieces(&results), &found)?;
    for load in Load::ALL {
        let at = load.to_string();
        for claim in &CLAIMS {
            for (part, _) in claim.parts {
                for finding in pairs_of(&found, &format!("{} {part}", claim.id), &at) {
                    check_finding(&rows, load, claim, finding)?;
                }
            }
        }
        check_implies(&found, &at, ["C4 slower", "C0 fast"])?;
        check_implies(&found, &at, ["C2 slower", "C1 fastest"])?;
        check_implies(&found, &at, ["C5 memory", "C0 efficient"])?;
    }
    // Whoever wants to check has every comparison in ratios.csv.
    let ledger = results.ledger.all();
    for finding in found.iter().flat_map(|it| it.sides.iter().flatten()) {
        let comparison = finding.comparison.as_ref();
        prop_assert!(
            comparison.is_none_or(|it| ledger.contains(it)),
            "{finding:?}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_contradicts(
        made in prop::collection::vec(made(), MODES.len()),
        noise in prop::collection::vec(-1.0f64..1.0, 101),
    ) {
        check(&made, &noise)?;
    }
}
