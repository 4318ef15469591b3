use super::super::attempts::ATTEMPTS;
use super::*;

/// What an attempt left behind.
struct Traces {
    process: Finished,
    outside: Vec<String>,
    inside: Vec<String>,
}

fn traces(stdout: &str) -> Traces {
    Traces {
        process: Finished {
            end: End::Exit(0),
            stdout: stdout.to_owned(),
            stderr: String::new(),
        },
        outside: Vec::new(),
        inside: Vec::new(),
    }
}

fn found(attempt: &str, traces: &Traces) -> (Outcome, Option<u16>, String) {
    let attempt = ATTEMPTS.iter().find(|it| it.name == attempt).unwrap();
    let changes = [traces.outside.clone(), traces.inside.clone()];
    let finding = Finding::of(attempt, &traces.process, "S3CRET", &changes);
    (finding.outcome, finding.errno, finding.seen)
}

fn outcome(attempt: &str, traces: &Traces) -> Outcome {
    found(attempt, traces).0
}

#[test]
fn an_errno_is_a_denial() {
    let denied = traces("log\nattempt=parent result=denied errno=76 detail=path_open\n");
    let expected = (Outcome::Denied, Some(76), "path_open".to_owned());
    assert_eq!(found("parent", &denied), expected);
}

#[test]
fn the_secret_in_the_output_outweighs_the_guests_word() {
    let mut liar = traces("S3CRET\nattempt=parent result=denied errno=76 detail=path_open\n");
    assert_eq!(outcome("parent", &liar), Outcome::Allowed);
    liar.process.end = End::Signal(11);
    assert_eq!(outcome("parent", &liar), Outcome::Allowed);
    let nul = traces("attempt=nul result=allowed detail=read \"own\"\n");
    assert_eq!(outcome("nul", &nul), Outcome::NoEffect);
}

#[test]
fn a_changed_folder_outweighs_the_guests_word() {
    let mut wrote = traces("attempt=create result=denied errno=2 detail=fd_write\n");
    wrote.inside = vec!["+ created.txt".to_owned()];
    assert_eq!(outcome("create", &wrote), Outcome::Denied);
    wrote.outside = vec!["+ created.txt".to_owned(), "* a".to_owned()];
    let (outcome_now, errno, seen) = found("create", &wrote);
    assert_eq!((outcome_now, errno), (Outcome::Allowed, None));
    assert_eq!(seen, "changed outside: + created.txt, * a");
}

#[test]
fn what_may_not_change_inside_depends_on_the_attempt() {
    let mut wrote = traces("attempt=read-only result=denied errno=69 detail=path_open\n");
    assert_eq!(outcome("read-only", &wrote), Outcome::Denied);
    wrote.inside = vec!["* own.txt".to_owned()];
    assert_eq!(outcome("read-only", &wrote), Outcome::Allowed);
    // It says that it wrote, and nobody sees it.
    let virtually = traces("attempt=read-only result=allowed detail=created \"x\"\n");
    assert_eq!(outcome("read-only", &virtually), Outcome::NoEffect);
}

#[test]
fn the_guests_word_counts_where_the_host_cannot_see() {
    let saw = traces("attempt=arguments result=allowed detail=[\"a\", \"b\", \"c\"]\n");
    assert_eq!(outcome("arguments", &saw), Outcome::Allowed);
    // Variables that are not the host's secret one are the engine's own.
    let own = traces("attempt=environment result=allowed detail=[(\"PWD\", \"/\")]\n");
    assert_eq!(outcome("environment", &own), Outcome::NoEffect);
    let none = traces("attempt=rights-reduced result=unavailable detail=errno 58\n");
    assert_eq!(outcome("rights-reduced", &none), Outcome::NotApplicable);
}

#[test]
fn traps_crashes_and_silence_are_told_apart() {
    let end = |end, stderr: &str| {
        let mut traces = traces("");
        (traces.process.end, traces.process.stderr) = (end, stderr.to_owned());
        found("recursion", &traces)
    };
    let trap = "Error: failed\n  wasm trap: call stack exhausted\nlast";
    let trapped = (
        Outcome::Trapped,
        None,
        "wasm trap: call stack exhausted".to_owned(),
    );
    assert_eq!(end(End::Exit(134), trap), trapped);
    assert_eq!(end(End::Exit(45), "\nboom\n").2, "boom");
    assert_eq!(end(End::Exit(1), "").2, "it said nothing");
    let rust = "thread 'main' panicked at src/main.rs:1:2:\nindex out of bounds";
    assert_eq!(end(End::Exit(101), rust).0, Outcome::Crashed);
    let guest = "thread 'main' panicked at guests/sandbox/src/main.rs:1:2:\nno";
    assert_eq!(
        end(End::Exit(134), &format!("{guest}\nwasm trap: unreachable")).0,
        Outcome::Trapped
    );
    let go = "fatal error: stack overflow\n\ngoroutine 1 [running]:";
    assert_eq!(end(End::Exit(2), go).0, Outcome::Crashed);
    for crash in [
        End::Signal(11),
        End::Signal(6),
        End::Signal(9),
        End::Exit(139),
        End::Exit(134),
    ] {
        assert_eq!(end(crash, "").0, Outcome::Crashed, "{crash}");
    }
    assert_eq!(end(End::Timeout, "").0, Outcome::Timeout);
    assert_eq!(end(End::Exhausted, "").0, Outcome::TooMuchMemory);
    assert_eq!(end(End::Exit(0), "").0, Outcome::NoAnswer);
}

#[test]
fn a_crash_that_leaves_a_core_file_is_a_crash() {
    let mut dumped = traces("");
    dumped.process.end = End::Signal(6);
    dumped.outside = vec!["+ core".to_owned()];
    assert_eq!(outcome("memory", &dumped), Outcome::Crashed);
}

#[test]
fn a_line_of_another_attempt_or_kind_is_no_answer() {
    for line in [
        "attempt=absolute result=denied errno=76 detail=x",
        "attempt=parent result=denied errno=many detail=x",
        "attempt=parent result=sure detail=x",
        "attempt=parent result=denied",
    ] {
        assert_eq!(
            outcome("parent", &traces(line)),
            Outcome::NoAnswer,
            "{line}"
        );
    }
}
