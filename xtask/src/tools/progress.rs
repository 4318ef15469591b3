//! Shows how far installs are: a line each on a terminal, a plain line now and then elsewhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use jiff::SignedDuration;

const REDRAW: Duration = Duration::from_millis(200);
const PLAIN_LINE: Duration = Duration::from_secs(30);

/// All installs that run side by side; their bars are hidden where there is no terminal.
pub struct Board {
    pub rows: Vec<Row>,
    all: MultiProgress,
    /// The line above the rows: how long all has taken.
    header: ProgressBar,
    /// About how long it may all take; zero: unknown, or short.
    estimate: Duration,
}

/// One install.
pub struct Row {
    /// Is it the first of its board, which the others should not hold up?
    pub first: bool,
    /// Its message is what is being done.
    bar: ProgressBar,
    /// Where cargo says what it is doing.
    log: OnceLock<PathBuf>,
}

impl Board {
    /// A board with a row for each name.
    pub fn new(verb: &str, names: &[&str], estimate: Duration) -> Board {
        let all = MultiProgress::new();
        let bar = |name: &str| {
            let style = ProgressStyle::with_template("{spinner} {prefix}{wide_msg}");
            let bar = all.add(ProgressBar::new_spinner().with_prefix(name.to_owned()));
            // The template is a constant; the default style is no reason to stop.
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        };
        let header = bar("");
        let row = |(index, name): (usize, &&str)| Row {
            first: index == 0,
            bar: bar(&format!("{name}: ")).with_message("waiting for its turn"),
            log: OnceLock::new(),
        };
        let board = Board {
            rows: names.iter().enumerate().map(row).collect(),
            all,
            header,
            estimate,
        };
        let time = match estimate.is_zero() {
            true => String::new(),
            false => format!(": about {}", minutes(estimate)),
        };
        board.print(&format!("{verb} {}{time}", names.join(", ")));
        board
    }

    /// Keeps what is shown up to date until it is `done`.
    pub fn watch(&self, done: impl Fn() -> bool) {
        let mut next_line = PLAIN_LINE;
        while !done() {
            std::thread::sleep(REDRAW);
            self.header.set_message(self.time());
            self.header.tick();
            self.rows.iter().for_each(Row::look);
            if self.all.is_hidden() && self.header.elapsed() >= next_line {
                next_line += PLAIN_LINE;
                self.print(&self.line());
            }
        }
        self.header.finish_and_clear();
    }

    /// Ends a row with a last word, which stays on the screen.
    pub fn end(&self, row: &Row, outcome: &str) {
        row.bar.finish_and_clear();
        let took = clock(row.bar.elapsed());
        self.print(&format!("{}{outcome} after {took}", row.bar.prefix()));
    }

    /// Prints a line that stays, above the rows.
    pub fn print(&self, line: &str) {
        self.all.suspend(|| eprintln!("{line}"));
    }

    fn line(&self) -> String {
        let active = self.rows.iter().filter(|row| !row.bar.is_finished());
        let active = active.map(|row| format!("{}{}", row.bar.prefix(), row.status()));
        format!("{}; {}", self.time(), Vec::from_iter(active).join("; "))
    }

    fn time(&self) -> String {
        let elapsed = clock(self.header.elapsed());
        match self.estimate.is_zero() {
            true => elapsed,
            false => format!("{elapsed} of about {}", minutes(self.estimate)),
        }
    }
}

impl Row {
    /// It begins now.
    pub fn start(&self) {
        self.bar.reset_elapsed();
        self.say("starting");
    }

    /// Says what is being done.
    pub fn say(&self, text: &str) {
        self.bar.set_message(text.to_owned());
    }

    /// From now on cargo's log says what is being done.
    pub fn follow(&self, log: &Path) {
        self.say("starting cargo");
        let _ = self.log.set(log.to_owned());
    }

    /// What is being done.
    pub fn status(&self) -> String {
        self.bar.message()
    }

    fn look(&self) {
        let log = self.log.get().map(fs::read_to_string);
        if let Some(step) = log.and_then(|log| step(&log.ok()?)) {
            self.say(&step);
        }
        self.bar.tick();
    }
}

/// What cargo is doing, from its log: a line each crate that it starts to compile.
fn step(log: &str) -> Option<String> {
    let last = log.trim_end().lines().last()?.trim();
    Some(match log.matches(" Compiling ").count() {
        0 => last.to_owned(),
        1 => format!("1 crate, {last}"),
        count => format!("{count} crates, {last}"),
    })
}

/// A time that passes: `47s`, `4m 10s`.
fn clock(time: Duration) -> String {
    format!("{:#}", SignedDuration::from_secs(time.as_secs() as i64))
}

/// A time that was guessed: no seconds.
fn minutes(time: Duration) -> String {
    clock(Duration::from_mins(time.as_secs().div_ceil(60)))
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
        let board = Board::new("installing", &["a", "b"], Duration::from_secs(100));
        let [a, b] = &board.rows[..] else { panic!() };
        a.say("unpacking");
        assert_eq!(a.status(), "unpacking");
        assert_eq!(b.status(), "waiting for its turn");
        board.end(a, "installed");
        let line = board.line();
        assert!(
            line.ends_with(" of about 2m; b: waiting for its turn"),
            "{line}"
        );
        let log = tempfile::NamedTempFile::new().unwrap();
        b.follow(log.path());
        b.look();
        assert_eq!(b.status(), "starting cargo");
        fs::write(log.path(), "   Compiling libc v0.2.1\n").unwrap();
        b.look();
        assert_eq!(b.status(), "1 crate, Compiling libc v0.2.1");
    }
}
