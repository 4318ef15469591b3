//! The verdicts on the study's conclusions.

use xtask::analysis::evidence::{Evidence, Growth, Lost, MemorySpread};
use xtask::analysis::verdict::{Conclusion, Verdict, conclusions};
use xtask::analysis::{Facts, Metric};
use xtask::noise::Noises;
use xtask::report::load;
use xtask::summary::rows;
use xtask::units::Load;

use super::{Csv, CsvRow, close, input, load_of, mode, number, reference};

#[test]
fn each_verdict_follows_from_the_summary() {
    let (_, _, folder) = reference();
    let run = load(&folder).unwrap();
    let rows = rows(&run);
    let csv = Csv::read(&folder, &run);
    let facts = Facts::new(&run, &rows);
    let conclusions = conclusions(&facts);
    assert_eq!(conclusions.len(), 7);
    for conclusion in &conclusions {
        assert_ne!(conclusion.verdict, Verdict::NotMeasured, "{conclusion:?}");
        let holds = holds(&csv, &facts.noises, conclusion);
        assert_eq!(
            conclusion.verdict == Verdict::Holds,
            holds,
            "{conclusion:?}"
        );
    }
}

/// Does the conclusion hold, by the test that it states and the rows alone? Intervals and noise
/// floors are of the samples, which the rows do not hold.
fn holds(csv: &Csv, noises: &Noises, conclusion: &Conclusion) -> bool {
    let evidence = &conclusion.evidence;
    let ratios: Vec<f64> = evidence.iter().filter_map(|it| ratio(csv, it)).collect();
    let sure = |it: &Evidence| !matches!(it, Evidence::Ratio { estimate, .. } if estimate.interval.low <= 1.0);
    let at_least =
        |limit: f64| evidence.iter().all(sure) && ratios.iter().all(|ratio| *ratio >= limit);
    let lost = evidence.iter().any(|it| is_lost(csv, it));
    match conclusion.id {
        "C1" => at_least(1.0),
        "C2" | "C4" => at_least(1.25),
        "C3" => !lost && ratios.iter().all(|ratio| *ratio < 1.25),
        "C5" => at_least(2.0) && lost,
        "C6" => spreads(csv, evidence).windows(2).all(|pair| {
            let noise = noises
                .memory_floor(pair[0].0)
                .max(noises.memory_floor(pair[1].0));
            pair[1].1 * (1.0 + noise) < pair[0].1
        }),
        _ => evidence.iter().all(|it| grows(csv, it)),
    }
}

/// The ratio of an evidence, computed again; it must be the one that the report gives.
fn ratio(csv: &Csv, evidence: &Evidence) -> Option<f64> {
    match evidence {
        Evidence::Ratio {
            engine_mode,
            base,
            load,
            metric,
            estimate,
        } => {
            let inputs = csv.common(engine_mode, base, *load);
            assert_eq!(inputs.len(), estimate.inputs);
            let of = |name: &String| csv.over(name, &inputs, *metric).unwrap();
            let ratio = of(engine_mode) / of(base);
            assert!(close(ratio, estimate.ratio), "{evidence:?}: {ratio}");
            Some(ratio)
        }
        _ => None,
    }
}

/// How far the most and the least memory are apart at each load, computed again.
fn spreads(csv: &Csv, evidence: &[Evidence]) -> Vec<(Load, f64)> {
    let spread = |it: &Evidence| {
        let Evidence::MemorySpread(MemorySpread {
            load,
            engine_modes,
            spread,
        }) = it
        else {
            panic!("{it:?} is no spread")
        };
        assert_eq!(*engine_modes, at_every_load(csv));
        let ratio = memory_spread(csv, engine_modes, *load);
        assert!(close(ratio, *spread), "{it:?}: {ratio}");
        (*load, ratio)
    };
    evidence.iter().map(spread).collect()
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
fn is_lost(csv: &Csv, evidence: &Evidence) -> bool {
    let Evidence::Lost(Lost {
        engine_mode,
        load,
        cells,
        tried,
    }) = evidence
    else {
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
        .filter(|row| mode(row) == *engine_mode && load_of(row) == *load && others(row))
        .filter(|row| !["impossible", "unsupported"].contains(&row["outcome"].as_str()));
    let own: Vec<&CsvRow> = own.collect();
    let lost = own.iter().filter(|row| row["outcome"] != "ok");
    let lost: Vec<String> = lost
        .map(|row| format!("{}/{engine_mode}", input(row)))
        .collect();
    assert_eq!((&lost, own.len()), (cells, *tried));
    true
}

/// Are all fits of the engine and mode as its growth evidence says: good or not?
fn grows(csv: &Csv, evidence: &Evidence) -> bool {
    let Evidence::Growth(Growth {
        engine_mode,
        good,
        all,
    }) = evidence
    else {
        panic!("{evidence:?} is no growth")
    };
    let mut fits = Vec::new();
    for (workload, expected) in [("bubble", 2.0), ("merge", 1.0), ("quick", 1.0)] {
        let own: Vec<&CsvRow> = csv
            .ok()
            .filter(|row| mode(row) == *engine_mode && row["workload"] == workload)
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
    assert_eq!(
        (fits.iter().filter(|good| **good).count(), fits.len()),
        (*good, *all),
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
