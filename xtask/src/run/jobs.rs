//! What a run measures, with everything that a sample of it needs: resolved once, before the first.

use std::path::{Path, PathBuf};

use anyhow::ensure;

use super::fixture::Fixture;
use super::prepare::Ready;
use super::target::{Place, Target};
use crate::host::files::{Stamp, stamp};
use crate::host::process::Invocation;
use crate::model::{Cell, Kind, Sample};
use crate::plan::Plan;

/// Something that is measured again and again.
#[derive(Debug)]
pub struct Job {
    /// What its samples have in common.
    pub sample: Sample,
    pub command: Invocation,
    /// Its cells, as places in the plan: it is of use while one of them is live.
    pub cells: Vec<usize>,
    pub work: Work,
    /// The engine's binary and the guest, as they were when they were identified.
    programs: Vec<(PathBuf, Option<Stamp>)>,
}

/// What kind of job it is, and what only that kind needs.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all jobs are runs")]
pub enum Work {
    /// Runs the guest of a cell.
    Run {
        fixture: Fixture,
        /// The compilation that must have been made before.
        compilation: Option<usize>,
    },
    /// Compiles a guest ahead of time, into a folder of its own each time.
    Compile {
        fresh: PathBuf,
        /// Where the first artefact is kept, for the runs. The name holds all that it depends on.
        kept: PathBuf,
    },
}

impl Job {
    /// One that serves no cell yet.
    pub fn new(sample: Sample, command: Invocation, work: Work) -> Job {
        Job {
            sample,
            command,
            cells: Vec::new(),
            work,
            programs: Vec::new(),
        }
    }

    /// Are the engine and the guest still as they were?
    ///
    /// # Errors
    /// When somebody removed or changed one: figures belong to a binary.
    pub fn check_programs(&self) -> anyhow::Result<()> {
        for (path, before) in &self.programs {
            ensure!(
                stamp(path) == *before,
                "somebody changed \"{}\" while it was measured; put it back, then go on with --resume, or start a new run",
                path.display()
            );
        }
        Ok(())
    }

    /// Are both runs on one input, or compilations of one guest?
    pub fn is_compared_with(&self, other: &Job) -> bool {
        let (own, other) = (&self.sample, &other.sample);
        own.kind == other.kind
            && own.workload == other.workload
            && own.size == other.size
            && own.distribution == other.distribution
    }

    /// Is it a compilation whose artefact is not there?
    pub fn lacks_artifact(&self) -> bool {
        matches!(&self.work, Work::Compile { kept, .. } if !kept.exists())
    }
}

/// The jobs of the plan's live cells, in its order, each compilation before the first run that needs
/// it. `work` is an absolute folder for this run alone; the folders of caches are made in it.
///
/// # Errors
/// When a guest cannot be read, or a folder not be made.
pub fn resolve(ready: &Ready, plan: &Plan, work: &Path) -> anyhow::Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for (index, planned) in plan.cells.iter().enumerate() {
        if planned.outcome.is_none() {
            add(&mut jobs, ready, work, index, &planned.cell)?;
        }
    }
    Ok(jobs)
}

/// Adds a compilation, which serves several cells, or this cell to it where it is there already.
pub fn share(jobs: &mut Vec<Job>, compile: Job, cell: usize) -> usize {
    let name = &compile.sample.cell;
    let there = jobs.iter().position(|other| other.sample.cell == *name);
    let at = there.unwrap_or(jobs.len());
    if there.is_none() {
        jobs.push(compile);
    }
    jobs[at].cells.push(cell);
    at
}

/// Adds the compilation of a cell's guest, where there is one, and its run.
fn add(
    jobs: &mut Vec<Job>,
    ready: &Ready,
    work: &Path,
    index: usize,
    cell: &Cell,
) -> anyhow::Result<()> {
    let (workload, target) = ready.target(cell)?;
    let input = ready.inputs.get(&(cell.size, cell.distribution));
    let fixture = Fixture::new(work, workload, input, &ready.paths.root);
    let artifacts = work.join("artifacts");
    let kept = artifacts.join(artifact_name(ready, &target, cell)?);
    // A compiler that outlives a killed bench must not write into the folder of the next one.
    let fresh = artifacts.join(format!("fresh-{}", std::process::id()));
    let place = |folder: &Path| Place {
        dir: fixture.folder.clone(),
        cache: work.join(format!("cache/{}-{}", cell.engine, cell.mode)),
        artifact: folder.join("guest"),
    };
    fs_err::create_dir_all(place(&kept).cache)?;
    let compile = target.compile(&place(&fresh))?;
    let (template, args) = (&target.commands.run, fixture.arguments()?);
    let run = target.run(template, &place(&kept), args, &workload.env)?;
    let run = Invocation {
        stdin: fixture.stdin(),
        stdout: fixture.verified_stdout().map(Path::to_owned),
        ..run
    };
    let of_run = Sample {
        cell: cell.to_string(),
        workload: cell.workload.clone(),
        size: Some(cell.size),
        distribution: Some(cell.distribution),
        engine: cell.engine.clone(),
        mode: cell.mode.clone(),
        ..Sample::default()
    };
    let of_compile = Sample {
        cell: format!("{}/{}", cell.workload, cell.engine_mode()),
        kind: Kind::Compile,
        size: None,
        distribution: None,
        ..of_run.clone()
    };
    let programs = target.programs();
    let programs: Vec<_> = programs.map(|it| (it.to_owned(), stamp(it))).collect();
    let job = |sample, command, work| Job {
        programs: programs.clone(),
        ..Job::new(sample, command, work)
    };
    let compile = compile.map(|it| job(of_compile, it, Work::Compile { fresh, kept }));
    let compilation = compile.map(|it| share(jobs, it, index));
    let work = Work::Run {
        fixture,
        compilation,
    };
    jobs.push(Job {
        cells: vec![index],
        ..job(of_run, run, work)
    });
    Ok(())
}

/// The name of the folder of a cell's artefact: it holds all that the artefact depends on.
fn artifact_name(ready: &Ready, target: &Target, cell: &Cell) -> anyhow::Result<String> {
    let name = format!("{}-{}-{}", cell.workload, cell.engine, cell.mode);
    let Some(compile) = &target.commands.compile else {
        return Ok(name);
    };
    let engine = &ready.environment.engines[&cell.engine];
    let parts = [&engine.version, &engine.sha256].into_iter();
    let parts = parts.chain(engine.libraries.values()).map(String::as_str);
    let mut hasher = blake3::Hasher::new();
    hasher.update(&fs_err::read(target.guest.wasm())?);
    for part in parts.chain([compile.text()]) {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    Ok(format!("{name}-{}", &hasher.finalize().to_hex()[..16]))
}
