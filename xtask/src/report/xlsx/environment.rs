//! The sheet that says what was measured, where, and what to know before trusting it.

use serde_json::{Value as Json, json};

use crate::environment::Environment;
use crate::noise::Noises;
use crate::summary::{Row, Run};
use crate::tier;

use super::sheet::{Sheet, Value};

/// The sheet `Environment`: how the run was made, then all that `environment.json` holds.
///
/// # Errors
/// Never for a run that was read from a folder.
pub fn sheet(run: &Run, rows: &[Row]) -> anyhow::Result<Sheet> {
    let mut lines = Vec::new();
    flatten(&["run"], &about_run(run, rows), &mut lines);
    let others = &run.environment.other_machines;
    for environment in std::iter::once(&run.environment).chain(others) {
        let mut fields = serde_json::to_value(Environment {
            other_machines: Vec::new(),
            ..environment.clone()
        })?;
        let host = environment.machine.host.as_str();
        let place = if others.is_empty() { &[][..] } else { &[host] };
        // What to know first comes first.
        let warnings = fields["warnings"].take();
        flatten(&[place, &["warnings"]].concat(), &warnings, &mut lines);
        flatten(place, &fields, &mut lines);
    }
    Ok(Sheet {
        name: "Environment",
        header: ["section", "name", "value"].map(str::to_owned).to_vec(),
        rows: lines,
        ..Sheet::default()
    })
}

/// How the run was made, and what its own samples say of its noise.
fn about_run(run: &Run, rows: &[Row]) -> Json {
    let plan = &run.plan;
    json!({
        "name": run.name,
        "profile": plan.profile,
        "samples of each cell": plan.runs,
        "samples of each compilation": plan.compile_runs,
        "timeout_s": plan.timeout_s,
        "seed of the order": plan.order_seed,
        "seed of the inputs": plan.data_seed,
        "shard": plan.shard.map(|shard| shard.to_string()),
        "control cells": plan.controls.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "noise": Noises::of(run).sentences(),
        "wrong tier?": tier::suspects(&run.config, rows),
    })
}

/// A row for each value: the first key of its path, the others, the value. What is null is left out.
fn flatten(path: &[&str], json: &Json, lines: &mut Vec<Vec<Value>>) {
    match json {
        Json::Null => {}
        Json::Object(fields) => {
            for (key, value) in fields {
                flatten(&[path, &[key.as_str()]].concat(), value, lines);
            }
        }
        Json::Array(items) => {
            for (number, item) in (1..).zip(items) {
                flatten(
                    &[path, &[number.to_string().as_str()]].concat(),
                    item,
                    lines,
                );
            }
        }
        value => {
            let (section, name) = path.split_first().unwrap_or((&"", &[]));
            lines.push(vec![
                Value::text(*section),
                Value::text(name.join(" ")),
                Value::from_json(value),
            ]);
        }
    }
}
