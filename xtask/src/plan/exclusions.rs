//! The cells that cannot be measured, whatever is installed, each with its reason.

use crate::config::Config;
use crate::model::{Cell, Outcome};

/// Why the cell is left out, if it is.
pub fn excluded(config: &Config, cell: &Cell) -> Option<(Outcome, String)> {
    if let Some(rule) = config.rules.iter().find(|rule| rule.excludes(cell)) {
        return Some((Outcome::Impossible, rule.reason.clone()));
    }
    unsupported(config, cell).map(|reason| (Outcome::Unsupported, reason))
}

/// Why a program that the user brought cannot run in a mode.
fn unsupported(config: &Config, cell: &Cell) -> Option<String> {
    let (workload, _, mode) = config.parts_of(cell).ok()?;
    let (key, name) = (mode.guest(), &cell.workload);
    let is_there = workload.sources().iter().any(|(own, _)| own == key);
    if workload.is_own() && !is_there {
        return Some(format!(
            "workload \"{name}\" has no program for this mode; its key \"{key}\" would name it"
        ));
    }
    let unreached = !workload.env.is_empty() && !mode.passes_env();
    unreached.then(|| {
        format!(
            "workload \"{name}\" needs variables, and the mode's key \"run\" lacks the placeholder \"{{env}}\""
        )
    })
}
