//! The sheet that says what was measured, where, and what to know before trusting it.

use serde_json::{Value as Json, json};

use crate::document::workbook::Sheet;
use crate::document::{Field, Table};
use crate::questions::{Results, tier};

/// The sheet `Environment`: how the run was made, then all that `environment.json` holds.
///
/// # Errors
/// Never for a run that was read from a folder.
pub fn sheet(results: &Results) -> anyhow::Result<Sheet> {
    let run = results.run;
    let mut about = json!({
        "name": run.name,
        "noise": results.noise.sentences(),
        "wrong tier?": tier::suspects(&run.config, results.rows),
        "plan": run.plan,
    });
    // They are the sheet Summary.
    about["plan"]["cells"].take();
    let mut environment = serde_json::to_value(&run.environment)?;
    // What to know first comes first.
    let warnings = environment["warnings"].take();
    let mut table = Table::new(["section", "name", "value"], []);
    flatten(&["run"], &about, &mut table.rows);
    flatten(&["warnings"], &warnings, &mut table.rows);
    flatten(&[], &environment, &mut table.rows);
    Ok(Sheet {
        name: "Environment",
        table,
        ..Sheet::default()
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
