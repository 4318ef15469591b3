//! The input files of some cells: made or checked.

use std::collections::BTreeMap;

use crate::config::{Config, Workload};
use crate::data::{self, Input, Spec, Status};
use crate::host::paths::Paths;
use crate::model::{Cell, distinct};

/// Makes sure that the inputs of these cells are there and good; by size and
/// distribution, written `1MB/random`.
///
/// # Errors
/// When a file cannot be made; the message names it.
pub fn generate<'c>(
    config: &Config,
    paths: &Paths,
    cells: impl Iterator<Item = &'c Cell>,
) -> anyhow::Result<BTreeMap<String, Input>> {
    let uses_input = |cell: &&Cell| {
        let workload = config.workload(&cell.workload);
        workload.is_none_or(Workload::uses_input)
    };
    let wanted = cells.filter(uses_input).map(|cell| Spec {
        size_bytes: cell.size.bytes,
        size_label: cell.size.to_string(),
        distribution: cell.distribution,
        seed: config.inputs.seed,
    });
    let mut wanted = distinct(wanted);
    wanted.sort_by_key(|spec| spec.size_bytes);
    let mut inputs = BTreeMap::new();
    for spec in wanted {
        let (input, status) = data::ensure(&spec, &paths.data())?;
        match status {
            Status::Kept => {}
            Status::Generated => eprintln!("{}: {} integers", input.path.display(), input.items),
            Status::Repaired(reason) => eprintln!("{}: made again, {reason}", input.path.display()),
        }
        inputs.insert(format!("{}/{}", spec.size_label, spec.distribution), input);
    }
    Ok(inputs)
}
