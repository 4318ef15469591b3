//! What the report of the reference run says, computed again: its figures from the samples, its answers and verdicts
//! from its summary.csv alone.

mod conclusions;
mod figures;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use xtask::model::{Load, Metric};
use xtask::questions::answer::{CRITERIA, Ranking, rankings};
use xtask::questions::{Results, Run, rows};
use xtask::report::{load, splice};
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
    let folder = splice::spliced_folder(&readme).unwrap().to_owned();
    let path = root().join(&folder);
    (readme, folder, RunFolder { path })
}

/// A row of summary.csv, by column.
type CsvRow = BTreeMap<String, String>;

fn csv_rows(folder: &RunFolder, name: &str) -> Vec<CsvRow> {
    let mut reader = csv::Reader::from_path(folder.file(name)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// The measured rows of the sorts.
struct Csv {
    rows: Vec<CsvRow>,
    ratios: Vec<CsvRow>,
    memory_floor_bytes: f64,
}

fn number(row: &CsvRow, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("no {column} in {row:?}"))
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

fn load_of(row: &CsvRow) -> Load {
    match number(row, "size_bytes") {
        ..1e6 => Load::Light,
        1e6..1e8 => Load::Medium,
        _ => Load::High,
    }
}

fn mean(values: &[f64]) -> f64 {
    assert!(!values.is_empty());
    (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp()
}

impl Csv {
    fn read(folder: &RunFolder, run: &Run) -> Csv {
        let rows = csv_rows(folder, "summary.csv");
        let sorts = ["bubble", "merge", "quick"];
        Csv {
            rows: rows
                .into_iter()
                .filter(|row| sorts.contains(&row["workload"].as_str()))
                .collect(),
            ratios: csv_rows(folder, "ratios.csv"),
            memory_floor_bytes: run.environment.memory_floor_bytes as f64,
        }
    }

    /// What ratios.csv says of these two on these inputs.
    fn ratio(&self, a: &str, b: &str, metric: Metric, inputs: &[String]) -> &CsvRow {
        let inputs = inputs.join("+");
        let is = |row: &&CsvRow| {
            row["a"] == a
                && row["b"] == b
                && row["metric"] == metric.name()
                && row["input"] == inputs
        };
        let row = self.ratios.iter().find(is);
        row.unwrap_or_else(|| panic!("no {} of {a} and {b} on {inputs}", metric.name()))
    }

    fn ok(&self) -> impl Iterator<Item = &CsvRow> {
        self.rows.iter().filter(|row| row["outcome"] == "ok")
    }

    fn value(&self, row: &CsvRow, metric: Metric) -> f64 {
        match metric {
            Metric::Wall => number(row, "wall_median_s"),
            Metric::MeanWall => number(row, "wall_mean_s"),
            Metric::Read => number(row, "read_median_s"),
            Metric::Sort => number(row, "sort_median_s"),
            Metric::Write => number(row, "write_median_s"),
            Metric::Start => number(row, "startup_median_s"),
            Metric::User => number(row, "user_mean_s"),
            Metric::System => number(row, "system_mean_s"),
            Metric::Compile => number(row, "compile_median_s"),
            Metric::Cpu => number(row, "user_mean_s") + number(row, "system_mean_s"),
            Metric::Memory => number(row, "peak_rss_mean_bytes").max(self.memory_floor_bytes),
        }
    }

    /// The geometric mean over these inputs; none where one is missing.
    fn over(&self, engine_mode: &str, inputs: &[String], metric: Metric) -> Option<f64> {
        let of = |wanted: &String| {
            let row = self
                .ok()
                .find(|row| mode(row) == engine_mode && input(row) == *wanted)?;
            Some(self.value(row, metric))
        };
        Some(mean(&inputs.iter().map(of).collect::<Option<Vec<f64>>>()?))
    }

    /// The inputs that both were measured on.
    fn common(&self, a: &str, b: &str, load: Option<Load>) -> Vec<String> {
        let of = |name: &str| -> Vec<String> {
            let own = self.ok().filter(|row| mode(row) == name);
            own.filter(|row| load.is_none_or(|load| load_of(row) == load))
                .map(input)
                .collect()
        };
        let others = of(b);
        of(a)
            .into_iter()
            .filter(|input| others.contains(input))
            .collect()
    }
}

fn close(a: f64, b: f64) -> bool {
    // summary.csv has nanoseconds, of times from a millisecond on, and of their deviations.
    (a / b - 1.0).abs() < 1e-4
}

#[test]
fn each_answer_follows_from_the_summary() {
    let (_, _, folder) = reference();
    let run = load(&folder).unwrap();
    let rows = rows(&run);
    let csv = Csv::read(&folder, &run);
    let rankings = rankings(&Results::new(&run, &rows));
    assert_eq!(rankings.len(), CRITERIA.len() * Load::ALL.len());
    for ranking in &rankings {
        check(&csv, ranking);
    }
}

fn check(csv: &Csv, ranking: &Ranking) {
    let metric = ranking.metric;
    let figure = |name: &str| csv.over(name, &ranking.inputs, metric);
    let winner = ranking.best.to_string();
    let best = figure(&winner).unwrap();
    assert!(close(best, ranking.figure), "{ranking:?}: {best}");
    let mut others: Vec<(f64, String)> = csv
        .ok()
        .map(mode)
        .filter(|name| !name.starts_with("native:") && *name != winner)
        .filter_map(|name| Some((figure(&name)?, name)))
        .collect();
    others.sort_by(|a, b| a.0.total_cmp(&b.0));
    let second = ranking.second.as_ref().unwrap();
    assert_eq!(others[0].1, second.a.to_string(), "{ranking:?}");
    assert!(others[0].0 >= best, "{ranking:?}: {others:?}");
    let row = csv.ratio(&second.a.to_string(), &winner, metric, &ranking.inputs);
    assert!(close(number(row, "ratio"), second.ratio), "{ranking:?}");
    // Of pairs, not of medians: near it, but not the same.
    let off = number(row, "ratio") / (others[0].0 / best);
    assert!((0.9..1.1).contains(&off), "{ranking:?}: {off}");
}
