//! When compiling pays: from which size, and after how many runs.

use super::Results;
use super::noise::{Verdict, compare};
use super::ratio::pairs;
use crate::config::{Mode, Tier};
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Grid, Metric, Row, Size, grids};

pub fn pieces(results: &Results) -> Vec<Piece> {
    let (mut thresholds, mut paybacks) = (Vec::new(), Vec::new());
    for grid in grids(results.work()) {
        for (own, interpreter) in siblings(results, &grid, beats_interpreter) {
            thresholds.extend(threshold(results, &grid, &own, &interpreter));
        }
        for (ahead, other) in siblings(results, &grid, compiles_only_first) {
            let pairs = pairs(&grid.rows, &ahead, &other).into_iter();
            paybacks.extend(pairs.filter_map(|(ahead, other)| payback(results, ahead, other)));
        }
    }
    let against = [
        "workload",
        "mode",
        "interpreter",
        "faster from",
        "both measured at",
    ];
    let ahead = [
        "input",
        "ahead",
        "against",
        "compiling takes",
        "each run saves",
        "runs to pay",
    ];
    let parts = [
        Piece::part(
            "Against the interpreter",
            "From which size on a mode that compiles beats the interpreter of its engine, in each run's wall time and beyond noise, at every size measured.",
            Table::new(against, thresholds),
        ),
        Piece::part(
            "Compiling ahead of time",
            "After how many runs compiling ahead has paid for itself: the compilation's time divided by what each run then takes less.",
            Table::new(ahead, paybacks),
        ),
    ];
    Piece::under("When compiling pays", parts.concat())
}

/// Pairs of modes of one engine that are to be compared.
fn siblings(
    results: &Results,
    grid: &Grid,
    wanted: fn(&Mode, &Mode) -> bool,
) -> Vec<(EngineMode, EngineMode)> {
    let mut found = Vec::new();
    for a in &grid.modes {
        for b in grid.modes.iter().filter(|b| b.engine == a.engine) {
            let modes = results.mode(a).zip(results.mode(b));
            if modes.is_some_and(|(a, b)| wanted(a, b)) {
                found.push((a.clone(), b.clone()));
            }
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

/// The smallest size from which on a mode is faster, beyond noise, at every size that both were
/// measured at.
fn threshold(
    results: &Results,
    grid: &Grid,
    own: &EngineMode,
    interpreter: &EngineMode,
) -> Option<Vec<Field>> {
    let pairs = pairs(&grid.rows, own, interpreter).into_iter();
    let of_pair = |(own, other): (&Row, &Row)| Some((own.cell.size, verdict(results, own, other)?));
    let mut verdicts: Vec<(Size, Verdict)> = pairs.filter_map(of_pair).collect();
    verdicts.sort_by_key(|(size, _)| *size);
    let not_faster = |(_, verdict): &(Size, Verdict)| *verdict != Verdict::Less;
    let first = verdicts.iter().rposition(not_faster).map_or(0, |at| at + 1);
    let (_, last) = verdicts.last()?;
    let from = match verdicts.get(first) {
        None if *last == Verdict::Tie => "a tie at the largest".to_owned(),
        None => "never".to_owned(),
        Some((size, _)) if first == 0 => format!("{size}, the smallest"),
        Some((size, _)) => size.to_string(),
    };
    let sizes: Vec<String> = verdicts.iter().map(|(size, _)| size.to_string()).collect();
    Some(vec![
        grid.title().into(),
        own.into(),
        interpreter.into(),
        from.into(),
        sizes.join(", ").into(),
    ])
}

fn payback(results: &Results, ahead: &Row, other: &Row) -> Option<Vec<Field>> {
    let compile_s = Metric::Compile.of(ahead)?;
    let saved_s = Metric::Wall.of(other)? - Metric::Wall.of(ahead)?;
    let runs = (compile_s / saved_s).ceil();
    Some(vec![
        ahead.input().into(),
        ahead.cell.engine_mode().into(),
        other.cell.engine_mode().into(),
        Field::seconds(compile_s),
        Field::difference(saved_s, ""),
        match verdict(results, ahead, other)? {
            Verdict::Less => Field::figure(format!("{runs:.0}"), runs),
            Verdict::Tie => "a tie".into(),
            Verdict::More => "never".into(),
        },
    ])
}

fn verdict(results: &Results, own: &Row, other: &Row) -> Option<Verdict> {
    let floor = results.noise.floor(Metric::Wall, own.cell.size.load());
    let [own_s, other_s] = [own, other].map(|row| Metric::Wall.values(row));
    compare(&own_s, &other_s, floor)
}
