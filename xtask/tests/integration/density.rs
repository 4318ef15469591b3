//! `cargo xtask density` with fake engines whose memory is known, and what it leaves running: nothing.

use std::path::PathBuf;

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::sandbox::{RUN, with_run};
use crate::support::matrix::engine;
use crate::support::scripts::good;
use crate::support::{Called, Checkout, Matrix, wait_until};

/// Bytes of a string that an instance holds.
const HELD: f64 = 33_554_432.0;

/// A checkout with these engines and the guest that waits, at which no fake engine looks.
fn checkout(engines: String) -> Checkout {
    let checkout = Checkout::without_hyperfine(&Matrix {
        engines,
        ..Matrix::default()
    });
    let programs = [
        "target/guests/wasm32-wasip1/release/hold.wasm",
        "target/guests/release/hold",
        "target/guests/native-host/release/hold",
        "node/hold.js",
    ];
    for program in programs {
        checkout.write(program, "hold");
    }
    checkout
}

/// Does `hold` for the guest that waits, and sorts for others.
fn waits(hold: &str) -> String {
    format!("case $1 in *hold.wasm) {hold};; esac\n{}", good())
}

const WORDS: [&str; 6] = [
    "density",
    "--no-setup",
    "--workload=merge",
    "--size=1KB",
    "--time=300ms",
    "--most=4",
];

fn density(checkout: &Checkout, arguments: &[&str]) -> Called {
    checkout.xtask(&[&WORDS, arguments].concat())
}

fn json(checkout: &Checkout) -> Value {
    serde_json::from_str(&checkout.read(&format!("{RUN}/density.json"))).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn what_one_more_takes_is_what_it_holds() {
    let checkout = checkout(engine("fat") + &engine("thin") + &engine("gone"));
    with_run(&checkout);
    let held = r#"s = "a"; while (length(s) < 33554432) s = s s;"#;
    let fat = |held: &str| {
        let script =
            format!("BEGIN {{ {held} print \"ready\"; fflush(); getline; exit length(s) < 0 }}");
        waits(&format!("exec awk '{script}'"))
    };
    checkout.engine("fat", &fat(held));
    checkout.engine("thin", &fat("s = \"\";"));
    let called = density(&checkout, &[]);
    assert_eq!(called.status, 0, "{}\n{}", called.stdout, called.stderr);
    let json = json(&checkout);
    // What the fourth and the third take.
    let added = |mode: usize, key: &str| {
        let steps = json["tried"][mode]["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 3, "{steps:?}");
        let bytes = |step: usize| steps[step]["memory"][key].as_f64().unwrap();
        (bytes(2) - bytes(1)) / 2.0
    };
    for key in ["pss_bytes", "private_bytes"] {
        let held = added(0, key) - added(1, key);
        assert!((held / HELD - 1.0).abs() < 0.02, "{key}: {held}");
    }
    let fat = &json["tried"][0];
    assert_eq!(
        (&fat["outcome"], &fat["reason"]),
        (&"ok".into(), &Value::Null)
    );
    assert_eq!(
        (&fat["attempt"], &fat["size"]),
        (&"merge".into(), &"1KB".into())
    );
    for (step, at_once) in fat["steps"].as_array().unwrap().iter().zip([1, 2, 4]) {
        assert_eq!(step["at_once"], at_once);
        assert!(step["runs"].as_u64().unwrap() >= at_once, "{step}");
        assert!(step["median_s"].as_f64().unwrap() <= step["p99_s"].as_f64().unwrap());
    }
    let gone = &json["tried"][2];
    assert_eq!(gone["outcome"], "unsupported");
    assert!(
        gone["reason"].as_str().unwrap().contains("write gone"),
        "{gone}"
    );
    // The section of the report.
    assert_eq!(checkout.xtask(&["report"]).status, 0);
    let report = checkout.read(&format!("{RUN}/report.md"));
    for part in ["## How many fit", "| fat:jit |", "**Density**"] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(
        checkout
            .read(&format!("{RUN}/report.html"))
            .contains("How many fit")
    );
}

#[test]
#[cfg(target_os = "linux")]
fn what_fails_is_told_and_the_others_are_measured() {
    let engines = ["dies", "stays", "wrong", "good", "ends"]
        .map(engine)
        .concat();
    let checkout = checkout(engines);
    with_run(&checkout);
    let good_hold = "echo ready; exec cat > /dev/null";
    checkout.engine("dies", &waits("echo no memory >&2; exit 3"));
    checkout.engine("stays", &waits("echo ready; exec sleep 300"));
    let wrong = format!("case $1 in *hold.wasm) {good_hold};; esac\necho 1 > \"$3\"");
    checkout.engine("wrong", &wrong);
    checkout.engine("good", &waits(good_hold));
    checkout.engine("ends", &waits("echo ready; exit"));
    let called = density(&checkout, &["--timeout", "2s"]);
    assert_eq!(called.status, 3, "{}\n{}", called.stdout, called.stderr);
    let json = json(&checkout);
    let ended = |mode: usize| {
        let tried = &json["tried"][mode];
        let text = |key: &str| tried[key].as_str().unwrap_or_default().to_owned();
        (text("outcome"), text("reason"))
    };
    for (mode, outcome, reason) in [
        (
            0,
            "failed",
            "an instance ended with exit status 3: no memory",
        ),
        (1, "timeout", "one was killed at its time limit"),
        (2, "wrong-output", "the output has 2 bytes, expected"),
        (3, "ok", ""),
        (4, "failed", "an instance ended with exit status 0"),
    ] {
        let ended = ended(mode);
        assert_eq!(ended.0, outcome, "{json}");
        assert!(ended.1.contains(reason), "{json}");
    }
    assert_eq!(json["tried"][3]["steps"].as_array().unwrap().len(), 3);
    assert_eq!(json["tried"][4]["steps"][0], Value::Null);
}

/// An engine whose instances say who they are and never become ready, and the file with that.
fn endless() -> (Checkout, PathBuf) {
    let checkout = checkout(engine("endless"));
    with_run(&checkout);
    let pids = checkout.root().join("pids");
    let hold = format!("echo $$ >> {}; exec cat > /dev/null", pids.display());
    checkout.engine("endless", &waits(&hold));
    (checkout, pids)
}

#[track_caller]
fn assert_gone(pids: &PathBuf) {
    for pid in std::fs::read_to_string(pids).unwrap().lines() {
        let stat = || std::fs::read_to_string(format!("/proc/{pid}/stat"));
        wait_until("the end of what was left", || {
            stat().map_or(true, |stat| stat.contains(") Z "))
        });
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_interrupt_keeps_what_was_measured_and_leaves_nothing_running() {
    let (checkout, pids) = endless();
    let started = checkout.start(&WORDS);
    wait_until("an instance", || pids.exists());
    started.signal(Signal::SIGINT);
    let (status, stderr) = started.wait();
    assert_eq!(status, Some(3), "{stderr}");
    assert_eq!(json(&checkout)["tried"][0]["reason"], "interrupted");
    assert_gone(&pids);
}

#[test]
#[cfg(target_os = "linux")]
fn sigkill_leaves_nothing_running() {
    let (checkout, pids) = endless();
    let started = checkout.start(&WORDS);
    wait_until("an instance", || pids.exists());
    started.kill();
    assert_gone(&pids);
}

#[test]
fn wrong_usage_is_told_apart() {
    let checkout = checkout(engine("fake"));
    for arguments in [
        ["--engine", "nobody"],
        ["--most", "0"],
        ["--size", "1"],
        ["--time", "soon"],
        // The matrix has no "noop", which is the default.
        ["--workload", "noop"],
    ] {
        let words = [&["density", "--no-setup"], &arguments[..]].concat();
        let words = match arguments[0] {
            "--workload" => words,
            _ => [&words[..], &["--workload", "merge"]].concat(),
        };
        let called = checkout.xtask(&words);
        assert_eq!(called.status, 2, "{arguments:?}: {}", called.stderr);
        assert!(called.stderr.contains(arguments[0]), "{}", called.stderr);
    }
}
