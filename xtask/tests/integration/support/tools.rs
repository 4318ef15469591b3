//! The tools that are installed on this machine: what only real tools can show.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;

use xtask::config::Config;
use xtask::host::paths::Paths;
use xtask::tools;

use super::left_out;

/// The words that start hyperfine; where it is missing, those of its stand-in, and the summary says so.
pub fn stopwatch() -> Vec<OsString> {
    static HYPERFINE: OnceLock<Option<Vec<OsString>>> = OnceLock::new();
    let hyperfine = HYPERFINE.get_or_init(|| {
        let paths = paths();
        let config = Config::load(&paths.matrix(), &paths.impossible()).ok()?;
        let found = tools::find(&config.hyperfine, &paths).ok()?;
        Some(found.command)
    });
    hyperfine.clone().unwrap_or_else(|| {
        left_out::replaced(
            "hyperfine is missing: a stand-in (support/stopwatch.rs) timed the tests",
        );
        stand_in("1.20.0")
    })
}

/// The words that start `stopwatch.rs`, an example of the package, which writes what this version of hyperfine would.
pub fn stand_in(version: &str) -> Vec<OsString> {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let program = BUILT.get_or_init(|| {
        // `cargo test` has built it already, `cargo test --test integration` has not.
        assert_cmd::Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--package=xtask"])
            // As `cargo test` builds it: another profile would compile all of xtask again.
            .args(["--example=stopwatch", "--profile=test"])
            .current_dir(paths().root)
            .assert()
            .success();
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_xtask"));
        binary.with_file_name("examples").join("stopwatch")
    });
    vec![program.into(), format!("--as={version}").into()]
}

/// The words that start an engine of the real matrix; none, and a line in the summary, where it is missing.
pub fn engine(name: &str) -> Option<Vec<OsString>> {
    let config = config();
    let Some(engine) = config.engine(name) else {
        left_out::missing(&format!("{name}: matrix.toml has no such engine"));
        return None;
    };
    match tools::find(engine, &paths()) {
        Ok(found) => Some(found.command),
        Err(missing) => {
            left_out::missing(&format!("{name}: {missing}"));
            None
        }
    }
}

/// Is the guests' target there, or can it be added? A line in the summary where not.
pub fn has_wasm_target() -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    let there = *THERE.get_or_init(|| tools::ensure_wasm_target().is_ok());
    if !there {
        left_out::missing("the Rust target wasm32-wasip1 is missing");
    }
    there
}

/// This checkout, and the user's real cache folder.
pub fn paths() -> Paths {
    Paths::find().unwrap()
}

/// The matrix that users edit: for what is asked of the engines that it names.
pub fn config() -> Config {
    let paths = paths();
    Config::load(&paths.matrix(), &paths.impossible()).unwrap()
}
