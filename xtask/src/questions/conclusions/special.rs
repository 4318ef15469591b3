//! The claims that no ratio of two engines at a load decides: C5's second half, C6 and C7.

use super::finding::{finished, lack};
use super::{BASE, CLEARLY, Conclusion, Finding, Judgement, Whose, has_any};
use crate::model::{EngineMode, Grid, Load, Metric, Row, grids, human_bytes, of_mode};
use crate::questions::comparison::pairs;
use crate::questions::thesis::ENGINES;
use crate::questions::{NATIVE, Results, times};
use crate::stats::{self, Interval};

/// A difference that is less than so many times smaller is no smaller.
const SMALLER: f64 = 1.05;
/// A shorter phase is as much clock as work, in seconds.
const SHORTEST_S: f64 = 1e-6;

pub fn sentences() -> [String; 3] {
    [
        "**C5 unusable**. Test: Node.js did not finish something that another engine finished."
            .to_owned(),
        format!(
            "**C6**: the larger the load, the smaller the memory difference between runtimes. Test: what WasmEdge and Wasmer take \
             more than {BASE}, as a share of its memory (as a ratio: how far it is from 1) or in the mean (in megabytes), is at least {SMALLER} times \
             smaller than at the load before; by means, which vary little, where it is in megabytes."
        ),
        format!(
            "**C7**: latency and memory grow predictably with the algorithm and the size. Test: an engine's largest size takes what the two \
             sizes before it let expect, within a factor of {CLEARLY}; shown is measured ÷ expected. Start-up, reading, sorting and writing \
             each follow a power of the size, memory a straight line."
        ),
    ]
}

pub fn conclusions(results: &Results) -> Vec<Conclusion> {
    let mut found = Vec::new();
    let mut planned = Load::ALL.to_vec();
    planned.retain(|load| has_any(&results.study(*load), &ENGINES));
    for load in planned.iter().filter(|load| **load != Load::Light) {
        let find = |whose| vec![unfinished(results, *load, whose)];
        found.push(Conclusion::of("C5 unusable", load, find));
    }
    let differences: [(&str, Difference); 2] =
        [("C6 as a ratio", ratio), ("C6 in megabytes", megabytes)];
    for (claim, difference) in differences {
        for step in planned.windows(2) {
            let find = |whose: Whose| {
                let mode = |engine| whose.mode(results, engine, step[1]);
                let pairs = ["wasmedge", "wasmer"].map(|engine| [mode(engine), mode(BASE)]);
                Vec::from(pairs.map(|modes| shrinks(results, step, &modes, difference)))
            };
            let at = format!("{} to {}", step[0], step[1]);
            found.push(Conclusion::of(claim, at, find));
        }
    }
    let rows = planned.iter().flat_map(|load| results.study(*load));
    let grids = grids(rows.filter(|row| ENGINES.contains(&&*row.cell.engine)));
    for (claim, metric) in [("C7 latency", Metric::Wall), ("C7 memory", Metric::Memory)] {
        for grid in &grids {
            let sizes = finished(&grid.rows).into_iter().map(|row| row.cell.size);
            let Some(largest) = sizes.max() else {
                continue;
            };
            let find = |whose: Whose| {
                let modes = ENGINES.map(|engine| whose.mode(results, engine, largest.load()));
                Vec::from(modes.map(|mode| prediction(grid, &mode, metric)))
            };
            found.push(Conclusion::of(claim, grid.place(), find));
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
    own.retain(|row| others.iter().any(|other| other.same_input(row)));
    let (ok, lost) = (finished(&own).len(), own.iter().filter_map(|row| lack(row)));
    let judgement = match lost.clone().min() {
        None if ok == 0 => return Finding::absent(&rows, &[&mode]),
        None => Judgement::DoesNotHold,
        Some(Judgement::DidNotFinish) => Judgement::Holds,
        Some(other) => other,
    };
    let mut text = format!("{mode}: {ok} of {} inputs finished", ok + lost.count());
    for row in own.iter().filter(|row| lack(row).is_some()) {
        text += &format!("; {}: {}", row.input(), row.outcome_text());
    }
    Finding::new(judgement, text)
}

/// Where the size of the difference of the memories of pairs of cells lies, and its text.
type Difference = fn(&Results, &[(&Row, &Row)]) -> Option<(Interval, String)>;

fn ratio(results: &Results, pairs: &[(&Row, &Row)]) -> Option<(Interval, String)> {
    let comparison = results.ledger.tell(pairs, Metric::Memory)?;
    let (low, high) = match comparison.interval {
        Some(Interval { low, high }) => (low - 1.0, high - 1.0),
        None => (f64::NEG_INFINITY, f64::INFINITY),
    };
    let size = Interval::new(low.max(-high).max(0.0), high.max(-low));
    Some((size, comparison.text()))
}

fn megabytes(_: &Results, pairs: &[(&Row, &Row)]) -> Option<(Interval, String)> {
    let bytes = |row| Metric::Memory.seen(row);
    let more = pairs.iter().map(|(a, b)| Some(bytes(a)? - bytes(b)?));
    let more = stats::mean(&more.collect::<Option<Vec<f64>>>()?)?;
    let sign = if more < 0.0 { "−" } else { "" };
    let text = format!("{sign}{} more", human_bytes(more.abs()));
    Some((Interval::new(more.abs(), more.abs()), text))
}

/// Is the difference smaller at the second load?
fn shrinks(results: &Results, step: &[Load], modes: &[EngineMode; 2], of: Difference) -> Finding {
    let [a, b] = modes;
    let at = |load: &Load| of(results, &pairs(&finished(&results.study(*load)), a, b));
    let (Some((before, from)), Some((after, to))) = (at(&step[0]), at(&step[1])) else {
        let rows: Vec<&Row> = step.iter().flat_map(|load| results.study(*load)).collect();
        return Finding::absent(&rows, &[a, b]);
    };
    let judgement = if before.low > SMALLER * after.high {
        Judgement::Holds
    } else if before.high < SMALLER * after.low {
        Judgement::DoesNotHold
    } else {
        Judgement::Unclear
    };
    Finding::new(judgement, format!("{a} to {b} {from} → {to}"))
}

/// What a mode's largest size takes of what the two sizes before it let expect.
fn prediction(grid: &Grid, mode: &EngineMode, metric: Metric) -> Finding {
    let mut rows = finished(&of_mode(&grid.rows, mode));
    rows.sort_by_key(|row| row.cell.size);
    let [.., first, second, largest] = rows[..] else {
        return Finding::absent(&grid.rows, &[mode]);
    };
    let bytes = [first, second, largest].map(|row| row.cell.size.bytes as f64);
    let (parts, curve): (&[Metric], Curve) = match metric {
        Metric::Memory => (&[Metric::Memory], line),
        _ => (&Metric::PHASES, power),
    };
    let expected = parts.iter().map(|part| {
        let values = [part.seen(first)?, part.seen(second)?];
        Some(curve(bytes, values))
    });
    let expected: Option<f64> = expected.sum();
    let Some((measured, expected)) = metric.seen(largest).zip(expected) else {
        return Finding::absent(&grid.rows, &[mode]);
    };
    let ratio = measured / expected;
    let judgement = match (1.0 / CLEARLY..=CLEARLY).contains(&ratio) {
        true => Judgement::Holds,
        false => Judgement::DoesNotHold,
    };
    let text = format!("{mode} {} at {}", times(ratio), largest.cell.size);
    Finding::new(judgement, text)
}

/// Through two points, at a third.
type Curve = fn([f64; 3], [f64; 2]) -> f64;

fn line([x1, x2, x3]: [f64; 3], [y1, y2]: [f64; 2]) -> f64 {
    y2 + (y2 - y1) * (x3 - x2) / (x2 - x1)
}

fn power(x: [f64; 3], y: [f64; 2]) -> f64 {
    let logs = y.map(|y| y.max(SHORTEST_S).ln());
    line(x.map(f64::ln), logs).exp()
}
