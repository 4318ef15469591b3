//! Makes the attempts, each in folders of its own.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use regex_lite::Regex;

use super::attempts::{ATTEMPTS, Attempt, CONTROL, ENVIRONMENT, Kind, READ_ONLY};
use super::folders::{Folders, differences};
use super::modes::WasmMode;
use super::outcome::{Finding, Outcome, Traces};
use super::{Tried, memory, shell};
use crate::host::machine::available_bytes;
use crate::host::process::{self, End, Finished, Invocation};
use crate::run::stopwatch::Command;
use crate::run::target::{Place, Target};
use crate::tools::{Guest, State};

/// Limit of an ahead-of-time compilation.
const COMPILE_TIMEOUT: Duration = Duration::from_secs(600);
/// How much longer than other attempts one without bounds may take.
const PATIENCE: u32 = 4;
/// More of a text than anybody reads in a table's remark.
const SEEN_CHARS: usize = 300;
/// The variable that holds the secret; no engine is told to pass it to its guest.
const SECRET_VARIABLE: &str = "WASI_BENCH_SECRET";

/// All that attempts have in common.
pub struct Runner<'r> {
    repo: &'r Path,
    guest: Guest,
    timeout: Duration,
    /// Removed at the end, with everything that guests left.
    _work: tempfile::TempDir,
    /// Its path, without links: guests and host must call a folder by the same name.
    work: PathBuf,
    home: Option<PathBuf>,
    colours: Regex,
}

impl<'r> Runner<'r> {
    /// # Errors
    /// When no temporary folder can be made.
    pub fn new(repo: &'r Path, guest: Guest, timeout: Duration) -> anyhow::Result<Runner<'r>> {
        let context = "cannot make a temporary folder";
        // WasmEdge 0.17 finds nothing below a folder whose name starts with a dot.
        let work = tempfile::Builder::new().prefix("sandbox-").tempdir();
        let work = work.context(context)?;
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
        Ok(Runner {
            repo,
            guest,
            timeout,
            work: work.path().canonicalize().context(context)?,
            _work: work,
            home: home.map(PathBuf::from),
            colours: Regex::new("\\x1b\\[[0-9;]*m").context("a constant is no pattern: a bug")?,
        })
    }

    /// Makes all attempts in one mode.
    ///
    /// # Errors
    /// When a folder cannot be made or read, a command cannot be started, or the user interrupts.
    pub fn attempts(&self, mode: &WasmMode, state: &State) -> anyhow::Result<Vec<Tried>> {
        let version = state.found().map_or("", |found| &found.version);
        let tried = |attempt: &Attempt, finding: Finding, command| Tried {
            engine: mode.engine.name.clone(),
            mode: mode.mode.name.clone(),
            version: version.to_owned(),
            attempt: attempt.name.to_owned(),
            outcome: finding.outcome,
            errno: finding.errno,
            seen: finding.seen,
            command,
        };
        let all = |outcome: Outcome, why: &str| {
            let attempts = ATTEMPTS.iter();
            attempts
                .map(|attempt| tried(attempt, Finding::new(outcome, why), None))
                .collect()
        };
        let target = match state {
            State::Missing { why, how } => {
                return Ok(all(Outcome::Unsupported, &format!("{why}; {how}")));
            }
            State::Found(found) => match Target::new(mode.engine, mode.mode, found) {
                Err(error) => return Ok(all(Outcome::Unsupported, &error.to_string())),
                Ok(target) => target,
            },
        };
        let work = self.work.join(mode.name().replace(':', "-"));
        if let Some(why) = self.hindrance(&target, &work)? {
            return Ok(all(Outcome::NotTried, &why));
        }
        let attempts = ATTEMPTS.iter().map(|attempt| {
            let (finding, _) = self.attempt(&target, &work, attempt)?;
            let again = finding.outcome.is_surprising();
            let again = again.then(|| self.command_to_copy(&target, attempt));
            Ok(tried(attempt, finding, again.transpose()?))
        });
        attempts.collect()
    }

    /// Why nothing can be tried: the guest cannot be compiled, or not even do what it may.
    fn hindrance(&self, target: &Target, work: &Path) -> anyhow::Result<Option<String>> {
        let place = self.place(work, &work.join("work"));
        std::fs::create_dir_all(&place.cache)
            .with_context(|| format!("cannot make \"{}\"", place.cache.display()))?;
        if let Some(command) = target.compile(&self.guest, &place)? {
            let invocation = Invocation {
                env: command.env,
                timeout: Some(COMPILE_TIMEOUT),
                ..Invocation::new(command.argv)
            };
            let Finished { end, stderr, .. } = run(&invocation)?;
            if end != End::Exit(0) {
                let why = format!("cannot compile the guest: {end}: {stderr}");
                return Ok(Some(self.cleaned(&why, work)));
            }
        }
        let (finding, inside) = self.attempt(target, work, &CONTROL)?;
        let wrote = inside.iter().any(|change| change == "+ created.txt");
        if finding.outcome == Outcome::NoEffect && wrote {
            return Ok(None);
        }
        let (outcome, seen) = (finding.outcome, finding.seen);
        Ok(Some(format!(
            "the guest cannot even use its own folder: {outcome}: {seen}"
        )))
    }

    /// Makes one attempt; also what became different inside.
    fn attempt(
        &self,
        target: &Target,
        work: &Path,
        attempt: &Attempt,
    ) -> anyhow::Result<(Finding, Vec<String>)> {
        if let Some(why) = memory::too_little(attempt, available_bytes()) {
            return Ok((Finding::new(Outcome::NotTried, why), Vec::new()));
        }
        let base = work.join(format!("try-{}", attempt.name));
        let place = self.place(&base, &work.join("work"));
        let secret = secret();
        let Some(command) = self.command(target, attempt, &place, &secret)? else {
            let why = "matrix.toml has no such command";
            return Ok((Finding::new(Outcome::NotApplicable, why), Vec::new()));
        };
        let folders = Folders::make(&base, &secret)?;
        let before = folders.look()?;
        let exhausting = attempt.kind == Kind::Exhaustion;
        let process = run(&Invocation {
            env: command.env,
            cwd: Some(folders.outside()),
            timeout: Some(self.limit(attempt)),
            spare_bytes: exhausting.then(|| memory::spare(available_bytes())),
            ..Invocation::new(command.argv)
        })?;
        let after = folders.look()?;
        let [outside, inside] = [0, 1].map(|i| differences(&before[i], &after[i]));
        let traces = Traces {
            process,
            secret,
            outside,
            inside,
        };
        let finding = Finding::of(attempt, &traces);
        let seen = finding.seen.replace(&traces.secret, "secret");
        let seen = self.cleaned(&seen, &base);
        Ok((Finding { seen, ..finding }, traces.inside))
    }

    /// The command that makes an attempt, with the secret in the environment where that is what it
    /// looks for; none where the engine cannot do what it needs. The guest's only argument names
    /// the attempt by a path inside its folder.
    fn command(
        &self,
        target: &Target,
        attempt: &Attempt,
        place: &Place,
        secret: &str,
    ) -> anyhow::Result<Option<Command>> {
        let template = match attempt.name {
            READ_ONLY => target.commands.read_only.as_ref(),
            _ => Some(&target.commands.run),
        };
        let Some(template) = template else {
            return Ok(None);
        };
        let args = vec![place.dir.join(attempt.name).into()];
        let mut command = target.run(template, &self.guest, place, args, &BTreeMap::new())?;
        if attempt.name == ENVIRONMENT {
            let variable = (SECRET_VARIABLE.to_owned(), secret.into());
            command.env.push(variable);
        }
        Ok(Some(command))
    }

    /// What a person types to see it again.
    fn command_to_copy(&self, target: &Target, attempt: &Attempt) -> anyhow::Result<String> {
        let base = Path::new(shell::BASE);
        let place = self.place(base, &base.join("work"));
        let compile = target.compile(&self.guest, &place)?;
        let mut run = self.command(target, attempt, &place, "secret")?;
        if let Some(run) = run.as_mut().filter(|_| attempt.kind == Kind::Exhaustion) {
            // What has no bounds must not be let loose on the machine of a reader.
            let limit = format!("{}s", self.limit(attempt).as_secs_f64());
            run.argv.splice(0..0, ["timeout".into(), limit.into()]);
        }
        let steps: Vec<Command> = compile.into_iter().chain(run).collect();
        let machine = shell::Machine {
            repo: self.repo,
            home: self.home.as_deref(),
        };
        Ok(shell::line(&steps, &machine))
    }

    fn limit(&self, attempt: &Attempt) -> Duration {
        match attempt.kind {
            Kind::Exhaustion => self.timeout * PATIENCE,
            _ => self.timeout,
        }
    }

    /// `base` holds the folders inside and outside, `work` the cache and what was compiled.
    fn place(&self, base: &Path, work: &Path) -> Place {
        Place {
            dir: base.join("inside"),
            cache: work.join("cache"),
            artifact: work.join("guest"),
            repo: self.repo.to_owned(),
        }
    }

    /// A text without what differs from run to run and from machine to machine, not too long.
    fn cleaned(&self, text: &str, base: &Path) -> String {
        // Some engines colour what they say.
        let mut text = self.colours.replace_all(text, "").into_owned();
        // Some guests see paths without their first slash.
        text = text.replace(&base.to_string_lossy()[1..], &shell::BASE[1..]);
        text = text.replace(&*self.repo.to_string_lossy(), ".");
        if let Some(home) = &self.home {
            text = text.replace(&*home.to_string_lossy(), "~");
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").chars().take(SEEN_CHARS).collect()
    }
}

fn run(invocation: &Invocation) -> anyhow::Result<Finished> {
    let finished = process::run(invocation)?;
    if finished.end == End::Interrupted {
        bail!("interrupted; nothing was written");
    }
    Ok(finished)
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
    fn what_differs_from_machine_to_machine_is_left_out() {
        let repo = Path::new("/home/me/repo");
        let guest = Guest {
            wasm: "w".into(),
            native: None,
            js: None,
        };
        let mut runner = Runner::new(repo, guest, Duration::ZERO).unwrap();
        runner.home = Some("/home/me".into());
        let text = "\u{1b}[31mread\u{1b}[0m /tmp/x/try/a,\n tmp/x/try/b /home/me/repo/c /home/me/d";
        assert_eq!(
            runner.cleaned(text, Path::new("/tmp/x/try")),
            "read /tmp/wasi-bench-sandbox/a, tmp/wasi-bench-sandbox/b ./c ~/d"
        );
        assert_eq!(runner.cleaned(&"x".repeat(999), repo).len(), SEEN_CHARS);
    }

    #[test]
    fn secrets_differ() {
        assert_ne!(secret(), secret());
    }
}
