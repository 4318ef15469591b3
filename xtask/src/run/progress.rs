//! What the user sees while samples are taken: a bar on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::human_seconds;

/// How often a plain line is printed where there is no terminal.
const PLAIN_EVERY: Duration = Duration::from_secs(15);
/// How often the bar is drawn: for eyes, and so that samples of a few milliseconds do not wait
/// for a terminal.
const DRAWN_A_SECOND: u8 = 10;

/// Shows how far a run is, and how long the rest will take.
pub struct Progress {
    /// Hidden where there is no terminal.
    bar: ProgressBar,
    printed: Instant,
    /// The last prediction, `1m 20s left`; empty before there is one.
    left: String,
    /// Seconds that the rounds were said to take, and since when.
    promised: Option<(f64, Instant)>,
}

impl Progress {
    pub fn new() -> Progress {
        let style = ProgressStyle::with_template("{prefix} [{bar:30}] {wide_msg}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        let target = ProgressDrawTarget::stderr_with_hz(DRAWN_A_SECOND);
        let bar = ProgressBar::with_draw_target(None, target);
        Progress {
            bar: bar.with_style(style.progress_chars("=> ")),
            printed: Instant::now(),
            left: String::new(),
            promised: None,
        }
    }

    /// Starts the pilot of so many cells.
    pub fn pilot(&self, cells: usize) {
        self.bar.set_prefix("pilot");
        self.bar.set_length(cells as u64);
        if self.bar.is_hidden() {
            eprintln!("pilot: {cells} cells, sizes ascending, not counted");
        }
    }

    /// Says what is being measured.
    pub fn show(&self, name: &str) {
        if self.promised.is_none() {
            self.bar.inc(1);
        }
        self.bar.set_message(format!("{}  {name}", self.left));
    }

    /// Says how long the rounds will take, and remembers it.
    pub fn promise(&mut self, left_s: f64) {
        self.say(&format!("the rounds take about {}", human_seconds(left_s)));
        self.promised = Some((left_s, Instant::now()));
    }

    /// How far it is, before a block of this round: seconds spent, and left.
    pub fn left(&mut self, spent_s: f64, left_s: f64, round: u32) {
        self.left = format!("{} left", human_seconds(left_s));
        self.bar.set_prefix(format!("round {round}"));
        self.bar.set_length((1e3 * (spent_s + left_s)) as u64);
        self.bar.set_position((1e3 * spent_s) as u64);
        if self.bar.is_hidden() && self.printed.elapsed() >= PLAIN_EVERY {
            self.printed = Instant::now();
            eprintln!("round {round}: {}", self.left);
        }
    }

    /// Prints a line that stays.
    pub fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("{line}"));
    }

    /// Takes the bar away; at the end of a run it says how good the estimate was.
    pub fn finish(&self, is_done: bool) {
        self.bar.finish_and_clear();
        if let Some((estimate_s, since)) = self.promised.filter(|_| is_done) {
            let took_s = since.elapsed().as_secs_f64();
            eprintln!(
                "the rounds took {}, {:+.0} % against the estimate",
                human_seconds(took_s),
                100.0 * (took_s / estimate_s - 1.0)
            );
        }
    }
}
