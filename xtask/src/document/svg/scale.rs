//! Axes: from values to pixels, and where their ticks are.

use crate::model::Unit;

/// A logarithmic axis shows at least this factor, so that equal values are not torn apart.
const LEAST_SPAN: f64 = 5.0;
/// Room beside the outermost values, as a factor.
const ROOM: f64 = 1.15;
/// Up to so many decades, a tick at each power of ten alone would leave an axis bare.
const DECADES_OF_FINE_TICKS: f64 = 3.0;
/// Around 1, an axis of a smaller factor has ticks at even distances, this many at most.
const EVEN: f64 = 3.0;
const TICKS: f64 = 8.0;

/// A logarithmic axis.
#[derive(Clone, Copy, Debug)]
pub struct LogScale {
    low: f64,
    high: f64,
    /// Of `low` and `high`.
    pub pixels: (f64, f64),
}

impl LogScale {
    /// An axis with room for all values, which are above 0; around 1 if there are none.
    pub fn of(values: impl IntoIterator<Item = f64>, pixels: (f64, f64)) -> LogScale {
        LogScale::spanning(LEAST_SPAN, values, pixels)
    }

    /// The same, which shows at least this factor.
    pub fn spanning(
        least: f64,
        values: impl IntoIterator<Item = f64>,
        pixels: (f64, f64),
    ) -> LogScale {
        let ranges = values.into_iter().map(|value| (value, value));
        let range = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let (low, high) = range.unwrap_or((1.0, 1.0));
        let more = (least / (high / low)).max(ROOM * ROOM).sqrt();
        LogScale {
            low: low / more,
            high: high * more,
            pixels,
        }
    }

    /// The pixel of a value.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln());
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    /// Round values on the axis.
    pub fn ticks(&self) -> Vec<f64> {
        let (low, high) = (self.low.log10(), self.high.log10());
        if self.high / self.low < EVEN {
            let fits = |step: &f64| (self.high - self.low) / step <= TICKS;
            let step = [0.05, 0.1, 0.2].into_iter().find(fits).unwrap_or(0.5);
            let whole = (self.low / step).ceil() as i32..=(self.high / step).floor() as i32;
            return whole.map(|times| f64::from(times) * step).collect();
        }
        let fine = high - low <= DECADES_OF_FINE_TICKS;
        let digits: &[f64] = if fine { &[1.0, 2.0, 5.0] } else { &[1.0] };
        (low.floor() as i32..=high.floor() as i32)
            .flat_map(|decade| digits.iter().map(move |digit| digit * 10f64.powi(decade)))
            .filter(|tick| (self.low..=self.high).contains(tick))
            .collect()
    }
}

/// A round value: `200 ms`, `10 MB`.
pub fn tick_text(value: f64, unit: Unit) -> String {
    let parts: &[(f64, &str)] = match unit {
        Unit::Bytes => &[(1e9, "GB"), (1e6, "MB"), (1e3, "KB"), (1.0, "B")],
        Unit::Seconds => &[(1.0, "s"), (1e-3, "ms"), (1e-6, "µs")],
    };
    // A little less counts as the unit: 0.001 may have been made of a power of ten.
    let fits = |(factor, _): &&(f64, &str)| value >= factor * (1.0 - 1e-9);
    match parts.iter().find(fits).or(parts.last()) {
        Some((factor, unit)) if value > 0.0 => format!("{} {unit}", number(value / factor)),
        _ => "0".to_owned(),
    }
}

/// At most three digits after the point, and no zeros at the end: `0.5`, `200`.
pub fn number(value: f64) -> String {
    format!("{}", (value * 1e3).round() / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_decade_is_as_long_as_the_next() {
        let scale = LogScale::of([1.0, 100.0], (0.0, 100.0));
        let (a, b, c) = (scale.at(1.0), scale.at(10.0), scale.at(100.0));
        assert!(
            a > 0.0 && c < 100.0 && ((b - a) - (c - b)).abs() < 1e-9,
            "{a} {b} {c}"
        );
        // Upwards on a page is towards lower pixels.
        let upwards = LogScale::of([1.0, 100.0], (100.0, 0.0));
        assert!(upwards.at(100.0) < upwards.at(1.0));
    }

    #[test]
    fn equal_values_are_in_the_middle_and_have_ticks() {
        let scale = LogScale::of([3e6, 3e6], (0.0, 100.0));
        assert!((scale.at(3e6) - 50.0).abs() < 1e-9);
        let texts: Vec<String> = scale
            .ticks()
            .iter()
            .map(|tick| tick_text(*tick, Unit::Bytes))
            .collect();
        assert_eq!(texts, ["2 MB", "5 MB"]);
        let empty = LogScale::of([], (0.0, 100.0));
        assert!((empty.at(1.0) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn around_one_ticks_are_at_even_distances() {
        let ticks = |low, high| {
            let ticks = LogScale::spanning(1.0, [low, high, 1.0], (0.0, 1.0)).ticks();
            ticks.into_iter().map(number).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(ticks(1.0, 1.0), "0.9 0.95 1 1.05 1.1");
        assert_eq!(ticks(0.9, 1.3), "0.8 0.9 1 1.1 1.2 1.3 1.4");
        assert_eq!(ticks(0.6, 1.2), "0.6 0.8 1 1.2");
        assert_eq!(ticks(0.5, 4.0), "0.5 1 2");
    }

    #[test]
    fn many_decades_have_a_tick_each() {
        let scale = LogScale::of([0.0015, 20.0], (0.0, 1.0));
        let texts: Vec<String> = scale
            .ticks()
            .iter()
            .map(|tick| tick_text(*tick, Unit::Seconds))
            .collect();
        assert_eq!(texts, ["10 ms", "100 ms", "1 s", "10 s"]);
    }

    proptest! {
        #[test]
        fn all_values_are_on_the_axis(values in prop::collection::vec(1e-9f64..1e12, 1..20)) {
            let scale = LogScale::of(values.clone(), (10.0, 500.0));
            prop_assert!(values.iter().all(|value| (10.0..=500.0).contains(&scale.at(*value))));
            prop_assert!(!scale.ticks().is_empty());
            prop_assert!(scale.ticks().len() <= 22);
        }
    }
}
