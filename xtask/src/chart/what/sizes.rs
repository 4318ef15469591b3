//! A figure against the input's size, a line for each engine and mode.

use std::collections::BTreeMap;

use super::group::Group;
use super::style::style;
use crate::chart::draw::lines::{Line, Lines};
use crate::chart::draw::scale::{BYTES, SECONDS, Units, is_sound};
use crate::chart::draw::{Drawing, Plot};
use crate::config::Engine;
use crate::model::Row;
use crate::model::{Size, distinct, human_bytes, human_seconds};

/// What the lines show.
struct Figure {
    file: &'static str,
    title: &'static str,
    name: &'static str,
    note: &'static str,
    value: fn(&Row) -> Option<f64>,
    /// Smaller values cannot be told apart.
    floor: fn(&Row) -> f64,
    /// A value for people.
    text: fn(f64) -> String,
    units: Units,
}

const FIGURES: [Figure; 2] = [
    Figure {
        file: "latency",
        title: "latency by input size",
        name: "median wall time",
        note: "median wall time of the whole process",
        value: |row| crate::model::Metric::Wall.of(row),
        floor: |_| 0.0,
        text: human_seconds,
        units: SECONDS,
    },
    Figure {
        file: "memory",
        title: "peak memory by input size",
        name: "mean peak memory",
        note: "mean peak resident set",
        value: |row| crate::model::Metric::Memory.of(row),
        floor: |row| row.memory_floor_bytes,
        text: human_bytes,
        units: BYTES,
    },
];

/// Latency and memory; none where fewer than two sizes were measured.
pub fn drawings(engines: &[Engine], group: &Group) -> Vec<Drawing> {
    let figures = FIGURES.iter();
    figures
        .filter_map(|figure| drawing(engines, group, figure))
        .collect()
}

/// Of each size the values, none below the floor, each with its engine and mode.
type Values = BTreeMap<Size, Vec<(f64, String)>>;

fn drawing(engines: &[Engine], group: &Group, figure: &Figure) -> Option<Drawing> {
    let floor = (figure.floor)(group.rows.first()?);
    let mut sizes = Values::new();
    for row in &group.rows {
        if let Some(value) = (figure.value)(row).filter(is_sound) {
            let at_size = sizes.entry(row.cell.size).or_default();
            at_size.push((value.max(floor), row.cell.engine_mode().to_string()));
        }
    }
    let ((smallest, _), (largest, ends)) = (sizes.first_key_value()?, sizes.last_key_value()?);
    if smallest == largest {
        return None;
    }
    let at_floor = sizes.values().flatten().any(|(value, _)| *value <= floor);
    let mut note = format!("{}, {}; both axes logarithmic", figure.note, group.input);
    if at_floor {
        note += &format!("; floor: {}", (figure.text)(floor));
    }
    let text = |value: f64| {
        let sign = if value <= floor { "≤ " } else { "" };
        format!("{sign}{}", (figure.text)(value))
    };
    let lines = lines(engines, group, &sizes);
    Some(Drawing {
        file: format!("{}-{}.svg", figure.file, group.file),
        title: format!("{}: {}", group.place, figure.title),
        note,
        alt: format!(
            "Line chart of the {} of {} with {}, from {smallest} to {largest}, for {} engines and modes. At {largest}: {}.",
            figure.name,
            group.place,
            group.input,
            lines.len(),
            extremes(ends, text)
        ),
        plot: Plot::Lines(Lines {
            x_name: "input size",
            x_ticks: sizes
                .keys()
                .map(|size| (x(*size), size.to_string()))
                .collect(),
            y_units: figure.units,
            floor: at_floor.then_some(floor),
            lines,
        }),
    })
}

fn x(size: Size) -> f64 {
    size.bytes as f64
}

/// One for each engine and mode with values, in the order of the rows.
fn lines(engines: &[Engine], group: &Group, sizes: &Values) -> Vec<Line> {
    let line = |name: String| {
        let values = sizes.iter().flat_map(|(size, values)| {
            let own = values.iter().filter(|(_, other)| *other == name);
            own.map(|(value, _)| (x(*size), *value))
        });
        let points: Vec<(f64, f64)> = values.collect();
        (!points.is_empty()).then(|| Line {
            style: style(engines, &name),
            name: name.clone(),
            points,
        })
    };
    let names = distinct(
        group
            .rows
            .iter()
            .map(|row| row.cell.engine_mode().to_string()),
    );
    names.into_iter().filter_map(line).collect()
}

/// What a look at the right end tells.
fn extremes(ends: &[(f64, String)], text: impl Fn(f64) -> String) -> String {
    let lowest = ends.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let highest = ends.iter().max_by(|a, b| a.0.total_cmp(&b.0));
    match (lowest, highest) {
        (Some((low, lowest)), Some((high, highest))) if ends.len() > 1 => {
            format!(
                "from {} ({lowest}) to {} ({highest})",
                text(*low),
                text(*high)
            )
        }
        (Some((only, name)), _) => format!("{name} {}", text(*only)),
        _ => String::new(),
    }
}
