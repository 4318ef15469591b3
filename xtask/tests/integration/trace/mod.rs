//! What the report of the reference run says, computed again: by `docs/check.py` its figures, answers and verdicts; here
//! what that leaves.

mod figures;
mod script;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use xtask::store::RunFolder;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The run that README shows.
fn reference() -> (String, String, RunFolder) {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, marked) = readme.split_once("<!-- report: ").unwrap();
    let folder = marked.split_once(" -->").unwrap().0.to_owned();
    let path = root().join(&folder);
    (readme, folder, RunFolder { path })
}

/// A row of summary.csv, by column.
type CsvRow = BTreeMap<String, String>;

fn csv_rows(folder: &RunFolder, name: &str) -> Vec<CsvRow> {
    let mut reader = csv::Reader::from_path(folder.file(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn mode(row: &CsvRow) -> String {
    format!("{}:{}", row["engine"], row["mode"])
}

fn input(row: &CsvRow) -> String {
    format!(
        "{}/{}/{}",
        row["workload"], row["size"], row["distribution"]
    )
}
