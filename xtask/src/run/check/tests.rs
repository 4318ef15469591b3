use super::*;
use crate::config::Workload;
use crate::config::tests::config;

/// A process that ended this way, after a good guest's line.
fn measured(end: End, stderr: &str) -> Finished {
    Finished {
        end,
        stdout: "items=2 read_ns=1 sort_ns=2 write_ns=3\n".to_owned(),
        stderr: stderr.to_owned(),
    }
}

/// A sample of a process that took a second.
fn timed() -> Sample {
    Sample {
        wall_s: Some(1.0),
        ..Sample::default()
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
        std::fs::create_dir(folder.path().join("io")).unwrap();
        let desk = Desk {
            input: Input {
                path: folder.path().join("input"),
                size_bytes: 4,
                items: 2,
                input_hash: hash("5\n3\n"),
                sorted_hash: hash("3\n5\n"),
            },
            folder,
        };
        if let Some(output) = output {
            let merge = config().workload("merge").unwrap().clone();
            std::fs::write(desk.fixture(&merge).output, output).unwrap();
        }
        desk
    }

    fn fixture(&self, workload: &Workload) -> Fixture {
        Fixture::new(
            self.folder.path(),
            workload,
            Some(&self.input),
            self.folder.path(),
        )
    }

    fn checked(&self, measured: &Finished, expected: Output) -> (Outcome, String) {
        let mut workload = config().workload("merge").unwrap().clone();
        workload.output = Some(expected);
        self.check_workload(measured, &workload)
    }

    fn check_workload(&self, measured: &Finished, workload: &Workload) -> (Outcome, String) {
        self.check_sample(measured, workload, timed())
    }

    fn check_sample(
        &self,
        measured: &Finished,
        workload: &Workload,
        mut sample: Sample,
    ) -> (Outcome, String) {
        let fixture = self.fixture(workload);
        std::fs::write(&fixture.stdout, &measured.stdout).unwrap();
        let output = fixture.output.clone();
        let run = Work::Run {
            fixture,
            compilation: None,
        };
        let trouble = trouble(&run, measured, &mut sample, 30.0).unwrap();
        assert!(!output.exists(), "an output stayed");
        trouble.unwrap_or_default()
    }
}

fn checked(output: Option<&str>, expected: Output) -> (Outcome, String) {
    Desk::new(output).checked(&measured(End::Exit(0), ""), expected)
}

fn end_of_run(measured: &Finished) -> (Outcome, String) {
    Desk::new(Some("3\n5\n")).checked(measured, Output::Sorted)
}

#[test]
fn an_output_must_be_the_one_that_the_workload_promises() {
    use Output::{Nothing, Sorted, Unchanged};
    let ok = (Outcome::Ok, String::new());
    assert_eq!(checked(Some("3\n5\n"), Sorted), ok);
    assert_eq!(checked(Some("5\n3\n"), Unchanged), ok);
    assert_eq!(checked(None, Nothing), ok);
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
        let (outcome, reason) = checked(output, expected);
        assert_eq!(outcome, Outcome::WrongOutput);
        assert!(reason.contains(says), "{reason}");
    }
}

#[test]
fn the_line_must_be_there_and_count_the_items() {
    for (stdout, says) in [
        ("", "is missing from standard output"),
        (
            "items=3 read_ns=1 sort_ns=2 write_ns=3",
            "the guest says 3 items, the input has 2",
        ),
    ] {
        let measured = Finished {
            stdout: stdout.to_owned(),
            ..measured(End::Exit(0), "")
        };
        let desk = Desk::new(Some("3\n5\n"));
        let (outcome, reason) = desk.checked(&measured, Output::Sorted);
        assert_eq!(outcome, Outcome::WrongOutput);
        assert!(reason.contains(says), "{reason}");
    }
    // noop says 0 items whatever it is given.
    let noop = Finished {
        stdout: "items=0 read_ns=0 sort_ns=0 write_ns=0".to_owned(),
        ..measured(End::Exit(0), "")
    };
    assert_eq!(
        Desk::new(None).checked(&noop, Output::Nothing).0,
        Outcome::Ok
    );
}

#[test]
fn a_bad_end_counts_more_than_a_right_output() {
    assert_eq!(
        end_of_run(&measured(End::Signal(11), "one\n\ntwo\n")),
        (
            Outcome::Failed,
            "was killed by signal 11 (SIGSEGV): one | two".to_owned()
        )
    );
    let (outcome, reason) = end_of_run(&measured(End::Timeout, "busy"));
    assert_eq!(
        (outcome, reason.as_str()),
        (Outcome::Timeout, "killed at the timeout of 30.0 s")
    );
    // Without a word on stderr, what was said on stdout.
    let (_, reason) = end_of_run(&measured(End::Exit(7), " \n"));
    assert_eq!(
        reason,
        "ended with exit status 7: items=2 read_ns=1 sort_ns=2 write_ns=3"
    );
}

#[test]
fn hyperfine_that_ends_well_without_a_figure_is_no_success() {
    let merge = config().workload("merge").unwrap().clone();
    let (desk, ended) = (Desk::new(Some("3\n5\n")), measured(End::Exit(0), ""));
    let (outcome, _) = desk.check_sample(&ended, &merge, Sample::default());
    assert_eq!(outcome, Outcome::Failed);
}

#[test]
fn running_out_of_memory_is_recognised() {
    for said in [
        "memory allocation of 400 bytes failed",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "Error: Cannot allocate memory (os error 12)",
    ] {
        assert_eq!(
            end_of_run(&measured(End::Signal(6), said)).0,
            Outcome::OutOfMemory,
            "{said}"
        );
    }
    let killed = end_of_run(&measured(End::OutOfMemory, ""));
    let reason = "killed by the kernel for lack of memory".to_owned();
    assert_eq!(killed, (Outcome::OutOfMemory, reason));
    assert_eq!(end_of_run(&measured(End::Signal(9), "")).0, Outcome::Failed);
}

#[test]
fn a_long_reason_keeps_its_end() {
    let stderr = format!("{}the cause\n", "é".repeat(5000));
    let (_, reason) = end_of_run(&measured(End::Exit(1), &stderr));
    assert!(reason.ends_with("éthe cause"), "{reason}");
    assert!(reason.chars().count() < 450);
}

#[test]
fn a_compilation_must_write_something() {
    let checked = |end, content: &str| {
        let fresh = tempfile::tempdir().unwrap();
        std::fs::write(fresh.path().join("guest"), content).unwrap();
        let compile = Work::Compile {
            fresh: fresh.path().to_owned(),
            kept: "kept".into(),
        };
        let trouble = trouble(&compile, &measured(end, "no"), &mut timed(), 30.0).unwrap();
        trouble.unwrap_or_default()
    };
    assert_eq!(checked(End::Exit(0), "code"), (Outcome::Ok, String::new()));
    assert_eq!(checked(End::Exit(0), "").0, Outcome::WrongOutput);
    let failed = (Outcome::Failed, "ended with exit status 2: no".to_owned());
    assert_eq!(checked(End::Exit(2), "code"), failed);
    assert_eq!(checked(End::Timeout, "code").0, Outcome::Timeout);
}

#[test]
fn nothing_that_a_terminal_obeys_is_kept() {
    let said = "\u{1b}[31mred\u{7}\u{9b}2J\rover\tit\u{0}\n\u{1b}]0;title\u{7}";
    let (_, reason) = end_of_run(&measured(End::Exit(7), said));
    assert!(!reason.contains(|c: char| c.is_control()), "{reason:?}");
    assert!(
        reason.contains("red") && reason.contains("over it"),
        "{reason}"
    );
}
