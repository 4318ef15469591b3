//! Which samples are still to be taken, in which order, and which cells are hopeless: pure.

use std::collections::HashSet;

use crate::cell::{Cell, Outcome};
use crate::config::{Complexity, Config};
use crate::plan::{Plan, round_order};
use crate::sample::{Kind, Sample, start_name};
use crate::units::human_seconds;

/// Something that is measured once a round.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    /// A sample of a cell.
    Run(Cell),
    /// A sample of the cell that is measured twice, under its second name.
    Control(Cell),
    /// The engine's version command: what starting its process costs.
    Start { engine: String },
    /// Ahead-of-time compilation of a workload's guest.
    Compile {
        workload: String,
        engine: String,
        mode: String,
    },
}

impl Task {
    /// The name in a sample's `cell` field.
    pub fn name(&self) -> String {
        match self {
            Task::Run(cell) | Task::Control(cell) => cell.to_string(),
            Task::Start { engine } => start_name(engine),
            Task::Compile {
                workload,
                engine,
                mode,
            } => format!("{workload}/{engine}:{mode}"),
        }
    }

    /// What a sample of this task in this round is called; round 0 is the pilot.
    pub fn kind(&self, round: u32) -> Kind {
        match self {
            Task::Compile { .. } => Kind::Compile,
            _ if round == 0 => Kind::Pilot,
            Task::Run(_) => Kind::Run,
            Task::Control(_) | Task::Start { .. } => Kind::Control,
        }
    }
}

/// The version commands of the engines of these cells. Native guests have no engine to start.
fn starts<'t>(config: &'t Config, cells: &'t [&Cell]) -> impl Iterator<Item = Task> + 't {
    let engines = config.engines.iter().filter(|engine| engine.starts());
    let used = engines.filter(|engine| cells.iter().any(|cell| cell.engine == engine.name()));
    used.map(|engine| Task::Start {
        engine: engine.name().to_owned(),
    })
}

/// The compilation that a cell needs first, where its mode compiles ahead of time.
pub fn compilation(config: &Config, cell: &Cell) -> Option<Task> {
    let mode = config.mode_of(cell)?;
    mode.compiles_ahead().then(|| Task::Compile {
        workload: cell.workload.clone(),
        engine: cell.engine.clone(),
        mode: cell.mode.clone(),
    })
}

/// Cells in the order of the pilot: sizes ascending, otherwise as planned.
pub fn pilot_order(plan: &Plan) -> Vec<Cell> {
    let mut cells: Vec<Cell> = plan
        .cells
        .iter()
        .map(|planned| planned.cell.clone())
        .collect();
    cells.sort_by_key(|cell| cell.size);
    cells
}

/// All tasks of a round in its order, whether their cells are still live or not: the order
/// of the others does not change when one cell ends.
pub fn round_tasks(config: &Config, plan: &Plan, round: u32) -> Vec<Task> {
    let cells: Vec<&Cell> = plan.cells.iter().map(|planned| &planned.cell).collect();
    let mut tasks: Vec<Task> = cells
        .iter()
        .map(|cell| Task::Run((*cell).clone()))
        .collect();
    tasks.extend(plan.controls.iter().cloned().map(Task::Control));
    tasks.extend(starts(config, &cells));
    if round <= plan.compile_runs {
        let mut seen = HashSet::new();
        let compilations = cells.iter().filter_map(|cell| compilation(config, cell));
        tasks.extend(compilations.filter(|task| seen.insert(task.clone())));
    }
    round_order(plan.order_seed, round, tasks.len())
        .into_iter()
        .map(|at| tasks[at].clone())
        .collect()
}

/// Is the task of any use: its cell, or one that needs the compilation, is live?
pub fn is_live(plan: &Plan, task: &Task) -> bool {
    match task {
        Task::Run(cell) | Task::Control(cell) => plan.live().any(|live| live == cell),
        Task::Start { engine } => plan.live().any(|cell| cell.engine == *engine),
        Task::Compile {
            workload,
            engine,
            mode,
        } => plan
            .live()
            .any(|cell| cell.workload == *workload && cell.engine == *engine && cell.mode == *mode),
    }
}

/// Which samples there are already.
pub struct Done(HashSet<(String, Kind, u32)>);

impl Done {
    pub fn new(samples: &[Sample]) -> Done {
        Done(
            samples
                .iter()
                .map(|sample| (sample.cell.clone(), sample.kind, sample.round))
                .collect(),
        )
    }

    pub fn has(&self, task: &Task, round: u32) -> bool {
        self.0.contains(&(task.name(), task.kind(round), round))
    }

    pub fn add(&mut self, sample: &Sample) {
        self.0
            .insert((sample.cell.clone(), sample.kind, sample.round));
    }
}

/// Seconds of a phase below which a pilot says too little about larger inputs:
/// fixed costs would be multiplied as if they grew.
const ENOUGH_WORK_S: f64 = 0.01;

/// Why a cell is not worth trying, judging by the pilots of the same workload, distribution,
/// engine and mode at smaller sizes; none if it is.
///
/// The last measured size's sort phase grows with the workload's complexity, its reading and
/// writing with the size, and its start-up not. A program that says nothing of its phases is
/// taken to start in the time of its smallest input, and all the rest to grow like sorting.
pub fn infeasible(config: &Config, plan: &Plan, pilots: &[Sample], cell: &Cell) -> Option<String> {
    let same = |other: &Cell| {
        other.size < cell.size
            && other.workload == cell.workload
            && other.distribution == cell.distribution
            && other.engine == cell.engine
            && other.mode == cell.mode
    };
    let smaller = plan
        .cells
        .iter()
        .filter(|planned| same(&planned.cell))
        .max_by_key(|planned| planned.cell.size)?;
    let size = smaller.cell.size;
    match smaller.outcome {
        Some(Outcome::Timeout) => return Some(format!("{size} reached the timeout already")),
        Some(Outcome::Infeasible) => return Some(format!("{size} is infeasible already")),
        _ => {}
    }
    let good = |sample: &&Sample| sample.outcome == Outcome::Ok;
    let pilot = pilots
        .iter()
        .filter(good)
        .find(|sample| sample.is_of(&smaller.cell))?;
    let wall_s = pilot.wall_s?;
    let smallest = || {
        let cells = plan.cells.iter().filter(|planned| same(&planned.cell));
        let cell = &cells.min_by_key(|planned| planned.cell.size)?.cell;
        let first = pilots
            .iter()
            .filter(good)
            .find(|sample| sample.is_of(cell))?;
        first.wall_s
    };
    let (startup_s, io_s, sort_s) = match (pilot.startup_s(), pilot.sort_s) {
        (Some(startup_s), Some(sort_s)) => (startup_s, wall_s - startup_s - sort_s, sort_s),
        _ => {
            let startup_s = smallest().unwrap_or(wall_s);
            (startup_s, 0.0, wall_s - startup_s)
        }
    };
    let complexity = config.workload(&cell.workload)?.complexity;
    let factor = complexity.cost(cell.size.bytes) / complexity.cost(size.bytes);
    let linear = Complexity::Linear;
    let more_input = linear.cost(cell.size.bytes) / linear.cost(size.bytes);
    let grown = |phase_s: f64, factor: f64| match phase_s {
        ENOUGH_WORK_S.. => phase_s * factor,
        _ => phase_s,
    };
    let predicted_s = startup_s + grown(io_s, factor.min(more_input)) + grown(sort_s, factor);
    (predicted_s > plan.timeout_s).then(|| {
        format!(
            "predicted {}, over the timeout of {}: {size} took {}, and {complexity} makes that {factor:.0} times as much",
            human_seconds(predicted_s),
            human_seconds(plan.timeout_s),
            human_seconds(wall_s),
        )
    })
}

#[cfg(test)]
mod tests;
