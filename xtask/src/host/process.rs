//! The one module that starts processes: with a time limit, a process group of
//! its own, and the last lines of what it wrote to stderr.
//!
//! Output goes to files, never through pipes: a grandchild that outlives its
//! parent would hold a pipe open and the reader would wait for it for ever.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

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
    /// Where stdout and stderr are appended, for commands whose progress somebody follows;
    /// [`Finished`] then holds the end of that file as `stderr`, and no `stdout`.
    pub log: Option<PathBuf>,
    /// Where all of stdout is written, for commands of which every byte counts;
    /// [`Finished`] holds the end of it in any case.
    pub stdout: Option<PathBuf>,
}

impl Invocation {
    /// A command without variables, folder, limit or log.
    pub fn new<S: Into<OsString>>(argv: impl IntoIterator<Item = S>) -> Invocation {
        Invocation {
            argv: argv.into_iter().map(Into::into).collect(),
            ..Invocation::default()
        }
    }

    /// The command as a person would type it.
    pub fn display(&self) -> String {
        shell_words::join(self.argv.iter().map(|word| word.to_string_lossy()))
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

/// What a process left behind.
#[derive(Clone, Debug)]
pub struct Finished {
    pub end: End,
    /// All of standard output, up to [`STDOUT_LIMIT`] bytes from its end.
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
    /// Killed by us because the user interrupted the run.
    Interrupted,
}

/// Bytes of standard output that are kept.
const STDOUT_LIMIT: u64 = 256 * 1024;
/// Bytes of standard error that are kept.
const STDERR_TAIL: u64 = 8 * 1024;
/// How often a waiting command looks whether the user interrupted it.
const POLL: Duration = Duration::from_millis(100);

/// Set when the user asked to stop: running commands are killed, new ones not started.
static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From now on SIGINT, SIGTERM and SIGHUP end the running command instead of this program,
/// which then has the chance to save what it has.
///
/// # Errors
/// When the handlers cannot be installed.
pub fn catch_interrupts() -> anyhow::Result<()> {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, INTERRUPTED.clone()).context("cannot catch signals")?;
    }
    Ok(())
}

/// Did the user ask to stop?
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Runs the command to its end.
///
/// # Errors
/// When it cannot be started. A command that fails is not an error here.
pub fn run(invocation: &Invocation) -> anyhow::Result<Finished> {
    let mut files = File::options();
    files.read(true).create(true);
    let (stdout, stderr) = match (&invocation.log, &invocation.stdout) {
        (Some(log), _) => (None, open(files.append(true), log)?),
        (None, Some(path)) => {
            let file = open(files.write(true).truncate(true), path)?;
            (Some(file), temporary()?)
        }
        (None, None) => (Some(temporary()?), temporary()?),
    };
    let end = run_to_end(invocation, stdout.as_ref().unwrap_or(&stderr), &stderr)?;
    let stdout = stdout.map(|file| tail(file, STDOUT_LIMIT));
    Ok(Finished {
        end,
        stdout: stdout.transpose()?.unwrap_or_default(),
        stderr: tail(stderr, STDERR_TAIL)?,
    })
}

/// Runs a command and returns its standard output, trimmed.
///
/// # Errors
/// When it cannot be started or does not exit with 0; the message holds the end of its stderr.
pub fn read_stdout(invocation: &Invocation) -> anyhow::Result<String> {
    Ok(check(invocation)?.stdout.trim().to_owned())
}

/// As [`read_stdout`], of a command without settings; none if it fails.
pub fn read_stdout_of<const N: usize>(argv: [&str; N]) -> Option<String> {
    read_stdout(&Invocation::new(argv)).ok()
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

fn open(options: &OpenOptions, path: &Path) -> anyhow::Result<File> {
    let file = options.open(path);
    file.with_context(|| format!("cannot write \"{}\"", path.display()))
}

fn temporary() -> anyhow::Result<File> {
    let folder = std::env::temp_dir();
    tempfile::tempfile_in(&folder)
        .with_context(|| format!("cannot make a temporary file in \"{}\"", folder.display()))
}

fn run_to_end(invocation: &Invocation, stdout: &File, stderr: &File) -> anyhow::Result<End> {
    // Between commands shorter than a poll nobody else would notice.
    if interrupted() {
        return Ok(End::Interrupted);
    }
    let started = Instant::now();
    let handle = invocation
        .expression()
        .stdin_null()
        .stdout_file(stdout.try_clone().context("cannot duplicate a file")?)
        .stderr_file(stderr.try_clone().context("cannot duplicate a file")?)
        .unchecked()
        .before_spawn(|command| {
            command.process_group(0);
            Ok(())
        })
        .start()
        .with_context(|| cannot_start(invocation))?;
    let group = handle.pids().first().map_or(0, |pid| *pid as i32);
    loop {
        let left = invocation
            .timeout
            .map(|limit| limit.saturating_sub(started.elapsed()));
        let slice = left.unwrap_or(POLL).min(POLL);
        let waited = handle.wait_timeout(slice);
        if let Some(output) = waited.context("cannot wait for a process")? {
            let end = end_of(output.status);
            kill_group(group);
            return Ok(end);
        }
        let end = match left {
            _ if interrupted() => End::Interrupted,
            Some(left) if left <= slice => End::Timeout,
            _ if invocation.exhausts_memory() => End::Exhausted,
            _ => continue,
        };
        kill_group(group);
        handle.wait().context("cannot wait for a killed process")?;
        return Ok(end);
    }
}

/// Kills what is left of a process group that was started here. SIGKILL at once: an engine may
/// ignore SIGTERM, and a result after the limit is of no use.
fn kill_group(group: i32) {
    if group > 1 {
        // ESRCH, the usual case, means that nothing is left.
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
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
            End::Interrupted => write!(f, "was interrupted"),
        }
    }
}

/// The last `limit` bytes of a file, as text.
fn tail(mut file: File, limit: u64) -> anyhow::Result<String> {
    let mut read = || {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(limit)))?;
        let mut bytes = Vec::new();
        (&file).take(limit).read_to_end(&mut bytes)?;
        std::io::Result::Ok(bytes)
    };
    let bytes = read().context("cannot read what a process wrote")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
pub(super) mod tests;
