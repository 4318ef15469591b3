//! What the user sees while samples are taken: a bar on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::schedule::Task;
use crate::model::{Kind, Sample, human_seconds};

/// How often a plain line is printed where there is no terminal.
const PLAIN_EVERY: Duration = Duration::from_secs(15);

/// Shows how far a run is, and how long the rest will take.
pub struct Progress {
    bar: Option<ProgressBar>,
    printed: Instant,
    clock: Clock,
    /// The last prediction, `1m 20s left`; empty before there is one.
    left: String,
    /// Seconds that the rounds were said to take, and since when.
    promised: Option<(f64, Instant)>,
}

/// Predicts the time of the remaining samples from those that were taken.
#[derive(Default)]
struct Clock {
    /// The last wall time of each task, in seconds; a run's pilot counts as its run.
    last_s: HashMap<Task, f64>,
    /// Time spent around samples (starting hyperfine, checking outputs), in seconds.
    around_s: f64,
    taken: u32,
}

/// What is left of a run after a sample.
#[derive(Clone, Copy, Default)]
pub struct Later<'t> {
    /// The rest of this round.
    pub tasks: &'t [Task],
    /// A whole round.
    pub round: &'t [Task],
    /// How many rounds follow.
    pub rounds: u32,
    /// How many of them compile ahead of time again.
    pub compile_rounds: u32,
}

impl Clock {
    fn learn(&mut self, task: Task, wall_s: f64, total_s: f64) {
        self.last_s.insert(counted(task), wall_s);
        self.around_s += (total_s - wall_s).max(0.0);
        self.taken += 1;
    }

    fn later_s(&self, later: Later) -> f64 {
        let (compilations, runs): (Vec<Task>, Vec<Task>) = later
            .round
            .iter()
            .partition(|task| task.kind == Kind::Compile);
        self.estimate_s(later.tasks)
            + self.estimate_s(&runs) * f64::from(later.rounds)
            + self.estimate_s(&compilations) * f64::from(later.compile_rounds)
    }

    fn estimate_s(&self, tasks: &[Task]) -> f64 {
        let around_s = self.around_s / f64::from(self.taken.max(1));
        // A control has its cell's time until it has one of its own.
        let wall_s = |task: &Task| {
            let own = self.last_s.get(task);
            own.or_else(|| {
                self.last_s.get(&Task {
                    kind: Kind::Run,
                    ..*task
                })
            })
        };
        let all = tasks.iter();
        all.map(|task| wall_s(task).unwrap_or(&0.0) + around_s)
            .sum()
    }
}

fn counted(task: Task) -> Task {
    Task {
        kind: match task.kind {
            Kind::Pilot => Kind::Run,
            kind => kind,
        },
        ..task
    }
}

impl Progress {
    pub fn new() -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) =
                ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {wide_msg}")
            {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        Progress {
            bar,
            printed: Instant::now(),
            clock: Clock::default(),
            left: String::new(),
            promised: None,
        }
    }

    /// Learns from a sample of an earlier sitting of the same run.
    pub fn recall(&mut self, task: Task, sample: &Sample) {
        if let Some(wall_s) = sample.wall_s {
            self.clock.last_s.insert(counted(task), wall_s);
        }
    }

    /// Starts a phase (`pilot`, `round 3 of 15`) of so many samples.
    pub fn start(&mut self, phase: &str, length: usize) {
        match &self.bar {
            Some(bar) => {
                bar.set_prefix(phase.to_owned());
                bar.set_length(length as u64);
                bar.set_position(0);
            }
            None if phase == "pilot" => {
                eprintln!("pilot: {length} cells, sizes ascending, not counted")
            }
            None => {}
        }
    }

    /// Says what is being measured.
    pub fn show(&self, name: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}  {name}", self.left));
        }
    }

    /// One sample is done, after `total_s` of which the process took `wall_s`.
    pub fn step(
        &mut self,
        task: Task,
        name: &str,
        phase: &str,
        wall_s: Option<f64>,
        total_s: f64,
        later: Later,
    ) {
        self.clock.learn(task, wall_s.unwrap_or(total_s), total_s);
        // The pilot knows too little to say how long it takes.
        let left = (!later.round.is_empty())
            .then(|| format!("{} left", human_seconds(self.clock.later_s(later))));
        if let Some(bar) = &self.bar {
            bar.inc(1);
            self.left = left.unwrap_or_default();
            bar.set_message(format!("{}  {name}", self.left));
        } else if self.printed.elapsed() >= PLAIN_EVERY {
            self.printed = Instant::now();
            eprintln!("{phase}: {}", left.unwrap_or_else(|| name.to_owned()));
        }
    }

    /// Says how long the rounds will take, and remembers it.
    pub fn promise(&mut self, samples: usize, later: Later) {
        let estimate_s = self.clock.later_s(later);
        // This one, and those that follow.
        let rounds = later.rounds + 1;
        self.say(&format!(
            "{rounds} rounds of {samples} samples, about {}",
            human_seconds(estimate_s)
        ));
        self.promised = Some((estimate_s, Instant::now()));
    }

    /// Prints a line that stays.
    pub fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    /// Takes the bar away, and says how good the estimate was.
    pub fn finish(&self) {
        if let Some((estimate_s, since)) = self.promised {
            let took_s = since.elapsed().as_secs_f64();
            self.say(&format!(
                "the rounds took {}, {:+.0} % against the estimate",
                human_seconds(took_s),
                100.0 * (took_s / estimate_s - 1.0)
            ));
        }
        self.clear();
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Default for Progress {
    fn default() -> Progress {
        Progress::new()
    }
}
