//! After a kill, Ctrl-C or a crash a run goes on: with all samples, none twice, in the same order; or says why not.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::matrix::{Matrix, aot_engine, engine};
use crate::support::run::Key;
use crate::support::scripts::{compiler, good, slow};
use crate::support::{Checkout, Run};

/// Two engines, of which one compiles ahead of time, and two sizes: 4 cells.
pub fn four_cells() -> Matrix<'static> {
    Matrix {
        sizes: &["1KB", "10KB"],
        engines: format!("{}{}", engine("fake"), aot_engine("ahead")),
        ..Matrix::default()
    }
}

/// What a run of [`four_cells`] with 3 rounds must have, once each.
fn planned_samples() -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    let mut add = |cell: &str, kind: &str, rounds: std::ops::RangeInclusive<u64>| {
        keys.extend(rounds.map(|round| (cell.to_owned(), kind.to_owned(), round)));
    };
    for size in ["1KB", "10KB"] {
        for mode in ["fake:jit", "ahead:aot"] {
            let cell = format!("merge/{size}/random/{mode}");
            add(&cell, "pilot", 0..=0);
            add(&cell, "run", 1..=3);
        }
    }
    for size in ["1KB", "10KB"] {
        // The cells of an input take turns.
        add(&format!("merge/{size}/random/ahead:aot"), "twin", 1..=1);
        add(&format!("merge/{size}/random/fake:jit"), "twin", 2..=2);
        add(&format!("merge/{size}/random/ahead:aot"), "twin", 3..=3);
    }
    // `compile-runs` is 1.
    add("merge/ahead:aot", "compile", 0..=1);
    keys
}

#[track_caller]
pub fn assert_complete(run: &Run) {
    let keys = run.keys();
    let distinct: BTreeSet<Key> = keys.iter().cloned().collect();
    assert_eq!(distinct, planned_samples());
    assert_eq!(keys.len(), distinct.len(), "a sample was taken twice");
    assert!(
        run.samples().iter().all(|sample| sample["outcome"] == "ok"),
        "{:?}",
        run.samples()
    );
}

/// The engines of [`four_cells`], each of which takes so many seconds.
pub fn engines(checkout: &Checkout, seconds: f64) {
    checkout.engine("fake", &slow(seconds));
    checkout.engine("ahead", &compiler(&slow(seconds)));
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_been() {
    let whole = Checkout::new(&four_cells());
    engines(&whole, 0.0);
    assert_eq!(whole.bench(&["--runs", "3"]).status, 0);
    assert_complete(&whole.run());

    let killed = Checkout::new(&four_cells());
    engines(&killed, 0.05);
    let mut before = 0;
    // In the first sample, after the first compilation, in the pilot, in the rounds, in the last one.
    for (sitting, samples) in [0, 1, 4, 9, 20].into_iter().enumerate() {
        let resume: &[&str] = if sitting == 0 {
            &["--runs", "3"]
        } else {
            &["--resume", "--runs", "3"]
        };
        let bench = killed.start_bench(resume);
        killed.wait_for_samples(samples);
        std::thread::sleep(Duration::from_millis(40));
        bench.kill();
        let now = killed.run().lines();
        assert!(
            now >= before && now >= samples,
            "{now} samples after {before}"
        );
        before = now;
    }
    let called = killed.bench(&["--resume", "--runs", "3"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(
        called.stderr.contains("going on with run"),
        "{}",
        called.stderr
    );
    assert_complete(&killed.run());
    let rounds: Vec<u64> = killed.run().keys().into_iter().map(|key| key.2).collect();
    assert!(rounds.is_sorted(), "one round after the other: {rounds:?}");
    killed
        .run()
        .assert_outcome("merge/10KB/random/ahead:aot", "ok");
}

/// SIGKILL cannot be caught, so an engine may outlive the bench and still write.
#[test]
#[cfg(target_os = "linux")]
fn what_a_killed_bench_left_running_is_ended_and_nothing_else() {
    let checkout = Checkout::new(&Matrix::default());
    let [left, pid] = ["left", "pid"].map(|name| checkout.root().join(name).display().to_string());
    // A session of its own, as a server that an engine starts has.
    let engine = format!(
        "if [ ! -e {left} ]; then setsid sleep 300 & echo $! > {pid}; mv {pid} {left}; for i in $(seq 300); do echo garbage > \"$3\"; sleep 0.01; done; fi\n{}",
        slow(0.1)
    );
    checkout.engine("fake", &engine);
    let bench = checkout.start_bench(&["--runs", "3"]);
    crate::support::wait_until("the first sample", || std::fs::exists(&left).unwrap());
    bench.kill();
    // As somebody looks into the folder with a pager.
    let samples = checkout.run().path.join("work");
    let pager = duct::cmd!("sh", "-c", "sleep 300; true", samples);
    let pager = pager.stdout_null().start().unwrap();
    let called = checkout.bench(&["--resume", "--runs", "3"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert!(
        called
            .stderr
            .contains("that a killed benchmark left running"),
        "{}",
        called.stderr
    );
    let pid = std::fs::read_to_string(&left).unwrap();
    let stat = || std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    crate::support::wait_until("the end of what was left", || {
        stat().map_or(true, |stat| stat.contains(") Z "))
    });
    assert!(pager.try_wait().unwrap().is_none(), "the pager was killed");
    pager.kill().unwrap();
}

/// A smaller size that times out later says nothing about a larger one that was measured already.
#[test]
fn a_cell_that_was_measured_does_not_become_infeasible() {
    let matrix = Matrix {
        sizes: &["1KB", "10KB"],
        timeout: "1s",
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    let once = checkout.root().join("once");
    let once = once.to_str().unwrap();
    // The second run of 1KB hangs.
    checkout.engine(
        "fake",
        &format!(
            "case $2 in */1KB*) [ -e {once} ] && sleep 60; touch {once};; esac\n{}",
            slow(0.03)
        ),
    );
    let bench = checkout.start_bench(&["--runs", "8"]);
    crate::support::wait_until("a timeout", || {
        let runs = Run::all(&checkout.results());
        runs.first()
            .is_some_and(|run| run.lines() > 0 && run.text("samples.jsonl").contains("timeout"))
    });
    bench.kill();
    let called = checkout.bench(&["--resume"]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    let run = checkout.run();
    run.assert_outcome("merge/1KB/random/fake:jit", "timeout");
    run.assert_outcome("merge/10KB/random/fake:jit", "ok");
    assert_eq!(run.row("merge/10KB/random/fake:jit")["runs"], "8");
}

#[test]
fn a_finished_run_resumes_to_itself() {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.0);
    assert_eq!(checkout.bench(&["--runs", "3"]).status, 0);
    let before = checkout.run().text("samples.jsonl");
    let called = checkout.bench(&["--resume"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert_eq!(checkout.run().text("samples.jsonl"), before);
    checkout
        .run()
        .assert_outcome("merge/10KB/random/ahead:aot", "ok");
}

#[test]
fn a_torn_last_line_is_taken_again() {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.03);
    let bench = checkout.start_bench(&["--runs", "3"]);
    checkout.wait_for_samples(7);
    bench.kill();
    let samples = checkout.run().path.join("samples.jsonl");
    let text = std::fs::read_to_string(&samples).unwrap();
    let torn = &text[..text.len() - 30];
    std::fs::File::create(&samples)
        .unwrap()
        .write_all(torn.as_bytes())
        .unwrap();
    let called = checkout.bench(&["--resume", "--runs", "3"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    assert_complete(&checkout.run());
}

/// The command that an interrupted bench tells, as arguments of xtask.
fn resume_command(stderr: &str) -> Vec<String> {
    let (_, command) = stderr
        .split_once("Go on with: cargo xtask ")
        .unwrap_or_else(|| panic!("no command in: {stderr}"));
    shell_words::split(command.lines().next().unwrap()).unwrap()
}

#[test]
fn ctrl_c_keeps_everything_and_tells_a_command_that_goes_on() {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.1);
    let elsewhere = checkout.root().join("some where");
    let options = [
        "--runs",
        "3",
        "--workload",
        "m*",
        "--results",
        elsewhere.to_str().unwrap(),
    ];
    let mut bench = checkout.start_bench(&options);
    for (samples, signal) in [(3, Signal::SIGINT), (6, Signal::SIGTERM)] {
        crate::support::wait_until("samples", || {
            Run::all(&elsewhere)
                .first()
                .is_some_and(|run| run.lines() >= samples)
        });
        std::thread::sleep(Duration::from_millis(50));
        bench.signal(signal);
        let (status, stderr) = bench.wait();
        assert_eq!(status, Some(1), "{stderr}");
        assert!(stderr.contains("interrupted; nothing is lost"), "{stderr}");
        let lines = Run::all(&elsewhere)[0].lines();
        // The sample in flight is dropped, not recorded as a failure.
        let all = planned_samples().len();
        assert!((samples..all).contains(&lines), "{lines} of {all}");
        let command = resume_command(&stderr);
        assert_eq!(command[..2], ["bench", "--no-setup"]);
        let words: Vec<&str> = command[2..].iter().map(String::as_str).collect();
        bench = checkout.start_bench(&words);
    }
    let (status, stderr) = bench.wait();
    assert_eq!(status, Some(0), "{stderr}");
    let runs = Run::all(&elsewhere);
    assert_eq!(runs.len(), 1);
    assert_complete(&runs[0]);
}

/// As a job's scheduler does it: SIGTERM to all processes, and to this one not first.
#[test]
fn a_sample_that_is_ended_together_with_the_bench_is_no_failure() {
    let checkout = Checkout::new(&Matrix::default());
    let end = checkout.root().join("end");
    let body = format!(
        "if [ -e {0} ]; then rm {0}; kill -TERM $PPID; fi\n{1}",
        end.display(),
        slow(0.1)
    );
    checkout.engine("fake", &body);
    let bench = checkout.start_bench(&["--runs", "3"]);
    checkout.wait_for_samples(2);
    checkout.write("end", "");
    crate::support::wait_until("the end of a sample", || !end.exists());
    bench.signal(Signal::SIGTERM);
    let (status, stderr) = bench.wait();
    assert_eq!(status, Some(1), "{stderr}");
    let samples = checkout.run().samples();
    assert!(
        samples.iter().all(|sample| sample["outcome"] == "ok"),
        "{samples:?}"
    );
}

/// Samples that are shorter than any polling interval.
#[test]
fn ctrl_c_stops_a_run_of_quick_samples_too() {
    let checkout = Checkout::new(&Matrix::default());
    checkout.engine("fake", &good());
    let bench = checkout.start_bench(&["--runs", "400"]);
    checkout.wait_for_samples(5);
    bench.signal(Signal::SIGINT);
    let (status, stderr) = bench.wait();
    let lines = checkout.run().lines();
    assert_eq!(status, Some(1), "{lines} samples were taken: {stderr}");
    assert!(lines < 400, "{lines}");
}

#[test]
fn a_second_bench_is_refused_and_the_first_not_disturbed() {
    let checkout = Checkout::new(&four_cells());
    engines(&checkout, 0.05);
    let bench = checkout.start_bench(&["--runs", "3"]);
    checkout.wait_for_samples(2);
    let second = checkout.bench(&["--resume", "--runs", "3"]);
    assert_eq!(second.status, 1, "{}", second.stderr);
    assert!(
        second
            .stderr
            .contains("in use by another cargo xtask bench"),
        "{}",
        second.stderr
    );
    let (status, stderr) = bench.wait();
    assert_eq!(status, Some(0), "{stderr}");
    assert_complete(&checkout.run());
}

#[test]
fn a_run_that_is_not_there_cannot_be_resumed() {
    let checkout = Checkout::new(&Matrix::default());
    checkout.engine("fake", &good());
    for options in [
        &["--resume"][..],
        &["--resume", "2020-01-01T00-00-00Z-nowhere"],
    ] {
        let called = checkout.bench(options);
        assert_eq!(called.status, 1, "{}", called.stderr);
        assert!(called.stderr.contains("results"), "{}", called.stderr);
        assert_eq!(Run::all(&checkout.results()).len(), 0);
    }
}
