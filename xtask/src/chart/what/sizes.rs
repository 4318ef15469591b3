//! A figure against the input's size, a line for each engine and mode.

use std::collections::BTreeSet;

use super::group::Group;
use super::style::style;
use crate::chart::draw::lines::{Line, Lines};
use crate::chart::draw::scale::{BYTES, SECONDS, Units, is_sound};
use crate::chart::draw::{Drawing, Plot};
use crate::config::distinct;
use crate::summary::Row;
use crate::units::{Size, human_bytes, human_seconds};

/// What the lines show.
struct Figure {
    file: String,
    title: String,
    /// `median wall time`
    name: &'static str,
    note: &'static str,
    value: fn(&Row) -> Option<f64>,
    text: fn(f64) -> String,
    units: Units,
    /// Smaller values cannot be told apart.
    floor: f64,
}

impl Figure {
    /// That of a row, not below the floor; none if it cannot be drawn.
    fn value(&self, row: &Row) -> Option<f64> {
        let value = (self.value)(row).filter(is_sound)?;
        Some(value.max(self.floor))
    }

    /// A value for people.
    fn text(&self, value: f64) -> String {
        let sign = if value <= self.floor { "≤ " } else { "" };
        format!("{sign}{}", (self.text)(value))
    }
}

/// Median wall time against size; none where fewer than two sizes were measured.
pub fn latency(group: &Group) -> Option<Drawing> {
    let figure = Figure {
        file: format!("latency-{}.svg", group.file),
        title: format!("{}: latency by input size", group.place),
        name: "median wall time",
        note: "median wall time of the whole process",
        value: |row| row.wall.as_ref().map(|wall| wall.median),
        text: human_seconds,
        units: SECONDS,
        floor: 0.0,
    };
    drawing(group, figure)
}

/// Mean peak memory against size; none where fewer than two sizes were measured.
pub fn memory(group: &Group) -> Option<Drawing> {
    let figure = Figure {
        file: format!("memory-{}.svg", group.file),
        title: format!("{}: peak memory by input size", group.place),
        name: "mean peak memory",
        note: "mean peak resident set",
        value: |row| row.peak_rss_mean_bytes,
        text: human_bytes,
        units: BYTES,
        floor: group.memory_floor_bytes,
    };
    drawing(group, figure)
}

fn drawing(group: &Group, figure: Figure) -> Option<Drawing> {
    let values = || {
        let rows = group.rows.iter();
        rows.filter_map(|row| Some((row.cell.size, figure.value(row)?)))
    };
    let sizes: BTreeSet<Size> = values().map(|(size, _)| size).collect();
    if sizes.len() < 2 {
        return None;
    }
    let at_floor = values().any(|(_, value)| value <= figure.floor);
    let floor = at_floor.then_some(figure.floor);
    let mut note = format!("{}, {}; both axes logarithmic", figure.note, group.input);
    if let Some(floor) = floor {
        note += &format!("; floor: {}", (figure.text)(floor));
    }
    let lines = lines(group, &figure);
    Some(Drawing {
        alt: alt(&figure, group, lines.len(), &sizes),
        file: figure.file,
        title: figure.title,
        note,
        plot: Plot::Lines(Lines {
            x_name: "input size",
            x_ticks: sizes
                .iter()
                .map(|size| (x(*size), size.to_string()))
                .collect(),
            y_units: figure.units,
            floor,
            lines,
        }),
    })
}

fn x(size: Size) -> f64 {
    size.bytes as f64
}

/// One for each engine and mode with figures, the points by size.
fn lines(group: &Group, figure: &Figure) -> Vec<Line> {
    let line = |name: String| {
        let own = group
            .rows
            .iter()
            .filter(|row| row.cell.engine_mode() == name);
        let own: Vec<&Row> = own.copied().collect();
        let first = &own.first()?.cell;
        let style = style(group.engines, &first.engine, &first.mode);
        let point = |row: &&Row| Some((x(row.cell.size), figure.value(row)?));
        let mut points: Vec<(f64, f64)> = own.iter().filter_map(point).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        (!points.is_empty()).then_some(Line {
            name,
            style,
            points,
        })
    };
    distinct(group.rows.iter().map(|row| row.cell.engine_mode()))
        .into_iter()
        .filter_map(line)
        .collect()
}

/// The extremes at the largest size: what a look at the right end tells.
fn alt(figure: &Figure, group: &Group, lines: usize, sizes: &BTreeSet<Size>) -> String {
    let (Some(smallest), Some(largest)) = (sizes.first(), sizes.last()) else {
        return figure.title.clone();
    };
    let at_end = group.rows.iter().filter(|row| row.cell.size == *largest);
    let mut ends: Vec<(f64, String)> = at_end
        .filter_map(|row| Some((figure.value(row)?, row.cell.engine_mode())))
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let extremes = match &ends[..] {
        [] => String::new(),
        [(only, name)] => format!(" At {largest}: {name} {}.", figure.text(*only)),
        [(low, lowest), .., (high, highest)] => format!(
            " At {largest}: from {} ({lowest}) to {} ({highest}).",
            figure.text(*low),
            figure.text(*high),
        ),
    };
    format!(
        "Line chart of the {} of {} with {}, from {smallest} to {largest}, for {lines} engines and modes.{extremes}",
        figure.name, group.place, group.input,
    )
}
