use super::super::attempts::ATTEMPTS;
use super::*;

fn evidence(stdout: &str) -> Evidence {
    Evidence {
        end: End::Exit(0),
        stdout: stdout.to_owned(),
        stderr: String::new(),
        secret: "S3CRET".to_owned(),
        outside: Vec::new(),
        inside: Vec::new(),
    }
}

fn judged(attempt: &str, evidence: &Evidence) -> (Verdict, Option<u16>, String) {
    let attempt = ATTEMPTS.iter().find(|it| it.name == attempt).unwrap();
    let judged = judge(attempt, evidence);
    (judged.verdict, judged.errno, judged.seen)
}

fn verdict(attempt: &str, evidence: &Evidence) -> Verdict {
    judged(attempt, evidence).0
}

#[test]
fn an_errno_is_a_denial() {
    let denied = evidence("log\nattempt=parent result=denied errno=76 detail=path_open\n");
    let expected = (Verdict::Denied, Some(76), "path_open".to_owned());
    assert_eq!(judged("parent", &denied), expected);
}

#[test]
fn the_secret_in_the_output_outweighs_the_guests_word() {
    let mut liar = evidence("S3CRET\nattempt=parent result=denied errno=76 detail=path_open\n");
    assert_eq!(verdict("parent", &liar), Verdict::Allowed);
    liar.end = End::Signal(11);
    assert_eq!(verdict("parent", &liar), Verdict::Allowed);
    let nul = evidence("attempt=nul result=allowed detail=read \"own\"\n");
    assert_eq!(verdict("nul", &nul), Verdict::NoEffect);
}

#[test]
fn a_changed_folder_outweighs_the_guests_word() {
    let mut wrote = evidence("attempt=create result=denied errno=2 detail=fd_write\n");
    wrote.inside = vec!["+ created.txt".to_owned()];
    assert_eq!(verdict("create", &wrote), Verdict::Denied);
    wrote.outside = vec!["+ created.txt".to_owned(), "* a".to_owned()];
    let (verdict_now, errno, seen) = judged("create", &wrote);
    assert_eq!((verdict_now, errno), (Verdict::Allowed, None));
    assert_eq!(seen, "changed outside: + created.txt, * a");
}

#[test]
fn what_may_not_change_inside_depends_on_the_attempt() {
    let mut wrote = evidence("attempt=read-only result=denied errno=69 detail=path_open\n");
    assert_eq!(verdict("read-only", &wrote), Verdict::Denied);
    wrote.inside = vec!["* own.txt".to_owned()];
    assert_eq!(verdict("read-only", &wrote), Verdict::Allowed);
    // It says that it wrote, and nobody sees it.
    let virtually = evidence("attempt=read-only result=allowed detail=created \"x\"\n");
    assert_eq!(verdict("read-only", &virtually), Verdict::NoEffect);
}

#[test]
fn the_guests_word_counts_where_the_host_cannot_see() {
    let saw = evidence("attempt=arguments result=allowed detail=[\"a\", \"b\", \"c\"]\n");
    assert_eq!(verdict("arguments", &saw), Verdict::Allowed);
    // Variables that are not the host's secret one are the engine's own.
    let own = evidence("attempt=environment result=allowed detail=[(\"PWD\", \"/\")]\n");
    assert_eq!(verdict("environment", &own), Verdict::NoEffect);
    let none = evidence("attempt=rights-reduced result=unavailable detail=errno 58\n");
    assert_eq!(verdict("rights-reduced", &none), Verdict::NotApplicable);
}

#[test]
fn traps_crashes_and_silence_are_told_apart() {
    let end = |end, stderr: &str| {
        let evidence = Evidence {
            end,
            stderr: stderr.to_owned(),
            ..evidence("")
        };
        judged("recursion", &evidence)
    };
    let trap = "Error: failed\n  wasm trap: call stack exhausted\nlast";
    let trapped = (
        Verdict::Trapped,
        None,
        "wasm trap: call stack exhausted".to_owned(),
    );
    assert_eq!(end(End::Exit(134), trap), trapped);
    assert_eq!(end(End::Exit(45), "\nboom\n").2, "boom");
    assert_eq!(end(End::Exit(1), "").2, "it said nothing");
    let rust = "thread 'main' panicked at src/main.rs:1:2:\nindex out of bounds";
    assert_eq!(end(End::Exit(101), rust).0, Verdict::Crashed);
    let guest = "thread 'main' panicked at guests/sandbox/src/main.rs:1:2:\nno";
    assert_eq!(
        end(End::Exit(134), &format!("{guest}\nwasm trap: unreachable")).0,
        Verdict::Trapped
    );
    let go = "fatal error: stack overflow\n\ngoroutine 1 [running]:";
    assert_eq!(end(End::Exit(2), go).0, Verdict::Crashed);
    for crash in [
        End::Signal(11),
        End::Signal(6),
        End::Signal(9),
        End::Exit(139),
        End::Exit(134),
    ] {
        assert_eq!(end(crash, "").0, Verdict::Crashed, "{crash}");
    }
    assert_eq!(end(End::Timeout, "").0, Verdict::Timeout);
    assert_eq!(end(End::Exhausted, "").0, Verdict::TooMuchMemory);
    assert_eq!(end(End::Exit(0), "").0, Verdict::NoAnswer);
}

#[test]
fn a_crash_that_leaves_a_core_file_is_a_crash() {
    let dumped = Evidence {
        end: End::Signal(6),
        outside: vec!["+ core".to_owned()],
        ..evidence("")
    };
    assert_eq!(verdict("memory", &dumped), Verdict::Crashed);
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
            verdict("parent", &evidence(line)),
            Verdict::NoAnswer,
            "{line}"
        );
    }
}
