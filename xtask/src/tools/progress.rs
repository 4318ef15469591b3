//! Shows how far installs are: a line each on a terminal, a plain line now and then elsewhere.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

const REDRAW: Duration = Duration::from_millis(200);
const PLAIN_LINE: Duration = Duration::from_secs(30);

/// All installs that run side by side.
pub struct Board {
    started: Instant,
    estimate: Duration,
    rows: Vec<Row>,
    terminal: Option<(MultiProgress, ProgressBar)>,
}

/// One install.
pub struct Row {
    name: String,
    bar: ProgressBar,
    doing: Mutex<Doing>,
}

#[derive(Default)]
struct Doing {
    text: String,
    log: Option<PathBuf>,
    started: Option<Instant>,
    ended: bool,
}

impl Board {
    /// A board with a row for each name, and how long it may all take (zero: unknown, or short).
    pub fn new(verb: &str, names: &[&str], estimate: Duration) -> Board {
        let terminal = std::io::stderr().is_terminal().then(|| {
            let all = MultiProgress::new();
            let header = all.add(spinner());
            (all, header)
        });
        let rows = names.iter().map(|name| Row {
            name: (*name).to_owned(),
            bar: match &terminal {
                Some((all, _)) => all.add(spinner()),
                None => ProgressBar::hidden(),
            },
            doing: Mutex::default(),
        });
        let board = Board {
            started: Instant::now(),
            estimate,
            rows: rows.collect(),
            terminal,
        };
        let time = match estimate.as_secs() {
            0 => String::new(),
            _ => format!(": about {}", minutes(estimate)),
        };
        board.print(&format!("{verb} {}{time}", names.join(", ")));
        board
    }

    /// The row of an install, in the order of the names.
    pub fn row(&self, index: usize) -> &Row {
        &self.rows[index]
    }

    /// Ends a row with a last word, which stays on the screen.
    pub fn end(&self, index: usize, outcome: &str) {
        let row = &self.rows[index];
        let started = row.with(|doing| {
            doing.ended = true;
            doing.started
        });
        row.bar.finish_and_clear();
        let took = started.map_or_else(Duration::default, |started| started.elapsed());
        self.print(&format!("{}: {outcome} after {}", row.name, clock(took)));
    }

    /// Keeps what is shown up to date until `done`.
    pub fn watch(&self, done: &AtomicBool) {
        let mut next_line = PLAIN_LINE;
        while !done.load(Ordering::SeqCst) {
            std::thread::sleep(REDRAW);
            if let Some((_, header)) = &self.terminal {
                header.set_message(self.time());
                for row in &self.rows {
                    row.bar
                        .set_message(format!("{}: {}", row.name, row.status()));
                    row.bar.tick();
                }
            } else if self.started.elapsed() >= next_line {
                next_line += PLAIN_LINE;
                self.print(&self.line());
            }
        }
        if let Some((_, header)) = &self.terminal {
            header.finish_and_clear();
        }
    }

    /// Prints a line that stays.
    pub fn print(&self, line: &str) {
        match &self.terminal {
            // Above the rows, which are drawn again below it.
            Some((all, _)) => drop(all.println(line)),
            None => eprintln!("{line}"),
        }
    }

    fn line(&self) -> String {
        let active: Vec<_> = self
            .rows
            .iter()
            .filter(|row| row.with(|doing| !doing.ended))
            .map(|row| format!("{}: {}", row.name, row.status()))
            .collect();
        format!("{}; {}", self.time(), active.join("; "))
    }

    fn time(&self) -> String {
        let elapsed = self.started.elapsed();
        match self.estimate {
            estimate if estimate.is_zero() => clock(elapsed),
            // Not before the number that was promised, which is rounded up.
            estimate if elapsed.as_secs() / 60 >= estimate.as_secs().div_ceil(60) => {
                format!(
                    "{}, longer than the usual {}",
                    clock(elapsed),
                    minutes(estimate)
                )
            }
            estimate => format!("{} of about {}", clock(elapsed), minutes(estimate)),
        }
    }
}

impl Row {
    /// Says what is being done.
    pub fn say(&self, text: &str) {
        self.with(|doing| {
            doing.started.get_or_insert_with(Instant::now);
            doing.text = text.to_owned();
            doing.log = None;
        });
    }

    /// From now on cargo's log says what is being done.
    pub fn follow(&self, log: &Path) {
        self.say("starting cargo");
        self.with(|doing| doing.log = Some(log.to_owned()));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Doing) -> T) -> T {
        // A panic elsewhere must not hide how the other installs go.
        work(&mut self.doing.lock().unwrap_or_else(|lock| lock.into_inner()))
    }

    fn status(&self) -> String {
        self.with(|doing| {
            let log = doing
                .log
                .as_deref()
                .and_then(|log| fs::read_to_string(log).ok());
            match (log, doing.text.as_str()) {
                (Some(log), text) => step(&log).unwrap_or_else(|| text.to_owned()),
                (None, "") => "waiting for its turn".to_owned(),
                (None, text) => text.to_owned(),
            }
        })
    }
}

fn spinner() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {wide_msg}");
    // The template is a constant; the default style is no reason to stop.
    ProgressBar::new_spinner()
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

/// What cargo is doing, from its log: a line each crate that it starts to compile.
fn step(log: &str) -> Option<String> {
    let last = log.lines().rev().find(|line| !line.trim().is_empty())?;
    let count = log.matches(" Compiling ").count();
    let last = last.trim();
    Some(match count {
        0 => last.to_owned(),
        1 => format!("1 crate, {last}"),
        _ => format!("{count} crates, {last}"),
    })
}

/// A time that passes: `47s`, `4m 10s`.
fn clock(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds < 60 => format!("{seconds}s"),
        seconds => format!("{}m {:02}s", seconds / 60, seconds % 60),
    }
}

/// A time that was guessed: no seconds.
fn minutes(time: Duration) -> String {
    format!("{}m", time.as_secs().div_ceil(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_says_what_cargo_does() {
        assert_eq!(step(""), None);
        assert_eq!(
            step("    Updating the index\n").unwrap(),
            "Updating the index"
        );
        let log = "   Compiling libc v0.2.1\n   Compiling clap v4.0.0\n\n";
        assert_eq!(step(log).unwrap(), "2 crates, Compiling clap v4.0.0");
    }

    #[test]
    fn times_are_for_people() {
        assert_eq!(clock(Duration::from_secs(47)), "47s");
        assert_eq!(clock(Duration::from_secs(250)), "4m 10s");
        assert_eq!(minutes(Duration::from_secs(721)), "13m");
    }

    #[test]
    fn a_row_tells_what_it_does() {
        let board = Board::new("installing", &["a", "b"], Duration::ZERO);
        board.row(0).say("unpacking");
        assert_eq!(board.row(0).status(), "unpacking");
        assert_eq!(board.row(1).status(), "waiting for its turn");
        board.end(0, "installed");
        assert!(board.line().ends_with("; b: waiting for its turn"));
    }
}
