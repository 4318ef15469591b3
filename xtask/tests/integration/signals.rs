//! Signals at random moments: no process and no temporary file is left, and the run goes on.

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::install::{cargo_engine, checkout as install_checkout, installed, row};
use crate::resume::{assert_complete, engines, four_cells};
use crate::support::{Checkout, Run, wait_until};

/// What ends a bench: Ctrl-C, `kill`, a closed terminal, and what no program can catch; stopped before or not.
const ENDS: [(Signal, bool); 6] = [
    (Signal::SIGINT, false),
    (Signal::SIGTERM, false),
    (Signal::SIGHUP, false),
    (Signal::SIGKILL, false),
    (Signal::SIGTERM, true),
    (Signal::SIGKILL, true),
];

/// Processes that have this folder among their variables, in their command or as their own.
#[cfg(target_os = "linux")]
fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let is_one = |process: &Path| {
        let holds = |name: &str| {
            let text = std::fs::read(process.join(name)).unwrap_or_default();
            String::from_utf8_lossy(&text).contains(folder)
        };
        holds("environ") || holds("cmdline")
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let processes = processes
        .map(|entry| entry.path())
        .filter(|path| is_one(path));
    let name = |path: std::path::PathBuf| std::fs::read_to_string(path.join("stat")).ok();
    processes
        .filter_map(name)
        .filter(|stat| !stat.contains(") Z "))
        .collect()
}

/// Temporary files, wherever they are made.
fn temporary_files(checkout: &Checkout, pid: i32) -> Vec<String> {
    let pattern = |pattern: String| glob::glob(&pattern).unwrap().flatten();
    let root = checkout.root().display();
    let partial = pattern(format!("{root}/**/.*.partial"));
    let export = pattern(format!("/dev/shm/wasi-bench-{pid}.json"));
    partial
        .chain(export)
        .map(|path| path.display().to_string())
        .collect()
}

/// Ends a bench so many times, at moments that the seed draws, from its first millisecond on.
#[cfg(target_os = "linux")]
fn ended_again_and_again(times: usize, seed: u64) {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.03);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for time in 0..times {
        let (signal, is_stopped) = ENDS[time % ENDS.len()];
        let has_run = !Run::all(&checkout.results()).is_empty();
        let resume: &[&str] = if has_run {
            &["--resume"]
        } else {
            &["--runs", "3"]
        };
        let bench = checkout.start_bench(resume);
        std::thread::sleep(Duration::from_millis(random.next_u64() % 400));
        let pid = bench.pid();
        if is_stopped {
            bench.signal(Signal::SIGSTOP);
            std::thread::sleep(Duration::from_millis(random.next_u64() % 100));
            bench.signal(Signal::SIGCONT);
        }
        bench.signal(signal);
        let (status, stderr) = bench.wait();
        // Before it could catch it, or the run was at its end.
        let fine = [None, Some(0), Some(1)];
        assert!(
            fine.contains(&status),
            "seed {seed}, time {time}: {status:?}: {stderr}"
        );
        if signal != Signal::SIGKILL {
            assert_eq!(
                processes_of(checkout.root()),
                [""; 0],
                "seed {seed}, time {time}: {stderr}"
            );
            assert_eq!(
                temporary_files(&checkout, pid),
                [""; 0],
                "seed {seed}, time {time}: {stderr}"
            );
        }
    }
    let runs = Run::all(&checkout.results());
    if let Some(run) = runs.first() {
        // What SIGKILL can leave, if it comes in time.
        std::fs::write(run.path.join(".left.partial"), "").unwrap();
    }
    let called = checkout.bench(if runs.is_empty() {
        &["--runs=3"]
    } else {
        &["--resume"]
    });
    assert_eq!(called.status, 0, "seed {seed}: {}", called.stderr);
    // A bench that is ended before its plan is written leaves a folder that nobody takes for a run.
    assert_eq!(Run::all(&checkout.results()).len(), 1, "seed {seed}");
    assert_complete(&checkout.run());
    assert_eq!(processes_of(checkout.root()), [""; 0], "seed {seed}");
    assert_eq!(temporary_files(&checkout, 0), [""; 0], "seed {seed}");
}

/// Another one each time; a failure tells it.
fn seed() -> u64 {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_nanos() as u64
}

#[test]
#[cfg(target_os = "linux")]
fn a_bench_that_is_ended_at_random_moments_goes_on_as_if_nothing_had_been() {
    ended_again_and_again(12, seed());
}

/// `cargo test -p xtask -- --ignored fifty`
#[test]
#[ignore = "takes half a minute"]
#[cfg(target_os = "linux")]
fn a_bench_that_is_ended_fifty_times_goes_on_as_if_nothing_had_been() {
    ended_again_and_again(50, seed());
}

/// With nohup it goes on when its terminal is closed.
#[test]
#[cfg(target_os = "linux")]
fn a_bench_that_ignores_hangups_goes_on() {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.03);
    let inside = format!(
        "trap '' HUP; '{}' bench --no-setup --runs 3 & echo $! > pid; wait $!; exit $?",
        env!("CARGO_BIN_EXE_xtask")
    );
    let bench = duct::cmd!("sh", "-c", inside).dir(checkout.root());
    let bench = bench
        .env("PATH", checkout.path())
        .env("XDG_CACHE_HOME", checkout.root());
    let bench = bench
        .stdout_null()
        .stderr_null()
        .unchecked()
        .start()
        .unwrap();
    checkout.wait_for_samples(3);
    let pid = checkout.read("pid").trim().parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGHUP).unwrap();
    assert!(bench.wait().unwrap().status.success());
    assert_complete(&checkout.run());
}

/// The builds of a setup end with it; the next one goes on. Without SIGHUP, which does nothing where the
/// tests themselves run under nohup.
#[test]
#[cfg(target_os = "linux")]
fn a_setup_that_is_ended_leaves_no_process_and_no_half_install() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let checkout = install_checkout(cargo_engine("vm", 1));
        let good = checkout.read("bin/cargo");
        let slow = good.replace("name=$3", "name=$3; (trap '' TERM; sleep 300)& sleep 300");
        checkout.program("cargo", slow.trim_start_matches("#!/bin/sh\n"));
        let setup = checkout.start(&["setup", "vm"]);
        let log = checkout.root().join("cargo.log");
        wait_until("a build", || log.exists());
        setup.signal(signal);
        let (status, stderr) = setup.wait();
        assert_eq!(status, Some(1), "{stderr}");
        assert!(stderr.contains("interrupted"), "{stderr}");
        assert_eq!(processes_of(checkout.root()), [""; 0], "{signal}");
        assert!(installed(&checkout).is_empty());
        checkout.program("cargo", good.trim_start_matches("#!/bin/sh\n"));
        let called = checkout.xtask(&["setup", "vm"]);
        assert!(row(&called, "vm").contains("3.0.0"), "{}", called.stderr);
    }
}

/// `cargo xtask report | head`: whoever reads no further has seen enough; nothing panics.
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.0);
    let xtask = env!("CARGO_BIN_EXE_xtask");
    assert_eq!(checkout.bench(&["--runs", "1"]).status, 0);
    for (arguments, streams) in [
        ("bench --no-setup --runs 2", "2>&1 >/dev/null"),
        ("report", "2>&1"),
        ("plan", "2>&1"),
        ("report no-such-run", "2>&1"),
    ] {
        // It reads nothing, and is gone before anything is written.
        let line = format!(
            "{{ sleep 0.1; '{xtask}' {arguments}; echo $? > status; }} {streams} | true; cat status"
        );
        let called = duct::cmd!("sh", "-c", line).dir(checkout.root());
        let called = called
            .env("PATH", checkout.path())
            .env("XDG_CACHE_HOME", checkout.root());
        let status = called.read().unwrap();
        assert!(
            ["0", "1", "141"].contains(&status.as_str()),
            "{arguments}: {status}"
        );
    }
    let called = checkout.bench(&["--runs", "1"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
}

/// The terminal goes: SIGHUP, and nothing can be printed any more.
#[test]
#[cfg(target_os = "linux")]
fn a_terminal_that_is_closed_ends_a_bench_which_goes_on_later() {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.05);
    let xtask = env!("CARGO_BIN_EXE_xtask");
    let inside = format!("echo $$ > pid; '{xtask}' bench --no-setup --runs 3; echo $? > status");
    let terminal = duct::cmd!("script", "--quiet", "--command", inside, "/dev/null");
    let terminal = terminal.dir(checkout.root()).env("PATH", checkout.path());
    let terminal = terminal.env("XDG_CACHE_HOME", checkout.root().join("cache"));
    let terminal = terminal
        .stdin_null()
        .stdout_null()
        .stderr_null()
        .unchecked();
    let Ok(terminal) = terminal.start() else {
        crate::support::left_out::missing("script, which makes a terminal, is missing");
        return;
    };
    checkout.wait_for_samples(3);
    terminal.kill().unwrap();
    wait_until("the end of the bench", || {
        processes_of(checkout.root()).is_empty()
    });
    let called = checkout.bench(&["--resume"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert_complete(&checkout.run());
}
