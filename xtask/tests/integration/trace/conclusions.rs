//! What became of the study's conclusions: the report's sentences, computed again.

use xtask::model::{Load, Metric};
use xtask::questions::conclusions::{Conclusion, Judgement, conclusions};
use xtask::questions::{Results, rows};
use xtask::report::load;

use super::{Csv, CsvRow, input, load_of, mode, number, reference};

#[test]
fn each_judgement_follows_from_the_summary() {
    let (_, _, folder) = reference();
    let run = load(&folder).unwrap();
    let rows = rows(&run);
    let csv = Csv::read(&folder, &run);
    let results = Results::new(&run, &rows);
    let conclusions = conclusions(&results);
    assert_eq!(conclusions.len(), 7);
    for conclusion in &conclusions {
        assert_ne!(conclusion.judgement, Judgement::NotMeasured);
        let holds = holds(&csv, conclusion);
        assert_eq!(
            conclusion.judgement == Judgement::Holds,
            holds,
            "{conclusion:?}"
        );
    }
}

/// Does the conclusion hold, by the test that it states, the rows and the ratios?
fn holds(csv: &Csv, conclusion: &Conclusion) -> bool {
    let seen = &conclusion.seen;
    let ratios: Vec<[f64; 2]> = seen.iter().filter_map(|it| ratio(csv, it)).collect();
    let at_least = |limit: f64| ratios.iter().all(|[low, _]| *low > limit);
    let lost = seen.iter().any(|it| is_lost(csv, it));
    match conclusion.id {
        "C1" => at_least(1.0),
        "C2" | "C4" => at_least(1.25),
        "C3" => !lost && ratios.iter().all(|[_, high]| *high < 1.25),
        "C5" => at_least(2.0) && lost,
        "C6" => spreads(csv, seen).windows(2).all(|pair| pair[1] < pair[0]),
        _ => seen.iter().all(|it| grows(csv, it)),
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

/// The interval of a sentence, whose figures ratios.csv has.
fn ratio(csv: &Csv, sentence: &str) -> Option<[f64; 2]> {
    let pattern = r"(\S+) takes (\S+)× \[(\S+)–(\S+)\] the (.+) of (\S+?)(?: at (\w+) loads)?, over (\d+) inputs";
    let [engine_mode, said, low, high, name, base, load, count] = parts(pattern, sentence)?;
    let metrics = [Metric::Wall, Metric::Cpu, Metric::Memory];
    let metric = metrics.into_iter().find(|metric| metric.name() == name);
    let inputs = csv.common(engine_mode, base, load_named(load));
    assert_eq!(inputs.len().to_string(), count, "{sentence}");
    let row = csv.ratio(engine_mode, base, metric.unwrap(), &inputs);
    assert_said(said, number(row, "ratio"), sentence);
    assert_said(low, number(row, "low"), sentence);
    assert_said(high, number(row, "high"), sentence);
    Some([number(row, "low"), number(row, "high")])
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
    let at = |name: &str, load| !csv.common(name, name, Some(load)).is_empty();
    let modes = SHIPPED
        .iter()
        .filter(|name| Load::ALL.iter().all(|load| at(name, *load)));
    modes.map(|name| (*name).to_owned()).collect()
}

fn memory_spread(csv: &Csv, modes: &[String], load: Load) -> f64 {
    let inputs_of = |name: &str| csv.common(name, name, Some(load));
    let mut inputs = inputs_of(&modes[0]);
    inputs.retain(|input| modes.iter().all(|name| inputs_of(name).contains(input)));
    let means = modes
        .iter()
        .map(|name| csv.over(name, &inputs, Metric::Memory).unwrap());
    let means: Vec<f64> = means.collect();
    means.iter().copied().fold(0.0, f64::max) / means.iter().copied().fold(f64::MAX, f64::min)
}

/// Is it a loss, and is it the one that the rows say?
fn is_lost(csv: &Csv, sentence: &str) -> bool {
    let pattern = r"(\S+) did not finish (\d+) of the (\d+) cells at (\w+) loads that another runtime finished";
    let Some([engine_mode, lost, tried, load]) = parts(pattern, sentence) else {
        return false;
    };
    let (engine, _) = engine_mode.split_once(':').unwrap();
    let others = |row: &CsvRow| {
        let mut rivals = csv.ok().filter(|other| input(other) == input(row));
        rivals.any(|other| ![engine, "native"].contains(&other["engine"].as_str()))
    };
    let own = csv
        .rows
        .iter()
        .filter(|row| mode(row) == engine_mode && load_of(row).to_string() == load && others(row))
        .filter(|row| !["impossible", "unsupported"].contains(&row["outcome"].as_str()));
    let own: Vec<&CsvRow> = own.collect();
    let counted = own.iter().filter(|row| row["outcome"] != "ok").count();
    assert_eq!(
        (counted.to_string().as_str(), own.len().to_string().as_str()),
        (lost, tried)
    );
    true
}

/// Are all fits of the engine and mode as its sentence says: good or not?
fn grows(csv: &Csv, sentence: &str) -> bool {
    let pattern = r"(\S+): (\d+) of (\d+) fits as expected";
    let [engine_mode, good, all] = parts(pattern, sentence).unwrap();
    let mut fits = Vec::new();
    for (workload, expected) in [("bubble", 2.0), ("merge", 1.0), ("quick", 1.0)] {
        let own: Vec<&CsvRow> = csv
            .ok()
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
