//! The answer first: which engine and mode is best by which criterion, at which load.

use super::comparison::{Comparison, Verdict, compare, decide_together, pairs};
use super::contenders::{Contenders, contenders, mean};
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
    let of_load = |load| CRITERIA.map(|(goal, metric)| rank(results, goal, metric, load));
    let rankings = Load::ALL.into_iter().flat_map(of_load);
    let mut rankings: Vec<Ranking> = rankings.flatten().collect();
    decide_together(rankings.iter_mut().filter_map(|it| it.second.as_mut()));
    let seconds = rankings.iter().filter_map(|it| it.second.as_ref());
    results.ledger.record(seconds);
    rankings
}

fn rank(results: &Results, goal: &'static str, metric: Metric, load: Load) -> Option<Ranking> {
    let Contenders {
        modes,
        inputs,
        left_out,
    } = contenders(results, &[metric], load)?;
    let rows = inputs.concat();
    let figure = |mode| Some((mean(&rows, &mode, metric)?, mode));
    let mut ranked: Vec<(f64, EngineMode)> = modes.into_iter().filter_map(figure).collect();
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    let more = |second: &(f64, EngineMode), best: &(f64, EngineMode)| {
        compare(&pairs(&rows, &second.1, &best.1), metric)
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
            "No engine but native has finished a workload that is no control, so there is nothing to choose from.",
        ));
        return pieces;
    }
    pieces.push(Piece::Table(table(results, &rankings)));
    pieces.push(Piece::paragraph(
        "Light is below 1MB, medium below 100MB, high from 100MB. A figure is the geometric mean over \
         the inputs of its load that most modes finished. The next best is compared in blocks that hold both, back to back, with a \
         95 % interval; all comparisons of the table are decided together, so that among those called at most 5 in 100 are so by chance. Native code is the yardstick and does not compete.",
    ));
    pieces.extend(left_out(&rankings));
    let warnings = results.run.environment.warnings.iter().cloned();
    pieces.extend(warnings.map(Piece::Warning));
    pieces
}

/// A row a criterion and a column a load.
fn table(results: &Results, rankings: &[Ranking]) -> Table {
    let mut table = Table::of(CRITERIA).column("goal", |(goal, _)| *goal);
    for load in distinct(rankings.iter().map(|ranking| ranking.load)) {
        table = table.column(format!("{load} loads"), |(goal, _)| {
            let mut rankings = rankings.iter();
            let ranking = rankings.find(|it| it.load == load && it.goal == *goal);
            ranking.map_or_else(Field::none, |it| in_short(results, it).into())
        });
    }
    table.table
}

fn in_short(results: &Results, ranking: &Ranking) -> String {
    let floor_bytes = results.run.environment.memory_floor_bytes as f64;
    let figure = ranking.metric.text(ranking.figure, floor_bytes);
    let best = format!("**{}**, {figure}", ranking.best);
    let Some(second) = &ranking.second else {
        return best;
    };
    let (next, ratio) = (&second.a, second.text());
    match second.verdict {
        Verdict::More => format!("{best}; next {next}, {ratio}"),
        _ => format!("{best}; {next}, {ratio}, {}", second.tie_text()),
    }
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
