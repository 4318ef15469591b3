//! What each engine and mode costs against native code: means of ratios and their intervals.

use super::style::style;
use crate::analysis::Estimate;
use crate::analysis::overhead::Overhead;
use crate::chart::draw::ratios::{Ratio, Ratios};
use crate::chart::draw::scale::is_sound;
use crate::chart::draw::{Drawing, Plot};
use crate::config::Engine;

/// What is compared with native code.
struct Figure {
    file: &'static str,
    title: &'static str,
    note: &'static str,
    estimate: fn(&Overhead) -> Option<Estimate>,
}

const FIGURES: [Figure; 2] = [
    Figure {
        file: "overhead-wall.svg",
        title: "Latency against native code",
        note: "wall time ÷ that of native code: geometric mean over all inputs [95 % interval], logarithmic",
        estimate: |overhead| overhead.wall,
    },
    Figure {
        file: "overhead-memory.svg",
        title: "Peak memory against native code",
        note: "peak memory ÷ that of native code: geometric mean over inputs above the floor [95 % interval], logarithmic",
        estimate: |overhead| overhead.memory,
    },
];

/// Wall time and peak memory; fewer where native code was not measured.
pub fn drawings(engines: &[Engine], overheads: &[Overhead]) -> Vec<Drawing> {
    let figures = FIGURES.iter();
    figures
        .filter_map(|figure| drawing(engines, overheads, figure))
        .collect()
}

fn drawing(engines: &[Engine], overheads: &[Overhead], figure: &Figure) -> Option<Drawing> {
    let estimate = |overhead| (figure.estimate)(overhead).filter(is_drawable);
    let most = overheads
        .iter()
        .filter_map(estimate)
        .map(|mean| mean.inputs)
        .max()?;
    let row = |overhead| Some(row(engines, overhead, estimate(overhead)?, most));
    let mut rows: Vec<Ratio> = overheads.iter().filter_map(row).collect();
    rows.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let all: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row.name, row.text))
        .collect();
    Some(Drawing {
        file: figure.file.to_owned(),
        title: figure.title.to_owned(),
        note: figure.note.to_owned(),
        alt: format!(
            "{}, geometric mean of the ratios with its 95 % interval: {}.",
            figure.title,
            all.join("; ")
        ),
        plot: Plot::Ratios(Ratios { rows }),
    })
}

/// `most` is the number of inputs that others are means over: a mean over fewer is another mean.
fn row(engines: &[Engine], overhead: &Overhead, estimate: Estimate, most: usize) -> Ratio {
    let mode = overhead.engine_mode.split(':').nth(1).unwrap_or_default();
    Ratio {
        name: overhead.engine_mode.clone(),
        style: style(engines, &overhead.engine, mode),
        ratio: estimate.ratio,
        low: estimate.interval.low,
        high: estimate.interval.high,
        text: text(&estimate),
        note: match estimate.inputs {
            inputs if inputs == most => String::new(),
            inputs => format!("{inputs} inputs"),
        },
    }
}

fn is_drawable(estimate: &Estimate) -> bool {
    let interval = estimate.interval;
    [estimate.ratio, interval.low, interval.high]
        .iter()
        .all(is_sound)
}

/// `1.23 [1.20–1.27]`
fn text(estimate: &Estimate) -> String {
    let digits = match estimate.interval.high {
        high if high >= 100.0 => 0,
        high if high >= 10.0 => 1,
        _ => 2,
    };
    let Estimate {
        ratio, interval, ..
    } = estimate;
    format!(
        "{ratio:.digits$} [{:.digits$}–{:.digits$}]",
        interval.low, interval.high
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Interval;

    #[test]
    fn figures_have_as_many_digits_as_help() {
        let estimate = |ratio, low, high| Estimate {
            ratio,
            interval: Interval { low, high },
            inputs: 3,
        };
        assert_eq!(text(&estimate(1.234, 1.2, 1.27)), "1.23 [1.20–1.27]");
        assert_eq!(text(&estimate(9.8, 9.5, 10.2)), "9.8 [9.5–10.2]");
        assert_eq!(text(&estimate(212.4, 199.0, 230.0)), "212 [199–230]");
    }
}
