//! Shows how far installs are: a line each on a terminal, a plain line now and then elsewhere.

use std::fs::File;
use std::io::{IsTerminal, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

const REDRAW: Duration = Duration::from_millis(200);
const PLAIN_LINE: Duration = Duration::from_secs(30);

/// All installs of one `setup`.
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
    pub fn new(names: &[&str], estimate: Duration) -> Board {
        let terminal = std::io::stderr().is_terminal().then(|| {
            let all = MultiProgress::new();
            let header = all.add(spinner());
            (all, header)
        });
        let rows = names
            .iter()
            .map(|name| Row {
                name: (*name).to_owned(),
                bar: match &terminal {
                    Some((all, _)) => all.add(spinner()),
                    None => ProgressBar::hidden(),
                },
                doing: Mutex::default(),
            })
            .collect();
        let board = Board {
            started: Instant::now(),
            estimate,
            rows,
            terminal,
        };
        let time = match estimate.as_secs() {
            0 => String::new(),
            _ => format!(": about {}", minutes(estimate)),
        };
        board.print(&format!("installing {}{time}", names.join(", ")));
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
        let so_far = format!("installing for {}", clock(elapsed));
        match self.estimate {
            estimate if estimate.is_zero() => so_far,
            // Not before the number that was promised, which is rounded up.
            estimate if elapsed.as_secs() / 60 >= estimate.as_secs().div_ceil(60) => {
                format!("{so_far}, longer than the usual {}", minutes(estimate))
            }
            estimate => format!("{so_far} of about {}", minutes(estimate)),
        }
    }

    fn print(&self, line: &str) {
        match &self.terminal {
            // Above the rows, which are drawn again below it.
            Some((all, _)) => drop(all.println(line)),
            None => eprintln!("{line}"),
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

    /// From now on the end of cargo's log says what is being done.
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
            let step = doing
                .log
                .as_deref()
                .and_then(end_of)
                .and_then(|log| step(&log));
            if let Some(step) = step {
                doing.text = step;
            }
            match doing.text.as_str() {
                "" => "waiting for its turn".to_owned(),
                text => text.to_owned(),
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

/// How many of the crates are built, as cargo's own bar tells it.
#[derive(Debug, PartialEq, Eq)]
pub struct Bar<'a> {
    pub done: u32,
    pub total: u32,
    /// The crates being compiled.
    pub now: &'a str,
}

/// Reads `Building [====>   ] 231/740: cranelift-codegen, syn`.
pub fn bar(line: &str) -> Option<Bar<'_>> {
    let rest = line.trim_start().strip_prefix("Building [")?;
    let (count, now) = rest.split_once("] ")?.1.split_once(':')?;
    let (done, total) = count.trim().split_once('/')?;
    Some(Bar {
        done: done.parse().ok()?,
        total: total.parse().ok()?,
        now: now.trim(),
    })
}

/// What cargo is doing, from the end of its log.
fn step(log: &str) -> Option<String> {
    log.split(['\n', '\r']).rev().find_map(|line| {
        if let Some(bar) = bar(line) {
            // cargo counts steps: a crate with a build script is three.
            return Some(format!(
                "compiling {} of {} ({})",
                bar.done, bar.total, bar.now
            ));
        }
        let line = line.trim();
        match line.split(' ').next()? {
            "Updating" | "Locking" => Some("resolving".to_owned()),
            "Downloading" | "Downloaded" | "Fetch" => Some("downloading crates".to_owned()),
            "Blocking" => Some("waiting for another cargo".to_owned()),
            _ => None,
        }
    })
}

fn end_of(log: &Path) -> Option<String> {
    const ENOUGH: u64 = 4096;
    let mut file = File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(ENOUGH)))
        .ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
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
    fn the_last_bar_counts() {
        let log = "    Building [=>  ] 3/49: syn         \r   Compiling libc v0.2.1\n    \
                   Building [==> ] 12/49: libc(build.rs), clap_builder    \r   Compiling clap v4.0.0\n";
        assert_eq!(
            step(log).unwrap(),
            "compiling 12 of 49 (libc(build.rs), clap_builder)"
        );
        assert_eq!(bar("   Compiling syn v2.0.0"), None);
        assert_eq!(bar("    Building [==> ] x/49: y"), None);
    }

    #[test]
    fn before_the_first_bar_cargo_downloads() {
        assert_eq!(step(""), None);
        assert_eq!(step("    Updating the index\n").unwrap(), "resolving");
        let log = " Downloading 3 crates       \r  Downloaded syn v2.0.0\n";
        assert_eq!(step(log).unwrap(), "downloading crates");
    }

    #[test]
    fn times_are_for_people() {
        assert_eq!(clock(Duration::from_secs(47)), "47s");
        assert_eq!(clock(Duration::from_secs(250)), "4m 10s");
        assert_eq!(minutes(Duration::from_secs(721)), "13m");
    }

    #[test]
    fn a_row_tells_what_it_does() {
        let board = Board::new(&["a", "b"], Duration::ZERO);
        board.row(0).say("unpacking");
        assert_eq!(board.row(0).status(), "unpacking");
        assert_eq!(board.row(1).status(), "waiting for its turn");
        board.end(0, "installed");
        assert!(board.line().ends_with("; b: waiting for its turn"));
    }
}
