//! What each engine and mode costs against native code: means of ratios and their intervals.

use super::style::style;
use crate::chart::draw::ratios::{Ratio, Ratios};
use crate::chart::draw::scale::is_sound;
use crate::chart::draw::{Drawing, Plot};
use crate::config::Engine;
use crate::questions::Estimate;
use crate::questions::overhead::Overhead;

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
    let mean = |overhead| Some((overhead, (figure.estimate)(overhead).filter(is_drawable)?));
    let mut means: Vec<(&Overhead, Estimate)> = overheads.iter().filter_map(mean).collect();
    means.sort_by(|a, b| a.1.ratio.total_cmp(&b.1.ratio));
    let most = means.iter().map(|(_, mean)| mean.inputs).max()?;
    let row = |(overhead, mean): &(&Overhead, Estimate)| Ratio {
        name: overhead.mode.to_string(),
        style: style(engines, &overhead.mode.to_string()),
        ratio: mean.ratio,
        low: mean.interval.low,
        high: mean.interval.high,
        text: text(mean),
        note: match mean.inputs {
            // A mean over other inputs is another mean.
            inputs if inputs < most => format!("{inputs} inputs"),
            _ => String::new(),
        },
    };
    let rows: Vec<Ratio> = means.iter().map(row).collect();
    let all = rows.iter().map(|row| format!("{} {}", row.name, row.text));
    Some(Drawing {
        file: figure.file.to_owned(),
        title: figure.title.to_owned(),
        note: figure.note.to_owned(),
        alt: format!(
            "{}, geometric mean of the ratios with its 95 % interval: {}.",
            figure.title,
            all.collect::<Vec<_>>().join("; ")
        ),
        plot: Plot::Ratios(Ratios { rows }),
    })
}

fn is_drawable(mean: &Estimate) -> bool {
    let all = [mean.ratio, mean.interval.low, mean.interval.high];
    all.iter().all(is_sound)
}

/// `1.23 [1.20–1.27]`
fn text(estimate: &Estimate) -> String {
    let digits = match estimate.interval.high {
        high if high >= 100.0 => 0,
        high if high >= 10.0 => 1,
        _ => 2,
    };
    let (ratio, low, high) = (
        estimate.ratio,
        estimate.interval.low,
        estimate.interval.high,
    );
    format!("{ratio:.digits$} [{low:.digits$}–{high:.digits$}]")
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
