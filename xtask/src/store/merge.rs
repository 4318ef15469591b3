//! Shards of one plan become one run.

use std::path::Path;

use anyhow::{Context, bail};

use super::environment::Environment;
use super::{RunFolder, samples};
use crate::plan::{Plan, shards};

/// What shards must have in common, to the letter.
const CONFIGURATION: [&str; 2] = ["matrix.toml", "impossible.toml"];

/// Writes the joined run to `into`, whole or not at all.
///
/// # Errors
/// When the runs do not belong together, or `into` is there already.
pub fn merge(folders: &[RunFolder], into: &Path) -> anyhow::Result<RunFolder> {
    if into.exists() {
        bail!(
            "\"{}\" is there already; name a new folder with --into",
            into.display()
        );
    }
    let into = std::path::absolute(into).context("cannot find the current folder")?;
    let parent = into.parent().context("--into names no folder")?;
    fs_err::create_dir_all(parent)?;
    let draft = tempfile::TempDir::with_prefix_in(".merge-", parent)?;
    let path = draft.path().to_owned();
    write(folders, &RunFolder { path })?;
    fs_err::rename(draft.keep(), &into)?;
    Ok(RunFolder { path: into })
}

fn write(folders: &[RunFolder], merged: &RunFolder) -> anyhow::Result<()> {
    for name in CONFIGURATION {
        let text = fs_err::read(folders[0].file(name))?;
        for other in &folders[1..] {
            if fs_err::read(other.file(name))? != text {
                bail!(
                    "\"{}\" and \"{}\" are not shards of one plan: their {name} differ",
                    folders[0].path.display(),
                    other.path.display()
                );
            }
        }
        merged.write(name, &text)?;
    }
    let mut environment: Environment = folders[0].read_json("environment.json")?;
    let mut plans = Vec::new();
    for folder in folders {
        let other: Environment = folder.read_json("environment.json")?;
        environment.add_machine(&other)?;
        let mut plan: Plan = folder.read_json("plan.json")?;
        for planned in &mut plan.cells {
            planned.machine = Some(other.machine.host.clone());
        }
        plans.push((folder.path.display().to_string(), plan));
    }
    merged.write_json("plan.json", &shards::join(&plans)?)?;
    merged.write_json("environment.json", &environment)?;
    let mut lines = String::new();
    for folder in folders {
        for sample in folder.read_samples()? {
            lines += &samples::line(&sample)?;
        }
    }
    merged.write("samples.jsonl", lines.as_bytes())
}
