//! Programs that the user brought: what is run, with what, and how its result is verified.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};

use super::read::{one_line, read_table};
use super::template::{Template, check_name};
use super::workload::ExpectedOutput;

/// A program that the user brought. Paths are relative to the folder of `matrix.toml`.
#[derive(Clone, Debug, Serialize)]
pub struct Custom {
    pub wasm: PathBuf,
    /// The same program for the modes that run native code, and JavaScript.
    pub native: Option<PathBuf>,
    pub js: Option<PathBuf>,
    pub args: Template,
    pub stdin: Option<Stdin>,
    /// Variables of the guest.
    pub env: BTreeMap<String, String>,
    /// Copied into the folder that the guest may reach: name there, and source.
    pub files: BTreeMap<String, PathBuf>,
}

/// What a program reads from standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String")]
pub enum Stdin {
    /// The generated input.
    Input,
    File(PathBuf),
}

/// How a program's result is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Verify {
    /// By its output file.
    File(Content),
    /// By its standard output, to the byte.
    Stdout(Content),
    /// Ending with status 0 is enough.
    ExitStatus,
}

/// What a file must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Content {
    Text(String),
    /// Hex BLAKE3 of the whole file, as `b3sum` prints it.
    Blake3(String),
}

impl From<String> for Stdin {
    fn from(text: String) -> Stdin {
        match text.as_str() {
            "{input}" => Stdin::Input,
            path => Stdin::File(path.into()),
        }
    }
}

impl Content {
    /// Hex BLAKE3.
    pub fn blake3(&self) -> String {
        match self {
            Content::Text(text) => blake3::hash(text.as_bytes()).to_hex().to_string(),
            Content::Blake3(hash) => hash.clone(),
        }
    }

    fn of_hash(text: &str) -> anyhow::Result<Content> {
        if text.len() != 64 || !text.chars().all(|c| c.is_ascii_hexdigit()) {
            bail!("\"{text}\" is no BLAKE3 hash: 64 hexadecimal digits, as b3sum prints them");
        }
        Ok(Content::Blake3(text.to_lowercase()))
    }
}

impl Custom {
    /// Is the program given the generated input?
    pub fn uses_input(&self) -> bool {
        self.args.uses("input") || self.stdin == Some(Stdin::Input)
    }

    /// Every file that the program is or reads, with the key that names it.
    pub fn sources(&self) -> Vec<(String, &PathBuf)> {
        let programs = [
            ("wasm", Some(&self.wasm)),
            ("native", self.native.as_ref()),
            ("js", self.js.as_ref()),
        ];
        let mut sources: Vec<_> = programs
            .into_iter()
            .filter_map(|(key, path)| Some((key.to_owned(), path?)))
            .collect();
        if let Some(Stdin::File(path)) = &self.stdin {
            sources.push(("stdin".to_owned(), path));
        }
        let files = self.files.iter();
        sources.extend(files.map(|(name, path)| (format!("files.\"{name}\""), path)));
        sources
    }

    /// Do the names fit, and do the arguments give what is verified?
    ///
    /// # Errors
    /// With the key that must be mended.
    pub fn check(&self, expected: &ExpectedOutput) -> anyhow::Result<()> {
        use ExpectedOutput::{Nothing, Sorted, Unchanged, Verified};
        for name in self.env.keys() {
            check_variable(name).context("key \"env\"")?;
        }
        for name in self.files.keys() {
            check_name(name).context("key \"files\"")?;
        }
        let needed: &[&str] = match expected {
            Sorted | Unchanged | Nothing | Verified(Verify::File(_)) => &["output"],
            Verified(Verify::Stdout(_) | Verify::ExitStatus) => &[],
        };
        self.args
            .check(&["input", "output", "dir"], needed)
            .context("key \"args\"")?;
        if matches!(expected, Sorted | Unchanged) && !self.uses_input() {
            bail!(
                "key \"output\" compares with the generated input, so \"args\" or \"stdin\" must hold the placeholder \"{{input}}\""
            );
        }
        Ok(())
    }
}

fn check_variable(name: &str) -> anyhow::Result<()> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if name.is_empty() || !plain || name.starts_with(|c: char| c.is_ascii_digit()) {
        bail!("\"{name}\" is no name of a variable: use letters, digits and \"_\"");
    }
    Ok(())
}

/// For serde: the end of a command line, or its words.
pub fn args<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Template>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a string or a list of strings")]
    enum Args {
        Line(String),
        Words(Vec<String>),
    }
    let words = match Args::deserialize(source)? {
        Args::Words(words) => words,
        Args::Line(line) => shell_words::split(&line).map_err(|_| {
            D::Error::custom(format!("\"{line}\" has a quote that is never closed"))
        })?,
    };
    Template::of_words(&words).map(Some).map_err(one_line)
}

/// A way to verify as it is written, such as `{ exit = 0 }`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Way {
    OutputText(String),
    OutputBlake3(String),
    StdoutText(String),
    StdoutBlake3(String),
    Exit(i32),
}

/// For serde: exactly one way to verify.
pub fn verify<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Verify>, D::Error> {
    let table = toml::Table::deserialize(source)?;
    if table.len() != 1 {
        return Err(D::Error::custom(format!(
            "it names {} ways, must name one of \"output-text\", \"output-blake3\", \"stdout-text\", \"stdout-blake3\", \"exit\"",
            table.len()
        )));
    }
    let way = read_table(table).and_then(|way| {
        Ok(match way {
            Way::OutputText(text) => Verify::File(Content::Text(text)),
            Way::OutputBlake3(hash) => Verify::File(Content::of_hash(&hash)?),
            Way::StdoutText(text) => Verify::Stdout(Content::Text(text)),
            Way::StdoutBlake3(hash) => Verify::Stdout(Content::of_hash(&hash)?),
            Way::Exit(0) => Verify::ExitStatus,
            Way::Exit(other) => bail!("exit = {other}: only 0 counts as success"),
        })
    });
    way.map(Some).map_err(one_line)
}
