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
    /// Says above the rows what is done and about how long it takes.
    header: ProgressBar,
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
    /// A board with a row for each name, and how long it may all take (zero: unknown, or short).
    pub fn new(verb: &str, names: &[&str], estimate: Duration) -> Board {
        let all = MultiProgress::new();
        let bar = |prefix: String| {
            let style =
                ProgressStyle::with_template("{spinner} {prefix} {wide_msg} {elapsed_precise}");
            let bar = all.add(ProgressBar::new_spinner().with_prefix(prefix));
            // The template is a constant; the default style is no reason to stop.
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        };
        // A guess has no seconds.
        let minutes = Duration::from_mins(estimate.as_secs().div_ceil(60));
        let header = bar(verb.to_owned()).with_message(match minutes.is_zero() {
            true => names.join(", "),
            false => format!("{}: about {}", names.join(", "), clock(minutes)),
        });
        let row = |(index, name): (usize, &&str)| Row {
            first: index == 0,
            bar: bar(format!("{name}:")).with_message("waiting for its turn"),
            log: OnceLock::new(),
        };
        let rows = names.iter().enumerate().map(row).collect();
        let board = Board { rows, all, header };
        if board.all.is_hidden() {
            eprintln!("{}", line(&board.header));
        }
        board
    }

    /// Keeps what is shown up to date until it is `done`.
    pub fn watch(&self, done: impl Fn() -> bool) {
        let mut next_line = PLAIN_LINE;
        while !done() {
            std::thread::sleep(REDRAW);
            self.header.tick();
            self.rows.iter().for_each(Row::look);
            if self.all.is_hidden() && self.header.elapsed() >= next_line {
                next_line += PLAIN_LINE;
                eprintln!("{}", self.line());
            }
        }
        self.header.finish_and_clear();
    }

    /// Ends a row with a last word, which stays on the screen.
    pub fn end(&self, row: &Row, outcome: &str) {
        row.bar.finish_and_clear();
        let (name, took) = (row.bar.prefix(), clock(row.bar.elapsed()));
        self.print(&format!("{name} {outcome} after {took}"));
    }

    /// Prints a line that stays, above the rows.
    pub fn print(&self, line: &str) {
        self.all.suspend(|| eprintln!("{line}"));
    }

    fn line(&self) -> String {
        let active = self.rows.iter().filter(|row| !row.bar.is_finished());
        let active: Vec<String> = active.map(Row::line).collect();
        format!("{}: {}", clock(self.header.elapsed()), active.join("; "))
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

    /// Its name and what is being done.
    pub fn line(&self) -> String {
        line(&self.bar)
    }

    fn look(&self) {
        let log = self.log.get().map(fs::read_to_string);
        if let Some(step) = log.and_then(|log| step(&log.ok()?)) {
            self.say(&step);
        }
        self.bar.tick();
    }
}

fn line(bar: &ProgressBar) -> String {
    format!("{} {}", bar.prefix(), bar.message())
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
        let board = Board::new("building", &["a", "b"], Duration::from_secs(721));
        assert_eq!(line(&board.header), "building a, b: about 13m");
    }

    #[test]
    fn a_row_tells_what_it_does() {
        let board = Board::new("installing", &["a", "b"], Duration::ZERO);
        let [a, b] = &board.rows[..] else { panic!() };
        a.say("unpacking");
        assert_eq!(a.line(), "a: unpacking");
        assert_eq!(b.line(), "b: waiting for its turn");
        board.end(a, "installed");
        assert_eq!(board.line(), "0s: b: waiting for its turn");
        let log = tempfile::NamedTempFile::new().unwrap();
        b.follow(log.path());
        b.look();
        assert_eq!(b.line(), "b: starting cargo");
        fs::write(log.path(), "   Compiling libc v0.2.1\n").unwrap();
        b.look();
        assert_eq!(b.line(), "b: 1 crate, Compiling libc v0.2.1");
    }
}
