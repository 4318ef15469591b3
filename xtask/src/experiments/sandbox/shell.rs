//! Commands that show an attempt again, for a person to copy into a shell: pure.

use std::ffi::OsStr;
use std::path::Path;

use crate::run::stopwatch::Command;

/// Where the copied commands have their folders.
pub const BASE: &str = "/tmp/wasi-bench-sandbox";

/// What must be said once before any of the commands.
pub const PREPARE: &str = r#"# in the checkout
cargo build --release --locked --target-dir target/guests --package sandbox --target wasm32-wasip1
repo=$PWD
fresh() {
  rm -rf /tmp/wasi-bench-sandbox &&
  mkdir -p /tmp/wasi-bench-sandbox/inside/folder /tmp/wasi-bench-sandbox/outside /tmp/wasi-bench-sandbox/work/cache &&
  cd /tmp/wasi-bench-sandbox/inside &&
  echo own > own.txt && echo secret | tee ../outside/secret.txt > ../outside/victim.txt &&
  ln -s ../outside/secret.txt link-relative && ln -s ../outside link-folder &&
  ln -s /tmp/wasi-bench-sandbox/outside/secret.txt link-absolute &&
  cd ../outside
}"#;

/// Folders whose paths differ from machine to machine.
pub struct Machine<'m> {
    pub repo: &'m Path,
    pub home: Option<&'m Path>,
}

/// One line: makes the folders, does the steps, and shows what is in the folders then.
pub fn line(steps: &[Command], machine: &Machine) -> String {
    let steps: Vec<String> = steps.iter().map(|step| command(step, machine)).collect();
    let steps = steps.join(" && ");
    format!("fresh && {steps}; ls . ../inside ../inside/folder")
}

fn command(command: &Command, machine: &Machine) -> String {
    let env = command.env.iter();
    let env = env.map(|(name, value)| format!("{name}={}", word(value, machine)));
    let argv = command.argv.iter().map(|argument| word(argument, machine));
    env.chain(argv).collect::<Vec<_>>().join(" ")
}

/// A word of the shell; paths may be anywhere in it, as in `--allow-read=/a,/b`.
fn word(word: &OsStr, machine: &Machine) -> String {
    let quoted = |text: &str| match text {
        "" => String::new(),
        text => shell_words::quote(text).into_owned(),
    };
    let homes = |text: &str| match machine.home {
        Some(home) => replaced(text, home, "\"$HOME\"/", quoted),
        None => quoted(text),
    };
    match word.to_string_lossy().as_ref() {
        "" => "''".to_owned(),
        text => replaced(text, machine.repo, "\"$repo\"/", homes),
    }
}

/// The text with another name for the folder, and the rest of it treated by `rest`.
fn replaced(text: &str, folder: &Path, name: &str, rest: impl Fn(&str) -> String) -> String {
    let folder = format!("{}/", folder.display());
    let parts: Vec<String> = text.split(&folder).map(rest).collect();
    parts.join(name)
}

#[cfg(test)]
mod tests {
    use super::super::folders::{Folders, differences};
    use super::*;
    use crate::host::process::{Invocation, check};

    #[test]
    fn a_line_holds_no_path_of_this_machine() {
        let machine = Machine {
            repo: Path::new("/home/me/the repo"),
            home: Some(Path::new("/home/me")),
        };
        let compile = Command {
            argv: vec!["/home/me/.cache/vm".into(), "compile".into()],
            env: vec![],
            ..Command::default()
        };
        let run = Command {
            argv: vec![
                "/home/me/.cache/vm".into(),
                "/home/me/the repo/a b.wasm".into(),
                "--read=/d,/home/me/the repo/w".into(),
                "".into(),
            ],
            env: vec![("CACHE".to_owned(), "/tmp/x y".into())],
            ..Command::default()
        };
        assert_eq!(
            line(&[compile, run], &machine),
            "fresh && \"$HOME\"/.cache/vm compile && CACHE='/tmp/x y' \"$HOME\"/.cache/vm \"$repo\"/'a b.wasm' '--read=/d,'\"$repo\"/w ''; ls . ../inside ../inside/folder"
        );
    }

    /// What people copy must try the same as what was tried.
    #[test]
    fn the_copied_commands_make_the_same_folders() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().canonicalize().unwrap();
        let here = base.join("shell");
        let function = PREPARE.split_once("fresh()").unwrap().1;
        let script = format!("fresh(){function}\nfresh");
        let script = script.replace(BASE, here.to_str().unwrap());
        check(&Invocation::new(["sh", "-c", &script])).unwrap();
        let shell = Folders { base: here.clone() };
        let rust = Folders::make(&base.join("rust"), "secret").unwrap();
        let [outside, inside] = rust.look().unwrap();
        let [shell_outside, shell_inside] = shell.look().unwrap();
        assert!(differences(&outside, &shell_outside).is_empty());
        // It leads to its own folder.
        assert_eq!(differences(&inside, &shell_inside), ["* link-absolute"]);
    }
}
