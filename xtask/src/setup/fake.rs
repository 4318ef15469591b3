//! A runner that plays commands, and small values, for the tests of this module.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;

use crate::config::{CargoInstall, Install, Template, Tool};
use crate::paths::Paths;
use crate::process::{End, Finished, Invocation, Runner};

type Play = dyn Fn(&[String]) -> Result<String, String> + Send + Sync;

/// Answers a command with what it prints, or with the error that it ends with.
pub struct Fake {
    play: Box<Play>,
    commands: Mutex<Vec<Vec<String>>>,
}

impl Fake {
    pub fn new(play: impl Fn(&[String]) -> Result<String, String> + Send + Sync + 'static) -> Fake {
        Fake {
            play: Box::new(play),
            commands: Mutex::default(),
        }
    }

    pub fn commands(&self) -> Vec<Vec<String>> {
        self.commands.lock().unwrap().clone()
    }
}

impl Runner for Fake {
    fn run(&self, invocation: &Invocation) -> anyhow::Result<Finished> {
        let argv: Vec<String> = invocation
            .argv
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        self.commands.lock().unwrap().push(argv.clone());
        let (end, stdout, stderr) = match (self.play)(&argv) {
            Ok(stdout) => (End::Exit(0), stdout, String::new()),
            Err(stderr) => (End::Exit(1), String::new(), stderr),
        };
        Ok(Finished {
            end,
            stdout,
            stderr,
        })
    }
}

/// A cache folder that is gone when the first value is dropped.
pub fn paths() -> (tempfile::TempDir, Paths) {
    let home = tempfile::tempdir().unwrap();
    let paths = Paths {
        root: home.path().join("checkout"),
        cache: home.path().join("cache"),
    };
    (home, paths)
}

pub fn tool(name: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        program: name.to_owned(),
        version_command: Template::parse("{bin} --version", &["bin"]).unwrap(),
        version_pattern: regex_lite::Regex::new(r"(\d+\.\d+\.\d+\S*)").unwrap(),
        install: Install {
            help: "read the manual".to_owned(),
            ..Install::default()
        },
    }
}

pub fn cargo(krate: &str, version: &str) -> CargoInstall {
    CargoInstall {
        krate: krate.to_owned(),
        version: version.parse().unwrap(),
        default_features: true,
        features: Vec::new(),
        unmeasured: Vec::new(),
        minutes: 0.0,
    }
}

/// Makes a file that looks like a program.
pub fn program(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "").unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
