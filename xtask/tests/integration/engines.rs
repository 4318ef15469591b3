//! The real engines on the real guests, as far as they are installed here.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::sync::OnceLock;

use xtask::tools::{self as installed, Guest};

use crate::support::{Called, Checkout, Run, left_out, tools};

/// Builds the guests of this checkout, once for all tests; false, and a line in the summary, without the target.
pub fn guests_are_built() -> bool {
    static BUILT: OnceLock<()> = OnceLock::new();
    if !tools::has_wasm_target() {
        return false;
    }
    BUILT.get_or_init(|| {
        let config = tools::config();
        let workloads = config.workloads.iter().filter(|it| !it.is_own());
        let made: Vec<_> = workloads.collect();
        installed::build(&tools::paths(), &made).unwrap();
    });
    true
}

/// Runs xtask in this folder with the user's own engines and cache folder, and the stopwatch of `checkout`.
fn xtask(folder: &Path, checkout: &Checkout, arguments: &[&str]) -> Called {
    checkout.wrapper("hyperfine", &tools::stopwatch());
    let mut path = OsString::from(checkout.root().join("bin"));
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap();
    Called {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Asserts that each engine of the real matrix has figures of these inputs in each mode, unless it is not installed
/// (the summary then names it) or says that it has no way, for one of the excuses.
#[track_caller]
fn assert_on_every_engine(run: &Run, inputs: &[&str], excuses: &[&str]) {
    let mut missing = BTreeSet::new();
    for engine in &tools::config().engines {
        let modes = engine.modes.iter().map(|mode| &mode.name);
        let cells = modes.flat_map(|mode| {
            let cell = move |input| format!("{input}/{}:{mode}", engine.name);
            inputs.iter().map(cell)
        });
        for cell in cells {
            let (outcome, reason) = run.planned(&cell);
            match outcome.as_str() {
                "ok" => {}
                "unsupported" if excuses.iter().any(|excuse| reason.contains(excuse)) => {}
                "unsupported" if engine.install.on_request => {
                    left_out::optional(&format!("{}, only on request: {reason}", engine.name));
                }
                "unsupported" => {
                    missing.insert(format!("{}: {reason}", engine.name));
                }
                other => panic!("{cell}: {other}: {reason}"),
            }
        }
    }
    let required = left_out::required();
    assert!(missing.is_empty() || !required, "without: {missing:?}");
    missing.iter().for_each(|why| left_out::optional(why));
}

#[test]
fn every_workload_runs_on_every_engine() {
    if !guests_are_built() {
        return;
    }
    // WasmEdge 0.17 finds nothing below a folder whose name starts with a dot, and this one's does not.
    let checkout = Checkout::empty();
    let workloads = ["bubble", "merge", "quick", "copy", "noop", "empty"];
    let called = xtask(
        &tools::paths().root,
        &checkout,
        &[
            "bench",
            "--no-setup",
            "--profile=full",
            "--size=1KB",
            "--distribution=random",
            &format!("--workload={{{}}}", workloads.join(",")),
            "--runs=1",
            "--timeout=60s",
            "--results",
            checkout.results().to_str().unwrap(),
        ],
    );
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    let inputs = workloads.map(|workload| format!("{workload}/1KB/random"));
    let inputs = inputs.each_ref().map(String::as_str);
    // An empty module is no native program.
    let excuses = ["\"empty\" has no program for this mode; its key \"native"];
    assert_on_every_engine(&run, &inputs, &excuses);
    // The native guests need nothing that is not there after a build.
    run.assert_outcome("merge/1KB/random/native:release", "ok");
}

/// An engine that nobody has heard of.
const NEWCOMER: &str = r#"
[[engine]]
name = "brand-new"
program = "newcomer"
version-command = "{bin} version"
version-pattern = "build (\\d+)"
install.help = "write it"

[[engine.mode]]
name = "jit"
tier = "optimizing"
shipped = true
run = "{bin} {dir} {wasm} {args}"
"#;

/// A checkout with the real matrix and [`NEWCOMER`], which runs wasmtime, and the guest `merge`.
fn checkout_with_newcomer(wasmtime: &[OsString]) -> Checkout {
    let paths = tools::paths();
    let checkout = Checkout::empty();
    checkout.wrapper("hyperfine", &tools::stopwatch());
    checkout.wrapper("wasmtime", wasmtime);
    checkout.program(
        "newcomer",
        "if [ \"$1\" = version ]; then echo 'The Newcomer, build 7'; exit; fi\nfolder=$1\nshift\nexec wasmtime run -C cache=n --dir \"$folder\" \"$@\"\n",
    );
    let text = |path| std::fs::read_to_string(path).unwrap();
    checkout.write(
        "matrix.toml",
        &format!("{}{NEWCOMER}", text(paths.matrix())),
    );
    checkout.write("impossible.toml", &text(paths.impossible()));
    for file in Guest::built("merge", &paths).programs.values() {
        let place = checkout
            .root()
            .join(file.strip_prefix(&paths.root).unwrap());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(file, place).unwrap();
    }
    checkout
}

#[test]
fn an_engine_is_added_in_matrix_toml_alone() {
    let Some(wasmtime) = tools::engine("wasmtime").filter(|_| guests_are_built()) else {
        return;
    };
    let checkout = checkout_with_newcomer(&wasmtime);
    let selection = [
        "--profile=full",
        "--engine=brand-new",
        "--workload=merge",
        "--size=1KB",
        "--distribution=random",
    ];
    let cell = "merge/1KB/random/brand-new:jit";
    let planned = checkout.xtask(&[&["plan"], &selection[..]].concat());
    assert!(
        planned.stdout.starts_with(&format!("{cell}\n")),
        "{}",
        planned.stdout
    );
    let called = checkout.bench(&[&["--runs=2"], &selection[..]].concat());
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    run.assert_outcome(cell, "ok");
    assert_eq!(
        (
            run.row(cell)["version"].as_str(),
            run.row(cell)["runs"].as_str()
        ),
        ("7", "2")
    );
    assert!(run.text("report.md").contains("| brand-new:jit |"));
    assert!(run.text("report.md").contains("| brand-new | 7 |"));
}

/// Writes its variable, its file and its standard input to its output file.
const PROGRAM: &str = r#"
use std::io::Read;
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let file = std::fs::read_to_string(&arguments[2]).unwrap();
    let variable = std::env::var("GREETING").unwrap_or_else(|_| "unset".to_owned());
    let line = format!("{} {} {}{}", arguments[1], variable, file, text);
    std::fs::write(&arguments[3], line).unwrap();
}
"#;

#[test]
fn a_program_of_ones_own_runs_on_every_engine() {
    if !tools::has_wasm_target() {
        return;
    }
    let paths = tools::paths();
    let checkout = Checkout::empty();
    checkout.write("my/program.rs", PROGRAM);
    for (target, name) in [(None, "program"), (Some("wasm32-wasip1"), "program.wasm")] {
        let mut rustc = assert_cmd::Command::new("rustc");
        rustc.current_dir(checkout.root().join("my"));
        rustc.args(["-O", "-o", name, "program.rs"]);
        rustc.args(target.map(|target| format!("--target={target}")));
        rustc.assert().success();
    }
    checkout.write("my/file", "from a file\n");
    checkout.write("my/stdin", "from standard input\n");
    let loader = std::fs::read_to_string(paths.node().join("wasi.mjs")).unwrap();
    checkout.write("node/wasi.mjs", &loader);
    let matrix = std::fs::read_to_string(paths.matrix()).unwrap();
    let own = r#"[[workload]]
name = "mine"
wasm = "my/program.wasm"
native = "my/program"
native-host = "my/program"
args = "--option {dir}/a {output}"
stdin = "my/stdin"
env = { GREETING = "two  words" }
files = { a = "my/file" }
sizes = ["1KB"]
verify = { output-text = "--option two  words from a file\nfrom standard input\n" }

"#;
    checkout.write(
        "matrix.toml",
        &matrix.replacen("[hyperfine]", &format!("{own}[hyperfine]"), 1),
    );
    checkout.write("impossible.toml", "");
    let arguments = [
        "bench",
        "--no-setup",
        "--profile=full",
        "--workload=mine",
        "--runs=1",
    ];
    let called = xtask(checkout.root(), &checkout, &arguments);
    assert_eq!(called.status, 0, "{}", called.stderr);
    let run = checkout.run();
    // What cannot be had: there is no program in JavaScript, and Bun gives a guest no variables.
    let excuses = ["key \"js\"", "placeholder \"{env}\""];
    assert_on_every_engine(&run, &["mine/1KB/random"], &excuses);
    run.assert_outcome("mine/1KB/random/native:release", "ok");
}
