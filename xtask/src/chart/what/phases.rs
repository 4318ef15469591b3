//! Where the time goes: a bar for each engine and mode, made of the phases of a run.

use super::group::Group;
use crate::chart::draw::bars::{Bar, Bars};
use crate::chart::draw::look::PARTS;
use crate::chart::draw::scale::{SECONDS, is_sound};
use crate::chart::draw::{Drawing, Plot};
use crate::model::Row;
use crate::model::{Load, Size, human_seconds};

const NAMES: [&str; 4] = ["start-up", "read", "sort", "write"];

/// One for the largest measured size of each load: light, medium, high.
pub fn drawings(group: &Group) -> Vec<Drawing> {
    let largest = |load: &Load| {
        let rows = group.rows.iter().filter(|row| bar(row).is_some());
        let sizes = rows.map(|row| row.cell.size);
        sizes.filter(|size| size.load() == *load).max()
    };
    let sizes = Load::ALL.iter().filter_map(largest);
    sizes.map(|size| drawing(group, size)).collect()
}

fn drawing(group: &Group, size: Size) -> Drawing {
    let rows = group.rows.iter().filter(|row| row.cell.size == size);
    // With the median wall time; the phases' medians add up to about that.
    let mut bars: Vec<(f64, Bar)> = rows.filter_map(|row| bar(row)).collect();
    bars.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bars: Vec<Bar> = bars.into_iter().map(|(_, bar)| bar).collect();
    Drawing {
        file: format!("phases-{}-{size}.svg", group.file),
        title: format!("{}: where the time goes at {size}", group.place),
        note: format!(
            "medians of the phases, {}; at the end of a bar: median wall time",
            group.input
        ),
        alt: alt(group, size, &bars),
        plot: Plot::Bars(Bars {
            parts: NAMES.into_iter().zip(PARTS).collect(),
            units: SECONDS,
            bars,
        }),
    }
}

/// None where a phase was not measured.
fn bar(row: &Row) -> Option<(f64, Bar)> {
    let phases = crate::model::Metric::PHASES.iter().map(|it| it.of(row));
    let phases: Vec<f64> = phases.collect::<Option<_>>()?;
    let wall_s = crate::model::Metric::Wall.of(row).filter(is_sound)?;
    let bar = Bar {
        name: row.cell.engine_mode().to_string(),
        parts: phases,
        text: human_seconds(wall_s),
    };
    Some((wall_s, bar))
}

/// What the fastest and the slowest spend their time on.
fn alt(group: &Group, size: Size, bars: &[Bar]) -> String {
    let text = |bar: &Bar| {
        let phases: Vec<String> = NAMES
            .iter()
            .zip(&bar.parts)
            .map(|(name, seconds)| format!("{name} {}", human_seconds(*seconds)))
            .collect();
        format!("{} {}: {}", bar.name, bar.text, phases.join(", "))
    };
    let extremes = match bars {
        [] => String::new(),
        [only] => format!(" {}.", text(only)),
        [first, .., last] => format!(" Fastest: {}. Slowest: {}.", text(first), text(last)),
    };
    format!(
        "Bar chart of the phases of {} with {} of {size}, for {} engines and modes.{extremes}",
        group.place,
        group.input,
        bars.len(),
    )
}
