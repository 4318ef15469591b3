//! The claims that no ratio of two engines at a load decides: C5's second half, C6 and C7.

use super::{
    BASE, CLEARLY, Conclusion, Finding, Judgement, Whose, absent, finished, found, is_excluded,
    lack,
};
use crate::model::{EngineMode, Grid, Load, Metric, Row, grids, human_bytes, of_mode};
use crate::questions::comparison::{compare, pairs};
use crate::questions::thesis::ENGINES;
use crate::questions::{NATIVE, Results, times};
use crate::stats::{self, Interval};

/// What is less than so many times smaller is no smaller.
const SMALLER: f64 = 1.05;
/// A shorter phase is as much clock as work, in seconds.
const SHORTEST_S: f64 = 1e-6;

pub fn sentences() -> [String; 3] {
    [
        "**C5 unusable**. Test: Node.js did not finish something that another engine finished."
            .to_owned(),
        format!(
            "**C6**: the larger the load, the smaller the memory difference between runtimes. Test: what a Wasm runtime takes of \
             {BASE}'s memory (as a ratio), or takes more than it in the mean (in megabytes), is at least {SMALLER} times smaller than at the load before."
        ),
        format!(
            "**C7**: latency and memory grow predictably with the algorithm and the size. Test: an engine's largest size takes what the \
             two sizes before it let expect, within a factor of {CLEARLY}; shown is measured ÷ expected. Start-up, reading, sorting and writing \
             each follow a power of the size, memory a straight line."
        ),
    ]
}

pub fn conclusions(results: &Results) -> Vec<Conclusion> {
    let mut found = Vec::new();
    let planned = Load::ALL
        .into_iter()
        .filter(|load| !results.study(*load).is_empty());
    let planned: Vec<Load> = planned.collect();
    for load in planned.iter().filter(|load| **load != Load::Light) {
        let find = |whose| vec![unfinished(results, *load, whose)];
        found.push(Conclusion::of("C5 unusable", load, find));
    }
    let differences: [(&str, Difference); 2] =
        [("C6 as a ratio", ratio), ("C6 in megabytes", megabytes)];
    for (name, difference) in differences {
        for step in planned.windows(2) {
            let find = |engine: &str, whose: Whose| {
                let modes = [engine, BASE].map(|engine| whose.mode(results, engine, step[1]));
                shrinks(results, step, &modes, difference)
            };
            let at = format!("{} to {}", step[0], step[1]);
            found.push(Conclusion::of(name, at, |whose| {
                ["wasmedge", "wasmer"]
                    .map(|engine| find(engine, whose))
                    .into()
            }));
        }
    }
    let work: Vec<&Row> = planned
        .iter()
        .flat_map(|load| results.study(*load))
        .collect();
    for (name, metric) in [("C7 latency", Metric::Wall), ("C7 memory", Metric::Memory)] {
        for grid in grids(work.iter().copied()) {
            let loads = finished(&grid.rows)
                .into_iter()
                .map(|row| row.cell.size.load());
            if let Some(load) = loads.max() {
                found.push(Conclusion::of(name, grid.place(), |whose| {
                    let modes = ENGINES.map(|engine| whose.mode(results, engine, load));
                    modes.map(|mode| prediction(&grid, &mode, metric)).into()
                }));
            }
        }
    }
    found
}

/// Did Node.js finish what another engine finished?
fn unfinished(results: &Results, load: Load, whose: Whose) -> Finding {
    let rows = results.study(load);
    let mode = whose.mode(results, "node", load);
    let mut others = finished(&rows);
    others.retain(|row| ![NATIVE, "node"].contains(&&*row.cell.engine));
    let mut own = of_mode(&rows, &mode);
    own.retain(|row| !is_excluded(row) && others.iter().any(|other| other.same_input(row)));
    if own.is_empty() {
        return absent(&rows, &[&mode]);
    }
    let all = own.len();
    own.retain(|row| !row.is_ok());
    let judgement = match own.iter().map(|row| lack(row)).min() {
        None => Judgement::DoesNotHold,
        Some(Judgement::DidNotFinish) => Judgement::Holds,
        Some(other) => other,
    };
    let mut text = format!("{mode}: {} of {all} inputs finished", all - own.len());
    for row in own {
        text += &format!("; {}: {}", row.input(), row.outcome_text());
    }
    found(judgement, text)
}

/// Where the difference of the memories of pairs of cells lies, and its text.
type Difference = fn(&Results, &[(&Row, &Row)]) -> Option<(Interval, String)>;

fn ratio(results: &Results, pairs: &[(&Row, &Row)]) -> Option<(Interval, String)> {
    let comparison = compare(pairs, Metric::Memory)?;
    results.ledger.record([&comparison]);
    let anywhere = Interval {
        low: 0.0,
        high: f64::INFINITY,
    };
    Some((comparison.interval.unwrap_or(anywhere), comparison.text()))
}

/// Of means, which vary so little that they need no interval.
fn megabytes(_: &Results, pairs: &[(&Row, &Row)]) -> Option<(Interval, String)> {
    let bytes = |row| Metric::Memory.seen(row);
    let more = pairs.iter().map(|(a, b)| Some(bytes(a)? - bytes(b)?));
    let more = stats::mean(&more.collect::<Option<Vec<f64>>>()?)?;
    let (low, sign) = (more.abs(), if more < 0.0 { "−" } else { "" });
    Some((
        Interval { low, high: low },
        format!("{sign}{} more", human_bytes(low)),
    ))
}

fn shrinks(results: &Results, step: &[Load], modes: &[EngineMode; 2], of: Difference) -> Finding {
    let [a, b] = modes;
    let at = |load: &Load| of(results, &pairs(&finished(&results.study(*load)), a, b));
    let (Some((before, from)), Some((after, to))) = (at(&step[0]), at(&step[1])) else {
        let rows: Vec<&Row> = step.iter().flat_map(|load| results.study(*load)).collect();
        return absent(&rows, &[a, b]);
    };
    let judgement = match () {
        () if before.low > SMALLER * after.high => Judgement::Holds,
        () if before.high < SMALLER * after.low => Judgement::DoesNotHold,
        () => Judgement::Unclear,
    };
    found(judgement, format!("{a} to {b} {from} → {to}"))
}

/// What a mode's largest size takes of what the two sizes before it let expect.
fn prediction(grid: &Grid, mode: &EngineMode, metric: Metric) -> Finding {
    let mut rows = finished(&of_mode(&grid.rows, mode));
    rows.sort_by_key(|row| row.cell.size);
    let [.., first, second, largest] = rows[..] else {
        return absent(&grid.rows, &[mode]);
    };
    let bytes = [first, second, largest].map(|row| row.cell.size.bytes as f64);
    let parts = match metric {
        Metric::Memory => |row| Some(vec![Metric::Memory.seen(row)?]),
        _ => |row| Some(Metric::phases(row)?.to_vec()),
    };
    let along = match metric {
        Metric::Memory => line,
        _ => power,
    };
    let (Some(first), Some(second), Some(measured)) =
        (parts(first), parts(second), metric.seen(largest))
    else {
        return found(Judgement::NotTried, format!("{mode}: no figures"));
    };
    let expected: f64 = first
        .into_iter()
        .zip(second)
        .map(|ys| along(bytes, ys))
        .sum();
    let ratio = measured / expected;
    let judgement = match (1.0 / CLEARLY..=CLEARLY).contains(&ratio) {
        true => Judgement::Holds,
        false => Judgement::DoesNotHold,
    };
    found(
        judgement,
        format!("{mode} {} at {}", times(ratio), largest.cell.size),
    )
}

/// Through two points, at a third.
fn line([x1, x2, x3]: [f64; 3], (y1, y2): (f64, f64)) -> f64 {
    y2 + (y2 - y1) * (x3 - x2) / (x2 - x1)
}

/// The same of a power of x.
fn power(x: [f64; 3], (y1, y2): (f64, f64)) -> f64 {
    let log = |y: f64| y.max(SHORTEST_S).ln();
    line(x.map(f64::ln), (log(y1), log(y2))).exp()
}
