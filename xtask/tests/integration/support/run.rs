//! A run's folder, read as other people's scripts read it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder below `results/`.
pub struct Run {
    pub path: PathBuf,
}

/// Which sample it is: cell, kind and round.
pub type Key = (String, String, u64);

impl Run {
    /// All runs in a folder, by name.
    pub fn all(results: &Path) -> Vec<Run> {
        let entries = std::fs::read_dir(results).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths
            .into_iter()
            .filter(|path| path.join("plan.json").is_file())
            .map(|path| Run { path })
            .collect()
    }

    /// Every file that `report` writes.
    pub fn report_files(&self) -> Vec<PathBuf> {
        let names = ["summary.csv", "report.md", "report.html", "report.xlsx"];
        let charts = std::fs::read_dir(self.path.join("charts")).into_iter();
        let charts = charts.flatten().flatten().map(|entry| entry.path());
        let files = names.map(|name| self.path.join(name)).into_iter();
        files.chain(charts).collect()
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path.join(name)).unwrap()
    }

    /// Whole lines of samples.jsonl so far.
    pub fn lines(&self) -> usize {
        std::fs::read_to_string(self.path.join("samples.jsonl"))
            .unwrap_or_default()
            .matches('\n')
            .count()
    }

    pub fn samples(&self) -> Vec<Value> {
        self.text("samples.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Of first attempts: a block is taken again only where the machine was busy.
    pub fn keys(&self) -> Vec<Key> {
        self.samples()
            .iter()
            .filter(|sample| sample["attempt"] == 1)
            .map(|sample| {
                (
                    sample["cell"].as_str().unwrap().to_owned(),
                    sample["kind"].as_str().unwrap().to_owned(),
                    sample["round"].as_u64().unwrap(),
                )
            })
            .collect()
    }

    /// The samples of a cell.
    pub fn samples_of(&self, cell: &str) -> Vec<Value> {
        let mut samples = self.samples();
        samples.retain(|sample| sample["cell"] == cell);
        samples
    }

    /// Outcome and reason of a cell in plan.json.
    pub fn planned(&self, cell: &str) -> (String, String) {
        let plan: Value = serde_json::from_str(&self.text("plan.json")).unwrap();
        let cells = plan["cells"].as_array().unwrap();
        let planned = cells.iter().find(|planned| planned["name"] == cell);
        let planned = planned.unwrap_or_else(|| panic!("no cell {cell} in plan.json"));
        let text = |key: &str| planned[key].as_str().unwrap_or_default().to_owned();
        (text("outcome"), text("reason"))
    }

    /// The row of a cell in summary.csv, by column.
    pub fn row(&self, cell: &str) -> BTreeMap<String, String> {
        let text = self.text("summary.csv");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader
            .deserialize::<BTreeMap<String, String>>()
            .map(Result::unwrap)
            .find(|row| {
                let name = format!(
                    "{}/{}/{}/{}:{}",
                    row["workload"], row["size"], row["distribution"], row["engine"], row["mode"]
                );
                name == cell
            })
            .unwrap_or_else(|| panic!("no cell {cell} in summary.csv"))
    }

    /// Asserts that plan.json, summary.csv and the last sample, if there must be one, agree
    /// that a cell ended this way, and returns the reason.
    pub fn assert_outcome(&self, cell: &str, outcome: &str) -> String {
        let (planned, reason) = self.planned(cell);
        assert_eq!(planned, outcome, "plan.json: {cell}: {reason}");
        let row = self.row(cell);
        assert_eq!(
            (row["outcome"].as_str(), row["reason"].as_str()),
            (outcome, reason.as_str()),
            "summary.csv"
        );
        assert!(
            outcome == "ok" || !reason.is_empty(),
            "a reason for {outcome}"
        );
        reason
    }
}
