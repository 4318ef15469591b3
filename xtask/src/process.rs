//! The one module that starts processes: with a time limit, a process group of
//! its own, and the last lines of what it wrote to stderr.
//!
//! Output goes to files, never through pipes: a grandchild that outlives its
//! parent would hold a pipe open and the reader would wait for it for ever.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::machine;

/// A command: words, variables, folder, limit.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program and its arguments; never empty.
    pub argv: Vec<OsString>,
    /// Variables added to the inherited environment.
    pub env: Vec<(String, OsString)>,
    /// Variables that the command does not inherit.
    pub unset: Vec<String>,
    /// The folder to run in; the current one if none.
    pub cwd: Option<PathBuf>,
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
            env: Vec::new(),
            unset: Vec::new(),
            cwd: None,
            timeout: None,
            spare_bytes: None,
            log: None,
            stdout: None,
        }
    }

    /// The command as a person would type it.
    pub fn display(&self) -> String {
        let words = self.argv.iter().map(|word| word.to_string_lossy());
        shell_words::join(words)
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
pub const STDOUT_LIMIT: u64 = 256 * 1024;
/// Bytes of standard error that are kept.
pub const STDERR_TAIL: u64 = 8 * 1024;

/// Set when the user asked to stop: running commands are killed, new ones not started.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on SIGINT and SIGTERM end the running command instead of this program,
/// which then has the chance to save what it has.
///
/// # Errors
/// When the handlers cannot be installed.
pub fn catch_interrupts() -> anyhow::Result<()> {
    for signal in [
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ] {
        // SAFETY: the handler only stores to an atomic, which is async-signal-safe.
        unsafe {
            signal_hook::low_level::register(signal, || INTERRUPTED.store(true, Ordering::SeqCst))
        }
        .context("cannot catch signals")?;
    }
    Ok(())
}

/// Some of the machine's processors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpus(Vec<usize>);

impl FromStr for Cpus {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Cpus> {
        let hint =
            || format!("\"{text}\" names no processors: write for example \"0\" or \"0,2-3\"");
        let mut cpus = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let first: usize = first.trim().parse().with_context(hint)?;
            let last: usize = last.trim().parse().with_context(hint)?;
            if first > last || last >= 1024 {
                bail!(hint());
            }
            cpus.extend(first..=last);
        }
        cpus.sort_unstable();
        cpus.dedup();
        Ok(Cpus(cpus))
    }
}

impl fmt::Display for Cpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join(","))
    }
}

/// As long as this lives, this process, and every one that it starts, runs on some processors only.
pub struct Pinned {
    #[cfg(target_os = "linux")]
    before: nix::sched::CpuSet,
}

#[cfg(target_os = "linux")]
impl Pinned {
    /// # Errors
    /// When the machine does not have these processors.
    pub fn to(cpus: &Cpus) -> anyhow::Result<Pinned> {
        use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
        let this = Pid::from_raw(0);
        let before = sched_getaffinity(this).context("cannot see the processors in use")?;
        let mut set = CpuSet::new();
        for cpu in &cpus.0 {
            set.set(*cpu)
                .with_context(|| format!("option --pin: there is no processor {cpu}"))?;
        }
        sched_setaffinity(this, &set).with_context(|| {
            format!("option --pin: cannot run on processors {cpus}; see `nproc --all`")
        })?;
        Ok(Pinned { before })
    }
}

#[cfg(target_os = "linux")]
impl Drop for Pinned {
    fn drop(&mut self) {
        // These were allowed before; should they be gone, there is nothing to restore.
        let _ = nix::sched::sched_setaffinity(Pid::from_raw(0), &self.before);
    }
}

#[cfg(not(target_os = "linux"))]
impl Pinned {
    /// # Errors
    /// Always: affinity is set on Linux only.
    pub fn to(_: &Cpus) -> anyhow::Result<Pinned> {
        bail!("option --pin: only Linux can pin a process to processors")
    }
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
    let (mut stdout, mut stderr) = match &invocation.log {
        Some(log) => {
            let open = || {
                File::options()
                    .create(true)
                    .append(true)
                    .read(true)
                    .open(log)
            };
            let file = open().with_context(|| format!("cannot open log \"{}\"", log.display()))?;
            (None, file)
        }
        None => (Some(stdout_file(invocation)?), temporary()?),
    };
    let end = run_to_end(invocation, stdout.as_ref().unwrap_or(&stderr), &stderr)?;
    Ok(Finished {
        end,
        stdout: stdout
            .as_mut()
            .map_or(Ok(String::new()), |file| tail(file, STDOUT_LIMIT))?,
        stderr: tail(&mut stderr, STDERR_TAIL)?,
    })
}

/// Runs a command and returns its standard output, trimmed.
///
/// # Errors
/// When it cannot be started or does not exit with 0; the message holds the end of its stderr.
pub fn read_stdout(invocation: &Invocation) -> anyhow::Result<String> {
    let finished = check(invocation)?;
    Ok(finished.stdout.trim().to_owned())
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
        bail!(
            "`{}` {}:\n{}",
            invocation.display(),
            finished.end,
            finished.stderr.trim_end()
        );
    }
    Ok(finished)
}

/// Runs a command in this program's own terminal and process group, as a shell would.
///
/// # Errors
/// When it cannot be started.
pub fn run_in_terminal(invocation: &Invocation) -> anyhow::Result<End> {
    let output = expression(invocation)
        .unchecked()
        .run()
        .with_context(|| format!("cannot start `{}`", invocation.display()))?;
    Ok(end_of(output.status))
}

fn stdout_file(invocation: &Invocation) -> anyhow::Result<File> {
    let Some(path) = &invocation.stdout else {
        return temporary();
    };
    let options = File::options()
        .create(true)
        .truncate(true)
        .write(true)
        .read(true)
        .open(path);
    options.with_context(|| format!("cannot write \"{}\"", path.display()))
}

fn temporary() -> anyhow::Result<File> {
    tempfile::tempfile().with_context(|| {
        format!(
            "cannot make a temporary file in \"{}\"",
            std::env::temp_dir().display()
        )
    })
}

fn expression(invocation: &Invocation) -> duct::Expression {
    let mut expression = duct::cmd(&invocation.argv[0], &invocation.argv[1..]);
    for name in &invocation.unset {
        expression = expression.env_remove(name);
    }
    for (name, value) in &invocation.env {
        expression = expression.env(name, value);
    }
    match &invocation.cwd {
        Some(cwd) => expression.dir(cwd),
        None => expression,
    }
}

fn run_to_end(invocation: &Invocation, stdout: &File, stderr: &File) -> anyhow::Result<End> {
    let clone = |file: &File| {
        file.try_clone()
            .context("cannot duplicate a file descriptor")
    };
    // Between commands shorter than a poll nobody else would notice.
    if interrupted() {
        return Ok(End::Interrupted);
    }
    let started = Instant::now();
    let handle = expression(invocation)
        .stdin_null()
        .stdout_file(clone(stdout)?)
        .stderr_file(clone(stderr)?)
        .unchecked()
        .before_spawn(|command| {
            command.process_group(0);
            Ok(())
        })
        .start()
        .with_context(|| format!("cannot start `{}`", invocation.display()))?;
    let group = Group(handle.pids().first().map_or(0, |pid| *pid as i32));
    loop {
        let left = invocation
            .timeout
            .map(|limit| limit.saturating_sub(started.elapsed()));
        let slice = left.unwrap_or(POLL).min(POLL);
        let waited = handle
            .wait_timeout(slice)
            .context("cannot wait for a process")?;
        if let Some(output) = waited {
            let end = end_of(output.status);
            group.kill();
            return Ok(end);
        }
        let end = match left {
            _ if interrupted() => End::Interrupted,
            Some(left) if left <= slice => End::Timeout,
            _ if exhausted(invocation) => End::Exhausted,
            _ => continue,
        };
        group.kill();
        handle.wait().context("cannot wait for a killed process")?;
        return Ok(end);
    }
}

fn exhausted(invocation: &Invocation) -> bool {
    let available = || machine::available_bytes();
    let spare = invocation.spare_bytes;
    spare.is_some_and(|spare| available().is_some_and(|available| available < spare))
}

/// How often a waiting command looks whether the user interrupted it.
const POLL: Duration = Duration::from_millis(100);

/// Kills the processes whose command line names this folder: what a killed benchmark left
/// running in its folder for guests. How many were there?
pub fn kill_leftovers(folder: &Path) -> usize {
    let marker = folder.as_os_str().as_encoded_bytes();
    let own = std::process::id();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let leftovers = processes.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let command = std::fs::read(entry.path().join("cmdline")).ok()?;
        let named = command.windows(marker.len()).any(|window| window == marker);
        (pid != own && named).then_some(Pid::from_raw(pid as i32))
    });
    leftovers
        .filter(|pid| nix::sys::signal::kill(*pid, Signal::SIGKILL).is_ok())
        .count()
}

/// A process group that was started here.
struct Group(i32);

impl Group {
    /// Kills what is left of the group. SIGKILL at once: an engine may ignore SIGTERM,
    /// and a result after the limit is of no use.
    fn kill(&self) {
        if self.0 > 1 {
            // ESRCH, the usual case, means that nothing is left.
            let _ = killpg(Pid::from_raw(self.0), Signal::SIGKILL);
        }
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
fn tail(file: &mut File, limit: u64) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let length = file
        .metadata()
        .context("cannot read a temporary file")?
        .len();
    file.seek(SeekFrom::Start(length.saturating_sub(limit)))
        .and_then(|_| file.take(limit).read_to_end(&mut bytes))
        .context("cannot read a temporary file")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Invocation {
        Invocation::new(["sh", "-c", script])
    }

    #[test]
    fn exit_statuses_signals_and_output_are_told_apart() {
        let run = |script| run(&sh(script)).unwrap();
        assert_eq!(run("exit 0").end, End::Exit(0));
        assert_eq!(run("exit 7").end, End::Exit(7));
        assert_eq!(run("kill -SEGV $$").end, End::Signal(11));
        let finished = run("echo out; echo err >&2");
        assert_eq!(
            (finished.stdout.as_str(), finished.stderr.as_str()),
            ("out\n", "err\n")
        );
    }

    #[test]
    fn only_the_end_of_stderr_is_kept() {
        let finished = run(&sh("seq 100000 >&2")).unwrap();
        assert!(finished.stderr.len() as u64 <= STDERR_TAIL);
        assert!(finished.stderr.ends_with("100000\n"));
    }

    /// A killed orphan may stay a zombie for as long as init is slow to reap it.
    fn is_gone(pid: &str) -> bool {
        std::fs::read_to_string(format!("/proc/{pid}/stat"))
            .map_or(true, |stat| stat.contains(") Z "))
    }

    #[test]
    fn a_timeout_kills_grandchildren_that_ignore_sigterm() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        let mut invocation =
            sh("trap '' TERM; (trap '' TERM; sleep 300) & echo $! > \"$PID_FILE\"; sleep 300");
        invocation
            .env
            .push(("PID_FILE".to_owned(), pid_file.clone().into()));
        // Longer where the machine is so busy that the shell did not come to write.
        let pid = [300, 3_000, 30_000].into_iter().find_map(|limit_ms| {
            invocation.timeout = Some(Duration::from_millis(limit_ms));
            assert_eq!(run(&invocation).unwrap().end, End::Timeout);
            let pid = std::fs::read_to_string(&pid_file).unwrap_or_default();
            pid.ends_with('\n').then(|| pid.trim().to_owned())
        });
        let pid = pid.expect("the shell started its child");
        // Long before its sleep is over.
        let patience = Instant::now() + Duration::from_secs(100);
        while !is_gone(&pid) {
            assert!(Instant::now() < patience, "grandchild {pid} is alive");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_command_is_killed_before_it_takes_the_last_memory() {
        let mut invocation = sh("sleep 300");
        invocation.spare_bytes = Some(u64::MAX);
        assert_eq!(run(&invocation).unwrap().end, End::Exhausted);
        // Longer than a look at the memory takes to come round.
        invocation = sh("sleep 0.3");
        invocation.spare_bytes = Some(1);
        assert_eq!(run(&invocation).unwrap().end, End::Exit(0));
    }

    #[test]
    fn a_missing_program_is_an_error_that_names_it() {
        let error = run(&Invocation::new(["no-such-program-here"])).unwrap_err();
        assert!(
            error.to_string().contains("no-such-program-here"),
            "{error}"
        );
    }
}
