//! A figure against the input's size, a line for each engine and mode; both axes logarithmic.

use super::plot::{Line, Plot, size_text};
use super::scale::{BYTES, SECONDS, is_sound};
use super::style::style;
use super::svg::draw;
use super::{Chart, Group};
use crate::config::distinct;
use crate::summary::Row;
use crate::units::{human_bytes, human_seconds};

/// What the lines show.
struct Figure {
    file: String,
    title: String,
    /// `median wall time`
    name: &'static str,
    note: &'static str,
    value: fn(&Row) -> Option<f64>,
    text: fn(f64) -> String,
    units: &'static [(f64, &'static str)],
    /// Smaller values cannot be told apart.
    floor: f64,
}

impl Figure {
    /// A value for people.
    fn text(&self, value: f64) -> String {
        let sign = if value <= self.floor { "≤ " } else { "" };
        format!("{sign}{}", (self.text)(value))
    }
}

/// Median wall time against size; none where fewer than two sizes were measured.
pub fn latency(group: &Group) -> anyhow::Result<Option<Chart>> {
    line_chart(
        group,
        &Figure {
            file: format!("latency-{}.svg", group.file),
            title: format!("{}: latency by input size", group.place),
            name: "median wall time",
            note: "median wall time of the whole process",
            value: |row| row.wall.as_ref().map(|wall| wall.median),
            text: human_seconds,
            units: SECONDS,
            floor: 0.0,
        },
    )
}

/// Mean peak memory against size; none where fewer than two sizes were measured.
pub fn memory(group: &Group) -> anyhow::Result<Option<Chart>> {
    line_chart(
        group,
        &Figure {
            file: format!("memory-{}.svg", group.file),
            title: format!("{}: peak memory by input size", group.place),
            name: "mean peak memory",
            note: "mean peak resident set",
            value: |row| row.peak_rss_mean_bytes,
            text: human_bytes,
            units: BYTES,
            floor: group.memory_floor_bytes,
        },
    )
}

fn line_chart(group: &Group, figure: &Figure) -> anyhow::Result<Option<Chart>> {
    let lines = lines(group, figure);
    let plot = Plot::of(&lines, figure.units, figure.floor);
    let Some(plot) = plot.filter(|plot| plot.sizes.len() >= 2) else {
        return Ok(None);
    };
    let mut note = format!("{}, {}; both axes logarithmic", figure.note, group.input);
    if let Some(floor) = plot.floor {
        note += &format!("; floor: {}", (figure.text)(floor));
    }
    let svg = draw(&figure.title, plot.height(), |canvas| {
        canvas.heading(&figure.title, &note)?;
        plot.draw(canvas, &lines)
    })?;
    Ok(Some(Chart {
        file: figure.file.clone(),
        title: figure.title.clone(),
        alt: alt(figure, group, &lines, &plot.sizes),
        svg,
    }))
}

/// One for each engine and mode with figures, the points by size. No value is below the floor.
fn lines(group: &Group, figure: &Figure) -> Vec<Line> {
    distinct(
        group
            .rows
            .iter()
            .map(|row| row.cell.engine_mode().to_string()),
    )
    .into_iter()
    .filter_map(|name| {
        let own = || {
            group
                .rows
                .iter()
                .filter(|row| row.cell.engine_mode().to_string() == name)
        };
        let first = &own().next()?.cell;
        let style = style(group.engines, &first.engine, &first.mode);
        let point = |row: &&Row| {
            let value = (figure.value)(row).filter(is_sound)?;
            Some((row.cell.size.bytes as f64, value.max(figure.floor)))
        };
        let mut points: Vec<(f64, f64)> = own().filter_map(point).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        (!points.is_empty()).then_some(Line {
            name,
            style,
            points,
        })
    })
    .collect()
}

/// The extremes at the largest size: what a look at the right end tells.
fn alt(figure: &Figure, group: &Group, lines: &[Line], sizes: &[f64]) -> String {
    let (smallest, largest) = match sizes {
        [first, .., last] => (*first, *last),
        _ => return figure.title.clone(),
    };
    let mut ends: Vec<(f64, &str)> = lines
        .iter()
        .filter_map(|line| line.points.last().map(|end| (end, line.name.as_str())))
        .filter(|((size, _), _)| *size == largest)
        .map(|((_, value), name)| (*value, name))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let extremes = match ends[..] {
        [] => String::new(),
        [(only, name)] => format!(" At {}: {name} {}.", size_text(largest), figure.text(only)),
        [(low, lowest), .., (high, highest)] => format!(
            " At {}: from {} ({lowest}) to {} ({highest}).",
            size_text(largest),
            figure.text(low),
            figure.text(high),
        ),
    };
    format!(
        "Line chart of the {} of {} with {}, from {} to {}, for {} engines and modes.{extremes}",
        figure.name,
        group.place,
        group.input,
        size_text(smallest),
        size_text(largest),
        lines.len(),
    )
}
