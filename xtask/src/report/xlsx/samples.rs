//! The sheet that holds `samples.jsonl`.

use serde_json::Value as Json;

use crate::config::distinct;
use crate::sample::Sample;

use super::sheet::{Sheet, Value};

/// The sheet `Samples`: a row a sample, a column a field.
///
/// # Errors
/// Never for samples that were read from a file.
pub fn sheet(samples: &[Sample]) -> anyhow::Result<Sheet> {
    let lines: Vec<Json> = samples
        .iter()
        .map(serde_json::to_value)
        .collect::<Result<_, _>>()?;
    let fields = lines.iter().filter_map(Json::as_object);
    let header = distinct(fields.flat_map(|fields| fields.keys().cloned()));
    let value = |sample: &Sample, line: &Json, column: &String| match column.as_str() {
        "started_at" => Value::Time(sample.started_at),
        name => Value::from_json(&line[name]),
    };
    let rows = samples.iter().zip(&lines).map(|(sample, line)| {
        let values = header.iter().map(|column| value(sample, line, column));
        values.collect()
    });
    Ok(Sheet {
        name: "Samples",
        rows: rows.collect(),
        header,
        // The cell's name.
        frozen_columns: 1,
        autofilter: true,
        ..Sheet::default()
    })
}
