//! How long a run has been at it, over all its sittings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use crate::model::Sample;

/// Counts from the start of this sitting.
pub struct Clock {
    /// This one's number, from 1.
    pub sitting: u32,
    earlier_s: f64,
    started: Instant,
}

impl Clock {
    /// A new sitting of a run that has these samples.
    pub fn start(samples: &[Arc<Sample>]) -> Clock {
        Clock {
            sitting: samples.iter().map(|it| it.sitting).max().unwrap_or(0) + 1,
            earlier_s: spent_s(samples),
            started: Instant::now(),
        }
    }

    /// Seconds that the sittings have taken so far.
    pub fn spent_s(&self) -> f64 {
        self.earlier_s + self.started.elapsed().as_secs_f64()
    }
}

/// Seconds of all sittings, each from its first sample to the end of its last.
fn spent_s(samples: &[Arc<Sample>]) -> f64 {
    let mut sittings: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for sample in samples {
        let from = sample.started_s();
        let to = from + sample.wall_s.unwrap_or(0.0);
        let sitting = sittings.entry(sample.sitting).or_insert((from, to));
        *sitting = (sitting.0.min(from), sitting.1.max(to));
    }
    sittings.values().map(|(from, to)| to - from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::sample;

    #[test]
    fn what_lies_between_sittings_does_not_count() {
        let at = |sitting, second| {
            Arc::new(Sample {
                sitting,
                started_at: jiff::Timestamp::from_second(second).unwrap(),
                ..sample(0.5, [0.0; 3], 0.0)
            })
        };
        let samples = [at(1, 100), at(1, 109), at(2, 5000), at(2, 5001)];
        assert!((spent_s(&samples) - (9.5 + 1.5)).abs() < 1e-6);
        let clock = Clock::start(&samples);
        assert!(clock.sitting == 3 && clock.spent_s() >= 11.0);
        assert_eq!(Clock::start(&[]).sitting, 1);
    }
}
