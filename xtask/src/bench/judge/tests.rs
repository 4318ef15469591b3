use super::*;
use crate::config::tests::config;
use crate::measure::Cost;

/// A process that ended this way, after a good guest's line.
fn measured(end: End, stderr: &str) -> Measured {
    Measured {
        end,
        cost: Some(Cost {
            wall_s: 1.0,
            user_s: 0.5,
            system_s: 0.1,
            peak_rss_bytes: None,
            counters: Default::default(),
        }),
        stdout: "items=2 read_ns=1 sort_ns=2 write_ns=3\n".to_owned(),
        stderr: stderr.to_owned(),
        oom_kill: false,
    }
}

/// The input `5\n3\n`, and an output with this content.
struct Desk {
    folder: tempfile::TempDir,
    input: Input,
}

impl Desk {
    fn new(output: Option<&str>) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
        if let Some(output) = output {
            std::fs::write(folder.path().join("output"), output).unwrap();
        }
        Desk {
            input: Input {
                path: folder.path().join("input"),
                size_bytes: 4,
                items: 2,
                input_hash: hash("5\n3\n"),
                sorted_hash: hash("3\n5\n"),
            },
            folder,
        }
    }

    fn judge(&self, measured: &Measured, expected: ExpectedOutput) -> (Outcome, String) {
        let mut workload = config().workload("merge").unwrap().clone();
        workload.output = expected;
        self.judge_workload(measured, &workload)
    }

    fn judge_workload(&self, measured: &Measured, workload: &Workload) -> (Outcome, String) {
        let left = Left {
            output: self.folder.path().join("output"),
            stdout: self.folder.path().join("stdout"),
        };
        std::fs::write(&left.stdout, &measured.stdout).unwrap();
        let verdict = judge_run(measured, workload, Some(&self.input), &left, 30.0).unwrap();
        assert_eq!(verdict.reason.is_none(), verdict.outcome == Outcome::Ok);
        (verdict.outcome, verdict.reason.unwrap_or_default())
    }
}

fn judge(output: Option<&str>, expected: ExpectedOutput) -> (Outcome, String) {
    Desk::new(output).judge(&measured(End::Exit(0), ""), expected)
}

fn judge_end(measured: &Measured) -> (Outcome, String) {
    Desk::new(Some("3\n5\n")).judge(measured, ExpectedOutput::Sorted)
}

#[test]
fn an_output_must_be_the_one_that_the_workload_promises() {
    use ExpectedOutput::{Nothing, Sorted, Unchanged};
    let ok = (Outcome::Ok, String::new());
    assert_eq!(judge(Some("3\n5\n"), Sorted), ok);
    assert_eq!(judge(Some("5\n3\n"), Unchanged), ok);
    assert_eq!(judge(None, Nothing), ok);
    for (output, expected, says) in [
        (Some("5\n3\n"), Sorted, "differs from the expected result"),
        (
            Some("3\n5\n"),
            Unchanged,
            "differs from the expected result",
        ),
        (Some("3\n5"), Sorted, "has 3 bytes, expected 4"),
        (Some(""), Sorted, "has 0 bytes, expected 4"),
        (None, Unchanged, "no output file was written"),
        (Some(""), Nothing, "none was expected"),
    ] {
        let (outcome, reason) = judge(output, expected);
        assert_eq!(outcome, Outcome::WrongOutput);
        assert!(reason.contains(says), "{reason}");
    }
}

#[test]
fn the_line_must_be_there_and_count_the_items() {
    let desk = Desk::new(Some("3\n5\n"));
    for (stdout, says) in [
        ("", "is missing from standard output"),
        (
            "items=3 read_ns=1 sort_ns=2 write_ns=3",
            "the guest says 3 items, the input has 2",
        ),
    ] {
        let measured = Measured {
            stdout: stdout.to_owned(),
            ..measured(End::Exit(0), "")
        };
        let (outcome, reason) = desk.judge(&measured, ExpectedOutput::Sorted);
        assert_eq!(outcome, Outcome::WrongOutput);
        assert!(reason.contains(says), "{reason}");
    }
    // noop says 0 items whatever it is given.
    let noop = Measured {
        stdout: "items=0 read_ns=0 sort_ns=0 write_ns=0".to_owned(),
        ..measured(End::Exit(0), "")
    };
    assert_eq!(
        Desk::new(None).judge(&noop, ExpectedOutput::Nothing).0,
        Outcome::Ok
    );
}

#[test]
fn a_bad_end_counts_more_than_a_right_output() {
    assert_eq!(
        judge_end(&measured(End::Signal(11), "one\n\ntwo\n")),
        (
            Outcome::Failed,
            "was killed by signal 11 (SIGSEGV): one | two".to_owned()
        )
    );
    let (outcome, reason) = judge_end(&measured(End::Timeout, "busy"));
    assert_eq!(
        (outcome, reason.as_str()),
        (Outcome::Timeout, "killed at the timeout of 30.0 s")
    );
    // Without a word on stderr, what was said on stdout.
    let (_, reason) = judge_end(&measured(End::Exit(7), " \n"));
    assert_eq!(
        reason,
        "ended with exit status 7: items=2 read_ns=1 sort_ns=2 write_ns=3"
    );
}

#[test]
fn hyperfine_that_ends_well_without_a_figure_is_no_success() {
    let without = Measured {
        cost: None,
        ..measured(End::Exit(0), "")
    };
    assert_eq!(judge_end(&without).0, Outcome::Failed);
}

#[test]
fn running_out_of_memory_is_recognised() {
    for said in [
        "memory allocation of 400 bytes failed",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "Error: Cannot allocate memory (os error 12)",
    ] {
        assert_eq!(
            judge_end(&measured(End::Signal(6), said)).0,
            Outcome::OutOfMemory,
            "{said}"
        );
    }
    let killed = |end| Measured {
        oom_kill: true,
        ..measured(end, "")
    };
    assert_eq!(judge_end(&killed(End::Signal(9))).0, Outcome::OutOfMemory);
    // The kernel killed something else meanwhile.
    assert_eq!(judge_end(&killed(End::Signal(11))).0, Outcome::Failed);
    assert_eq!(judge_end(&measured(End::Signal(9), "")).0, Outcome::Failed);
}

#[test]
fn a_long_reason_keeps_its_end() {
    let stderr = format!("{}the cause\n", "é".repeat(5000));
    let (_, reason) = judge_end(&measured(End::Exit(1), &stderr));
    assert!(reason.ends_with("éthe cause"), "{reason}");
    assert!(reason.chars().count() < 450);
}

#[test]
fn a_compilation_must_write_something() {
    let judge = |end, bytes| judge_compilation(&measured(end, "no"), bytes, 30.0);
    assert_eq!(judge(End::Exit(0), 1).outcome, Outcome::Ok);
    assert_eq!(judge(End::Exit(0), 0).outcome, Outcome::WrongOutput);
    let failed = judge(End::Exit(2), 1);
    assert_eq!(
        failed.reason.as_deref(),
        Some("ended with exit status 2: no")
    );
    assert_eq!(failed.outcome, Outcome::Failed);
    assert_eq!(judge(End::Timeout, 1).outcome, Outcome::Timeout);
}
