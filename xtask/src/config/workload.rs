//! Workloads: what is run, on which inputs, and what must come out.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use super::custom::{self, Custom, Stdin, Verify};
use super::template::Template;
use super::tool::name;
use super::{Inputs, unique};
use crate::data::Distribution;
use crate::model::Size;
use crate::model::list;

/// A program in `guests/` and `node/`, or one that the user brought, and the inputs it is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Keys")]
pub struct Workload {
    pub name: String,
    pub complexity: Complexity,
    pub output: ExpectedOutput,
    #[serde(skip_serializing)]
    pub sizes: Vec<Size>,
    #[serde(skip_serializing)]
    pub distributions: Vec<Distribution>,
    /// The program that the user brought; none for one of `guests/`.
    #[serde(flatten)]
    pub custom: Option<Custom>,
}

impl Workload {
    /// Is it run on generated inputs? Only a program that the user brought may have one fixed input.
    pub fn uses_input(&self) -> bool {
        self.custom.as_ref().is_none_or(Custom::uses_input)
    }
}

/// What a guest must have left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedOutput {
    /// In its output file: the integers of the input in ascending order.
    Sorted,
    /// In its output file: the integers of the input in their order.
    Unchanged,
    /// No output file at all.
    Nothing,
    /// What the user said of a program of their own.
    #[serde(skip_deserializing)]
    Verified(Verify),
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
        f.write_str(match self {
            Complexity::Constant => "1",
            Complexity::Linear => "n",
            Complexity::Linearithmic => "n log n",
            Complexity::Quadratic => "n^2",
        })
    }
}

/// A workload as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(deserialize_with = "name")]
    name: String,
    complexity: Option<Complexity>,
    output: Option<ExpectedOutput>,
    sizes: Option<Vec<Size>>,
    distributions: Option<Vec<Distribution>>,
    wasm: Option<PathBuf>,
    native: Option<PathBuf>,
    js: Option<PathBuf>,
    #[serde(default, deserialize_with = "custom::args")]
    args: Option<Template>,
    stdin: Option<Stdin>,
    env: Option<BTreeMap<String, String>>,
    files: Option<BTreeMap<String, PathBuf>>,
    #[serde(default, deserialize_with = "custom::verify")]
    verify: Option<Verify>,
}

impl TryFrom<Keys> for Workload {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Workload, String> {
        keys.workload().map_err(|error| format!("{error:#}"))
    }
}

impl Keys {
    fn workload(self) -> anyhow::Result<Workload> {
        for (key, given) in [
            ("native", self.native.is_some()),
            ("js", self.js.is_some()),
            ("args", self.args.is_some()),
            ("stdin", self.stdin.is_some()),
            ("env", self.env.is_some()),
            ("files", self.files.is_some()),
            ("verify", self.verify.is_some()),
        ] {
            if given && self.wasm.is_none() {
                bail!(
                    "key \"{key}\" is for a program of your own; name that with the key \"wasm\""
                );
            }
        }
        let output = match (self.verify, self.output) {
            (Some(verify), None) => ExpectedOutput::Verified(verify),
            (None, Some(output)) => output,
            (Some(_), Some(_)) => {
                bail!("it has both keys \"verify\" and \"output\"; keep the one that is meant")
            }
            (None, None) if self.wasm.is_none() => bail!("missing field `output`"),
            (None, None) => bail!(
                "it has no key \"verify\": say how a right result is known, for example verify = {{ stdout-text = \"...\" }}"
            ),
        };
        let custom = self.wasm.map(|wasm| Custom {
            wasm,
            native: self.native,
            js: self.js,
            args: self.args.unwrap_or_default(),
            stdin: self.stdin,
            env: self.env.unwrap_or_default(),
            files: self.files.unwrap_or_default(),
        });
        let uses_input = custom.as_ref().is_none_or(Custom::uses_input);
        if let Some(custom) = &custom {
            custom.check(&output)?;
        }
        let complexity = match self.complexity {
            None if uses_input => bail!("missing field `complexity`"),
            complexity => complexity.unwrap_or(Complexity::Constant),
        };
        Ok(Workload {
            name: self.name,
            complexity,
            output,
            sizes: not_empty("sizes", self.sizes)?,
            distributions: not_empty("distributions", self.distributions)?,
            custom,
        })
    }
}

impl Workload {
    /// Takes all sizes and distributions where it names none, and checks those that it names.
    ///
    /// # Errors
    /// When one is unknown or there twice, or there are several where there can be one only.
    pub fn take_inputs(&mut self, inputs: &Inputs) -> anyhow::Result<()> {
        take(&mut self.sizes, &inputs.sizes).context("key \"sizes\"")?;
        take(&mut self.distributions, &inputs.distributions).context("key \"distributions\"")?;
        if !self.uses_input() {
            // A program that reads no generated input has one cell an engine and mode.
            if self.sizes.len() != 1 {
                bail!(
                    "neither \"args\" nor \"stdin\" holds the placeholder \"{{input}}\", so it has one input: name a size that comes near to what it reads, such as sizes = [\"{}\"]",
                    self.sizes[0]
                );
            }
            self.distributions.truncate(1);
        }
        let one_result = matches!(
            self.output,
            ExpectedOutput::Verified(Verify::File(_) | Verify::Stdout(_))
        );
        if one_result && self.sizes.len() * self.distributions.len() > 1 {
            bail!(
                "key \"verify\": one text or hash is right for one input only; name one size and one distribution, or verify with output = \"sorted\" or verify = {{ exit = 0 }}"
            );
        }
        Ok(())
    }
}

fn not_empty<T>(key: &str, list: Option<Vec<T>>) -> anyhow::Result<Vec<T>> {
    match list {
        Some(list) if list.is_empty() => bail!("key \"{key}\": the list is empty"),
        list => Ok(list.unwrap_or_default()),
    }
}

fn take<T: Copy + PartialEq + fmt::Display>(own: &mut Vec<T>, all: &[T]) -> anyhow::Result<()> {
    if own.is_empty() {
        own.extend(all);
    }
    if let Some(unknown) = own.iter().find(|item| !all.contains(item)) {
        bail!(
            "\"{unknown}\" is not in [inputs]; add it there, or use one of {}",
            list(all)
        );
    }
    unique(own)
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
    }
}
