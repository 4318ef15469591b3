//! One table of inputs, `guests/cases.json`, for the guests in Rust and in JavaScript and for every engine: the same
//! result, or the same error, to the letter.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use serde::Deserialize;
use xtask::config::{Commands, Engine, Mode, Template, Tier, Values};
use xtask::tools::{self as installed, Found, Guest};

use crate::engines::guests_are_built;
use crate::support::{left_out, tools};

/// An input and what must become of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[derive(Default)]
struct Case {
    name: String,
    /// The text, or where it is no UTF-8 its bytes.
    input: String,
    hex: Option<String>,
    /// What follows so many times, and then once.
    repeat: String,
    times: usize,
    then: String,
    /// The output, or what is said after the input's path.
    output: Option<String>,
    output_times: Option<usize>,
    error: Option<String>,
    /// Is it tried where nothing but the engine differs from what was tried already?
    everywhere: bool,
}

impl Case {
    fn bytes(&self) -> Vec<u8> {
        let Some(hex) = &self.hex else {
            let text = [&self.input, &self.repeat.repeat(self.times), &self.then];
            return text.map(String::as_str).concat().into_bytes();
        };
        let digits = hex.as_bytes().chunks(2);
        let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.map(byte).collect()
    }
}

fn cases() -> Vec<Case> {
    let path = tools::paths().root.join("guests/cases.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A process that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(600);

/// A mode of an engine that is there, and where it has its files.
struct Desk {
    name: String,
    commands: Commands,
    env: Vec<(String, OsString)>,
    values: Values,
    folder: PathBuf,
}

impl Desk {
    /// None where the version lacks the mode.
    fn new(engine: &Engine, mode: &Mode, found: &Found, folder: &Path) -> Option<Desk> {
        let commands = mode.commands(&found.version).ok()?;
        let name = format!("{}:{}", engine.name, mode.name);
        let folder = folder.join(name.replace(':', "-"));
        for made in ["io", "cache"] {
            std::fs::create_dir_all(folder.join(made)).unwrap();
        }
        let paths = tools::paths();
        let one = |path: &Path| vec![path.as_os_str().to_owned()];
        let mut values = Values::from([
            ("bin", found.command.clone()),
            ("artifact", one(&folder.join("artifact"))),
            ("dir", one(&folder.join("io"))),
            ("cache", one(&folder.join("cache"))),
            ("repo", one(&paths.root)),
            ("env", Vec::new()),
            ("flags", Vec::new()),
        ]);
        let programs = Guest::built("merge", &paths).programs;
        values.extend(programs.iter().map(|(name, path)| (*name, one(path))));
        let desk = Desk {
            name,
            env: mode.variables(&values).unwrap(),
            commands,
            values,
            folder,
        };
        if let Some(compile) = &desk.commands.compile {
            let compiled = desk.run(compile, &desk.values);
            assert!(compiled.status.success(), "{}: {compiled:?}", desk.name);
        }
        Some(desk)
    }

    fn run(&self, template: &Template, values: &Values) -> Output {
        let words = template.expand(values).unwrap();
        let mut command = assert_cmd::Command::new(&words[0]);
        command.args(&words[1..]).envs(self.env.iter().cloned());
        command.current_dir(&self.folder).timeout(PATIENCE);
        command.output().unwrap()
    }

    /// What the engine makes of a case that differs from what it must; nothing where all is right.
    fn wrong(&self, case: &Case) -> Option<String> {
        let [input, output] = ["io/input.txt", "io/output.txt"].map(|it| self.folder.join(it));
        std::fs::write(&input, case.bytes()).unwrap();
        let _ = std::fs::remove_file(&output);
        let mut values = self.values.clone();
        values.insert("args", vec![input.clone().into(), output.clone().into()]);
        let ended = self.run(&self.commands.run, &values);
        let [stdout, stderr] = [&ended.stdout, &ended.stderr].map(|it| String::from_utf8_lossy(it));
        let written = std::fs::read_to_string(&output).ok();
        let (end, written_right, said) = match (&case.error, &case.output) {
            (Some(error), None) => {
                let line = format!("{}: {error}", input.display());
                let said = stderr.lines().any(|it| it == line);
                (1, written.is_none(), said)
            }
            (None, Some(expected)) => {
                let expected = expected.repeat(case.output_times.unwrap_or(1));
                let items = format!("items={} read_ns=", expected.lines().count());
                let said = stdout.lines().any(|it| it.starts_with(&items));
                (0, written == Some(expected), said)
            }
            _ => panic!("{}: an output or an error", case.name),
        };
        let is_right = ended.status.code() == Some(end) && written_right && said;
        (!is_right).then(|| {
            format!(
                "{}: {}: {}: {stdout}{stderr}",
                self.name, case.name, ended.status
            )
        })
    }
}

/// Tries the cases that are wanted in each mode, engines side by side, and says what is wrong.
fn tried(cases: &[Case], is_wanted: fn(&Engine, &Mode, &Case) -> bool) -> Vec<String> {
    let (config, paths) = (tools::config(), tools::paths());
    // WasmEdge 0.17 finds nothing below a folder whose name starts with a dot.
    let folder = tempfile::Builder::new().prefix("cases-").tempdir().unwrap();
    let there = config.engines.iter().filter_map(|engine| {
        let missing = match installed::find(engine, &paths) {
            Ok(found) => return Some((engine, found)),
            Err(missing) => format!("{}: {missing}", engine.name),
        };
        match engine.install.on_request {
            true => left_out::optional(&format!("only on request: {missing}")),
            false => left_out::missing(&missing),
        }
        None
    });
    let there: Vec<(&Engine, Found)> = there.collect();
    let wrong_of = |engine: &Engine, found: &Found| {
        let wrong = engine.modes.iter().flat_map(|mode| {
            let wanted = cases.iter().filter(|case| is_wanted(engine, mode, case));
            let wanted: Vec<&Case> = wanted.collect();
            let desk = Desk::new(engine, mode, found, folder.path());
            let desk = desk.filter(|_| !wanted.is_empty());
            let wrong = desk.map(|desk| wanted.into_iter().filter_map(move |it| desk.wrong(it)));
            wrong.into_iter().flatten().collect::<Vec<String>>()
        });
        wrong.collect::<Vec<String>>()
    };
    std::thread::scope(|scope| {
        let start = |(engine, found)| scope.spawn(move || wrong_of(engine, found));
        let threads: Vec<_> = there
            .iter()
            .map(|(engine, found)| start((*engine, found)))
            .collect();
        threads
            .into_iter()
            .flat_map(|it| it.join().unwrap())
            .collect()
    })
}

/// All in Rust and in JavaScript; on the other engines, which run the same programs, those that could go wrong there.
#[test]
fn every_engine_makes_the_same_of_every_input() {
    if guests_are_built() {
        let wrong = tried(&cases(), |engine, mode, case| {
            let is_first = ["native", "node"].contains(&engine.name.as_str());
            mode.shipped && (is_first || case.everywhere)
        });
        assert_eq!(wrong, [""; 0]);
    }
}

/// `cargo test -p xtask -- --ignored every_mode`
#[test]
#[ignore = "takes minutes"]
fn every_mode_makes_the_same_of_every_input() {
    if guests_are_built() {
        assert_eq!(tried(&cases(), |_, _, _| true), [""; 0]);
    }
}

/// `cargo test -p xtask -- --ignored blank_lines`
#[test]
#[ignore = "reads 500 MB in every mode that compiles: some minutes"]
fn half_a_gigabyte_of_blank_lines_is_read_in_every_mode_that_compiles() {
    if guests_are_built() {
        let case = Case {
            name: "500 MB of blank lines".to_owned(),
            repeat: "\n".to_owned(),
            times: 500_000_000,
            then: "7".to_owned(),
            output: Some("7\n".to_owned()),
            ..Case::default()
        };
        assert_eq!(
            tried(&[case], |_, mode, _| matches!(mode.tier, Tier::Optimizing)),
            [""; 0]
        );
    }
}
