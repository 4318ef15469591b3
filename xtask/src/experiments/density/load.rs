//! Workers that each run processes back to back. Their own clock measures: hyperfine takes one sample
//! after the other, and what several at once do to each other is the question here.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::{Site, Step, run};
use crate::host::at_once;
use crate::host::memory::Memory;
use crate::host::process::Invocation;
use crate::model::Sample;
use crate::run::check::trouble;
use crate::run::fixture::Fixture;
use crate::run::jobs::Work;
use crate::stats::median;

/// What it runs, in a folder of its own.
pub struct Worker {
    command: Invocation,
    work: Work,
}

impl Site<'_> {
    /// The one with this number.
    pub fn worker(&self, number: u32) -> anyhow::Result<Worker> {
        let own = self.folder.join(format!("worker-{number}"));
        let fixture = Fixture::new(&own, self.workload, Some(self.input), self.target.repo);
        fixture.reset()?;
        let env = &self.workload.env;
        let mut command = self.command(&fixture.folder, fixture.arguments()?, env)?;
        command.stdin = fixture.stdin();
        command.stdout = fixture.verified_stdout().map(Path::to_owned);
        let work = Work::Run {
            fixture,
            compilation: None,
        };
        Ok(Worker { command, work })
    }

    /// All workers at once, for this long, but at least one run each. The seconds of the runs of each.
    ///
    /// # Errors
    /// When a run fails; its outcome, if it is another than *failed*, is its context.
    pub fn load(&self, workers: &[Worker], time: Duration) -> anyhow::Result<Vec<Vec<f64>>> {
        let started = Instant::now();
        let work = |worker: &Worker| {
            let mut latencies_s = vec![worker.run()?];
            while started.elapsed() < time {
                latencies_s.push(worker.run()?);
            }
            Ok(latencies_s)
        };
        at_once(workers, work).into_iter().collect()
    }
}

impl Worker {
    /// Seconds from before the start of a process to its end.
    fn run(&self) -> anyhow::Result<f64> {
        let started = Instant::now();
        let finished = run(&self.command)?;
        let wall_s = started.elapsed().as_secs_f64();
        let mut sample = Sample {
            wall_s: Some(wall_s),
            ..Sample::default()
        };
        // Its limit was looked at.
        match trouble(&self.work, &finished, &mut sample, f64::INFINITY)? {
            Some((outcome, why)) => Err(anyhow!(why).context(outcome)),
            None => Ok(wall_s),
        }
    }
}

impl Step {
    /// Runs a second are summed over the workers, each by the time of its runs: some end later than others.
    pub fn new(memory: Memory, latencies_s: &[Vec<f64>]) -> Step {
        let of_one = |it: &Vec<f64>| it.len() as f64 / it.iter().sum::<f64>();
        let mut all = latencies_s.concat();
        all.sort_by(f64::total_cmp);
        Step {
            at_once: latencies_s.len() as u32,
            memory,
            runs: all.len() as u64,
            runs_per_s: latencies_s.iter().map(of_one).sum(),
            median_s: median(&all).unwrap_or_default(),
            // The nearest rank: of less than 100 runs the longest.
            p99_s: all[(all.len() * 99).div_ceil(100) - 1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_that_end_at_different_times_are_summed() {
        let step = |runs: &[(f64, usize)]| {
            let latencies_s = runs.iter().map(|(latency_s, runs)| vec![*latency_s; *runs]);
            Step::new(Memory::default(), &latencies_s.collect::<Vec<_>>())
        };
        let three = step(&[(0.5, 4), (0.25, 8), (4.0, 1)]);
        assert_eq!((three.at_once, three.runs), (3, 13));
        assert_eq!(three.runs_per_s, 2.0 + 4.0 + 0.25);
        assert_eq!((three.median_s, three.p99_s), (0.25, 4.0));
        assert_eq!(step(&[(0.5, 100), (9.0, 1)]).p99_s, 0.5);
    }
}
