//! What a run measures, with everything that a sample of it needs: resolved once, before the first.

use std::path::{Path, PathBuf};

use anyhow::Context;

use super::check::Check;
use super::fixture::Fixture;
use super::prepare::{Installed, Ready};
use super::target::{Place, Target};
use crate::config::{Complexity, Config, Workload};
use crate::data::Input;
use crate::host::process::Invocation;
use crate::model::{Cell, Load};
use crate::plan::Plan;
use crate::tools::Guest;

/// Something that is measured again and again.
#[derive(Debug)]
pub struct Job {
    /// The `cell` field of its samples.
    pub name: String,
    pub workload: String,
    pub engine: String,
    pub mode: String,
    pub command: Invocation,
    /// Its cells, as places in the plan: it is of use while one of them is live.
    pub cells: Vec<usize>,
    pub work: Work,
}

/// What kind of job it is, and what only that kind needs.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all jobs are runs")]
pub enum Work {
    /// Runs the guest of a cell.
    Run {
        cell: Cell,
        complexity: Complexity,
        fixture: Fixture,
        check: Check,
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

/// All jobs of a run, by kind; a job is named by its place in `all`.
#[derive(Default)]
pub struct Jobs {
    pub all: Vec<Job>,
    /// In the order of the plan.
    pub runs: Vec<usize>,
    pub compilations: Vec<usize>,
}

impl Jobs {
    /// Resolves the live cells of the plan. `work` is an absolute folder for this run alone; the
    /// folders of caches and inputs are made in it.
    ///
    /// # Errors
    /// When a guest cannot be read, or a folder not be made.
    pub fn new(config: &Config, plan: &Plan, ready: &Ready, work: &Path) -> anyhow::Result<Jobs> {
        let mut jobs = Jobs::default();
        let planned = plan.cells.iter().enumerate();
        for (index, planned) in planned.filter(|(_, planned)| planned.outcome.is_none()) {
            let resolver = Resolver::new(config, ready, work, &planned.cell)?;
            let compilation = resolver.compilation()?;
            let compilation = compilation.map(|job| jobs.share(index, job));
            let run = resolver.run(index, compilation)?;
            jobs.runs.push(jobs.all.len());
            jobs.all.push(run);
        }
        Ok(jobs)
    }

    /// Are these two of a kind, and is their work the same?
    pub fn are_compared(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.all[a], &self.all[b]);
        match (&a.work, &b.work) {
            (Work::Run { cell, .. }, Work::Run { cell: other, .. }) => cell.same_input(other),
            (Work::Compile { .. }, Work::Compile { .. }) => a.workload == b.workload,
            _ => false,
        }
    }

    /// None of a job without an input.
    pub fn load(&self, job: usize) -> Option<Load> {
        match &self.all[job].work {
            Work::Run { cell, .. } => Some(cell.size.load()),
            _ => None,
        }
    }

    /// Adds a compilation, which serves several cells, or this cell to it where it is there already.
    pub fn share(&mut self, cell: usize, job: Job) -> usize {
        let there = self.all.iter().position(|other| other.name == job.name);
        let index = there.unwrap_or(self.all.len());
        if there.is_none() {
            self.compilations.push(index);
            self.all.push(job);
        }
        self.all[index].cells.push(cell);
        index
    }
}

/// All that the jobs of one cell are made of.
struct Resolver<'c> {
    cell: &'c Cell,
    workload: &'c Workload,
    target: Target<'c>,
    installed: &'c Installed,
    guest: &'c Guest,
    /// None where the workload reads no generated input.
    input: Option<&'c Input>,
    place: Place,
    work: &'c Path,
}

impl<'c> Resolver<'c> {
    fn new(
        config: &'c Config,
        ready: &'c Ready,
        work: &'c Path,
        cell: &'c Cell,
    ) -> anyhow::Result<Resolver<'c>> {
        let (workload, engine, mode) = config.parts_of(cell)?;
        let installed = ready.installed.get(&cell.engine);
        let installed = installed.context("the engine is missing")?;
        let cache = work
            .join("cache")
            .join(format!("{}-{}", cell.engine, cell.mode));
        std::fs::create_dir_all(&cache)
            .with_context(|| format!("cannot make \"{}\"", cache.display()))?;
        let guest = ready.guests.get(&cell.workload);
        let input = ready
            .inputs
            .get(&format!("{}/{}", cell.size, cell.distribution));
        Ok(Resolver {
            cell,
            workload,
            target: Target::new(engine, mode, &installed.found)?,
            installed,
            guest: guest.context("the guest was not built")?,
            input: input.filter(|_| workload.uses_input()),
            place: Place {
                dir: Fixture::folder(work, workload),
                cache,
                artifact: work.to_owned(),
                repo: ready.repo.clone(),
            },
            work,
        })
    }

    fn job(&self, name: String, command: Invocation, work: Work) -> Job {
        Job {
            name,
            workload: self.workload.name.clone(),
            engine: self.cell.engine.clone(),
            mode: self.cell.mode.clone(),
            command,
            cells: Vec::new(),
            work,
        }
    }

    fn compilation(&self) -> anyhow::Result<Option<Job>> {
        let Some(kept) = self.artifact_folder()? else {
            return Ok(None);
        };
        // A compiler that outlives a killed bench must not write into the folder of the next one.
        let fresh = format!("artifacts/fresh-{}", std::process::id());
        let fresh = self.work.join(fresh);
        let place = Place {
            artifact: fresh.join("guest"),
            ..self.place.clone()
        };
        let command = self.target.compile(self.guest, &place)?;
        let Cell {
            workload,
            engine,
            mode,
            ..
        } = self.cell;
        let name = format!("{workload}/{engine}:{mode}");
        Ok(command.map(|command| self.job(name, command, Work::Compile { fresh, kept })))
    }

    fn run(&self, index: usize, compilation: Option<usize>) -> anyhow::Result<Job> {
        let fixture = Fixture::new(self.work, self.workload, self.input, &self.place.repo);
        let place = Place {
            artifact: match self.artifact_folder()? {
                Some(folder) => folder.join("guest"),
                None => self.place.artifact.clone(),
            },
            ..self.place.clone()
        };
        let mut command = self.target.run(
            &self.target.commands.run,
            self.guest,
            &place,
            fixture.arguments(self.workload)?,
            &self.workload.env,
        )?;
        command.stdin = match self.workload.reads_input() {
            true => fixture.input(),
            false => self
                .workload
                .stdin
                .as_ref()
                .map(|it| self.place.repo.join(it)),
        };
        let check = Check::new(self.workload, self.input, &fixture);
        command.stdout = check.stdout().map(Path::to_owned);
        let work = Work::Run {
            cell: self.cell.clone(),
            complexity: self.workload.complexity(),
            fixture,
            check,
            compilation,
        };
        Ok(Job {
            cells: vec![index],
            ..self.job(self.cell.to_string(), command, work)
        })
    }

    /// The folder of the guest's artefact; none where the mode compiles none.
    fn artifact_folder(&self) -> anyhow::Result<Option<PathBuf>> {
        let Some(compile) = &self.target.commands.compile else {
            return Ok(None);
        };
        let wasm = &self.guest.wasm;
        let wasm = std::fs::read(wasm)
            .with_context(|| format!("cannot read the guest \"{}\"", wasm.display()))?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&wasm);
        for part in self.installed.identity().chain([compile.text()]) {
            hasher.update(part.as_bytes()).update(&[0]);
        }
        let key = &hasher.finalize().to_hex()[..16];
        let Cell {
            workload,
            engine,
            mode,
            ..
        } = self.cell;
        let folder = format!("{workload}-{engine}-{mode}-{key}");
        Ok(Some(self.work.join("artifacts").join(folder)))
    }
}
