//! What became of the study's conclusions C6 and C7: the report's sentences, computed again from summary.csv alone.

use xtask::model::Load;
use xtask::questions::conclusions::{Conclusion, Judgement, conclusions};
use xtask::questions::{Results, Run, rows};
use xtask::report::load;
use xtask::store::RunFolder;

use super::{CsvRow, csv_rows, input, mode, reference};

#[test]
fn what_rests_on_no_ratio_follows_from_the_summary() {
    let (_, _, folder) = reference();
    let run = load(&folder).unwrap();
    let rows = rows(&run);
    let csv = Csv::read(&folder, &run);
    let results = Results::new(&run, &rows);
    let conclusions = conclusions(&results);
    let ids: Vec<&str> = conclusions.iter().map(|it| it.id).collect();
    assert_eq!(ids, ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]);
    for conclusion in &conclusions[5..] {
        assert_ne!(conclusion.judgement, Judgement::NotMeasured);
        let holds = holds(&csv, conclusion);
        assert_eq!(
            conclusion.judgement == Judgement::Holds,
            holds,
            "{conclusion:?}"
        );
    }
}

/// Does the conclusion hold, by the test that it states and the rows?
fn holds(csv: &Csv, conclusion: &Conclusion) -> bool {
    let seen = &conclusion.seen;
    match conclusion.id {
        "C6" => spreads(csv, seen).windows(2).all(|pair| pair[1] < pair[0]),
        _ => seen.iter().all(|it| grows(csv, it)),
    }
}

/// The measured rows of the sorts.
struct Csv {
    rows: Vec<CsvRow>,
    memory_floor_bytes: f64,
}

fn number(row: &CsvRow, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("no {column} in {row:?}"))
}

fn load_of(row: &CsvRow) -> Load {
    match number(row, "size_bytes") {
        ..1e6 => Load::Light,
        1e6..1e8 => Load::Medium,
        _ => Load::High,
    }
}

impl Csv {
    fn read(folder: &RunFolder, run: &Run) -> Csv {
        let mut rows = csv_rows(folder, "summary.csv");
        let sorts = ["bubble", "merge", "quick"];
        rows.retain(|row| row["outcome"] == "ok" && sorts.contains(&row["workload"].as_str()));
        Csv {
            rows,
            memory_floor_bytes: run.environment.memory_floor_bytes as f64,
        }
    }

    /// What this engine and mode was measured on at a load.
    fn inputs(&self, engine_mode: &str, load: Load) -> Vec<String> {
        let own = self.rows.iter();
        let own = own.filter(|row| mode(row) == engine_mode && load_of(row) == load);
        own.map(input).collect()
    }

    /// The geometric mean of its memory over these inputs.
    fn memory(&self, engine_mode: &str, inputs: &[String]) -> f64 {
        let own = self.rows.iter();
        let own = own.filter(|row| mode(row) == engine_mode && inputs.contains(&input(row)));
        let bytes = own.map(|row| number(row, "peak_rss_mean_bytes").max(self.memory_floor_bytes));
        let logs: Vec<f64> = bytes.map(f64::ln).collect();
        assert_eq!(logs.len(), inputs.len());
        (logs.iter().sum::<f64>() / logs.len() as f64).exp()
    }
}

/// The parts of a sentence in the places of a pattern's groups.
fn parts<'s, const N: usize>(pattern: &str, sentence: &'s str) -> Option<[&'s str; N]> {
    let pattern = regex_lite::Regex::new(&format!("^{pattern}$")).unwrap();
    let found = pattern.captures(sentence)?;
    Some(std::array::from_fn(|at| {
        found.get(at + 1).map_or("", |part| part.as_str())
    }))
}

/// A figure of a sentence must be what it was computed to be, to its last digit.
fn assert_said(said: &str, computed: f64, sentence: &str) {
    let digits = said.split_once('.').map_or(0, |(_, digits)| digits.len());
    let off = (said.parse::<f64>().unwrap() - computed).abs();
    let half = 0.5 * 0.1f64.powi(digits.try_into().unwrap());
    assert!(off <= half * 1.001, "{sentence}: {computed}");
}

fn load_named(name: &str) -> Option<Load> {
    Load::ALL.into_iter().find(|load| load.to_string() == name)
}

/// How far the most and the least memory are apart at each load, computed again.
fn spreads(csv: &Csv, seen: &[String]) -> Vec<f64> {
    let pattern = r"(\S+)× between the most and the least memory of (.+) at (\w+) loads";
    let spread = |sentence: &String| {
        let [said, modes, load] = parts(pattern, sentence).unwrap();
        let (all, load) = (at_every_load(csv), load_named(load).unwrap());
        assert_eq!(modes, all.join(", "));
        let ratio = memory_spread(csv, &all, load);
        assert_said(said, ratio, sentence);
        ratio
    };
    seen.iter().map(spread).collect()
}

const SHIPPED: [&str; 4] = [
    "node:js",
    "wasmedge:interpreter",
    "wasmtime:jit-cached",
    "wasmer:jit-cached",
];

/// The study's engines with figures at light, medium and high loads.
fn at_every_load(csv: &Csv) -> Vec<String> {
    let at = |name: &str, load| !csv.inputs(name, load).is_empty();
    let modes = SHIPPED
        .iter()
        .filter(|name| Load::ALL.iter().all(|load| at(name, *load)));
    modes.map(|name| (*name).to_owned()).collect()
}

fn memory_spread(csv: &Csv, modes: &[String], load: Load) -> f64 {
    let inputs_of = |name: &str| csv.inputs(name, load);
    let mut inputs = inputs_of(&modes[0]);
    inputs.retain(|input| modes.iter().all(|name| inputs_of(name).contains(input)));
    let means = modes.iter().map(|name| csv.memory(name, &inputs));
    let means: Vec<f64> = means.collect();
    means.iter().copied().fold(0.0, f64::max) / means.iter().copied().fold(f64::MAX, f64::min)
}

/// Are all fits of the engine and mode as its sentence says: good or not?
fn grows(csv: &Csv, sentence: &str) -> bool {
    let pattern = r"(\S+): (\d+) of (\d+) fits as expected";
    let [engine_mode, good, all] = parts(pattern, sentence).unwrap();
    let mut fits = Vec::new();
    for (workload, expected) in [("bubble", 2.0), ("merge", 1.0), ("quick", 1.0)] {
        let own: Vec<&CsvRow> = csv
            .rows
            .iter()
            .filter(|row| mode(row) == engine_mode && row["workload"] == workload)
            .collect();
        let time = own
            .iter()
            .filter(|row| number(row, "sort_median_s") >= 20e-6);
        let time = time.map(|row| {
            (
                number(row, "size_bytes").ln(),
                number(row, "sort_median_s").ln(),
            )
        });
        let memory = own.iter().map(|row| {
            (
                number(row, "size_bytes"),
                number(row, "peak_rss_mean_bytes"),
            )
        });
        let memory = memory.filter(|(_, bytes)| *bytes > csv.memory_floor_bytes);
        fits.extend(
            fit(&time.collect::<Vec<_>>())
                .map(|(slope, r2)| r2 >= 0.98 && (slope - expected).abs() <= 0.25),
        );
        fits.extend(fit(&memory.collect::<Vec<_>>()).map(|(_, r2)| r2 >= 0.98));
    }
    let counted = fits.iter().filter(|good| **good).count();
    assert_eq!(
        [good, all],
        [counted.to_string(), fits.len().to_string()],
        "{engine_mode}"
    );
    good == all
}

/// Slope and R² of the line of least squares, by the sums of a textbook; of three points or more.
fn fit(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = points.len() as f64;
    let sum = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>();
    let (x, y, xy) = (sum(|p| p.0), sum(|p| p.1), sum(|p| p.0 * p.1));
    let (xx, yy) = (sum(|p| p.0 * p.0), sum(|p| p.1 * p.1));
    let covariance = n * xy - x * y;
    let (spread_x, spread_y) = (n * xx - x * x, n * yy - y * y);
    (points.len() >= 3).then(|| {
        (
            covariance / spread_x,
            covariance.powi(2) / (spread_x * spread_y),
        )
    })
}
