//! The sheet that holds `summary.csv`.

use crate::summary::{self, Row};

use super::sheet::{Sheet, Value, number_format};

/// The sheet `Summary`: the columns of `summary.csv`, and the machine where there are several.
///
/// # Errors
/// As [`summary::csv`].
pub fn sheet(rows: &[Row]) -> anyhow::Result<Sheet> {
    let text = summary::csv(rows)?;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut header: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let mut lines: Vec<Vec<Value>> = Vec::new();
    for record in reader.records() {
        let record = record?;
        let fields = header.iter().zip(&record);
        lines.push(fields.map(|(column, field)| value(column, field)).collect());
    }
    if rows.iter().any(|row| row.machine.is_some()) {
        header.push("machine".to_owned());
        for (line, row) in lines.iter_mut().zip(rows) {
            line.push(value("machine", row.machine.as_deref().unwrap_or_default()));
        }
    }
    Ok(Sheet {
        name: "Summary",
        header,
        rows: lines,
        // Up to the mode.
        frozen_columns: 6,
        autofilter: true,
        ..Sheet::default()
    })
}

/// A field by its column, not by its look: `24.10` is a number of seconds, but no number as a version.
fn value(column: &str, field: &str) -> Value {
    let number = number_format(column).and_then(|_| field.parse().ok());
    match number {
        _ if field.is_empty() => Value::Empty,
        Some(number) => Value::number(number),
        None => Value::text(field),
    }
}
