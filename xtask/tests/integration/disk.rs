//! Disks that are full or cannot be written to, and folders with strange names.

use crate::install;
use crate::outcomes::CELL;
use crate::support::matrix::Matrix;
use crate::support::scripts::good;
use crate::support::{Checkout, left_out};

/// Runs a script, in which `xtask` is the real one, in the checkout with a disk of so many bytes on its folder
/// `disk`; what it printed. None where no such disk can be had.
fn with_small_disk(checkout: &Checkout, bytes: u32, script: &str) -> Option<String> {
    let mount = format!("mkdir -p disk; mount -t tmpfs -o size={bytes} none disk");
    let in_namespace = |script: String| {
        let command = duct::cmd!("unshare", "--map-root-user", "--mount", "sh", "-c", script);
        let command = command.dir(checkout.root()).env("PATH", checkout.path());
        let command = command.env("XDG_CACHE_HOME", checkout.root().join("cache"));
        command
            .env_remove("CARGO")
            .stderr_to_stdout()
            .unchecked()
            .read()
    };
    let possible = in_namespace(format!("{mount} && echo it is possible"));
    if !possible.is_ok_and(|said| said.ends_with("it is possible")) {
        left_out::missing("only root, or who may make namespaces, can have a small disk");
        return None;
    }
    let xtask = env!("CARGO_BIN_EXE_xtask");
    let xtask = format!("xtask() {{ '{xtask}' \"$@\"; echo \"status $?\"; }}");
    Some(in_namespace(format!("{mount}\n{xtask}\n{script}")).unwrap())
}

/// Takes what is left of the disk, to the last byte.
const FILL: &str = "cat /dev/zero > disk/ballast 2>/dev/null";

/// Asserts that the text holds these parts in this order.
#[track_caller]
fn assert_says(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let at = rest.find(part);
        let at = at.unwrap_or_else(|| panic!("\"{part}\" is not, or not there, in:\n{text}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_fills_up_in_the_rounds_stops_the_run_which_goes_on_when_there_is_room() {
    let checkout = Checkout::new(&Matrix::default());
    let fill = format!("if [ -e filling ] && [ -s calls ]; then {FILL}; fi; echo >> calls");
    checkout.engine("fake", &format!("{fill}\n{}", good()));
    let script = "touch filling\n\
                  xtask bench --no-setup --runs 4 --results disk\n\
                  xtask bench --no-setup --results disk --resume\n\
                  rm filling disk/ballast\n\
                  xtask bench --no-setup --results disk --resume\n\
                  echo \"$(grep -c '\"outcome\":\"ok\"' disk/*/samples.jsonl) good samples, $(cat disk/*/samples.jsonl | wc -l) in all\"";
    let Some(said) = with_small_disk(&checkout, 4 << 20, script) else {
        return;
    };
    let full = ["free some space", "go on with --resume", "status 1"];
    let parts = [&full[..], &full, &["every output verified", "status 0"]].concat();
    assert_says(&said, &parts);
    // The pilot, and 4 blocks of the cell and its twin.
    assert!(said.ends_with("9 good samples, 9 in all"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn reports_and_inputs_that_find_no_room_leave_what_was_there() {
    let matrix = Matrix {
        sizes: &["1KB", "10MB"],
        ..Matrix::default()
    };
    let checkout = Checkout::new(&matrix);
    checkout.engine("fake", &good());
    let script = format!(
        "mkdir disk/data; ln -s disk/data data\n\
         xtask bench --no-setup --runs 1 --size 1KB --results disk\n\
         before=$(cat disk/*/report.html disk/*/report.md disk/*/summary.csv | cksum)\n\
         {FILL}\n\
         xtask report disk/20*\n\
         xtask gen-data --size 10MB\n\
         [ \"$before\" = \"$(cat disk/*/report.html disk/*/report.md disk/*/summary.csv | cksum)\" ] && echo as before\n\
         ls -A disk/data disk/20* | grep -c partial\n\
         rm disk/ballast; mount -o remount,size=64m disk\n\
         xtask report disk/20*\n\
         xtask gen-data --size 10MB"
    );
    let Some(said) = with_small_disk(&checkout, 4 << 20, &script) else {
        return;
    };
    let full = ["No space left on device", "status 1"];
    let parts = [
        &["status 0"],
        &full[..],
        &["free some space there"],
        &full,
        &["as before", "0", "status 0", "1 inputs", "status 0"],
    ];
    assert_says(&said, &parts.concat());
}

#[test]
#[cfg(target_os = "linux")]
fn results_that_cannot_be_written_to_are_named() {
    let checkout = Checkout::new(&Matrix::default());
    checkout.engine("fake", &good());
    let script = "xtask bench --no-setup --results disk\n\
                  mount -o remount,ro disk\n\
                  xtask bench --no-setup --results disk\n\
                  xtask bench --no-setup --results disk --resume\n\
                  xtask report disk/20*";
    let Some(said) = with_small_disk(&checkout, 16 << 20, script) else {
        return;
    };
    let read_only = ["error: ", "/disk/", "Read-only file system", "status 1"];
    let parts = [&["status 0"][..], &read_only, &read_only, &read_only].concat();
    assert_says(&said, &parts);
}

#[test]
#[cfg(target_os = "linux")]
fn an_install_that_fills_the_disk_leaves_room_and_succeeds_when_there_is_more() {
    let checkout = install::checkout(install::wheel_engine(&install::right_hash()));
    install::pip(&checkout);
    checkout.program("cargo", "echo 'no compiler' >&2; exit 101\n");
    let big = "case $verb in install) head -c 8M /dev/zero > \"$folder/big\" || exit 1;; esac\n";
    let pip = checkout.read("bin/python3") + big;
    checkout.program("python3", pip.trim_start_matches("#!/bin/sh\n"));
    let script = "export XDG_CACHE_HOME=$PWD/disk\n\
                  xtask setup vm\n\
                  find disk -name big; find disk -path '*tools/vm*'\n\
                  mount -o remount,size=64m disk\n\
                  xtask setup vm";
    let Some(said) = with_small_disk(&checkout, 4 << 20, script) else {
        return;
    };
    let parts = ["No space left on device", "status 3", "2.0.0", "status 0"];
    assert_says(&said, &parts);
    let (first, _) = said.rsplit_once("installing vm").unwrap();
    assert!(
        !first.contains("/big\n") && !first.contains("tools/vm"),
        "{said}"
    );
}

/// What is in the name of a checkout: spaces, quotes, signs that shells, TOML, Markdown and XML obey, other letters,
/// and more than 200 characters in all.
#[test]
fn a_checkout_may_have_any_name() {
    let name = format!(
        "it's \"a\" <b>&amp; $HOME `x` {{1,2}} [x]* #1 ü 日本 %s\\n {}",
        "long ".repeat(32)
    );
    let checkout = Checkout::named(&name, &Matrix::default());
    checkout.engine("fake", &good());
    let elsewhere = checkout.root().join("my results");
    let options = ["--runs", "3", "--mode", "fake:{jit,aot}", "--results"];
    let bench = checkout.bench(&[&options[..], &[elsewhere.to_str().unwrap()]].concat());
    assert_eq!(bench.status, 0, "{}", bench.stderr);
    let run = &crate::support::Run::all(&elsewhere)[0];
    run.assert_outcome(CELL, "ok");
    let called = checkout.xtask(&["report", run.path.to_str().unwrap()]);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let page = run.text("report.html");
    assert!(!page.contains("<b>&amp;"), "the name is markup");
}

/// What an interrupted bench says, pasted into two shells.
#[test]
fn the_command_that_goes_on_can_be_pasted_into_bash_and_dash() {
    for shell in ["bash", "dash"] {
        if which::which(shell).is_err() {
            left_out::missing(&format!("{shell} is missing"));
            continue;
        }
        let checkout = Checkout::named("it's {a,b} $HOME !x", &Matrix::default());
        checkout.engine("fake", &format!("sleep 0.1\n{}", good()));
        let xtask = env!("CARGO_BIN_EXE_xtask");
        checkout.program("cargo", &format!("shift; exec '{xtask}' \"$@\"\n"));
        let elsewhere = checkout.root().join("some ~ where!");
        let options = ["--runs", "4", "--mode", "fake:{jit,aot}", "--results"];
        let bench = checkout.start_bench(&[&options[..], &[elsewhere.to_str().unwrap()]].concat());
        crate::support::wait_until("a sample", || {
            let runs = crate::support::Run::all(&elsewhere);
            runs.first().is_some_and(|run| run.lines() > 1)
        });
        bench.signal(nix::sys::signal::Signal::SIGINT);
        let (_, stderr) = bench.wait();
        let (_, command) = stderr.split_once("Go on with: ").expect("a command");
        let pasted = duct::cmd!(shell, "-c", command.lines().next().unwrap());
        let pasted = pasted.dir(checkout.root()).env("PATH", checkout.path());
        let pasted = pasted.env("XDG_CACHE_HOME", checkout.root().join("cache"));
        let said = pasted
            .stderr_to_stdout()
            .stdin_null()
            .unchecked()
            .read()
            .unwrap();
        let run = &crate::support::Run::all(&elsewhere)[0];
        assert_eq!(run.planned(CELL).0, "ok", "{command}\n{said}");
        assert_eq!(run.row(CELL)["runs"], "4");
    }
}
