//! What earlier runs say about how long a cell takes.

use std::collections::HashMap;
use std::path::Path;

use super::RunFolder;
use crate::model::{Cell, Kind, Outcome, grouped};
use crate::plan::Plan;
use crate::plan::pace::{Pace, forecast_s, share_budget};
use crate::stats::median;

/// Seconds of one sample by cell, from the newest run that measured it.
pub struct History(HashMap<String, f64>);

impl History {
    /// Reads the runs in `results`; one that cannot be read counts for nothing.
    pub fn read(results: &Path) -> History {
        let mut seconds = HashMap::new();
        for run in RunFolder::all(results) {
            let samples = run.read_samples().unwrap_or_default();
            let mut walls: HashMap<String, Vec<f64>> = HashMap::new();
            for sample in samples {
                if sample.kind == Kind::Run && sample.outcome == Outcome::Ok {
                    walls
                        .entry(sample.cell.clone())
                        .or_default()
                        .extend(sample.wall_s);
                }
            }
            let medians = walls.into_iter();
            seconds.extend(medians.filter_map(|(cell, walls)| Some((cell, median(&walls)?))));
        }
        History(seconds)
    }

    /// Seconds that the plan's samples will take, and how many live cells no run has measured.
    pub fn estimate(&self, plan: &Plan) -> (f64, usize) {
        let wall_s = |cell: &Cell| self.0.get(&cell.to_string()).copied();
        let known = plan.live().filter_map(|cell| Some((cell, wall_s(cell)?)));
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
        let blocks_s = forecast_s(inputs, budget_s);
        (pilot_s + blocks_s, unknown)
    }
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
        History::read(results.path()).estimate(&plan)
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
