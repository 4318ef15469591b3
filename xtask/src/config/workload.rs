//! Workloads: what is run, on which inputs, and what must come out.

use std::fmt;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::template::check_name;
use crate::data::Distribution;
use crate::units::Size;

/// A program in `guests/` and `node/`, and the inputs it is given.
#[derive(Clone, Debug)]
pub struct Workload {
    pub name: String,
    pub complexity: Complexity,
    pub output: ExpectedOutput,
    pub sizes: Vec<Size>,
    pub distributions: Vec<Distribution>,
}

/// What a guest must have written to its output file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedOutput {
    /// The integers of the input in ascending order.
    Sorted,
    /// The integers of the input in their order.
    Unchanged,
    /// No file at all.
    Nothing,
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
    complexity: Complexity,
    output: ExpectedOutput,
    sizes: Option<Vec<Size>>,
    distributions: Option<Vec<Distribution>>,
}

impl WireWorkload {
    /// `sizes` and `distributions` are the ones of the whole matrix, used where the workload names none.
    ///
    /// # Errors
    /// When the name is not plain, or a size or distribution is unknown, missing or there twice.
    pub fn check(self, sizes: &[Size], distributions: &[Distribution]) -> anyhow::Result<Workload> {
        check_name(&self.name)?;
        Ok(Workload {
            name: self.name,
            complexity: self.complexity,
            output: self.output,
            sizes: subset(self.sizes, sizes).context("key \"sizes\"")?,
            distributions: subset(self.distributions, distributions)
                .context("key \"distributions\"")?,
        })
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

/// The names, each once, in the order of their first appearance.
pub fn distinct(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    names
        .into_iter()
        .filter(|name| seen.insert(name.clone()))
        .collect()
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
