//! The sheet that says what was measured, where, and what to know before trusting it.

use serde_json::{Value as Json, json};

use crate::document::workbook::Sheet;
use crate::document::{Field, Table};
use crate::questions::calibration::Calibration;
use crate::questions::{Results, tier};
use crate::store::environment::Environment;

/// The sheet `Environment`: how the run was made, then all that `environment.json` holds.
///
/// # Errors
/// Never for a run that was read from a folder.
pub fn sheet(results: &Results) -> anyhow::Result<Sheet> {
    let environment = &results.run.environment;
    let others = &environment.other_machines;
    let mut table = Table::new(["section", "name", "value"], []);
    flatten(&["run"], &about_run(results), &mut table.rows);
    for environment in std::iter::once(environment).chain(others) {
        let mut fields = serde_json::to_value(Environment {
            other_machines: Vec::new(),
            ..environment.clone()
        })?;
        let host = environment.machine.host.as_str();
        let place = if others.is_empty() { &[][..] } else { &[host] };
        // What to know first comes first.
        let warnings = fields["warnings"].take();
        flatten(&[place, &["warnings"]].concat(), &warnings, &mut table.rows);
        flatten(place, &fields, &mut table.rows);
    }
    Ok(Sheet {
        name: "Environment",
        table,
        ..Sheet::default()
    })
}

/// How the run was made, and what its own samples say of its noise.
fn about_run(results: &Results) -> Json {
    let (run, plan) = (results.run, &results.run.plan);
    json!({
        "name": run.name,
        "profile": plan.profile,
        "samples of each cell": plan.runs,
        "samples of each compilation": plan.compile_runs,
        "timeout_s": plan.timeout_s,
        "seed of the order": plan.order_seed,
        "seed of the inputs": plan.data_seed,
        "shard": plan.shard.map(|shard| shard.to_string()),
        "calibration": Calibration::of(results.run).sentence(),
        "wrong tier?": tier::suspects(&run.config, results.rows),
    })
}

/// A row for each value: the first key of its path, the others, the value. What is null is left out.
fn flatten(path: &[&str], json: &Json, rows: &mut Vec<Vec<Field>>) {
    let mut inner = |key: &str, value| flatten(&[path, &[key]].concat(), value, rows);
    match json {
        Json::Null => {}
        Json::Object(fields) => fields.iter().for_each(|(key, value)| inner(key, value)),
        Json::Array(items) => {
            let numbered = (1..).zip(items);
            numbered.for_each(|(number, item): (usize, _)| inner(&number.to_string(), item));
        }
        value => {
            let (section, name) = path.split_first().unwrap_or((&"", &[]));
            rows.push(vec![
                section.into(),
                name.join(" ").into(),
                Field::json(value),
            ]);
        }
    }
}
