//! How long a run has been at it, over all its sittings.

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
    /// A new sitting of a run that has these samples. Each sitting before it lasted from its first
    /// sample to the end of its last, and where the machine's clock was put back as long as its samples.
    pub fn start(samples: &[Arc<Sample>]) -> Clock {
        let sittings = samples.chunk_by(|a, b| a.sitting == b.sitting);
        let sittings_s = sittings.map(|sitting| {
            let last = &sitting[sitting.len() - 1];
            let span_s = last.started_s() + last.wall_s.unwrap_or(0.0) - sitting[0].started_s();
            span_s.max(sitting.iter().filter_map(|it| it.wall_s).sum())
        });
        Clock {
            sitting: samples.last().map_or(0, |last| last.sitting) + 1,
            earlier_s: sittings_s.sum(),
            started: Instant::now(),
        }
    }

    /// Seconds that the sittings have taken so far.
    pub fn spent_s(&self) -> f64 {
        self.earlier_s + self.started.elapsed().as_secs_f64()
    }
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
        let clock = Clock::start(&samples);
        assert!((clock.earlier_s - (9.5 + 1.5)).abs() < 1e-6);
        assert!(clock.sitting == 3 && clock.spent_s() >= 11.0);
        assert_eq!(Clock::start(&[]).sitting, 1);
    }

    #[test]
    fn a_clock_that_was_put_back_takes_no_time_away() {
        let at = |second| {
            Arc::new(Sample {
                started_at: jiff::Timestamp::from_second(second).unwrap(),
                ..sample(0.5, [0.0; 3], 0.0)
            })
        };
        let clock = Clock::start(&[at(7200), at(7201), at(3600)]);
        assert!((clock.earlier_s - 1.5).abs() < 1e-6);
    }
}
