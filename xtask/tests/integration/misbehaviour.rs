//! Engines that misbehave, side by side in one run: each gets its own outcome, and none disturbs another.

use crate::support::matrix::{Matrix, engine};
use crate::support::scripts::{LINE, good};
use crate::support::{Called, Checkout, left_out};

fn cell(engine: &str) -> String {
    format!("merge/1KB/random/{engine}:jit")
}

/// A checkout with these engines, each of which does its script.
fn checkout<S: AsRef<str>>(engines: &[(&str, S)], timeout: &str) -> Checkout {
    let matrix = Matrix {
        timeout,
        engines: engines.iter().map(|(name, _)| engine(name)).collect(),
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    for (name, script) in engines {
        checkout.engine(name, script.as_ref());
    }
    checkout
}

/// Asserts that the engine's pilot ended this way, saying this, and that it has no other sample.
#[track_caller]
fn assert_ended(checkout: &Checkout, called: &Called, engine: &str, outcome: &str, says: &str) {
    let (cell, run) = (cell(engine), checkout.run());
    let samples = run.samples_of(&cell);
    assert_eq!(samples.len(), 1, "{}", called.stderr);
    assert_eq!(samples[0]["outcome"], outcome, "{}", samples[0]);
    let reason = run.assert_outcome(&cell, outcome);
    assert!(reason.contains(says), "{engine}: {reason}");
    assert_eq!(run.row(&cell)["wall_median_s"], "", "a figure of {engine}");
}

/// What engines do and what is said of them; `GOOD` is what a good one does, `SORT` its output, `LINE` its line.
const FAILED: [(&str, &str, &str); 5] = [
    ("abrt", "GOOD; kill -ABRT $$", "signal 6 (SIGABRT)"),
    ("kill", "GOOD; kill -KILL $$", "signal 9 (SIGKILL)"),
    ("ill", "GOOD; kill -ILL $$", "signal 4 (SIGILL)"),
    // Its parent is hyperfine.
    ("regicide", "kill -KILL $PPID", "signal 9 (SIGKILL)"),
    ("massacre", "kill -KILL 0", "signal 9 (SIGKILL)"),
];
const WRONG: [(&str, &str, &str); 11] = [
    (
        "folder",
        "mkdir \"$3\"; touch \"$3/x\"; LINE",
        "no output file",
    ),
    ("pipe", "mkfifo \"$3\"; LINE", "no output file"),
    ("empty", ": > \"$3\"; LINE", "has 0 bytes"),
    ("byte", "SORT | head -c 999 > \"$3\"; LINE", "has 999 bytes"),
    (
        "value",
        "SORT | sed 5y/0123456789/1234567890/ > \"$3\"; LINE",
        "differs from",
    ),
    ("doubled", "SORT | sed 5p > \"$3\"; LINE", "expected 1000"),
    ("unsorted", "SORT -r > \"$3\"; LINE", "differs from"),
    ("garbage", "GOOD | tr '[:lower:]' '\\0'", "is missing"),
    ("silent", "GOOD > \"$2.log\"", "is missing"),
    ("twice", "GOOD; LINE", "printed 2 lines"),
    (
        "absurd",
        "GOOD | sed s/write_ns=/write_ns=99999999999/",
        "its process took",
    ),
];

#[test]
fn crashes_and_wrong_outputs_have_outcomes_of_their_own_and_spare_the_others() {
    let script = |text: &str| {
        let text = text.replace("GOOD", &format!("{{ {}\n}}", good()));
        let text = text.replace("SORT", "sort -n \"$2\"");
        text.replace("LINE", LINE)
    };
    let cases: Vec<_> = FAILED.iter().chain(&WRONG).collect();
    let engines = cases.iter().map(|(name, text, _)| (*name, script(text)));
    // The last of the block, which all the others could have spoilt.
    let engines: Vec<_> = engines.chain([("good", good())]).collect();
    let checkout = checkout(&engines, "30s");
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    for (at, (name, _, says)) in cases.into_iter().enumerate() {
        let outcome = if at < FAILED.len() {
            "failed"
        } else {
            "wrong-output"
        };
        assert_ended(&checkout, &called, name, outcome, says);
    }
    let run = checkout.run();
    run.assert_outcome(&cell("good"), "ok");
    assert_eq!(run.row(&cell("good"))["runs"], "2");
}

/// `kill -STOP` is what a debugger or a full terminal does to it.
#[test]
#[cfg(target_os = "linux")]
fn an_engine_that_stops_or_hides_in_a_session_of_its_own_is_killed_at_the_limit() {
    let sleepers = "for i in 1 2 3; do setsid sleep 300 & echo $! >> pids; done";
    let engines = [
        ("stopped", "kill -STOP $$".to_owned()),
        ("hidden", format!("{sleepers}\nexec setsid -w sleep 300")),
    ];
    let checkout = checkout(&engines, "1s");
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 3, "{}", called.stderr);
    for (name, _) in &engines {
        assert_ended(&checkout, &called, name, "timeout", "timeout of 1.00 s");
    }
    assert_none_is_alive(&checkout, 3);
}

/// Asserts that so many processes wrote their numbers into the file `pids`, and that all have ended.
#[cfg(target_os = "linux")]
#[track_caller]
fn assert_none_is_alive(checkout: &Checkout, count: usize) {
    let pids = checkout.read("pids");
    assert_eq!(pids.lines().count(), count);
    let is_alive = |pid: &&str| std::fs::exists(format!("/proc/{pid}")).unwrap();
    assert_eq!(pids.lines().find(is_alive), None);
}

/// Whatever a sample leaves running would disturb all that come after it.
#[test]
#[cfg(target_os = "linux")]
fn what_a_sample_leaves_running_is_ended_before_the_next() {
    let leaving = |how: &str| format!("{}\n{how} & echo $! >> pids", good());
    let witness = "for pid in $(cat pids); do kill -0 $pid && echo $pid >> alive; done 2>/dev/null";
    let bomb = "for i in $(seq 60); do setsid sleep 300 & echo $! >> pids; done";
    let engines = [
        ("group", leaving("sleep 300")),
        ("session", leaving("setsid sleep 300")),
        (
            "nameless",
            leaving("env -i setsid sh -c 'trap \"\" TERM HUP; sleep 300 & wait'"),
        ),
        ("bomb", format!("{}\n{bomb}", good())),
        ("witness", format!("{witness}\n{}", good())),
    ];
    let checkout = checkout(&engines, "30s");
    let called = checkout.bench(&["--runs", "1"]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    let bombs = run.samples_of(&cell("bomb")).len();
    let others = run.lines() - bombs - run.samples_of(&cell("witness")).len();
    assert_none_is_alive(&checkout, others + 60 * bombs);
    assert!(
        !checkout.root().join("alive").exists(),
        "disturbed: {}",
        checkout.read("alive")
    );
    let said = format!(
        "{}: ended 60 processes that a sample left running",
        cell("bomb")
    );
    assert!(called.stderr.contains(&said), "{}", called.stderr);
}

/// 1 GiB on both; the engine waits until the disk has its room back, and looks how much memory
/// the bench, its grandparent, has ever had.
#[test]
#[cfg(target_os = "linux")]
fn however_much_an_engine_says_memory_and_disk_stay_flat() {
    let wait = "while [ $(stat -L -c %b /proc/self/fd/$fd) -gt 16384 ]; do sleep 0.02; done";
    let flood = format!(
        "for fd in 1 2; do head -c 1G /dev/zero >&$fd; {wait}; done\n\
         echo 'the last word' >&2\n{}",
        good()
    );
    let script = format!(
        "grep VmHWM /proc/$(cut -d ' ' -f 4 /proc/$PPID/stat)/status >> memory\n\
         if [ ! -e flooded ]; then touch flooded\n{flood}\nelse {}\nexit 9\nfi",
        good()
    );
    let checkout = checkout(&[("fake", script)], "60s");
    let called = checkout.bench(&[]);
    let run = checkout.run();
    assert_eq!(called.status, 3, "{}", called.stderr);
    let samples = run.samples_of(&cell("fake"));
    assert_eq!(samples[0]["outcome"], "ok", "{}", samples[0]);
    assert_eq!(samples[1]["exit_code"], 9, "{}", samples[1]);
    let memory = checkout.read("memory");
    let kilobytes: Vec<u64> = memory
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    assert!(
        kilobytes.len() == 2 && kilobytes[1] < kilobytes[0] + 8_000,
        "{memory}"
    );
}

/// In a cgroup of the test's own, where one can be made.
#[test]
#[cfg(target_os = "linux")]
fn an_engine_that_exceeds_its_cgroup_is_out_of_memory() {
    let Some(cgroup) = Cgroup::with_memory_bytes(64 << 20) else {
        left_out::optional("only on request: this user cannot make a cgroup with a memory limit");
        return;
    };
    let greedy = format!(
        "echo $$ > {}/cgroup.procs\nexec dd if=/dev/zero of=/dev/null bs=1G count=1",
        cgroup.0.display()
    );
    let checkout = checkout(&[("greedy", greedy), ("good", good())], "60s");
    let called = checkout.bench(&[]);
    assert_ended(
        &checkout,
        &called,
        "greedy",
        "out-of-memory",
        "killed by the kernel",
    );
    checkout.run().assert_outcome(&cell("good"), "ok");
}

/// A cgroup, removed at the end.
#[cfg(target_os = "linux")]
struct Cgroup(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Cgroup {
    fn with_memory_bytes(limit: u64) -> Option<Cgroup> {
        let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
        let place = |controller: &str, root: &str| {
            let line = own.lines().find_map(|line| line.split_once(controller))?;
            Some(std::path::PathBuf::from(format!("{root}{}", line.1)))
        };
        let (parent, file) = match place(":memory:", "/sys/fs/cgroup/memory") {
            Some(parent) => (parent, "memory.limit_in_bytes"),
            None => (place("0::", "/sys/fs/cgroup")?, "memory.max"),
        };
        let cgroup = Cgroup(parent.join(format!("wasi-bench-test-{}", std::process::id())));
        std::fs::create_dir(&cgroup.0).ok()?;
        std::fs::write(cgroup.0.join(file), limit.to_string()).ok()?;
        Some(cgroup)
    }
}

#[cfg(target_os = "linux")]
impl Drop for Cgroup {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir(&self.0);
    }
}

#[test]
fn an_engine_that_tells_no_version_is_unsupported_and_says_why() {
    let engines = ["good", "mute", "broken", "coloured"].map(|name| (name, good()));
    let checkout = checkout(&engines, "30s");
    checkout.program("mute", "exit 0\n");
    checkout.program(
        "broken",
        "printf 'cannot open \\033[2Jlibvm.so\\007' >&2; exit 127\n",
    );
    let coloured = "[ \"$1\" = --version ] && printf '\\033[1mcoloured\\033[0m \\033[32m4.5.6\\033[0m\\n' && exit";
    checkout.program("coloured", &format!("{coloured}\n{}", good()));
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    run.assert_outcome(&cell("good"), "ok");
    for (name, says) in [("mute", "printed no version"), ("broken", "libvm.so")] {
        let reason = run.assert_outcome(&cell(name), "unsupported");
        assert!(reason.contains(says), "{reason}");
    }
    assert_eq!(run.row(&cell("coloured"))["version"], "4.5.6");
    let said = called.stdout + &called.stderr + &run.text("report.md") + &run.text("summary.csv");
    let obeyed = said.find(|c: char| c.is_control() && c != '\n');
    assert_eq!(obeyed, None, "{said:?}");
}
