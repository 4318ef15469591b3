//! The cells that cannot be measured, whatever is installed, each with its reason.

use crate::config::{Config, GuestKind};
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
    let custom = config.workload(&cell.workload)?.custom.as_ref()?;
    let mode = config.mode_of(cell)?;
    let lacks = match mode.guest_kind() {
        GuestKind::Native if custom.native.is_none() => Some("native"),
        GuestKind::Js if custom.js.is_none() => Some("js"),
        _ => None,
    };
    if let Some(key) = lacks {
        return Some(format!(
            "workload \"{}\" has no program for this mode; its key \"{key}\" would name it",
            cell.workload
        ));
    }
    let unreached = !custom.env.is_empty() && mode.env_way().is_none();
    unreached.then(|| {
        format!(
            "workload \"{}\" needs variables, and the mode's key \"run\" lacks the placeholder \"{{env}}\"",
            cell.workload
        )
    })
}
