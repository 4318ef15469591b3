//! Which engine and mode is best for which goal, at which load.

use super::overhead::NATIVE;
use super::pairs::{Estimate, estimate, of_mode, pairs};
use super::{Facts, Metric, engine_modes};
use crate::stats;
use crate::summary::Row;
use crate::units::Load;

/// What a reader may want most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    FastestStart,
    BestThroughput,
    LeastMemory,
    Steadiest,
}

impl Goal {
    pub const ALL: [Goal; 4] = [
        Goal::FastestStart,
        Goal::BestThroughput,
        Goal::LeastMemory,
        Goal::Steadiest,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Goal::FastestStart => "fastest start",
            Goal::BestThroughput => "best throughput",
            Goal::LeastMemory => "least memory",
            Goal::Steadiest => "steadiest",
        }
    }

    /// What must be small to reach the goal.
    pub fn metric(self) -> Metric {
        match self {
            Goal::FastestStart => Metric::Start,
            // The input is the same for all, so the shortest time is the best throughput.
            Goal::BestThroughput => Metric::Wall,
            Goal::LeastMemory => Metric::Memory,
            Goal::Steadiest => Metric::Spread,
        }
    }
}

/// The best engine and mode for a goal at a load.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub goal: Goal,
    pub load: Load,
    pub winner: String,
    /// Geometric mean over the inputs: seconds, bytes, or 1 for steadiness.
    pub figure: f64,
    pub second: Option<Second>,
    /// What all contenders were compared on, as `merge/1MB/random`.
    pub inputs: Vec<String>,
    /// Engines and modes without a figure on some of these inputs, which so cannot win.
    pub left_out: Vec<String>,
}

/// The second best.
#[derive(Clone, Debug, PartialEq)]
pub struct Second {
    pub engine_mode: String,
    /// How much more it takes than the winner.
    pub ratio: Estimate,
    /// Is the difference above the noise floor, and its interval above 1?
    pub real: bool,
}

/// An answer for each goal and each load that was measured. Native code is no runtime, and does
/// not compete.
pub fn answers(facts: &Facts) -> Vec<Answer> {
    let ask = |load| {
        let ground = Ground::new(facts, load);
        Goal::ALL
            .into_iter()
            .filter_map(move |goal| ground.answer(facts, goal, load))
    };
    Load::ALL.into_iter().flat_map(ask).collect()
}

/// What contenders are compared on: the inputs that more than half of the engines and modes were
/// measured on. One that goes further than the others does not win by that alone.
struct Ground<'r> {
    contenders: Vec<(String, Vec<&'r Row>)>,
    left_out: Vec<String>,
}

impl<'r> Ground<'r> {
    fn new(facts: &Facts<'r>, load: Load) -> Ground<'r> {
        let rows: Vec<&Row> = facts
            .work()
            .filter(|row| row.cell.size.load() == load && row.cell.engine != NATIVE)
            .collect();
        let names = engine_modes(rows.iter().copied());
        let measured = |row: &Row| rows.iter().filter(|other| other.same_input(row)).count();
        let common: Vec<&Row> = rows
            .iter()
            .copied()
            .filter(|row| 2 * measured(row) > names.len())
            .collect();
        let most = |name: &String| of_mode(&common, name).len();
        let inputs = names.iter().map(most).max().unwrap_or(0);
        let (full, less): (Vec<String>, Vec<String>) =
            names.into_iter().partition(|name| most(name) == inputs);
        // Where none has them all, those with the most may still have different ones.
        let shared = |row: &&Row| {
            full.iter().all(|name| {
                let mut own = of_mode(&common, name).into_iter();
                own.any(|other| other.same_input(row))
            })
        };
        let contenders = full.iter().map(|name| {
            let own = of_mode(&common, name);
            (name.clone(), own.into_iter().filter(shared).collect())
        });
        Ground {
            contenders: contenders.collect(),
            left_out: less,
        }
    }

    fn answer(&self, facts: &Facts, goal: Goal, load: Load) -> Option<Answer> {
        let figure = |rows: &[&Row]| {
            let figures = rows.iter().map(|row| goal.metric().of(row));
            stats::geometric_mean(&figures.collect::<Option<Vec<f64>>>()?)
        };
        let mut left_out = self.left_out.clone();
        let mut ranked: Vec<(f64, &String, &Vec<&Row>)> = Vec::new();
        for (name, rows) in &self.contenders {
            match figure(rows) {
                Some(figure) => ranked.push((figure, name, rows)),
                None => left_out.push(name.clone()),
            }
        }
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (best, name, rows) = ranked.first()?;
        let second = ranked.get(1).and_then(|(_, second, others)| {
            let both: Vec<&Row> = others.iter().chain(*rows).copied().collect();
            let ratio = estimate(&pairs(&both, second, name), goal.metric())?;
            Some(Second {
                engine_mode: (*second).clone(),
                real: ratio.is_more(floor(facts, goal, load)),
                ratio,
            })
        });
        Some(Answer {
            goal,
            load,
            winner: (*name).clone(),
            figure: *best,
            second,
            inputs: rows.iter().map(|row| row.cell.input()).collect(),
            left_out,
        })
    }
}

fn floor(facts: &Facts, goal: Goal, load: Load) -> f64 {
    match goal {
        Goal::FastestStart | Goal::BestThroughput => facts.noises.floor(load),
        Goal::LeastMemory => facts.noises.memory_floor(load),
        // The floor is a ratio of times; of their spread only the interval knows.
        Goal::Steadiest => 0.0,
    }
}
