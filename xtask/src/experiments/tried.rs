//! What was tried in every mode, and what became of it: the one shape of an experiment's file, and its table.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::document::{Field, Table};
use crate::model::{distinct, grouped};
use crate::store::RunFolder;

/// All that was tried in an experiment; `F` is what becomes of one attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment<F> {
    pub tried: Vec<Tried<F>>,
}

/// One attempt in one mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tried<F> {
    pub engine: String,
    pub mode: String,
    /// Empty where the engine is missing.
    pub version: String,
    pub attempt: String,
    #[serde(flatten)]
    pub finding: F,
}

/// What became of an attempt.
pub trait Finding {
    /// For a table.
    fn text(&self) -> String;

    /// Should a reader be surprised?
    fn is_surprising(&self) -> bool;
}

/// Modes of an engine that did the same everywhere.
pub struct Column<'e, F> {
    /// `wasmtime 48.0.8: jit, aot`
    pub name: String,
    /// What the first of them did.
    pub tried: &'e [Tried<F>],
}

impl<F: Finding> Experiment<F> {
    /// Should a reader be surprised?
    pub fn is_surprising(&self) -> bool {
        self.tried.iter().any(|it| it.finding.is_surprising())
    }

    /// What was tried for this run; none if nothing was.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn read(folder: &RunFolder, file: &str) -> anyhow::Result<Option<Experiment<F>>>
    where
        F: DeserializeOwned,
    {
        let there = folder.file(file).exists();
        there.then(|| folder.read_json(file)).transpose()
    }

    pub fn columns(&self) -> Vec<Column<'_, F>> {
        let same_mode = |a: &Tried<F>, b: &Tried<F>| a.engine == b.engine && a.mode == b.mode;
        let did = |tried: &[Tried<F>]| -> Vec<[String; 3]> {
            let one = |it: &Tried<F>| [it.engine.clone(), it.attempt.clone(), it.finding.text()];
            tried.iter().map(one).collect()
        };
        let modes = self.tried.chunk_by(same_mode);
        let columns = grouped(modes, |a, b| did(a) == did(b)).into_iter();
        let columns = columns.map(|modes| {
            let names: Vec<&str> = modes.iter().map(|tried| tried[0].mode.as_str()).collect();
            let engine = format!("{} {}", modes[0][0].engine, modes[0][0].version);
            Column {
                name: format!("{}: {}", engine.trim_end(), names.join(", ")),
                tried: modes[0],
            }
        });
        columns.collect()
    }

    /// A row for each attempt, a column for modes that do not differ; bold words surprise. The header names
    /// an attempt and what it does, which `what` says.
    pub fn table(&self, header: [&str; 2], what: impl Fn(&str) -> &'static str) -> Table {
        let attempts = distinct(self.tried.iter().map(|tried| tried.attempt.as_str()));
        let mut table = Table::of(attempts)
            .column(header[0], |name| format!("`{name}`"))
            .column(header[1], |name| what(name));
        for Column { name, tried } in self.columns() {
            table = table.column(name, |attempt| -> Field {
                let tried = tried.iter().find(|tried| tried.attempt == *attempt);
                let Some(Tried { finding, .. }) = tried else {
                    return Field::default();
                };
                match finding.is_surprising() {
                    true => format!("**{}**", finding.text()).into(),
                    false => finding.text().into(),
                }
            });
        }
        table.table
    }
}

/// An experiment's table for a terminal, which has little room: without what explains an attempt, and
/// with a line for each mode in its header.
pub fn narrow(mut table: Table) -> Table {
    for row in &mut table.rows {
        row.remove(1);
    }
    table.header.remove(1);
    for text in &mut table.header {
        *text = text.replacen(": ", ":\n", 1).replace(", ", "\n");
    }
    table
}

/// An outcome, as in files, in words.
pub fn words(outcome: &impl Serialize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let name = serde_json::to_value(outcome).map_err(|_| fmt::Error)?;
    f.write_str(&name.as_str().unwrap_or_default().replace('-', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::{density, features, sandbox};

    fn is_read_again<F>(experiment: Experiment<F>, file: &str)
    where
        F: Finding + Serialize + DeserializeOwned + PartialEq + fmt::Debug,
    {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let folder = RunFolder { path };
        let read = || Experiment::<F>::read(&folder, file);
        assert_eq!(read().unwrap(), None);
        folder.write_json(file, &experiment).unwrap();
        assert_eq!(read().unwrap(), Some(experiment));
        let whole = std::fs::read(folder.file(file)).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 3] {
            folder.write(file, &whole[..length]).unwrap();
            let error = format!("{:#}", read().unwrap_err());
            assert!(error.contains(file) && error.contains("damaged"), "{error}");
        }
    }

    #[test]
    fn what_was_written_is_read_again_and_a_torn_file_is_an_error_that_names_it() {
        is_read_again(sandbox::tests::sample(), sandbox::FILE);
        is_read_again(features::tests::sample(), features::FILE);
        is_read_again(density::tests::sample(), density::FILE);
    }
}
