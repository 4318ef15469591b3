//! What each engine and mode costs against native code, over all inputs.

use super::comparison::{Comparison, compare, decide_together};
use super::{NATIVE, Results};
use crate::document::svg::{Chart, Plot, Ratio, Ratios, is_sound};
use crate::document::{Field, Piece, Table};
use crate::model::{EngineMode, Metric, Row, engine_modes, of_mode};
use crate::stats::Interval;

/// An engine and mode against native code.
#[derive(Clone, Debug, PartialEq)]
pub struct Overhead {
    pub mode: EngineMode,
    pub wall: Option<Comparison>,
    /// Of peak memory, over the inputs for which native needs more than the floor.
    pub memory: Option<Comparison>,
}

/// One for each engine and mode of these rows but native, in their order; all are measured.
pub fn of_rows<'r>(measured: &[&'r Row]) -> Vec<Overhead> {
    let others = measured.iter().filter(|row| row.cell.engine != NATIVE);
    let overhead = |mode: EngineMode| {
        let pair = |row: &'r Row| Some((row, native(measured, row)?));
        let own = of_mode(measured, &mode).into_iter();
        let pairs: Vec<(&Row, &Row)> = own.filter_map(pair).collect();
        let mut seen = pairs.clone();
        seen.retain(|(_, native)| Metric::Memory.of(native) > Some(Metric::Memory.floor(native)));
        Overhead {
            mode,
            wall: compare(&pairs, Metric::Wall),
            memory: compare(&seen, Metric::Memory),
        }
    };
    let modes = engine_modes(others.copied()).into_iter();
    let mut overheads: Vec<Overhead> = modes.map(overhead).collect();
    decide_together(overheads.iter_mut().filter_map(|it| it.wall.as_mut()));
    decide_together(overheads.iter_mut().filter_map(|it| it.memory.as_mut()));
    overheads
}

impl Overhead {
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        self.wall.iter().chain(&self.memory)
    }
}

/// The native cell with the same input.
pub fn native<'r>(rows: &[&'r Row], row: &Row) -> Option<&'r Row> {
    let mut natives = rows.iter().filter(|other| other.cell.engine == NATIVE);
    natives.find(|other| other.same_input(row)).copied()
}

pub fn pieces(results: &Results) -> Vec<Piece> {
    let overheads = &results.overheads;
    if overheads.iter().all(|overhead| overhead.wall.is_none()) {
        return Vec::new();
    }
    let fields = |comparison: &Option<Comparison>| match comparison {
        Some(it) => [
            Field::figure(it.text(), it.ratio),
            Field::count(it.inputs.len()),
        ],
        None => [Field::none(), Field::count(0)],
    };
    let row = |overhead: &Overhead| {
        let [wall, memory] = [&overhead.wall, &overhead.memory].map(fields);
        [[Field::from(&overhead.mode)].as_slice(), &wall, &memory].concat()
    };
    let header = [
        "engine:mode",
        "wall time",
        "inputs",
        "peak memory",
        "inputs",
    ];
    let mut pieces = vec![
        Piece::heading("Against native code"),
        Piece::paragraph(
            "Geometric means of the ratios to native code on the same input, with 95 % intervals. Small inputs, where starting is all, \
             count as much as large ones; memory counts only where native needs more than the floor.",
        ),
        Piece::Table(Table::new(header, overheads.iter().map(row))),
    ];
    let charts = [
        chart(
            "overhead-wall.svg",
            "Latency against native code",
            "wall time ÷ that of native code: geometric mean over all inputs [95 % interval], logarithmic",
            results,
            |overhead| overhead.wall.as_ref(),
        ),
        chart(
            "overhead-memory.svg",
            "Peak memory against native code",
            "peak memory ÷ that of native code: geometric mean over inputs above the floor [95 % interval], logarithmic",
            results,
            |overhead| overhead.memory.as_ref(),
        ),
    ];
    pieces.extend(charts.into_iter().flatten().map(Piece::Chart));
    pieces
}

/// None where native code was not measured.
fn chart(
    file: &str,
    title: &str,
    note: &str,
    results: &Results,
    comparison: fn(&Overhead) -> Option<&Comparison>,
) -> Option<Chart> {
    let means = results.overheads.iter().filter_map(comparison);
    let mut means: Vec<&Comparison> = means.filter(|it| is_drawable(it)).collect();
    means.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let most = means.iter().map(|mean| mean.inputs.len()).max()?;
    let row = |mean: &&Comparison| Ratio {
        name: mean.a.to_string(),
        style: results.style(&mean.a),
        ratio: mean.ratio,
        low: ends(mean).low,
        high: ends(mean).high,
        text: text(mean.ratio, ends(mean)),
        note: match mean.inputs.len() {
            // A mean over other inputs is another mean.
            inputs if inputs < most => format!("{inputs} inputs"),
            _ => String::new(),
        },
    };
    let rows: Vec<Ratio> = means.iter().map(row).collect();
    let texts = rows.iter().map(|row| format!("{} {}", row.name, row.text));
    Some(Chart {
        file: file.to_owned(),
        title: title.to_owned(),
        note: note.to_owned(),
        alt: format!(
            "{title}, geometric mean of the ratios with its 95 % interval: {}.",
            texts.collect::<Vec<_>>().join("; ")
        ),
        plot: Plot::Ratios(Ratios { rows }),
    })
}

/// What is drawn beside a ratio: its interval, or of few pairs their range.
fn ends(mean: &Comparison) -> Interval {
    mean.interval.unwrap_or(mean.range)
}

fn is_drawable(mean: &Comparison) -> bool {
    let all = [mean.ratio, ends(mean).low, ends(mean).high];
    all.iter().all(is_sound)
}

/// `1.23 [1.20–1.27]`
fn text(ratio: f64, Interval { low, high }: Interval) -> String {
    let digits = match high {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{ratio:.digits$} [{low:.digits$}–{high:.digits$}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_as_many_digits_as_help() {
        let text = |ratio, low, high| text(ratio, Interval { low, high });
        assert_eq!(text(1.234, 1.2, 1.27), "1.23 [1.20–1.27]");
        assert_eq!(text(9.8, 9.5, 10.2), "9.8 [9.5–10.2]");
        assert_eq!(text(212.4, 199.0, 230.0), "212 [199–230]");
    }
}
