//! The answer first: which engine and mode is best by which criterion, at which load.

use super::comparison::{Comparison, pairs};
use super::contenders::{contenders, mean};
use super::{Results, listed};
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Load, Metric, distinct};

/// What a reader may want most: its name, and what must be small for it. The input is the same
/// for all, so the shortest time is the best throughput.
pub const CRITERIA: [(&str, Metric); 3] = [
    ("fastest start", Metric::Start),
    ("best throughput", Metric::Wall),
    ("least memory", Metric::Memory),
];

/// Below it stands the table of answers, or why there is none.
pub const HEADING: &str = "The answer first";

/// The two best engines and modes by a criterion at a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    pub goal: &'static str,
    pub metric: Metric,
    pub load: Load,
    pub best: EngineMode,
    /// Geometric mean of the best over the inputs: seconds or bytes.
    pub figure: f64,
    /// The second best, and how much more it takes.
    pub second: Option<Comparison>,
    /// What all contenders were compared on, as `merge/1MB/random`.
    pub inputs: Vec<String>,
    /// Engines and modes without a figure on some of these inputs, which so cannot win.
    pub left_out: Vec<EngineMode>,
}

/// One for each criterion and each load that was measured. Native code is no runtime, and does
/// not compete.
pub fn rankings(results: &Results) -> Vec<Ranking> {
    let of_load = |load| {
        CRITERIA.map(|(goal, metric)| {
            // Of larger inputs, what the guest does not account for is ending more than starting.
            let is_start = metric != Metric::Start || load == Load::Light;
            rank(results, goal, metric, load).filter(|_| is_start)
        })
    };
    let rankings = Load::ALL.into_iter().flat_map(of_load);
    let mut rankings: Vec<Ranking> = rankings.flatten().collect();
    let seconds = rankings.iter_mut().filter_map(|it| it.second.as_mut());
    results.ledger.decide_together(seconds);
    rankings
}

fn rank(results: &Results, goal: &'static str, metric: Metric, load: Load) -> Option<Ranking> {
    let contenders = contenders(results, &[metric], load)?;
    let (inputs, left_out) = (contenders.inputs, contenders.left_out);
    let rows = inputs.concat();
    let figure = |mode| Some((mean(&rows, &mode, metric)?, mode));
    let modes = contenders.modes.into_iter();
    let mut ranked: Vec<(f64, EngineMode)> = modes.filter_map(figure).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let more = |second: &(f64, EngineMode), best: &(f64, EngineMode)| {
        let pairs = pairs(&rows, &second.1, &best.1);
        results.ledger.compare(&pairs, metric)
    };
    // Pairs decide between the two best: drift may have put the wrong figure first.
    if let [best, second, ..] = &ranked[..]
        && more(second, best).is_some_and(|comparison| comparison.ratio < 1.0)
    {
        ranked.swap(0, 1);
    }
    let (figure, best) = ranked.first()?.clone();
    let second = ranked.get(1).and_then(|second| more(second, &ranked[0]));
    Some(Ranking {
        goal,
        metric,
        load,
        figure,
        second,
        inputs: inputs.iter().map(|rows| rows[0].cell.input()).collect(),
        left_out,
        best,
    })
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let rankings = rankings(results);
    let mut pieces = vec![Piece::heading(HEADING)];
    if rankings.is_empty() {
        pieces.push(Piece::paragraph(
            "No engine but native has finished a workload that is no baseline, so there is nothing to choose from.",
        ));
        return pieces;
    }
    pieces.push(Piece::Table(table(results, &rankings)));
    pieces.push(Piece::paragraph(
        "Light is below 1MB, medium below 100MB, high from 100MB. A figure is the geometric mean over \
         the inputs of its load that most modes finished. What the next best takes of the best is of blocks that hold both, back to \
         back, with its 95 % interval; all comparisons of the table are decided together, so that among those called at most 5 in 100 are so by chance. Native code is the yardstick and does not compete.",
    ));
    pieces.extend(left_out(&rankings));
    let warnings = results.run.environment.warnings.iter().cloned();
    pieces.extend(warnings.map(Piece::Warning));
    pieces
}

/// A row a load and goal.
fn table(results: &Results, rankings: &[Ranking]) -> Table {
    let floor_bytes = results.run.environment.memory_floor_bytes as f64;
    let figure = |it: &Ranking| Field::figure(it.metric.text(it.figure, floor_bytes), it.figure);
    let next = |it: &Ranking| {
        let second = it.second.as_ref();
        second.map_or_else(Field::none, |second| (&second.a).into())
    };
    let takes = |it: &Ranking| match &it.second {
        None => Field::none(),
        Some(second) if second.is_more() => Field::figure(second.text(), second.ratio),
        Some(second) => {
            let text = format!("{}, {}", second.text(), second.tie_text());
            Field::figure(text, second.ratio)
        }
    };
    Table::of(rankings)
        .column("goal", |it| format!("{} loads: {}", it.load, it.goal))
        .column("best", |it| format!("**{}**", it.best))
        .column("figure", |it| figure(it))
        .column("next best", |it| next(it))
        .column("takes", |it| takes(it))
        .column("inputs", |it| Field::count(it.inputs.len()))
        .table
}

/// Those that could not compete, a sentence for each load.
fn left_out(rankings: &[Ranking]) -> impl Iterator<Item = Piece> {
    let of_load = |load: Load| {
        let own = rankings.iter().filter(move |ranking| ranking.load == load);
        let modes = distinct(own.flat_map(|ranking| ranking.left_out.clone()));
        (!modes.is_empty()).then(|| {
            Piece::paragraph(format!(
                "Not in the running at {load} loads for every goal, because they lack figures on some of the inputs: {}.",
                listed(&modes)
            ))
        })
    };
    Load::ALL.into_iter().filter_map(of_load)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Row;
    use crate::model::tests::row;
    use crate::questions::tests::{measured, run, sampled};

    fn best(rows: &[Row], metric: Metric) -> Ranking {
        let rankings = rankings(&Results::new(&run(), rows));
        let mut own = rankings.into_iter().filter(|it| it.metric == metric);
        own.next().unwrap()
    }

    #[test]
    fn of_the_two_best_the_one_that_takes_less_in_pairs_comes_first() {
        // The first seven blocks were disturbed, and one of the two was not in the others.
        let noise: Vec<f64> = (0..15).map(|i| if i < 7 { 2.0 } else { 1.0 }).collect();
        let faster: Vec<f64> = noise[..7].iter().map(|wall_s| 0.9 * wall_s).collect();
        let rows = [
            sampled(row("merge/1KB/random/wasmtime:jit"), &noise),
            sampled(row("merge/1KB/random/wasmtime:aot"), &faster),
        ];
        let ranking = best(&rows, Metric::Wall);
        assert_eq!(ranking.best.to_string(), "wasmtime:aot");
        assert!(ranking.second.is_some_and(|second| second.is_more()));
    }

    #[test]
    fn starts_are_of_light_loads() {
        let rows = ["1KB", "1MB"].map(|size| {
            let cell = format!("merge/{size}/random/wasmtime:jit");
            measured(&cell, 1.0, 9.0)
        });
        let rankings = rankings(&Results::new(&run(), &rows));
        let goals: Vec<_> = rankings.iter().map(|it| (it.load, it.goal)).collect();
        let expected = [
            (Load::Light, "fastest start"),
            (Load::Light, "best throughput"),
            (Load::Light, "least memory"),
            (Load::Medium, "best throughput"),
            (Load::Medium, "least memory"),
        ];
        assert_eq!(goals, expected);
    }
}
