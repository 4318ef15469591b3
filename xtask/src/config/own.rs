//! Programs that the user brought: what is run, with what, and how its result is verified.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::template::{Template, check_name};
use super::workload::{ExpectedOutput, list};

/// A program that the user brought. Paths are relative to the folder of `matrix.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stdin {
    /// The generated input.
    Input,
    File(PathBuf),
}

/// How a program's result is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verify {
    /// By its output file.
    File(Content),
    /// By its standard output, to the byte.
    Stdout(Content),
    /// Ending with status 0 is enough.
    ExitStatus,
}

/// What a file must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Text(String),
    /// Hex BLAKE3 of the whole file, as `b3sum` prints it.
    Blake3(String),
}

impl Content {
    /// Hex BLAKE3.
    pub fn blake3(&self) -> String {
        match self {
            Content::Text(text) => blake3::hash(text.as_bytes()).to_hex().to_string(),
            Content::Blake3(hash) => hash.clone(),
        }
    }
}

impl Own {
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
}

/// The keys of a program of the user's own, as they are written in `matrix.toml`.
#[derive(Debug, Default)]
pub struct WireOwn {
    pub native: Option<PathBuf>,
    pub js: Option<PathBuf>,
    pub args: Option<WireArgs>,
    pub stdin: Option<String>,
    pub env: Option<BTreeMap<String, String>>,
    pub files: Option<BTreeMap<String, PathBuf>>,
    pub verify: Option<WireVerify>,
}

/// A command line's end, or its words.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or a list of strings")]
pub enum WireArgs {
    Line(String),
    Words(Vec<String>),
}

/// The ways to verify; exactly one is given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct WireVerify {
    output_text: Option<String>,
    output_blake3: Option<String>,
    stdout_text: Option<String>,
    stdout_blake3: Option<String>,
    exit: Option<i32>,
}

/// What the arguments may hold.
const ARGS: [&str; 3] = ["input", "output", "dir"];

impl WireOwn {
    /// The keys that were given although only a program of the user's own has them.
    pub fn keys(&self) -> Vec<&'static str> {
        let given = [
            ("native", self.native.is_some()),
            ("js", self.js.is_some()),
            ("args", self.args.is_some()),
            ("stdin", self.stdin.is_some()),
            ("env", self.env.is_some()),
            ("files", self.files.is_some()),
            ("verify", self.verify.is_some()),
        ];
        let given = given.into_iter().filter(|(_, given)| *given);
        given.map(|(key, _)| key).collect()
    }

    /// The program, and what must come out of it; `output` is the workload's key of that name.
    ///
    /// # Errors
    /// When a key is malformed, or what is verified is not what the arguments ask for.
    pub fn check(
        self,
        wasm: PathBuf,
        output: Option<ExpectedOutput>,
    ) -> anyhow::Result<(Own, ExpectedOutput)> {
        let expected = match (self.verify, output) {
            (Some(verify), None) => {
                ExpectedOutput::Verified(verify.check().context("key \"verify\"")?)
            }
            (None, Some(output)) => output,
            (Some(_), Some(_)) => {
                bail!("it has both keys \"verify\" and \"output\"; keep the one that is meant")
            }
            (None, None) => bail!(
                "it has no key \"verify\": say how a right result is known, for example verify = {{ stdout-text = \"...\" }}"
            ),
        };
        let words = match self.args {
            None => Vec::new(),
            Some(WireArgs::Words(words)) => words,
            Some(WireArgs::Line(line)) => shell_words::split(&line).with_context(|| {
                format!("key \"args\": \"{line}\" has a quote that is never closed")
            })?,
        };
        let env = self.env.unwrap_or_default();
        env.keys()
            .try_for_each(|name| check_variable(name))
            .context("key \"env\"")?;
        let files = self.files.unwrap_or_default();
        files
            .keys()
            .try_for_each(|name| check_name(name))
            .context("key \"files\"")?;
        let own = Own {
            wasm,
            native: self.native,
            js: self.js,
            args: Template::of_words(&words, &ARGS).context("key \"args\"")?,
            stdin: self.stdin.map(|text| match text.as_str() {
                "{input}" => Stdin::Input,
                path => Stdin::File(path.into()),
            }),
            env,
            files,
        };
        own.check(&expected)?;
        Ok((own, expected))
    }
}

impl Own {
    /// Do the arguments give what is verified?
    fn check(&self, expected: &ExpectedOutput) -> anyhow::Result<()> {
        use ExpectedOutput::{Nothing, Sorted, Unchanged, Verified};
        let reads_output = match expected {
            Sorted | Unchanged | Nothing => true,
            Verified(verify) => matches!(verify, Verify::File(_)),
        };
        if reads_output && !self.args.uses("output") {
            bail!(
                "key \"args\": \"{}\" lacks the placeholder \"{{output}}\", the file that is verified",
                self.args.text()
            );
        }
        if matches!(expected, Sorted | Unchanged) && !self.uses_input() {
            bail!(
                "key \"output\" compares with the generated input, so \"args\" or \"stdin\" must hold the placeholder \"{{input}}\""
            );
        }
        Ok(())
    }
}

impl WireVerify {
    fn check(self) -> anyhow::Result<Verify> {
        let hash = |text: String| {
            let hex = text.len() == 64 && text.chars().all(|c| c.is_ascii_hexdigit());
            if !hex {
                bail!("\"{text}\" is no BLAKE3 hash: 64 hexadecimal digits, as b3sum prints them");
            }
            Ok(Content::Blake3(text.to_lowercase()))
        };
        let mut ways = Vec::new();
        ways.extend(self.output_text.map(|t| Verify::File(Content::Text(t))));
        ways.extend(self.stdout_text.map(|t| Verify::Stdout(Content::Text(t))));
        if let Some(text) = self.output_blake3 {
            ways.push(Verify::File(hash(text)?));
        }
        if let Some(text) = self.stdout_blake3 {
            ways.push(Verify::Stdout(hash(text)?));
        }
        match self.exit {
            None => {}
            Some(0) => ways.push(Verify::ExitStatus),
            Some(other) => bail!("exit = {other}: only 0 counts as success"),
        }
        match <[Verify; 1]>::try_from(ways) {
            Ok([way]) => Ok(way),
            Err(ways) => bail!(
                "it names {} ways, must name one of {}",
                ways.len(),
                list(&[
                    "output-text",
                    "output-blake3",
                    "stdout-text",
                    "stdout-blake3",
                    "exit"
                ])
            ),
        }
    }
}

fn check_variable(name: &str) -> anyhow::Result<()> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if name.is_empty() || !plain || name.starts_with(|c: char| c.is_ascii_digit()) {
        bail!("\"{name}\" is no name of a variable: use letters, digits and \"_\"");
    }
    Ok(())
}
