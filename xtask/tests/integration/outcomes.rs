//! Every way in which an engine can fail becomes an outcome with a reason, never a number.

use crate::support::matrix::{Matrix, engine_with};
use crate::support::scripts::{LINE, good};
use crate::support::{Called, Checkout, tools, wait_until};

pub const CELL: &str = "merge/1KB/random/fake:jit";

/// Measures one cell with a fake engine that does `body`.
fn measure(body: &str) -> (Checkout, Called) {
    let checkout = Checkout::new(&Matrix::default());
    checkout.engine("fake", body);
    let called = checkout.bench(&[]);
    (checkout, called)
}

/// Asserts that the only cell ended this way in its pilot, which is then its only sample, and returns the reason.
#[track_caller]
fn ended(checkout: &Checkout, called: &Called, outcome: &str) -> String {
    let run = checkout.run();
    assert_eq!(called.status, 3, "{}", called.stderr);
    assert_eq!(run.keys(), [(CELL.to_owned(), "pilot".to_owned(), 0)]);
    let samples = run.samples();
    assert_eq!(samples[0]["outcome"], outcome, "{}", samples[0]);
    let reason = run.assert_outcome(CELL, outcome);
    assert_eq!(samples[0]["reason"], reason.as_str());
    let row = run.row(CELL);
    assert_eq!(
        (row["runs"].as_str(), row["wall_median_s"].as_str()),
        ("0", ""),
        "a number for {outcome}"
    );
    let line = format!("{CELL}: {outcome}: {reason}");
    assert!(called.stderr.contains(&line), "{}", called.stderr);
    assert!(called.prints(&line), "{}", called.stdout);
    assert!(
        run.text("report.md")
            .contains(&format!("| {CELL} | {outcome} |"))
    );
    reason
}

#[test]
fn a_good_engine_is_measured_and_verified() {
    let (checkout, called) = measure(&good());
    let run = checkout.run();
    assert_eq!(called.status, 0, "{}", called.stderr);
    let kinds: Vec<_> = run
        .keys()
        .into_iter()
        .map(|(_, kind, round)| (kind, round))
        .collect();
    assert_eq!(kinds[0], ("pilot".to_owned(), 0));
    for key in [("run", 1), ("run", 2), ("twin", 1), ("twin", 2)] {
        assert!(
            kinds.contains(&(key.0.to_owned(), key.1)),
            "{kinds:?} lacks {key:?}"
        );
    }
    assert_eq!(kinds.len(), 5);
    for sample in run.samples() {
        assert_eq!(
            (&sample["cell"], &sample["outcome"]),
            (&CELL.into(), &"ok".into())
        );
        assert_eq!(sample["exit_code"], 0);
        assert!(sample["wall_s"].as_f64().unwrap() > 0.0);
        assert!(sample["peak_rss_bytes"].as_u64().unwrap() > 100_000);
        assert_eq!(
            (&sample["read_s"], &sample["sort_s"], &sample["write_s"]),
            (&0.0001.into(), &0.0002.into(), &0.0003.into())
        );
        // 1000 bytes of integers of up to 11 characters and a newline each.
        assert!((84..500).contains(&sample["items"].as_u64().unwrap()));
        assert!(sample["started_at"].as_str().unwrap().ends_with('Z'));
    }
    assert!(!run.path.join("work").exists(), "the guests' folder stayed");
}

#[test]
fn a_good_engine_has_a_row_and_its_reports_are_named() {
    let (checkout, called) = measure(&good());
    let run = checkout.run();
    run.assert_outcome(CELL, "ok");
    let row = run.row(CELL);
    assert_eq!(
        (row["runs"].as_str(), row["version"].as_str()),
        ("2", "1.2.3")
    );
    assert_eq!(
        (row["size_bytes"].as_str(), row["sort_median_s"].as_str()),
        ("1000", "0.0002")
    );
    assert!(called.stdout.contains("fake:jit"), "{}", called.stdout);
    assert!(
        called
            .stdout
            .contains("1 of 1 cells ok, every output verified"),
        "{}",
        called.stdout
    );
    let last: Vec<&str> = called.stdout.lines().rev().take(2).collect();
    assert!(
        last[1].starts_with("report: ") && last[1].ends_with("/report.html"),
        "{}",
        called.stdout
    );
    assert!(
        last[0].contains("report.md") && last[0].contains("summary.csv"),
        "{}",
        called.stdout
    );
    for file in run.report_files() {
        assert!(file.is_file(), "{}", file.display());
    }
}

/// hyperfine 1.20 and 2.x write different files; neither has to be installed for this.
#[test]
fn both_shapes_of_hyperfines_figures_are_measured() {
    for version in ["1.20.0", "2.0.0"] {
        let checkout = Checkout::without_hyperfine(&Matrix::default());
        checkout.wrapper("hyperfine", &tools::stand_in(version));
        let count = checkout.root().join("count");
        let count = count.display();
        checkout.engine(
            "fake",
            &format!(
                "echo x >> {count}\n[ $(wc -l < {count}) -gt 2 ] && kill -SEGV $$\n{}",
                good()
            ),
        );
        let called = checkout.bench(&[]);
        assert_eq!(called.status, 3, "{version}: {}", called.stderr);
        let run = checkout.run();
        let samples = run.samples_of(CELL);
        let crashed = |sample: &serde_json::Value| sample["exit_code"] == 139;
        assert!(samples.iter().any(crashed), "{version}: {samples:?}");
        let first = &samples[0];
        assert_eq!(first["outcome"], "ok", "{version}");
        assert!(first["wall_s"].as_f64().unwrap() > 0.0, "{version}");
        assert!(
            first["peak_rss_bytes"].as_u64().unwrap() > 100_000,
            "{version}"
        );
        assert!(run.text("environment.json").contains(version));
    }
}

/// The engine ignores SIGTERM, and so does its child, which holds stdout open.
#[test]
fn an_engine_that_hangs_is_killed_with_all_its_children() {
    let matrix = Matrix {
        timeout: "1s",
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    let pids = checkout.root().join("pids");
    let pids = pids.to_str().unwrap();
    checkout.engine(
        "fake",
        &format!("trap '' TERM INT HUP\necho $$ > {pids}\nsleep 300 &\necho $! >> {pids}\nwhile :; do sleep 300; done"),
    );
    let called = checkout.bench(&[]);
    let reason = ended(&checkout, &called, "timeout");
    assert_eq!(reason, "killed at the timeout of 1.00 s");
    let sample = &checkout.run().samples()[0];
    assert!(
        sample["exit_code"].is_null() && sample["wall_s"].is_null(),
        "{sample}"
    );
    // The bench ended although they would have slept on, with its standard output open.
    assert_eq!(std::fs::read_to_string(pids).unwrap().lines().count(), 2);
    for pid in std::fs::read_to_string(pids).unwrap().lines() {
        wait_until(&format!("the end of process {pid}"), || is_gone(pid));
    }
}

/// Is there no such process, or only what init has not reaped yet?
fn is_gone(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

#[test]
fn a_crash_is_failed_with_its_signal_and_the_last_lines_of_stderr() {
    let body = "for i in 1 2 3 4 5 6; do echo \"line $i\" >&2; done\nkill -SEGV $$";
    let (checkout, called) = measure(body);
    let reason = ended(&checkout, &called, "failed");
    assert_eq!(
        reason,
        "was killed by signal 11 (SIGSEGV): line 3 | line 4 | line 5 | line 6"
    );
    assert_eq!(checkout.run().samples()[0]["exit_code"], 139);
}

#[test]
fn an_exit_status_other_than_0_is_failed_even_when_the_output_is_right() {
    let (checkout, called) = measure(&format!("{}\necho trouble >&2\nexit 7", good()));
    let reason = ended(&checkout, &called, "failed");
    assert_eq!(reason, "ended with exit status 7: trouble");
    assert_eq!(checkout.run().samples()[0]["exit_code"], 7);
}

#[test]
fn running_out_of_memory_is_its_own_outcome() {
    let (checkout, called) =
        measure("echo 'memory allocation of 4294967296 bytes failed' >&2\nkill -ABRT $$");
    let reason = ended(&checkout, &called, "out-of-memory");
    assert!(
        reason.contains("signal 6") && reason.contains("4294967296"),
        "{reason}"
    );
}

#[test]
fn a_wrong_output_of_the_right_length_is_found() {
    let (checkout, called) = measure(&format!("cp \"$2\" \"$3\"\n{LINE}"));
    let reason = ended(&checkout, &called, "wrong-output");
    assert_eq!(reason, "the output differs from the expected result");
}

#[test]
fn a_truncated_output_is_found() {
    let (checkout, called) = measure(&format!("sort -n \"$2\" | head -c 990 > \"$3\"\n{LINE}"));
    assert_eq!(
        ended(&checkout, &called, "wrong-output"),
        "the output has 990 bytes, expected 1000"
    );
}

#[test]
fn a_missing_output_is_found() {
    let (checkout, called) = measure(LINE);
    assert_eq!(
        ended(&checkout, &called, "wrong-output"),
        "no output file was written"
    );
}

/// Every sample starts without an output, so that the output of the one before does not count.
#[test]
fn an_output_of_an_earlier_sample_does_not_count() {
    let checkout = Checkout::new(&Matrix::default());
    let once = checkout.root().join("once");
    let once = once.to_str().unwrap();
    checkout.engine(
        "fake",
        &format!("if [ ! -e {once} ]; then touch {once}; sort -n \"$2\" > \"$3\"; fi\n{LINE}"),
    );
    let called = checkout.bench(&[]);
    let run = checkout.run();
    assert_eq!(
        (called.status, run.samples_of(CELL).len()),
        (3, 2),
        "{}",
        called.stderr
    );
    let samples = run.samples_of(CELL);
    assert_eq!(
        (&samples[0]["outcome"], &samples[1]["outcome"]),
        (&"ok".into(), &"wrong-output".into())
    );
    assert_eq!(
        run.assert_outcome(CELL, "wrong-output"),
        "no output file was written"
    );
}

#[test]
fn a_missing_guest_line_is_found() {
    let (checkout, called) = measure("sort -n \"$2\" > \"$3\"\necho done");
    let reason = ended(&checkout, &called, "wrong-output");
    assert!(
        reason.contains("line with the guest's phases is missing"),
        "{reason}"
    );
}

#[test]
fn a_line_with_another_number_of_items_is_found() {
    let body = "sort -n \"$2\" > \"$3\"\necho items=1 read_ns=1 sort_ns=1 write_ns=1";
    let (checkout, called) = measure(body);
    let reason = ended(&checkout, &called, "wrong-output");
    assert!(
        reason.starts_with("the guest says 1 items, the input has "),
        "{reason}"
    );
}

#[test]
fn an_engine_that_gets_bad_in_the_rounds_loses_its_cell_but_keeps_its_samples() {
    let checkout = Checkout::new(&Matrix::default());
    let count = checkout.root().join("count");
    let count = count.to_str().unwrap();
    checkout.engine(
        "fake",
        &format!(
            "echo x >> {count}\n[ $(wc -l < {count}) -gt 3 ] && exit 9\n{}",
            good()
        ),
    );
    let called = checkout.bench(&["--runs", "5"]);
    let run = checkout.run();
    let of_cell = |(cell, _, _): &(String, String, u64)| cell == CELL;
    let samples = run.keys().iter().filter(|key| of_cell(key)).count();
    assert_eq!((called.status, samples), (3, 4), "{}", called.stderr);
    let reason = run.assert_outcome(CELL, "failed");
    assert!(reason.contains("exit status 9"), "{reason}");
}

#[test]
fn the_variables_and_words_of_a_mode_reach_the_engine() {
    let keys =
        "env = { FAKE_CACHE = \"{cache}\" }\nrun = \"{bin} 'two words' {dir}:{dir} {wasm} {args}\"";
    let matrix = Matrix {
        engines: engine_with("fake", keys),
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    let seen = checkout.root().join("seen");
    checkout.engine("fake", &format!("printf '%s\\n' \"$FAKE_CACHE\" \"$@\" > {}\n[ -d \"$FAKE_CACHE\" ] || exit 8\nshift 2\n{}", seen.display(), good()));
    let called = checkout.bench(&[]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    let work = run.path.join("work");
    let seen = std::fs::read_to_string(seen).unwrap();
    let seen: Vec<&str> = seen.lines().collect();
    let io = work.join("io").display().to_string();
    assert_eq!(seen[0], work.join("cache/fake-jit").to_str().unwrap());
    assert_eq!(seen[1..3], ["two words".to_owned(), format!("{io}:{io}")]);
    assert!(seen[3].ends_with("release/merge.wasm"));
    assert!(
        seen[4].starts_with(&io) && seen[5].starts_with(&io),
        "{seen:?}"
    );
}
