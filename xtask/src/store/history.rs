//! What earlier runs say about how long a cell takes.

use std::collections::HashMap;
use std::path::Path;

use super::RunFolder;
use crate::model::{Cell, Kind, Outcome, grouped};
use crate::plan::Plan;
use crate::plan::pace::{Pace, forecast_s, share_budget};
use crate::stats::median;

/// Seconds that the plan's samples will take, judging by the runs in `results`, and how many live
/// cells none of them has measured.
pub fn estimate(results: &Path, plan: &Plan) -> (f64, usize) {
    let medians_s = medians_s(results);
    let known = plan.live().filter_map(|cell| {
        let wall_s = medians_s.get(&cell.to_string())?;
        Some((cell, *wall_s))
    });
    let known: Vec<(&Cell, f64)> = known.collect();
    let unknown = plan.live().count() - known.len();
    let pilot_s: f64 = known.iter().map(|(_, wall_s)| wall_s).sum();
    let inputs = grouped(known, |(cell, _), (other, _)| cell.same_input(other));
    let pace = |cells: Vec<(&Cell, f64)>| {
        let load = cells[0].0.size.load();
        let walls_s = cells.into_iter().map(|(_, wall_s)| wall_s);
        Pace::new(load, walls_s.collect(), plan.runs)
    };
    let mut paces: Vec<Pace> = inputs.into_iter().map(pace).collect();
    if let Some(budget_s) = plan.budget_s {
        share_budget(&mut paces, budget_s, pilot_s);
    }
    let budget_s = plan.budget_s.map(|budget_s| budget_s - pilot_s);
    let inputs = paces.iter();
    let inputs = inputs.map(|pace| (pace, 0, pace.expected_blocks(plan.precision, None)));
    (pilot_s + forecast_s(inputs, budget_s), unknown)
}

/// Seconds of one sample by cell, from the newest run that measured it. A run that cannot be read
/// counts for nothing.
fn medians_s(results: &Path) -> HashMap<String, f64> {
    let mut medians_s = HashMap::new();
    for run in RunFolder::all(results) {
        let mut walls_s: HashMap<String, Vec<f64>> = HashMap::new();
        for sample in run.read_samples().unwrap_or_default() {
            if sample.kind == Kind::Run && sample.outcome == Outcome::Ok {
                let cell = walls_s.entry(sample.cell.clone()).or_default();
                cell.extend(sample.wall_s);
            }
        }
        let cells = walls_s.into_iter();
        medians_s.extend(cells.filter_map(|(cell, walls_s)| Some((cell, median(&walls_s)?))));
    }
    medians_s
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config;
    use crate::plan::{Overrides, Selection};

    /// A line of `samples.jsonl` of a cell of the default profile.
    fn line(mode: &str, kind: &str, outcome: &str, wall_s: f64) -> String {
        format!(
            "{{\"cell\":\"merge/1KB/random/vm:{mode}\",\"workload\":\"merge\",\"size\":\"1KB\",\"distribution\":\"random\",\"engine\":\"vm\",\"mode\":\"{mode}\",\"kind\":\"{kind}\",\"round\":1,\"outcome\":\"{outcome}\",\"wall_s\":{wall_s},\"started_at\":\"2026-01-02T03:04:05Z\"}}\n"
        )
    }

    fn estimate(runs: &[(&str, &[String])]) -> (f64, usize) {
        let results = tempfile::tempdir().unwrap();
        for (name, lines) in runs {
            let folder = results.path().join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("plan.json"), "").unwrap();
            std::fs::write(folder.join("samples.jsonl"), lines.concat()).unwrap();
        }
        let plan = Plan::new(&config(), &Selection::default(), &Overrides::default()).unwrap();
        super::estimate(results.path(), &plan)
    }

    #[test]
    fn the_median_of_the_newest_run_counts_for_every_round_and_the_pilot() {
        let old = [
            line("jit", "run", "ok", 100.0),
            line("aot", "run", "ok", 7.0),
        ];
        let new = [1.0, 2.0, 9.0].map(|wall_s| line("jit", "run", "ok", wall_s));
        // The pilot and 3 blocks, with a twin of aot, jit and aot; bubble was never measured.
        let (seconds, unknown) = estimate(&[("2026-02", &new), ("2026-01", &old)]);
        assert!((seconds - (4.0 * (2.0 + 7.0) + 7.0 + 2.0 + 7.0)).abs() < 0.1);
        assert_eq!(unknown, 1);
    }

    #[test]
    fn only_good_counted_samples_say_how_long_a_cell_takes() {
        let lines = [
            line("jit", "pilot", "ok", 5.0),
            line("jit", "control", "ok", 5.0),
            line("jit", "run", "failed", 5.0),
        ];
        assert_eq!(estimate(&[("run", &lines)]), (0.0, 3));
        assert_eq!(estimate(&[]), (0.0, 3));
    }

    #[test]
    fn a_damaged_run_counts_for_nothing() {
        let damaged = ["{oops\n".to_owned(), line("jit", "run", "ok", 5.0)];
        let good = [line("jit", "run", "ok", 1.0)];
        let (seconds, unknown) = estimate(&[("1", &good), ("2", &damaged)]);
        assert!((seconds - (3.0 * (1.0 + 1.0) + 1.0)).abs() < 0.1 && unknown == 2);
    }
}
