//! The `merge` command: shards of one plan become one run.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::model::any_trouble;
use crate::paths::Paths;
use crate::report;
use crate::shard::{self, Part};
use crate::store::RunFolder;

/// What shards must have in common, to the letter.
const CONFIGURATION: [&str; 2] = ["matrix.toml", "impossible.toml"];

/// Writes the joined run to `into`, whole or not at all, and its reports.
///
/// # Errors
/// When the runs do not belong together, or `into` is there already.
pub fn merge(paths: &Paths, runs: &[PathBuf], into: &Path) -> anyhow::Result<bool> {
    if into.exists() {
        bail!(
            "\"{}\" is there already; name a new folder with --into",
            into.display()
        );
    }
    let folders: Vec<RunFolder> = runs
        .iter()
        .map(|run| RunFolder::open(&paths.results(), run))
        .collect::<anyhow::Result<_>>()?;
    let into = std::path::absolute(into).context("cannot find the current folder")?;
    let parent = into.parent().context("--into names no folder")?;
    std::fs::create_dir_all(parent)
        .with_context(|| format!("cannot make \"{}\"", parent.display()))?;
    let draft = tempfile::Builder::new()
        .prefix(".merge-")
        .tempdir_in(parent)
        .with_context(|| format!("cannot write to \"{}\"", parent.display()))?;
    write(
        &folders,
        &RunFolder {
            path: draft.path().to_owned(),
        },
    )?;
    std::fs::rename(draft.keep(), &into)
        .with_context(|| format!("cannot make \"{}\"", into.display()))?;
    let report = report::report(&RunFolder { path: into })?;
    report.print(None);
    Ok(!any_trouble(&report.rows))
}

fn write(folders: &[RunFolder], merged: &RunFolder) -> anyhow::Result<()> {
    let read = |folder: &RunFolder, name: &str| {
        let path = folder.file(name);
        std::fs::read(&path).with_context(|| format!("cannot read \"{}\"", path.display()))
    };
    for name in CONFIGURATION {
        let text = read(&folders[0], name)?;
        for other in &folders[1..] {
            if read(other, name)? != text {
                bail!(
                    "\"{}\" and \"{}\" are not shards of one plan: their {name} differ",
                    folders[0].path.display(),
                    other.path.display()
                );
            }
        }
        merged.write(name, &text)?;
    }
    let parts = folders.iter().map(|folder| {
        Ok(Part {
            name: folder.path.display().to_string(),
            plan: folder.read_json("plan.json")?,
            environment: folder.read_json("environment.json")?,
        })
    });
    let (plan, environment) = shard::join(parts.collect::<anyhow::Result<_>>()?)?;
    merged.write_json("plan.json", &plan)?;
    merged.write_json("environment.json", &environment)?;
    let mut lines = Vec::new();
    for folder in folders {
        for sample in folder.read_samples()? {
            serde_json::to_writer(&mut lines, &sample).context("cannot write a sample")?;
            lines.push(b'\n');
        }
    }
    merged.write("samples.jsonl", &lines)
}
