//! What was left running: by a killed benchmark, because SIGKILL cannot be caught, so that a sample may
//! outlive the program that started it; and by a sample, in a session of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

/// The variable that only the processes of a run have. They inherit it, wherever they go.
const VARIABLE: &str = "WASI_BENCH_RUN";

/// The variable for the processes of the run in this folder.
pub fn mark(run: &Path) -> (String, OsString) {
    // However the folder was named when the run was resumed.
    let run = run.canonicalize().unwrap_or_else(|_| run.to_owned());
    (VARIABLE.to_owned(), run.into())
}

/// Kills the processes that were started with the [`mark`] of this run. How many were there?
pub fn kill_marked(run: &Path) -> usize {
    let pid = |process: &PathBuf| process.file_name()?.to_str()?.parse().ok();
    let pids = marked(run);
    let pids = pids.iter().filter_map(pid).map(Pid::from_raw);
    pids.filter(|pid| *pid != Pid::this())
        .filter(|pid| kill(*pid, Signal::SIGKILL).is_ok())
        .count()
}

/// The folders in `/proc` of the processes that have the [`mark`] of this run. Where there is no
/// `/proc`, none is found.
pub fn marked(run: &Path) -> Vec<PathBuf> {
    let (variable, run) = mark(run);
    let mark = [variable.as_bytes(), b"=", run.as_encoded_bytes()].concat();
    let is_marked = |process: &PathBuf| {
        // Those of other users cannot be read.
        let environment = std::fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|it| it == mark)
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = processes.map(|process| process.path());
    processes.filter(is_marked).collect()
}

/// From now on, processes that lose their parent become children of this program, where the kernel
/// can do that.
pub fn adopt() {
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_child_subreaper(true);
}

/// Kills all children of this program, and those that they leave. How many were there? Only for
/// when whatever this program started has ended, after [`adopt`].
pub fn kill_adopted() -> usize {
    let mut killed = 0;
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => {
                let there = children();
                there.iter().for_each(|pid| _ = kill(*pid, Signal::SIGKILL));
                if there.is_empty() {
                    return killed;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(_) => killed += 1,
            // Nearly always at once: there is none.
            Err(_) => return killed,
        }
    }
}

/// None where the kernel does not tell.
fn children() -> Vec<Pid> {
    let tasks = std::fs::read_dir("/proc/self/task");
    let tasks = tasks.into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let pids = lists.flat_map(|list| {
        let pids = list.split_whitespace().filter_map(|pid| pid.parse().ok());
        pids.collect::<Vec<i32>>()
    });
    pids.map(Pid::from_raw).collect()
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::super::process::tests::wait_until_gone;
    use super::*;

    #[test]
    fn what_the_run_started_is_killed_and_nothing_else() {
        let run = tempfile::tempdir().unwrap();
        let run = run.path();
        let started = |environment: (String, OsString)| {
            let script = "setsid sleep 300 & echo $!; exec sleep 300";
            let (name, value) = environment;
            let command = duct::cmd!("sh", "-c", script, run).env(name, value);
            let out = run.join("pid");
            let handle = command.stdout_path(&out).unchecked().start().unwrap();
            while !std::fs::read_to_string(&out).unwrap().ends_with('\n') {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            let pid = std::fs::read_to_string(&out).unwrap();
            (handle, pid.trim().to_owned())
        };
        let (ours, grandchild) = started(mark(run));
        let (users, users_grandchild) = started(("SOMETHING".to_owned(), run.into()));
        let other = run.join("other");
        let (other_runs, _) = started(mark(&other));
        assert_eq!(kill_marked(run), 2);
        assert!(ours.wait().unwrap().status.code().is_none());
        wait_until_gone(&grandchild);
        for handle in [&users, &other_runs] {
            assert!(handle.try_wait().unwrap().is_none());
        }
        assert_eq!(kill_marked(&other), 2);
        users.kill().unwrap();
        let pid = Pid::from_raw(users_grandchild.parse().unwrap());
        kill(pid, Signal::SIGKILL).unwrap();
    }
}
