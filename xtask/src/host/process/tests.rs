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
pub fn wait_until_gone(pid: &str) {
    // Long before its sleep is over.
    let patience = Instant::now() + Duration::from_secs(100);
    let stat = || std::fs::read_to_string(format!("/proc/{pid}/stat"));
    while stat().is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(Instant::now() < patience, "process {pid} is alive");
        std::thread::sleep(Duration::from_millis(10));
    }
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
    wait_until_gone(&pid);
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

#[test]
fn a_line_is_the_same_words_to_every_shell() {
    let words = [
        "plain",
        "",
        "two words",
        "it's",
        "wasmtime:{jit,aot}",
        "a!b",
        "$HOME",
        "`x`",
        "*",
        "~",
        "\\",
        "\"",
        "a\nb",
        "#",
        "x=y",
        "{}",
        "!!",
        "-",
        "[a-b]",
        "a;b",
        "<",
        "日本",
    ];
    let line = shell_line(words);
    let script = format!("printf '%s\\0' {line}");
    for shell in ["sh", "bash"]
        .into_iter()
        .filter(|it| which::which(it).is_ok())
    {
        let said = run(&Invocation::new([shell, "-c", &script]))
            .unwrap()
            .stdout;
        let read: Vec<&str> = said.split_terminator('\0').collect();
        assert_eq!(read, words, "{shell}: {line}");
    }
}
