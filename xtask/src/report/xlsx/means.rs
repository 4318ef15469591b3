//! The sheet that repeats the study's tables: means by load and size, and their range.

use crate::config::distinct;
use crate::noise::Noises;
use crate::summary::{Row, Run};
use crate::units::Load;

use super::blocks::{Block, Blocks, CPU, Figure, MEMORY, WALL};
use super::sheet::{Sheet, Value};

const FIGURES: [Figure; 3] = [WALL, CPU, MEMORY];

/// The sheet `Means`.
pub fn sheet(run: &Run, blocks: &Blocks) -> Sheet {
    let header = blocks.header(&["workload", "figure", "load", "size"]);
    let mut sheet = Sheet {
        name: "Means",
        notes: notes(run, blocks),
        frozen_columns: (header.len() - blocks.engine_modes.len()) as u16,
        header,
        ..Sheet::default()
    };
    for block in &blocks.blocks {
        for figure in &FIGURES {
            let floor = (figure.floor)(run.environment.of_machine(block.machine));
            // A row between the blocks.
            if !sheet.rows.is_empty() {
                sheet.rows.push(Vec::new());
            }
            write_block(&mut sheet, blocks, block, figure, floor);
        }
    }
    sheet
}

fn notes(run: &Run, blocks: &Blocks) -> Vec<String> {
    let distribution = blocks.distribution.map_or("none", |name| name.name());
    let left_out = match blocks.left_out.as_slice() {
        [] => String::new(),
        names => format!(" ({} only in the sheet Summary)", names.join(", ")),
    };
    let title = format!(
        "{}: means of {} samples of each cell",
        run.name, run.plan.runs
    );
    let mut notes = vec![
        title,
        format!(
            "Inputs: {distribution}{left_out}. Loads as in the study: light is below 1MB, medium below 100MB, high from there. min–max is the range of the means of a load."
        ),
        "A word instead of a figure is how the cell ended; the sheet Summary says why. ≤ marks memory that cannot be told from the stopwatch's own.".to_owned(),
    ];
    notes.extend(Noises::of(run).sentences());
    notes
}

fn write_block(
    sheet: &mut Sheet,
    blocks: &Blocks,
    block: &Block,
    figure: &Figure,
    floor: Option<f64>,
) {
    let machine = blocks
        .several_machines()
        .then(|| block.machine.unwrap_or_default());
    let line = |load: &str, size: String, figures: Vec<Value>| -> Vec<Value> {
        let names = machine
            .into_iter()
            .chain([block.workload, figure.name, load, &size]);
        names.map(Value::text).chain(figures).collect()
    };
    for sizes in &block.lines {
        let figures = sizes.rows.iter().map(|row| mean(*row, figure, floor));
        let size = sizes.size;
        let line = line(size.load().name(), size.to_string(), figures.collect());
        sheet.rows.push(line);
    }
    for load in Load::ALL {
        let sizes = || {
            let lines = block.lines.iter();
            lines.filter(move |line| line.size.load() == load)
        };
        if sizes().next().is_none() {
            continue;
        }
        let ranges = (0..blocks.engine_modes.len()).map(|column| {
            let rows = sizes().filter_map(|line| line.rows[column]);
            range(&rows.collect::<Vec<_>>(), figure, floor)
        });
        sheet.summing_up.push(sheet.rows.len());
        let line = line(load.name(), "min–max".to_owned(), ranges.collect());
        sheet.rows.push(line);
    }
}

/// A figure, or how the cell ended.
fn mean(row: Option<&Row>, figure: &Figure, floor: Option<f64>) -> Value {
    let Some(row) = row else { return Value::Empty };
    match figure.of_ok(Some(row)) {
        Some(value) if floor.is_some_and(|floor| value <= floor) => {
            Value::Text(digits(value, floor))
        }
        Some(value) => Value::number(value),
        None if row.is_ok() => Value::text("–"),
        None => Value::text(row.outcome_text()),
    }
}

/// From the smallest to the largest mean, and how the other cells ended.
fn range(rows: &[&Row], figure: &Figure, floor: Option<f64>) -> Value {
    let means = || rows.iter().filter_map(|row| figure.of_ok(Some(row)));
    let (low, high) = (means().reduce(f64::min), means().reduce(f64::max));
    let range = low.zip(high).map(|(low, high)| {
        let (low, high) = (digits(low, floor), digits(high, floor));
        match low == high {
            true => low,
            false => format!("{low}–{high}"),
        }
    });
    let others = rows.iter().filter(|row| !row.is_ok());
    let others = distinct(others.map(|row| row.outcome_text().to_owned()));
    let parts: Vec<String> = range.into_iter().chain(others).collect();
    match parts.is_empty() {
        true => Value::Empty,
        false => Value::Text(parts.join(", ")),
    }
}

/// Three significant digits, without an exponent; no less than the floor.
fn digits(value: f64, floor: Option<f64>) -> String {
    if let Some(floor) = floor.filter(|floor| value <= *floor) {
        return format!("≤ {}", digits(floor, None));
    }
    let decimals = (2.0 - value.log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_enough_to_read() {
        let of = |value| digits(value, None);
        assert_eq!(of(0.001_234), "0.00123");
        assert_eq!(of(0.041_33), "0.0413");
        assert_eq!(of(1.0), "1.00");
        assert_eq!(of(108.2), "108");
        assert_eq!(of(3021.4), "3021");
        assert_eq!(of(0.0), "0.000000");
        assert_eq!(digits(2.5, Some(3.0)), "≤ 3.00");
    }
}
