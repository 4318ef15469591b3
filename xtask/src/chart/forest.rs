//! What each engine and mode costs against native code: means of ratios and their intervals.

use plotters::style::text_anchor::HPos;

use super::Chart;
use super::palette::INK;
use super::scale::{LogScale, is_sound, number};
use super::style::{Dash, Style, style};
use super::svg::{Canvas, Font, GRID_LINE, Stroke, WIDTH, draw, text_width};
use crate::config::Engine;
use crate::questions::Estimate;
use crate::questions::overhead::Overhead;

const TOP: f64 = 60.0;
const ROW: f64 = 22.0;
/// Right of the figures: the number of inputs, where that differs.
const INPUTS: f64 = 74.0;

/// What is compared with native code.
struct Figure {
    file: &'static str,
    title: &'static str,
    note: &'static str,
    estimate: fn(&Overhead) -> Option<Estimate>,
}

const FIGURES_SHOWN: [Figure; 2] = [
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

/// An engine and mode.
struct Mean {
    name: String,
    style: Style,
    estimate: Estimate,
}

/// Wall time and peak memory; fewer where native code was not measured.
pub fn charts(engines: &[Engine], overheads: &[Overhead]) -> anyhow::Result<Vec<Chart>> {
    FIGURES_SHOWN
        .iter()
        .filter_map(|figure| chart(engines, overheads, figure).transpose())
        .collect()
}

fn chart(
    engines: &[Engine],
    overheads: &[Overhead],
    figure: &Figure,
) -> anyhow::Result<Option<Chart>> {
    let mut means: Vec<Mean> = overheads
        .iter()
        .filter_map(|overhead| {
            let mode = &overhead.mode;
            Some(Mean {
                name: mode.to_string(),
                style: style(engines, &mode.engine, &mode.mode),
                estimate: (figure.estimate)(overhead).filter(is_drawable)?,
            })
        })
        .collect();
    means.sort_by(|a, b| a.estimate.ratio.total_cmp(&b.estimate.ratio));
    let names = means
        .iter()
        .map(|mean| text_width(&mean.name))
        .fold(0.0, f64::max);
    let figures = means
        .iter()
        .map(|mean| text_width(&text(&mean.estimate)))
        .fold(0.0, f64::max);
    let inputs = || means.iter().map(|mean| mean.estimate.inputs);
    let inputs_width = if inputs().min() == inputs().max() {
        0.0
    } else {
        INPUTS
    };
    let pixels = (names + 14.0, WIDTH - figures - inputs_width - 16.0);
    let ends = means
        .iter()
        .flat_map(|mean| [mean.estimate.interval.low, mean.estimate.interval.high]);
    let (false, Some(x)) = (means.is_empty(), LogScale::of(ends.chain([1.0]), pixels)) else {
        return Ok(None);
    };
    let bottom = TOP + means.len() as f64 * ROW;
    let svg = draw(figure.title, bottom + 28.0, |canvas| {
        canvas.heading(figure.title, figure.note)?;
        draw_grid(canvas, means.len(), &x, pixels)?;
        draw_means(canvas, &means, &x, pixels)
    })?;
    Ok(Some(Chart {
        file: figure.file.to_owned(),
        title: figure.title.to_owned(),
        alt: alt(figure, &means),
        svg,
    }))
}

fn is_drawable(estimate: &Estimate) -> bool {
    let Estimate {
        ratio, interval, ..
    } = estimate;
    [*ratio, interval.low, interval.high].iter().all(is_sound)
}

/// A line for each row and each tick; native code is at 1.
fn draw_grid(canvas: &Canvas, rows: usize, x: &LogScale, pixels: (f64, f64)) -> anyhow::Result<()> {
    let bottom = TOP + rows as f64 * ROW;
    for row in 0..rows {
        canvas.line(
            &[(pixels.0, middle(row)), (pixels.1, middle(row))],
            GRID_LINE,
        )?;
    }
    let line = |value, stroke| canvas.line(&[(x.at(value), TOP), (x.at(value), bottom)], stroke);
    for tick in x.ticks() {
        line(tick, GRID_LINE)?;
        let text = format!("{}×", number(tick));
        canvas.text(&text, (x.at(tick), bottom + 14.0), HPos::Center, Font::Note)?;
    }
    let native = Stroke {
        colour: INK,
        ..GRID_LINE
    };
    line(1.0, native)
}

fn draw_means(
    canvas: &Canvas,
    means: &[Mean],
    x: &LogScale,
    pixels: (f64, f64),
) -> anyhow::Result<()> {
    let most = means.iter().map(|mean| mean.estimate.inputs).max();
    for (index, mean) in means.iter().enumerate() {
        let y = middle(index);
        let Mean {
            name,
            style,
            estimate,
        } = mean;
        let stroke = Stroke {
            colour: style.colour,
            width: 2,
            dash: Dash::Solid,
        };
        canvas.text(name, (pixels.0 - 8.0, y), HPos::Right, Font::Body)?;
        let ends = [estimate.interval.low, estimate.interval.high].map(|end| x.at(end));
        canvas.line(&[(ends[0], y), (ends[1], y)], stroke)?;
        let ratio_x = x.at(estimate.ratio);
        // An end that the marker hides would only dent it.
        for end in ends.into_iter().filter(|end| (end - ratio_x).abs() > 6.0) {
            canvas.line(&[(end, y - 4.0), (end, y + 4.0)], stroke)?;
        }
        canvas.marker(style.marker, (ratio_x, y), style.colour)?;
        canvas.text(
            &text(estimate),
            (pixels.1 + 12.0, y),
            HPos::Left,
            Font::Body,
        )?;
        // A mean over other inputs is another mean.
        if Some(estimate.inputs) != most {
            let inputs = format!("{} inputs", estimate.inputs);
            canvas.text(&inputs, (WIDTH - 4.0, y), HPos::Right, Font::Note)?;
        }
    }
    Ok(())
}

/// From the top.
fn middle(row: usize) -> f64 {
    TOP + (row as f64 + 0.5) * ROW
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

fn alt(figure: &Figure, means: &[Mean]) -> String {
    let all: Vec<String> = means
        .iter()
        .map(|mean| format!("{} {}", mean.name, text(&mean.estimate)))
        .collect();
    format!(
        "{}, geometric mean of the ratios with its 95 % interval: {}.",
        figure.title,
        all.join("; ")
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
