//! When compiling pays: from which size, and after how many runs.

use super::Results;
use super::comparison::{Verdict, compare, pairs};
use crate::config::{Mode, Tier};
use crate::document::{Field, Piece, Table};
use crate::model::{Metric, Row, grids};

/// Two modes of one engine on the inputs of a workload and distribution, sizes ascending.
struct Siblings<'r> {
    /// `merge, random`
    workload: String,
    pairs: Vec<Pair<'r>>,
}

/// Two cells with the same input.
struct Pair<'r> {
    own: &'r Row,
    other: &'r Row,
    /// Of their wall times.
    verdict: Verdict,
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let ahead = siblings(results, compiles_only_first).into_iter();
    let ahead = ahead.flat_map(|siblings| siblings.pairs);
    let thresholds = Table::of(siblings(results, beats_interpreter))
        .column("workload", |it| it.workload.clone())
        .column("mode", |it| it.pairs[0].own.cell.engine_mode())
        .column("interpreter", |it| it.pairs[0].other.cell.engine_mode())
        .column("faster from", |it| faster_from(&it.pairs))
        .column("both measured at", |it| {
            let sizes = it.pairs.iter().map(|pair| pair.own.cell.size.to_string());
            sizes.collect::<Vec<_>>().join(", ")
        })
        .table;
    let paybacks = Table::of(ahead.filter(|pair| Metric::Compile.of(pair.own).is_some()))
        .column("input", |it| it.own.input())
        .column("ahead", |it| it.own.cell.engine_mode())
        .column("against", |it| it.other.cell.engine_mode())
        .column("compiling takes", |it| Field::of(Metric::Compile, it.own))
        .column("each run saves", |it| Field::difference(saved_s(it), ""))
        .column("runs to pay", runs_to_pay)
        .table;
    let parts = [
        Piece::part(
            Piece::subheading("Against the interpreter"),
            "From which size on a mode that compiles beats the interpreter of its engine, in each run's wall time and beyond noise, at every size measured.",
            thresholds,
        ),
        Piece::part(
            Piece::subheading("Compiling ahead of time"),
            "After how many runs compiling ahead has paid for itself: the compilation's time divided by what each run then takes less.",
            paybacks,
        ),
    ];
    Piece::under("When compiling pays", parts.concat())
}

/// Modes of one engine that are to be compared, with the inputs that both were measured on.
fn siblings<'r>(results: &Results<'r>, wanted: fn(&Mode, &Mode) -> bool) -> Vec<Siblings<'r>> {
    let mut found = Vec::new();
    for grid in grids(results.work()) {
        let modes = grid.modes.iter();
        for (a, b) in modes.flat_map(|a| grid.modes.iter().map(move |b| (a, b))) {
            let modes = results.mode(a).zip(results.mode(b));
            if a.engine != b.engine || !modes.is_some_and(|(a, b)| wanted(a, b)) {
                continue;
            }
            let pairs = pairs(&grid.rows, a, b).into_iter();
            let pairs = pairs.filter_map(|(own, other)| pair(results, own, other));
            let mut pairs: Vec<Pair> = pairs.collect();
            pairs.sort_by_key(|pair| pair.own.cell.size);
            let workload = grid.title();
            found.extend((!pairs.is_empty()).then_some(Siblings { workload, pairs }));
        }
    }
    found
}

fn beats_interpreter(own: &Mode, other: &Mode) -> bool {
    own.tier != Tier::Interpreter && other.tier == Tier::Interpreter
}

/// Compiling ahead against compiling in each run, or keeping what was compiled.
fn compiles_only_first(ahead: &Mode, other: &Mode) -> bool {
    ahead.tier == other.tier && ahead.compiles_ahead() && !other.compiles_ahead()
}

/// None where one was not measured.
fn pair<'r>(results: &Results, own: &'r Row, other: &'r Row) -> Option<Pair<'r>> {
    let comparison = compare(&[(own, other)], Metric::Wall)?;
    results.ledger.record([&comparison]);
    let verdict = comparison.verdict;
    Some(Pair {
        own,
        other,
        verdict,
    })
}

/// The smallest size from which on a mode is faster, beyond noise, at every size.
fn faster_from(pairs: &[Pair]) -> String {
    let not_faster = |pair: &Pair| pair.verdict != Verdict::Less;
    let first = pairs.iter().rposition(not_faster).map_or(0, |at| at + 1);
    match (pairs.get(first), pairs.last()) {
        (Some(pair), _) if first == 0 => format!("{}, the smallest", pair.own.cell.size),
        (Some(pair), _) => pair.own.cell.size.to_string(),
        (None, Some(last)) if last.verdict == Verdict::Tie => "a tie at the largest".to_owned(),
        _ => "never".to_owned(),
    }
}

/// What a run takes less, in seconds.
fn saved_s(pair: &Pair) -> f64 {
    let [own, other] = [pair.own, pair.other].map(|row| Metric::Wall.of(row));
    other.unwrap_or_default() - own.unwrap_or_default()
}

fn runs_to_pay(pair: &Pair) -> Field {
    let compile_s = Metric::Compile.of(pair.own);
    match pair.verdict {
        Verdict::Less => Field::rounded(compile_s.map(|it| (it / saved_s(pair)).ceil()), 0),
        Verdict::Tie => "a tie".into(),
        Verdict::Unknown => "too few pairs to tell".into(),
        Verdict::More => "never".into(),
    }
}
