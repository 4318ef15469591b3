//! The one module that starts processes: with a time limit, a process group of
//! its own, and the last lines of what it wrote to stderr.
//!
//! Output goes to files, never through pipes: a grandchild that outlives its
//! parent would hold a pipe open and the reader would wait for it for ever.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use fs_err::OpenOptions;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGPIPE, SIGTERM};

use super::machine::available_bytes;

/// A command: words, variables, folder, limit.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The program and its arguments; never empty.
    pub argv: Vec<OsString>,
    /// Variables added to the inherited environment.
    pub env: Vec<(String, OsString)>,
    /// Variables that the command does not inherit.
    pub unset: Vec<String>,
    /// The folder to run in; the current one if none.
    pub cwd: Option<PathBuf>,
    /// What it reads from standard input; nothing if none.
    pub stdin: Option<PathBuf>,
    /// After this long the whole process group is killed.
    pub timeout: Option<Duration>,
    /// When the machine has fewer bytes of memory left than this, the whole process group is killed.
    pub spare_bytes: Option<u64>,
    /// Where all of stdout is written, for commands of which every byte counts;
    /// [`Finished`] holds the end of it in any case, and likewise below.
    pub stdout: Option<PathBuf>,
    /// Where all of stderr is written, for commands whose progress somebody follows.
    pub stderr: Option<PathBuf>,
}

impl Invocation {
    /// A command without variables, folder, limit or files.
    pub fn new<S: Into<OsString>>(argv: impl IntoIterator<Item = S>) -> Invocation {
        Invocation {
            argv: argv.into_iter().map(Into::into).collect(),
            ..Invocation::default()
        }
    }

    /// Calls cargo: the one that runs this program, or else the one on PATH.
    pub fn cargo() -> Invocation {
        Invocation::new([std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())])
    }

    /// With more arguments.
    pub fn args<S: Into<OsString>>(mut self, words: impl IntoIterator<Item = S>) -> Invocation {
        self.argv.extend(words.into_iter().map(Into::into));
        self
    }

    /// The command as a person would type it.
    pub fn display(&self) -> String {
        shell_line(self.argv.iter().map(|word| word.to_string_lossy()))
    }

    fn expression(&self) -> duct::Expression {
        let mut expression = duct::cmd(&self.argv[0], &self.argv[1..]);
        for name in &self.unset {
            expression = expression.env_remove(name);
        }
        for (name, value) in &self.env {
            expression = expression.env(name, value);
        }
        if let Some(cwd) = &self.cwd {
            expression = expression.dir(cwd);
        }
        match &self.stdin {
            Some(stdin) => expression.stdin_path(stdin),
            None => expression,
        }
    }

    fn exhausts_memory(&self) -> bool {
        let spare = self.spare_bytes;
        spare.is_some_and(|spare| available_bytes().is_some_and(|available| available < spare))
    }
}

/// Words as a line that every shell reads as these words.
pub fn shell_line<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let words = words.into_iter();
    let words = words.map(|word| shell_word(word.as_ref()).into_owned());
    words.collect::<Vec<String>>().join(" ")
}

/// A word as every shell reads it: bash makes two of `{jit,aot}`, and puts an earlier command for `!`.
pub fn shell_word(word: &str) -> Cow<'_, str> {
    let quoted = shell_words::quote(word);
    match quoted == word && word.contains(['{', '}', '!']) {
        true => format!("'{word}'").into(),
        false => quoted,
    }
}

/// What a process left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    pub end: End,
    /// The end of standard output, at most [`STDOUT_LIMIT`] bytes.
    pub stdout: String,
    /// The end of standard error, at most [`STDERR_TAIL`] bytes.
    pub stderr: String,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    Signal(i32),
    /// Killed by us after its limit.
    Timeout,
    /// Killed by us because too little of the machine's memory was left.
    Exhausted,
    /// Killed by the kernel for lack of memory; only the stopwatch looks for that.
    OutOfMemory,
}

/// The error of a command that was killed, or not started, because the user asked to stop.
#[derive(Debug)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Bytes of standard output that are kept.
const STDOUT_LIMIT: u64 = 256 * 1024;
/// Bytes of standard error that are kept.
const STDERR_TAIL: u64 = 8 * 1024;
/// How often a waiting command looks whether the user interrupted it.
const POLL: Duration = Duration::from_millis(100);

/// Set when the user asked to stop: running commands are killed, new ones not started.
static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on SIGINT, SIGTERM and SIGHUP end the running command instead of this program,
/// which then has the chance to save what it has. SIGPIPE ends it.
///
/// # Errors
/// When the handlers cannot be installed.
pub fn catch_interrupts() -> anyhow::Result<()> {
    // nohup has it ignored, so that the run outlives its terminal.
    let hangup = (!is_ignored(SIGHUP)).then_some(SIGHUP);
    for signal in [SIGINT, SIGTERM].into_iter().chain(hangup) {
        signal_hook::flag::register(signal, INTERRUPTED.clone()).context("cannot catch signals")?;
    }
    // Nobody reads what it prints any more: it ends, as any other program, rather than panic.
    let always = Arc::new(AtomicBool::new(true));
    signal_hook::flag::register_conditional_shutdown(SIGPIPE, 128 + SIGPIPE, always)
        .context("cannot catch signals")?;
    Ok(())
}

/// Was this program started with a signal ignored? No where the kernel does not tell.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Did the user ask to stop?
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs the command to its end.
///
/// # Errors
/// When it cannot be started, or [`Interrupted`]. A command that fails is not an error here.
pub fn run(invocation: &Invocation) -> anyhow::Result<Finished> {
    // Between commands shorter than a poll nobody else would notice.
    ensure!(!interrupted(), Interrupted);
    let stdout = output(invocation.stdout.as_deref())?;
    let stderr = output(invocation.stderr.as_deref())?;
    Ok(Finished {
        end: run_to_end(invocation, &stdout, &stderr)?,
        stdout: tail(stdout, STDOUT_LIMIT)?,
        // People read it, and a terminal obeys what is in it.
        stderr: tail(stderr, STDERR_TAIL)?
            .replace(|c: char| c.is_control() && !"\n\t".contains(c), " "),
    })
}

/// Runs a command and returns its standard output, trimmed.
///
/// # Errors
/// When it cannot be started or does not exit with 0; the message holds the end of its stderr.
pub fn read_stdout(invocation: &Invocation) -> anyhow::Result<String> {
    Ok(check(invocation)?.stdout.trim().to_owned())
}

/// Runs a command that must exit with 0.
///
/// # Errors
/// When it cannot be started or does not exit with 0; the message holds the end of its stderr.
pub fn check(invocation: &Invocation) -> anyhow::Result<Finished> {
    let finished = run(invocation)?;
    if finished.end != End::Exit(0) {
        let stderr = finished.stderr.trim_end();
        bail!("`{}` {}:\n{stderr}", invocation.display(), finished.end);
    }
    Ok(finished)
}

/// Runs a command in this program's own terminal and process group, as a shell would.
///
/// # Errors
/// When it cannot be started.
pub fn run_in_terminal(invocation: &Invocation) -> anyhow::Result<End> {
    let output = invocation.expression().unchecked().run();
    let output = output.with_context(|| cannot_start(invocation))?;
    Ok(end_of(output.status))
}

fn cannot_start(invocation: &Invocation) -> String {
    format!("cannot start `{}`", invocation.display())
}

/// An empty file for what a command prints; without a path it is gone once nobody has it open.
fn output(path: Option<&Path>) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(true);
    match path {
        Some(path) => Ok(options.open(path)?.into_file()),
        None => tempfile::tempfile().context("cannot make a temporary file"),
    }
}

fn run_to_end(invocation: &Invocation, stdout: &File, stderr: &File) -> anyhow::Result<End> {
    let started = Instant::now();
    let handle = invocation
        .expression()
        .stdin_null()
        .stdout_file(stdout.try_clone()?)
        .stderr_file(stderr.try_clone()?)
        .unchecked()
        .before_spawn(|command| {
            command.process_group(0);
            Ok(())
        })
        .start()
        .with_context(|| cannot_start(invocation))?;
    let limit = invocation.timeout.unwrap_or(Duration::MAX);
    let (waits, ended) = mpsc::channel();
    thread::scope(|scope| {
        // A wait with a limit would wake up at the end of every process that runs beside this one.
        scope.spawn(|| waits.send(handle.wait().map(|output| output.status)));
        let end = loop {
            let left = limit.saturating_sub(started.elapsed());
            match ended.recv_timeout(left.min(POLL)) {
                Ok(status) => break Ok(end_of(status.context("cannot wait for a process")?)),
                Err(_) if interrupted() => break Err(Interrupted),
                Err(_) if left <= POLL => break Ok(End::Timeout),
                Err(_) if invocation.exhausts_memory() => break Ok(End::Exhausted),
                Err(_) => {}
            }
            if invocation.stdout.is_none() {
                drop_start(stdout);
            }
            if invocation.stderr.is_none() {
                drop_start(stderr);
            }
        };
        // What is left of the group, usually nothing. SIGKILL at once: an engine may ignore SIGTERM, and
        // a result after the limit is of no use.
        for pid in handle.pids() {
            let _ = killpg(Pid::from_raw(pid as i32), Signal::SIGKILL);
        }
        Ok(end?)
    })
}

fn end_of(status: ExitStatus) -> End {
    match status.code() {
        Some(code) => End::Exit(code),
        None => End::Signal(status.signal().unwrap_or(0)),
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Exit(code) => write!(f, "ended with exit status {code}"),
            End::Signal(number) => match Signal::try_from(*number) {
                Ok(signal) => write!(f, "was killed by signal {number} ({signal})"),
                Err(_) => write!(f, "was killed by signal {number}"),
            },
            End::Timeout => write!(f, "was killed at its time limit"),
            End::Exhausted => write!(f, "was killed, because too little memory was left"),
            End::OutOfMemory => write!(f, "was killed by the kernel for lack of memory"),
        }
    }
}

/// Gives back the room of all but the end of a file that nobody will read whole: a program that
/// never stops talking would fill the disk. Where the filesystem cannot, nothing happens.
#[cfg(target_os = "linux")]
fn drop_start(file: &File) {
    use nix::fcntl::{FallocateFlags, fallocate};
    /// More than is read in the end.
    const KEPT_BYTES: u64 = 1 << 20;
    let hole = FallocateFlags::FALLOC_FL_PUNCH_HOLE | FallocateFlags::FALLOC_FL_KEEP_SIZE;
    let length = file.metadata().map_or(0, |it| it.len());
    if length > 2 * KEPT_BYTES {
        let _ = fallocate(file, hole, 0, (length - KEPT_BYTES) as i64);
    }
}

#[cfg(not(target_os = "linux"))]
fn drop_start(_: &File) {}

/// The last `limit` bytes of a file, as text.
fn tail(mut file: File, limit: u64) -> anyhow::Result<String> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(limit)))?;
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
pub(super) mod tests;
