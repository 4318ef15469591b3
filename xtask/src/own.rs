//! Programs that the user brought: where they cannot run, and what is missing of them.

use std::path::Path;

use anyhow::bail;

use crate::config::{Config, GuestKind, Own, distinct};
use crate::model::Cell;
use crate::plan::Plan;

/// Is every program and file there that a live cell needs from the user?
///
/// # Errors
/// With the workload, its key, and the file that is missing.
pub fn check_files(config: &Config, root: &Path, plan: &Plan) -> anyhow::Result<()> {
    for name in distinct(plan.live().map(|cell| cell.workload.clone())) {
        let own = config
            .workload(&name)
            .and_then(|workload| workload.own.as_ref());
        for (key, path) in own.map(Own::sources).unwrap_or_default() {
            let path = root.join(path);
            if !path.is_file() {
                bail!(
                    "matrix.toml: workload \"{name}\": key \"{key}\": there is no file \"{}\"; put it there, or mend the path, which starts at the folder of matrix.toml",
                    path.display()
                );
            }
        }
    }
    Ok(())
}

/// Why a program that the user brought cannot run in a mode, whatever is installed.
pub fn unsupported(config: &Config, cell: &Cell) -> Option<String> {
    let own = config.workload(&cell.workload)?.own.as_ref()?;
    let mode = config.mode_of(cell)?;
    let lacks = match mode.guest_kind() {
        GuestKind::Native if own.native.is_none() => Some("native"),
        GuestKind::Js if own.js.is_none() => Some("js"),
        _ => None,
    };
    if let Some(key) = lacks {
        return Some(format!(
            "workload \"{}\" has no program for this mode; its key \"{key}\" would name it",
            cell.workload
        ));
    }
    let unreached = !own.env.is_empty() && mode.env_way().is_none();
    unreached.then(|| {
        format!(
            "workload \"{}\" needs variables, and the mode's key \"run\" lacks the placeholder \"{{env}}\"",
            cell.workload
        )
    })
}
