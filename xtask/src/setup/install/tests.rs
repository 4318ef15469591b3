//! Installs played by a fake runner, and one real one.

use super::super::Origin;
use super::super::fake::{Fake, cargo, paths, program, tool};
use super::*;
use crate::config::{DebianInstall, Template};
use crate::process::Processes;

fn engine(name: &str, minutes: f64) -> Tool {
    let mut install = cargo(name, "3.0.0");
    install.minutes = minutes;
    let mut tool = tool(name);
    tool.install.cargo = Some(install);
    tool
}

/// Plays `cargo install`: makes the program under `--root`, or fails for the crate "bad".
fn play(argv: &[String]) -> Result<String, String> {
    let Some(root) = argv.iter().position(|word| word == "--root") else {
        return Ok("version 3.0.0".to_owned());
    };
    let bin = std::path::Path::new(&argv[root + 1]).join("bin");
    let name = crate_of(argv);
    if name == "bad" {
        program(&bin.join("half"));
        return Err("error: could not compile `tls`".to_owned());
    }
    program(&bin.join(name));
    Ok(String::new())
}

/// The crate that a `cargo install` is of.
fn crate_of(argv: &[String]) -> &str {
    let locked = argv.iter().position(|word| word == "--locked").unwrap();
    &argv[locked + 1]
}

#[test]
fn the_longest_build_goes_before_the_others() {
    let (_home, paths) = paths();
    let runner = Fake::new(play);
    let (short, long) = (engine("short", 1.0), engine("long", 9.0));
    install_missing(&[&short, &long], &paths, &runner).unwrap();
    let builds = runner
        .commands()
        .into_iter()
        .filter(|argv| argv.contains(&"--root".to_owned()));
    let mut nice: Vec<(String, bool)> = builds
        .map(|argv| (crate_of(&argv).to_owned(), argv[0] == "nice"))
        .collect();
    nice.sort();
    assert_eq!(
        nice,
        [("long".to_owned(), false), ("short".to_owned(), true)]
    );
}

#[test]
fn what_wants_a_request_is_left_alone_without_one() {
    let (_home, paths) = paths();
    let mut shy = engine("shy", 1.0);
    shy.install.on_request = true;
    let runner = Fake::new(play);
    let state = |tool: &Tool| {
        install_missing(&[tool], &paths, &runner)
            .unwrap()
            .remove(0)
            .1
    };
    let State::Missing { how, .. } = state(&shy) else {
        panic!("nobody asked for it")
    };
    assert_eq!(how, "read the manual");
    shy.install.on_request = false;
    assert!(state(&shy).found().is_some());
}

#[test]
fn a_failed_install_leaves_nothing_and_stops_no_other() {
    let (_home, paths) = paths();
    let (bad, good, manual) = (engine("bad", 2.0), engine("good", 1.0), tool("manual"));
    let runner = Fake::new(play);
    let states = install_missing(&[&bad, &good, &manual], &paths, &runner).unwrap();
    let names: Vec<_> = states.iter().map(|state| state.0.as_str()).collect();
    assert_eq!(names, ["bad", "good", "manual"]);
    let State::Missing { why, how } = &states[0].1 else {
        panic!("bad was installed")
    };
    assert!(
        why.contains("could not compile `tls`") && why.contains("install.log"),
        "{why}"
    );
    assert_eq!(how, "read the manual");
    let found = states[1].1.found().unwrap();
    assert_eq!(
        (found.origin, found.version.as_str()),
        (Origin::Cache, "3.0.0")
    );
    assert!(found.binary.is_file());
    assert!(states[2].1.found().is_none());
    let left: Vec<_> = std::fs::read_dir(paths.tools())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !name.starts_with(".lock-"))
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].starts_with("good-3.0.0-"));
}

#[test]
fn what_is_installed_is_not_installed_again() {
    let (_home, paths) = paths();
    let good = engine("good", 1.0);
    install_missing(&[&good], &paths, &Fake::new(play)).unwrap();
    let again = Fake::new(|argv| match argv.len() {
        2 => Ok("good 3.0.0".to_owned()),
        _ => panic!("installed again: {argv:?}"),
    });
    let states = install_missing(&[&good], &paths, &again).unwrap();
    assert!(states[0].1.found().is_some());
}

#[test]
fn an_install_that_does_not_answer_is_no_install() {
    let (_home, paths) = paths();
    let runner = Fake::new(|argv| match argv.len() {
        2 => Err("Illegal instruction".to_owned()),
        _ => play(argv),
    });
    let states = install_missing(&[&engine("good", 1.0)], &paths, &runner).unwrap();
    let State::Missing { why, .. } = &states[0].1 else {
        panic!("installed")
    };
    assert!(why.contains("Illegal instruction"), "{why}");
}

#[test]
fn the_longest_build_starts_first_and_times_add_up_on_two_cores() {
    let (short, long) = (engine("a", 1.0), engine("b", 9.0));
    let tools = [&short, &long];
    assert_eq!(longest_first(vec![0, 1], &tools), [1, 0]);
    assert_eq!(estimate(&tools, 2).as_secs(), 600);
    assert!(estimate(&tools, 8) < estimate(&tools, 4));
}

/// The one test that needs the network: `cargo test -p xtask -- --ignored real_packages`.
#[test]
#[ignore = "downloads packages from the host's Debian mirror"]
fn real_packages_are_unpacked_and_answer() {
    let (_home, paths) = paths();
    let mut wazero = tool("wazero");
    wazero.program = "no-such-program-on-path".to_owned();
    wazero.version_command = Template::parse("{bin} version", &["bin"]).unwrap();
    wazero.install.debian = Some(DebianInstall {
        package: "wazero".to_owned(),
        suite: "forky".to_owned(),
        bin: "usr/bin/wazero".to_owned(),
    });
    let states = install_missing(&[&wazero], &paths, &Processes).unwrap();
    let found = states[0].1.found().expect("not installed");
    assert!(found.version.starts_with(|c: char| c.is_ascii_digit()));
}
