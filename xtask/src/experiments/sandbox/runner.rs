//! Makes the attempts, each in folders of its own.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Sandbox;
use super::attempts::{ATTEMPTS, Attempt, CONTROL, ENVIRONMENT, Kind, MEMORY, READ_ONLY};
use super::folders::{self, differences};
use super::outcome::{Finding, Outcome};
use super::shell::{self, Machine};
use crate::experiments::tried::Finding as _;
use crate::experiments::{Lab, SPARE_BYTES, compile, place};
use crate::host::machine::available_bytes;
use crate::host::process::{Invocation, run};
use crate::run::target::{Place, Target};

/// How much longer than other attempts one without bounds may take.
const PATIENCE: u32 = 4;
/// The variable that holds the secret; no engine is told to pass it to its guest.
const SECRET_VARIABLE: &str = "WASI_BENCH_SECRET";
/// Bytes of memory that must be available before a guest may take all it can: three times the
/// most that 32 bits address, because an engine may copy a memory that grows.
const MEMORY_NEEDED: u64 = 3 << 32;
/// Bytes that a guest without bounds gets where there is more than it must leave to others.
const MOST: u64 = 4 << 32;

/// Tries everything in the lab's modes, each attempt no longer than the limit.
///
/// # Errors
/// When a folder cannot be made or read, a command cannot be started, or the user interrupts.
pub fn try_all(lab: &Lab, timeout: Duration) -> anyhow::Result<Sandbox> {
    let machine = &Machine::here(&lab.paths.root);
    let guest = lab.guest("sandbox")?;
    lab.try_all(|subject| {
        let runner = match subject.target(&guest) {
            Err(why) => Err(Finding::new(Outcome::Unsupported, why.to_string())),
            Ok(target) => Runner::ready(target, subject.work.clone(), machine, timeout)?,
        };
        let findings = ATTEMPTS.iter().map(|attempt| match &runner {
            Ok(runner) => Ok((attempt.name, runner.attempt(attempt)?)),
            Err(hindrance) => Ok((attempt.name, hindrance.clone())),
        });
        findings.collect()
    })
}

/// All that the attempts of one mode have in common.
struct Runner<'r> {
    target: Target<'r>,
    work: PathBuf,
    machine: &'r Machine,
    timeout: Duration,
}

impl<'r> Runner<'r> {
    /// For a mode that can be tried; or why nothing can be: the guest cannot be compiled, or not even
    /// do what it may.
    fn ready(
        target: Target<'r>,
        work: PathBuf,
        machine: &'r Machine,
        timeout: Duration,
    ) -> anyhow::Result<Result<Runner<'r>, Finding>> {
        if let Some(why) = compile(&target, &work)? {
            let why = machine.cleaned(&why, &work)?;
            return Ok(Err(Finding::new(Outcome::NotTried, why)));
        }
        let runner = Runner {
            target,
            work,
            machine,
            timeout,
        };
        let finding = runner.attempt(&CONTROL)?;
        let wrote = runner.base(&CONTROL).join("inside/created.txt").is_file();
        if finding.outcome == Outcome::NoEffect && wrote {
            return Ok(Ok(runner));
        }
        let why = format!("the guest cannot even use its own folder: {finding}");
        Ok(Err(Finding::new(Outcome::NotTried, why)))
    }

    /// The folder of an attempt.
    fn base(&self, attempt: &Attempt) -> PathBuf {
        self.work.join(format!("try-{}", attempt.name))
    }

    /// Makes one attempt.
    fn attempt(&self, attempt: &Attempt) -> anyhow::Result<Finding> {
        if let Some(why) = too_little_memory(attempt, available_bytes()) {
            return Ok(Finding::new(Outcome::NotTried, why));
        }
        let (base, secret) = (self.base(attempt), secret());
        let command = self.command(attempt, &place(base.join("inside"), &self.work), &secret)?;
        let Some(command) = command else {
            let why = "matrix.toml has no such command";
            return Ok(Finding::new(Outcome::NotApplicable, why));
        };
        folders::make(&base, &secret)?;
        let places = ["outside", "inside"].map(|name| base.join(name));
        let [outside, inside] = &places;
        let before = [folders::look(outside)?, folders::look(inside)?];
        let exhausting = attempt.kind == Kind::Exhaustion;
        let process = run(&Invocation {
            cwd: Some(outside.clone()),
            timeout: Some(self.limit(attempt)),
            spare_bytes: exhausting.then(|| spare(available_bytes())),
            ..command
        })?;
        let changes = [
            differences(&before[0], &folders::look(outside)?),
            differences(&before[1], &folders::look(inside)?),
        ];
        let mut finding = Finding::of(attempt, &process, &secret, &changes);
        let seen = finding.seen.replace(&secret, "secret");
        finding.seen = self.machine.cleaned(&seen, &base)?;
        if finding.is_surprising() {
            finding.command = Some(self.command_to_copy(attempt)?);
        }
        Ok(finding)
    }

    /// The command that makes an attempt, with the secret in the environment where that is what it
    /// looks for; none where the engine cannot do what it needs. The guest's only argument names
    /// the attempt by a path inside its folder.
    fn command(
        &self,
        attempt: &Attempt,
        place: &Place,
        secret: &str,
    ) -> anyhow::Result<Option<Invocation>> {
        let commands = &self.target.commands;
        let template = match attempt.name {
            READ_ONLY => commands.read_only.as_ref(),
            _ => Some(&commands.run),
        };
        let Some(template) = template else {
            return Ok(None);
        };
        let args = vec![place.dir.join(attempt.name).into()];
        let mut command = self.target.run(template, place, args, &BTreeMap::new())?;
        if attempt.name == ENVIRONMENT {
            let variable = (SECRET_VARIABLE.to_owned(), secret.into());
            command.env.push(variable);
        }
        Ok(Some(command))
    }

    /// What a person types to see it again.
    fn command_to_copy(&self, attempt: &Attempt) -> anyhow::Result<String> {
        let base = Path::new(shell::BASE);
        let place = place(base.join("inside"), &base.join("work"));
        let compile = self.target.compile(&place)?;
        let mut run = self.command(attempt, &place, "secret")?;
        if let Some(run) = run.as_mut().filter(|_| attempt.kind == Kind::Exhaustion) {
            // What has no bounds must not be let loose on the machine of a reader.
            let limit = format!("{}s", self.limit(attempt).as_secs_f64());
            run.argv.splice(0..0, ["timeout".into(), limit.into()]);
        }
        let steps: Vec<Invocation> = compile.into_iter().chain(run).collect();
        Ok(self.machine.line(&steps))
    }

    fn limit(&self, attempt: &Attempt) -> Duration {
        match attempt.kind {
            Kind::Exhaustion => self.timeout * PATIENCE,
            _ => self.timeout,
        }
    }
}

/// Bytes that must stay available; a guest without bounds is killed before it takes them.
fn spare(available: Option<u64>) -> u64 {
    available.unwrap_or(0).saturating_sub(MOST).max(SPARE_BYTES)
}

/// Why the attempt to take all memory would endanger the machine.
fn too_little_memory(attempt: &Attempt, available: Option<u64>) -> Option<String> {
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
    let there = match available {
        Some(MEMORY_NEEDED..) => return None,
        Some(available) => format!("{} of memory are available", gigabytes(available)),
        None => "how much memory is available is unknown".to_owned(),
    };
    let needed = gigabytes(MEMORY_NEEDED);
    (attempt.name == MEMORY).then(|| format!("{there}, and it needs {needed}"))
}

/// A word that nobody can guess: each such state has random keys.
fn secret() -> String {
    let state = RandomState::new();
    format!("{:016x}{:016x}", state.hash_one(0), state.hash_one(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ() {
        assert_ne!(secret(), secret());
    }

    #[test]
    fn memory_is_only_tried_where_there_is_enough() {
        let find = |name| ATTEMPTS.iter().find(|it| it.name == name).unwrap();
        let why = |name, available| too_little_memory(find(name), available);
        assert_eq!(why(MEMORY, Some(MEMORY_NEEDED)), None);
        assert_eq!(
            why(MEMORY, Some(4_000_000_000)).unwrap(),
            "4.0 GB of memory are available, and it needs 12.9 GB"
        );
        assert!(why(MEMORY, None).unwrap().contains("unknown"));
        assert_eq!(why("parent", Some(0)), None);
    }

    #[test]
    fn some_memory_is_left_to_others() {
        assert_eq!(spare(None), SPARE_BYTES);
        assert_eq!(spare(Some(5 << 30)), SPARE_BYTES);
        assert_eq!(spare(Some(64 << 30)), 48 << 30);
    }
}
