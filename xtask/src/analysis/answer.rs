//! Which engine and mode is best for which goal, at which load.

use super::{Estimate, Facts, Metric, engine_modes, estimate, overhead::NATIVE};
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
    /// The inputs that all contenders were measured on, as `merge/1MB/random`.
    pub inputs: Vec<String>,
    /// Engines and modes that lack figures for some of these inputs, and so cannot win.
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

/// What contenders are compared on: the inputs that all those with the most inputs share.
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
        let of = |name: &String| -> Vec<&'r Row> {
            let own = rows.iter().filter(|row| row.cell.engine_mode() == *name);
            own.copied().collect()
        };
        let all: Vec<(String, Vec<&Row>)> = engine_modes(rows.iter().copied())
            .into_iter()
            .map(|name| (name.clone(), of(&name)))
            .collect();
        let most = all.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
        let (full, less): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(_, rows)| rows.len() == most);
        let shared = |row: &&Row| {
            full.iter()
                .all(|(_, rows)| rows.iter().any(|other| other.same_input(row)))
        };
        let contenders = full
            .iter()
            .map(|(name, rows)| (name.clone(), rows.iter().copied().filter(shared).collect()));
        Ground {
            contenders: contenders.collect(),
            left_out: less.into_iter().map(|(name, _)| name).collect(),
        }
    }

    fn answer(&self, facts: &Facts, goal: Goal, load: Load) -> Option<Answer> {
        let (metric, floor) = (goal.metric(), facts.memory_floor_bytes());
        let figure = |rows: &[&Row]| {
            let figures: Option<Vec<f64>> = rows.iter().map(|row| metric.of(row, floor)).collect();
            stats::geometric_mean(&figures?)
        };
        let mut ranked: Vec<(f64, &String, &Vec<&Row>)> = self
            .contenders
            .iter()
            .filter_map(|(name, rows)| Some((figure(rows)?, name, rows)))
            .collect();
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (best, name, rows) = ranked.first()?;
        let second = ranked.get(1).and_then(|(_, second, others)| {
            let pairs: Vec<(&Row, &Row)> = others
                .iter()
                .filter_map(|other| Some((*other, *rows.iter().find(|row| row.same_input(other))?)))
                .collect();
            let ratio = estimate(&pairs, metric, floor)?;
            Some(Second {
                engine_mode: (*second).clone(),
                real: is_real(facts, goal, load, ratio),
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
            left_out: self.left_out.clone(),
        })
    }
}

fn is_real(facts: &Facts, goal: Goal, load: Load, ratio: Estimate) -> bool {
    let floor = match goal {
        Goal::FastestStart | Goal::BestThroughput => facts.noises.floor(load),
        Goal::LeastMemory => facts.noises.memory_floor(load),
        // The floor is a ratio of times; of their spread only the interval knows.
        Goal::Steadiest => 0.0,
    };
    ratio.interval.low > 1.0 && ratio.ratio - 1.0 > floor
}
