//! What earlier runs say about how long a cell takes.

use std::collections::HashMap;
use std::path::Path;

use crate::cell::Outcome;
use crate::plan::Plan;
use crate::sample::Kind;
use crate::stats;
use crate::store::RunFolder;

/// Seconds of one sample by cell, from the newest run that measured it.
pub struct History(HashMap<String, f64>);

impl History {
    /// Reads the runs in `results`; one that cannot be read counts for nothing.
    pub fn read(results: &Path) -> History {
        let entries = std::fs::read_dir(results).into_iter().flatten().flatten();
        let mut folders: Vec<_> = entries
            .map(|entry| entry.path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        let mut seconds = HashMap::new();
        for path in folders {
            let samples = RunFolder { path }.read_samples().unwrap_or_default();
            let mut walls: HashMap<String, Vec<f64>> = HashMap::new();
            for sample in samples
                .iter()
                .filter(|sample| sample.kind == Kind::Run && sample.outcome == Outcome::Ok)
            {
                walls
                    .entry(sample.cell.clone())
                    .or_default()
                    .extend(sample.wall_s);
            }
            seconds.extend(
                walls
                    .into_iter()
                    .filter_map(|(cell, walls)| Some((cell, stats::median(&walls)?))),
            );
        }
        History(seconds)
    }

    /// Seconds that the plan's samples will take, and how many live cells no run has measured.
    pub fn estimate(&self, plan: &Plan) -> (f64, usize) {
        let known: Vec<Option<f64>> = plan
            .live()
            .map(|cell| self.0.get(&cell.to_string()).copied())
            .collect();
        // The pilot is one more round.
        let seconds = known.iter().flatten().sum::<f64>() * f64::from(plan.runs + 1);
        (
            seconds,
            known.iter().filter(|seconds| seconds.is_none()).count(),
        )
    }
}
