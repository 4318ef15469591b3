//! Workloads: what is run, on which inputs, and what must come out.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

use super::read::{check_name, hex_256, name, one_line, read_table};
use super::template::Template;
use super::{Inputs, unique_list};
use crate::data::Distribution;
use crate::model::{OneOrMany, Size, list};

/// A program in `guests/` and `node/`, one that is generated, or one that the user brought, and
/// the inputs it is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    #[serde(deserialize_with = "name")]
    pub name: String,
    complexity: Option<Complexity>,
    /// What must come out; none where `verify` says that.
    pub output: Option<Output>,
    /// Where the matrix names none, all that there are.
    #[serde(skip_serializing, default, deserialize_with = "unique_list")]
    pub sizes: Vec<Size>,
    #[serde(skip_serializing, default, deserialize_with = "unique_list")]
    pub distributions: Vec<Distribution>,
    /// Bytes of code in a generated module, which does nothing; none for any other program.
    pub code: Option<Size>,
    /// The program that the user brought; none for any other, which has none of the keys below
    /// either. Paths are relative to the folder of `matrix.toml`.
    pub wasm: Option<PathBuf>,
    /// The same program for the modes that run native code, code for this very processor, and JavaScript.
    native: Option<PathBuf>,
    #[serde(rename = "native-host")]
    native_host: Option<PathBuf>,
    js: Option<PathBuf>,
    #[serde(default, deserialize_with = "args")]
    pub args: Template,
    /// What it reads from standard input: `{input}`, the generated input, or a file.
    pub stdin: Option<PathBuf>,
    /// Variables of the guest.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Copied into the folder that the guest may reach: name there, and source.
    #[serde(default)]
    pub files: BTreeMap<String, PathBuf>,
    #[serde(default, deserialize_with = "verify")]
    pub verify: Option<Verify>,
}

/// What a guest must have left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Output {
    /// In its output file: the integers of the input in ascending order.
    Sorted,
    /// In its output file: the integers of the input in their order.
    Unchanged,
    /// No output file at all.
    Nothing,
}

/// How the result of the user's own program is verified: by the text of its output file or its
/// standard output, or by the hex BLAKE3 of that, as `b3sum` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verify {
    OutputText(String),
    OutputBlake3(String),
    StdoutText(String),
    StdoutBlake3(String),
    /// Ending with this status is enough; it is 0.
    Exit(i32),
}

/// How the time of a workload grows with the number of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Complexity {
    #[serde(rename = "1")]
    Constant,
    #[serde(rename = "n")]
    Linear,
    #[serde(rename = "n log n")]
    Linearithmic,
    #[serde(rename = "n^2")]
    Quadratic,
}

impl Complexity {
    /// Relative cost of an input of this many bytes; only ratios mean anything.
    pub fn cost(self, bytes: u64) -> f64 {
        let n = bytes as f64;
        match self {
            Complexity::Constant => 1.0,
            Complexity::Linear => n,
            Complexity::Linearithmic => n * n.max(2.0).log2(),
            Complexity::Quadratic => n * n,
        }
    }
}

impl fmt::Display for Complexity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// What stands for the generated input in `stdin`.
const INPUT: &str = "{input}";

impl Workload {
    /// One that needs none, because its input is always the same, is constant.
    pub fn complexity(&self) -> Complexity {
        self.complexity.unwrap_or(Complexity::Constant)
    }

    /// Did the user bring the program?
    pub fn is_own(&self) -> bool {
        self.wasm.is_some()
    }

    /// Is it one of `guests/`, which take an input and an output file and print a line with their
    /// phases?
    pub fn has_harness(&self) -> bool {
        !self.is_own() && self.code.is_none()
    }

    /// Is it run on generated inputs? One of `guests/` always is.
    pub fn uses_input(&self) -> bool {
        self.has_harness() || self.args.uses("input") || self.reads_input()
    }

    /// Is the generated input its standard input?
    pub fn reads_input(&self) -> bool {
        self.stdin.as_deref() == Some(INPUT.as_ref())
    }

    /// The programs that the user brought, with the key that names each.
    pub fn programs(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let all = [
            ("wasm", &self.wasm),
            ("native", &self.native),
            ("native-host", &self.native_host),
            ("js", &self.js),
        ];
        let all = all.into_iter();
        all.filter_map(|(key, path)| Some((key, path.as_ref()?)))
    }

    /// Every file of the user's that the program is or reads, with the key that names it.
    pub fn sources(&self) -> Vec<(String, &PathBuf)> {
        let stdin = self.stdin.as_ref().filter(|_| !self.reads_input());
        let stdin = stdin.map(|path| ("stdin", path));
        let single = self.programs().chain(stdin);
        let single = single.map(|(key, path)| (key.to_owned(), path));
        let files = self.files.iter();
        let files = files.map(|(name, path)| (format!("files.\"{name}\""), path));
        single.chain(files).collect()
    }

    /// Takes all sizes and distributions where it names none, and checks what spans its keys.
    ///
    /// # Errors
    /// With the key that must be mended.
    pub fn check(&mut self, inputs: &Inputs) -> anyhow::Result<()> {
        self.check_keys()?;
        if self.is_own() {
            self.check_own()?;
        }
        if self.code.is_some() {
            ensure!(
                self.output == Some(Output::Nothing) && !self.is_own(),
                "key \"code\" makes a module that does nothing: it goes with output = \"nothing\", and without the key \"wasm\""
            );
            // It reads none; one stands in the cell's name.
            self.sizes = inputs.sizes[..1].to_vec();
        }
        ensure!(
            self.complexity.is_some() || !self.uses_input(),
            "missing field `complexity`"
        );
        take(&mut self.sizes, &inputs.sizes).context("key \"sizes\"")?;
        take(&mut self.distributions, &inputs.distributions).context("key \"distributions\"")?;
        if !self.uses_input() {
            // A program that reads no generated input has one cell an engine and mode.
            ensure!(
                self.sizes.len() == 1,
                "neither \"args\" nor \"stdin\" holds the placeholder \"{{input}}\", so it has one input: name a size that comes near to what it reads, such as sizes = [\"{}\"]",
                self.sizes[0]
            );
            self.distributions.truncate(1);
        }
        let one_result = !matches!(self.verify, None | Some(Verify::Exit(_)));
        ensure!(
            !one_result || self.sizes.len() * self.distributions.len() == 1,
            "key \"verify\": one text or hash is right for one input only; name one size and one distribution, or verify with output = \"sorted\" or verify = {{ exit = 0 }}"
        );
        Ok(())
    }

    fn check_keys(&self) -> anyhow::Result<()> {
        let keys = [
            ("args", !self.args.text().is_empty()),
            ("stdin", self.stdin.is_some()),
            ("env", !self.env.is_empty()),
            ("files", !self.files.is_empty()),
            ("verify", self.verify.is_some()),
        ];
        let given = keys.into_iter().filter(|(_, given)| *given);
        let programs = self.programs().map(|(key, _)| key);
        let mut given = programs.chain(given.map(|(key, _)| key));
        if let (Some(key), false) = (given.next(), self.is_own()) {
            bail!("key \"{key}\" is for a program of your own; name that with the key \"wasm\"");
        }
        match (&self.verify, self.output) {
            (Some(_), Some(_)) => {
                bail!("it has both keys \"verify\" and \"output\"; keep the one that is meant")
            }
            (None, None) if self.is_own() => bail!(
                "it has no key \"verify\": say how a right result is known, for example verify = {{ stdout-text = \"...\" }}"
            ),
            (None, None) => bail!("missing field `output`"),
            _ => Ok(()),
        }
    }

    /// Do the names fit, and do the arguments give what is verified?
    fn check_own(&self) -> anyhow::Result<()> {
        for name in self.env.keys() {
            let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let starts = name.starts_with(|c: char| plain(c) && !c.is_ascii_digit());
            ensure!(
                starts && name.chars().all(plain),
                "key \"env\": \"{name}\" is no name of a variable: use letters, digits and \"_\""
            );
        }
        for name in self.files.keys() {
            check_name(name).context("key \"files\"")?;
        }
        let needed: &[&str] = match self.verify {
            None | Some(Verify::OutputText(_) | Verify::OutputBlake3(_)) => &["output"],
            Some(_) => &[],
        };
        let checked = self.args.check(&["input", "output", "dir"], needed);
        checked.context("key \"args\"")?;
        let compares = matches!(self.output, Some(Output::Sorted | Output::Unchanged));
        ensure!(
            !compares || self.uses_input(),
            "key \"output\" compares with the generated input, so \"args\" or \"stdin\" must hold the placeholder \"{INPUT}\""
        );
        Ok(())
    }
}

fn take<T: Copy + PartialEq + fmt::Display>(own: &mut Vec<T>, all: &[T]) -> anyhow::Result<()> {
    if own.is_empty() {
        own.extend(all);
    }
    match own.iter().find(|item| !all.contains(item)) {
        Some(unknown) => bail!(
            "\"{unknown}\" is not in [inputs]; add it there, or use one of {}",
            list(all)
        ),
        None => Ok(()),
    }
}

/// For serde: the end of a command line, or its words; there may be none.
fn args<'de, D: Deserializer<'de>>(source: D) -> Result<Template, D::Error> {
    let line = match OneOrMany::deserialize(source)? {
        OneOrMany::One(line) => line,
        OneOrMany::Many(words) => shell_words::join(words),
    };
    match line.trim() {
        "" => Ok(Template::default()),
        _ => Template::parse(&line).map_err(one_line),
    }
}

/// For serde: exactly one way to verify.
fn verify<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Verify>, D::Error> {
    let table = toml::Table::deserialize(source)?;
    let read = || {
        ensure!(
            table.len() == 1,
            "it names {} ways, must name one of \"output-text\", \"output-blake3\", \"stdout-text\", \"stdout-blake3\", \"exit\"",
            table.len()
        );
        match read_table(table)? {
            Verify::OutputBlake3(hash) | Verify::StdoutBlake3(hash)
                if !hex_256(&hash.to_lowercase()) =>
            {
                bail!("\"{hash}\" is no BLAKE3 hash: 64 hexadecimal digits, as b3sum prints them")
            }
            Verify::Exit(status) if status != 0 => {
                bail!("exit = {status}: only 0 counts as success")
            }
            way => Ok(Some(way)),
        }
    };
    read().map_err(one_line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_grow_as_named() {
        let ratio =
            |complexity: Complexity| complexity.cost(2_000_000) / complexity.cost(1_000_000);
        assert_eq!(ratio(Complexity::Constant), 1.0);
        assert_eq!(ratio(Complexity::Linear), 2.0);
        assert_eq!(ratio(Complexity::Quadratic), 4.0);
        assert!((2.0..2.2).contains(&ratio(Complexity::Linearithmic)));
        assert!(Complexity::Linearithmic.cost(1) > 0.0);
        assert_eq!(Complexity::Linearithmic.to_string(), "n log n");
    }
}
