//! What a person reads of an attempt: commands to copy into a shell, and texts, without the paths of this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use regex_lite::Regex;

use super::folders::FRESH;
use crate::host::process::{Invocation, shell_word};

/// Where the copied commands have their folders.
pub const BASE: &str = "/tmp/wasi-bench-sandbox";

/// What must be said once before any of the commands.
pub fn prepare() -> String {
    format!(
        "# in the checkout\n\
         cargo build --release --locked --target-dir target/guests --package sandbox --target wasm32-wasip1\n\
         repo=$PWD base={BASE} secret=secret\n\
         {FRESH}"
    )
}

/// More of a text than anybody reads in a table's remark.
const SEEN_CHARS: usize = 300;

/// Folders whose paths differ from machine to machine.
pub struct Machine {
    repo: PathBuf,
    home: Option<PathBuf>,
}

impl Machine {
    /// This one.
    pub fn here(repo: &Path) -> Machine {
        let home = std::env::home_dir();
        Machine {
            repo: repo.to_owned(),
            home: home.filter(|home| home.is_absolute()),
        }
    }

    /// One line: makes the folders, does the steps, and shows what is in the folders then.
    pub fn line(&self, steps: &[Invocation]) -> String {
        let command = |step: &Invocation| {
            let env = step.env.iter();
            let env = env.map(|(name, value)| format!("{name}={}", self.word(value)));
            let argv = step.argv.iter().map(|argument| self.word(argument));
            env.chain(argv).collect::<Vec<_>>().join(" ")
        };
        let steps: Vec<String> = steps.iter().map(command).collect();
        let steps = steps.join(" && ");
        format!("fresh && {steps}; ls . ../inside ../inside/folder")
    }

    /// A word of the shell; paths may be anywhere in it, as in `--allow-read=/a,/b`.
    fn word(&self, word: &OsStr) -> String {
        let word = word.to_string_lossy();
        let escaped = ["\\", "\"", "`", "$"]
            .iter()
            .fold(word.to_string(), |text, sign| {
                text.replace(sign, &format!("\\{sign}"))
            });
        let renamed = self.renamed(&escaped, "$repo/", "$HOME/");
        match renamed == escaped {
            true => shell_word(&word).into_owned(),
            false => format!("\"{renamed}\""),
        }
    }

    /// The text with these names for the checkout and the home folder.
    fn renamed(&self, text: &str, repo: &str, home: &str) -> String {
        let text = text.replace(&format!("{}/", self.repo.display()), repo);
        match &self.home {
            Some(folder) => text.replace(&format!("{}/", folder.display()), home),
            None => text,
        }
    }

    /// A text without what differs from run to run and from machine to machine, not too long; `base`
    /// is the attempt's folder.
    ///
    /// # Errors
    /// None but a bug.
    pub fn cleaned(&self, text: &str, base: &Path) -> anyhow::Result<String> {
        // Some engines colour what they say.
        let colours = Regex::new("\\x1b\\[[0-9;]*m")?;
        let text = colours.replace_all(text, "");
        // Some guests see paths without their first slash.
        let text = text.replace(&base.to_string_lossy()[1..], &BASE[1..]);
        let text = self.renamed(&text, "./", "~/");
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(words.join(" ").chars().take(SEEN_CHARS).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        Machine {
            repo: "/home/me/the repo".into(),
            home: Some("/home/me".into()),
        }
    }

    #[test]
    fn a_line_holds_no_path_of_this_machine() {
        let compile = Invocation::new(["/home/me/.cache/vm", "compile"]);
        let run = Invocation {
            env: vec![("CACHE".to_owned(), "/tmp/x y".into())],
            ..Invocation::new([
                "/home/me/.cache/vm",
                "/home/me/the repo/a b\".wasm",
                "--read=/d,/home/me/the repo/w",
                "",
            ])
        };
        assert_eq!(
            machine().line(&[compile, run]),
            "fresh && \"$HOME/.cache/vm\" compile && CACHE='/tmp/x y' \"$HOME/.cache/vm\" \"$repo/a b\\\".wasm\" \"--read=/d,$repo/w\" ''; ls . ../inside ../inside/folder"
        );
    }

    #[test]
    fn what_differs_from_machine_to_machine_is_left_out() {
        let cleaned = |text: &str| machine().cleaned(text, Path::new("/tmp/x/try")).unwrap();
        let text =
            "\u{1b}[31mread\u{1b}[0m /tmp/x/try/a,\n tmp/x/try/b /home/me/the repo/c /home/me/d";
        assert_eq!(
            cleaned(text),
            "read /tmp/wasi-bench-sandbox/a, tmp/wasi-bench-sandbox/b ./c ~/d"
        );
        assert_eq!(cleaned(&"x".repeat(999)).len(), SEEN_CHARS);
    }
}
