//! Workloads: what is run, on which inputs, and what must come out.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::own::{Own, Verify, WireArgs, WireOwn, WireVerify};
use super::template::check_name;
use crate::data::Distribution;
use crate::model::Size;
pub use crate::model::distinct;

/// A program in `guests/` and `node/`, or one that the user brought, and the inputs it is given.
#[derive(Clone, Debug)]
pub struct Workload {
    pub name: String,
    pub complexity: Complexity,
    pub output: ExpectedOutput,
    pub sizes: Vec<Size>,
    pub distributions: Vec<Distribution>,
    /// The program that the user brought; none for one of `guests/`.
    pub own: Option<Own>,
}

impl Workload {
    /// Is it run on generated inputs? Only a program that the user brought may have one fixed input.
    pub fn uses_input(&self) -> bool {
        self.own.as_ref().is_none_or(Own::uses_input)
    }
}

/// What a guest must have left behind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedOutput {
    /// In its output file: the integers of the input in ascending order.
    Sorted,
    /// In its output file: the integers of the input in their order.
    Unchanged,
    /// No output file at all.
    Nothing,
    /// What the user said of a program of their own.
    #[serde(skip)]
    Verified(Verify),
}

/// How the time of a workload grows with the number of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
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

/// The keys of a workload as they are written in `matrix.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WireWorkload {
    pub name: String,
    complexity: Option<Complexity>,
    output: Option<ExpectedOutput>,
    sizes: Option<Vec<Size>>,
    distributions: Option<Vec<Distribution>>,
    wasm: Option<PathBuf>,
    native: Option<PathBuf>,
    js: Option<PathBuf>,
    args: Option<WireArgs>,
    stdin: Option<String>,
    env: Option<BTreeMap<String, String>>,
    files: Option<BTreeMap<String, PathBuf>>,
    verify: Option<WireVerify>,
}

impl WireWorkload {
    /// `sizes` and `distributions` are the ones of the whole matrix, used where the workload names none.
    ///
    /// # Errors
    /// When the name is not plain, a size or distribution is unknown, missing or there twice, or
    /// the keys of a program of the user's own do not fit together.
    pub fn check(self, sizes: &[Size], distributions: &[Distribution]) -> anyhow::Result<Workload> {
        check_name(&self.name)?;
        let own = WireOwn {
            native: self.native,
            js: self.js,
            args: self.args,
            stdin: self.stdin,
            env: self.env,
            files: self.files,
            verify: self.verify,
        };
        let (own, output) = match self.wasm {
            Some(wasm) => {
                let (own, output) = own.check(wasm, self.output)?;
                (Some(own), output)
            }
            None => {
                if let Some(key) = own.keys().first() {
                    bail!(
                        "key \"{key}\" is for a program of your own; name that with the key \"wasm\""
                    );
                }
                (None, self.output.context("missing field `output`")?)
            }
        };
        let mut workload = Workload {
            name: self.name,
            complexity: Complexity::Constant,
            output,
            sizes: subset(self.sizes, sizes).context("key \"sizes\"")?,
            distributions: subset(self.distributions, distributions)
                .context("key \"distributions\"")?,
            own,
        };
        if workload.uses_input() {
            workload.complexity = self.complexity.context("missing field `complexity`")?;
            workload.check_several_inputs()?;
        } else {
            workload.complexity = self.complexity.unwrap_or(Complexity::Constant);
            workload.keep_one_input()?;
        }
        Ok(workload)
    }
}

impl Workload {
    /// A program that reads no generated input has one cell an engine and mode.
    fn keep_one_input(&mut self) -> anyhow::Result<()> {
        if self.sizes.len() != 1 {
            bail!(
                "neither \"args\" nor \"stdin\" holds the placeholder \"{{input}}\", so it has one input: name a size that comes near to what it reads, such as sizes = [\"{}\"]",
                self.sizes[0]
            );
        }
        self.distributions.truncate(1);
        Ok(())
    }

    /// One fixed result cannot be right for several inputs.
    fn check_several_inputs(&self) -> anyhow::Result<()> {
        let fixed = match &self.output {
            ExpectedOutput::Verified(verify) => *verify != Verify::ExitStatus,
            _ => false,
        };
        if fixed && self.sizes.len() * self.distributions.len() > 1 {
            bail!(
                "key \"verify\": one text or hash is right for one input only; name one size and one distribution, or verify with output = \"sorted\" or verify = {{ exit = 0 }}"
            );
        }
        Ok(())
    }
}

fn subset<T: Copy + PartialEq + fmt::Display>(
    own: Option<Vec<T>>,
    all: &[T],
) -> anyhow::Result<Vec<T>> {
    let own = own.unwrap_or_else(|| all.to_vec());
    unique(&own)?;
    if let Some(unknown) = own.iter().find(|item| !all.contains(item)) {
        bail!(
            "\"{unknown}\" is not in [inputs]; add it there, or use one of {}",
            list(all)
        );
    }
    Ok(own)
}

/// # Errors
/// When the list is empty or names something twice.
pub fn unique<T: PartialEq + fmt::Display>(items: &[T]) -> anyhow::Result<()> {
    if items.is_empty() {
        bail!("the list is empty");
    }
    for (i, item) in items.iter().enumerate() {
        if items[..i].contains(item) {
            bail!("\"{item}\" is there twice; remove one");
        }
    }
    Ok(())
}

/// Names for an error message: `"a", "b"`.
pub fn list<T: fmt::Display>(items: &[T]) -> String {
    let quoted: Vec<_> = items.iter().map(|item| format!("\"{item}\"")).collect();
    quoted.join(", ")
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
