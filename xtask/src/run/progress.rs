//! What the user sees while samples are taken: a bar on a terminal, plain lines elsewhere.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::schedule::Task;
use crate::model::{Kind, Sample, human_seconds};

/// How often a plain line is printed where there is no terminal.
const PLAIN_EVERY: Duration = Duration::from_secs(15);

/// Shows how far a run is, and how long the rest will take, judging by the samples that were taken.
pub struct Progress {
    /// Hidden where there is no terminal.
    bar: ProgressBar,
    printed: Instant,
    /// The last wall time of each job, in seconds.
    last_s: HashMap<usize, f64>,
    /// Time spent around samples (starting hyperfine, checking outputs), in seconds.
    around_s: f64,
    taken: u32,
    /// The last prediction, `1m 20s left`; empty before there is one.
    left: String,
    /// Seconds that the rounds were said to take, and since when.
    promised: Option<(f64, Instant)>,
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

impl Progress {
    pub fn new() -> Progress {
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {wide_msg}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        Progress {
            bar: bar.with_style(style.progress_chars("=> ")),
            printed: Instant::now(),
            last_s: HashMap::new(),
            around_s: 0.0,
            taken: 0,
            left: String::new(),
            promised: None,
        }
    }

    /// Seconds that the rest will take.
    fn later_s(&self, later: Later) -> f64 {
        let around_s = self.around_s / f64::from(self.taken.max(1));
        let task_s = |task: &Task| self.last_s.get(&task.job).unwrap_or(&0.0) + around_s;
        let rounds = |task: &Task| match task.kind {
            Kind::Compile => later.compile_rounds,
            _ => later.rounds,
        };
        let rest_s = later.tasks.iter().map(task_s);
        let whole_s = later.round.iter();
        let whole_s = whole_s.map(|task| task_s(task) * f64::from(rounds(task)));
        rest_s.chain(whole_s).sum()
    }

    /// Learns from a sample of an earlier sitting of the same run.
    pub fn recall(&mut self, task: Task, sample: &Sample) {
        if let Some(wall_s) = sample.wall_s {
            self.last_s.insert(task.job, wall_s);
        }
    }

    /// Starts a phase (`pilot`, `round 3 of 15`) of so many samples.
    pub fn start(&mut self, phase: &str, length: usize) {
        self.bar.set_prefix(phase.to_owned());
        self.bar.set_length(length as u64);
        self.bar.set_position(0);
        if self.bar.is_hidden() && phase == "pilot" {
            eprintln!("pilot: {length} cells, sizes ascending, not counted");
        }
    }

    /// Says what is being measured.
    pub fn show(&self, name: &str) {
        self.bar.set_message(format!("{}  {name}", self.left));
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
        let wall_s = wall_s.unwrap_or(total_s);
        self.last_s.insert(task.job, wall_s);
        self.around_s += (total_s - wall_s).max(0.0);
        self.taken += 1;
        // The pilot knows too little to say how long it takes.
        self.left = match later.round {
            [] => String::new(),
            _ => format!("{} left", human_seconds(self.later_s(later))),
        };
        self.bar.inc(1);
        self.show(name);
        if self.bar.is_hidden() && self.printed.elapsed() >= PLAIN_EVERY {
            self.printed = Instant::now();
            let said = if self.left.is_empty() {
                name
            } else {
                &self.left
            };
            eprintln!("{phase}: {said}");
        }
    }

    /// Says how long the rounds will take, and remembers it.
    pub fn promise(&mut self, samples: usize, later: Later) {
        let estimate_s = self.later_s(later);
        // This one, and those that follow.
        let (rounds, time) = (later.rounds + 1, human_seconds(estimate_s));
        self.say(&format!(
            "{rounds} rounds of {samples} samples, about {time}"
        ));
        self.promised = Some((estimate_s, Instant::now()));
    }

    /// Prints a line that stays.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Takes the bar away, and says how good the estimate was.
    pub fn finish(&self) {
        if let Some((estimate_s, since)) = self.promised {
            let took_s = since.elapsed().as_secs_f64();
            let percent = 100.0 * (took_s / estimate_s - 1.0);
            let took = human_seconds(took_s);
            self.say(&format!(
                "the rounds took {took}, {percent:+.0} % against the estimate"
            ));
        }
        self.clear();
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
