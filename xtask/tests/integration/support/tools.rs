//! The tools that are installed on this machine: what only real tools can show.

use std::ffi::OsString;

use xtask::config::{Config, Tool};
use xtask::paths::Paths;
use xtask::tools;

/// The words that start hyperfine; none, and a line that says so, where it is missing.
pub fn hyperfine() -> Option<Vec<OsString>> {
    command(|config| &config.hyperfine)
}

/// The words that start an engine of the real matrix; none, and a line that says so, where it is missing.
pub fn engine(name: &str) -> Option<Vec<OsString>> {
    command(|config| &config.engine(name).unwrap().tool)
}

/// This checkout, and the user's real cache folder.
pub fn paths() -> Paths {
    Paths::find().unwrap()
}

pub fn config() -> Config {
    let paths = paths();
    Config::load(&paths.matrix(), &paths.impossible()).unwrap()
}

fn command(tool: impl Fn(&Config) -> &Tool) -> Option<Vec<OsString>> {
    let config = config();
    let tool = tool(&config);
    let state = tools::find(tool, &paths());
    let command = state.found().map(|found| found.command.clone());
    if command.is_none() {
        left_out(&format!("{} is missing", tool.name));
    }
    command
}

/// Says that a test did nothing; where `REQUIRE_ENGINES=1` that is a failure.
pub fn left_out(why: &str) {
    let required = std::env::var_os("REQUIRE_ENGINES").is_some_and(|value| value == "1");
    assert!(!required, "{why}, and REQUIRE_ENGINES=1");
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    eprintln!("LEFT OUT {test}: {why}");
}
