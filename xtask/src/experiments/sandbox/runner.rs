//! Makes the attempts, each in folders of its own.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, bail};
use regex_lite::Regex;

use super::Tried;
use super::attempts::{ATTEMPTS, Attempt, CONTROL, Goal};
use super::finding::{Evidence, Judged, Verdict, judge};
use super::folders::{Ground, differences};
use super::subject::{Chosen, Subject};
use super::{memory, shell};
use crate::host::machine;
use crate::host::process::{self, End, Invocation};
use crate::run::stopwatch::Command;
use crate::run::target::{Place, Target};
use crate::tools::{Guest, State};

/// Limit of an ahead-of-time compilation.
const COMPILE_TIMEOUT: Duration = Duration::from_secs(600);
/// How much longer than other attempts one without bounds may take.
const PATIENCE: u32 = 4;
static COLOUR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("\\x1b\\[[0-9;]*m").expect("a constant that the tests compile"));
/// More of a text than anybody reads in a table's remark.
const SEEN_CHARS: usize = 300;

/// All that attempts have in common.
pub struct Trial<'t> {
    repo: &'t Path,
    guest: Guest,
    timeout: Duration,
    /// Removed at the end, with everything that guests left.
    work: tempfile::TempDir,
    home: Option<PathBuf>,
}

impl<'t> Trial<'t> {
    /// # Errors
    /// When no temporary folder can be made.
    pub fn new(repo: &'t Path, guest: Guest, timeout: Duration) -> anyhow::Result<Trial<'t>> {
        // WasmEdge 0.17 finds nothing below a folder whose name starts with a dot.
        let work = tempfile::Builder::new().prefix("sandbox-").tempdir();
        let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
        Ok(Trial {
            repo,
            guest,
            timeout,
            work: work.context("cannot make a temporary folder")?,
            home: home.map(PathBuf::from),
        })
    }

    /// Makes all attempts in one mode.
    ///
    /// # Errors
    /// When a folder cannot be made or read, a command cannot be started, or the user interrupts.
    pub fn mode(&self, chosen: &Chosen, state: &State) -> anyhow::Result<Vec<Tried>> {
        let version = state.found().map_or("", |found| &found.version);
        let tried = |attempt: &Attempt, judged: Judged, command| Tried {
            engine: chosen.engine.name().to_owned(),
            mode: chosen.mode.name.clone(),
            version: version.to_owned(),
            attempt: attempt.name.to_owned(),
            verdict: judged.verdict,
            errno: judged.errno,
            seen: judged.seen,
            command,
        };
        let all = |verdict: Verdict, why: &str| {
            let attempts = ATTEMPTS.iter();
            attempts
                .map(|attempt| tried(attempt, Judged::new(verdict, why), None))
                .collect()
        };
        let found = match state {
            State::Found(found) => found,
            State::Missing { why, how } => {
                return Ok(all(Verdict::Unsupported, &format!("{why}; {how}")));
            }
        };
        let target = match Target::new(chosen.engine, chosen.mode, found) {
            Ok(target) => target,
            Err(error) => return Ok(all(Verdict::Unsupported, &error.to_string())),
        };
        let subject = Subject {
            target,
            guest: &self.guest,
        };
        let work = chosen.name().replace(':', "-");
        if let Some(why) = self.hindrance(&subject, &work)? {
            return Ok(all(Verdict::NotTried, &why));
        }
        let attempts = ATTEMPTS.iter().map(|attempt| {
            let (judged, _) = self.attempt(&subject, &work, attempt)?;
            let command = match judged.verdict.is_surprising() {
                true => Some(self.shown(&subject, attempt)?),
                false => None,
            };
            Ok(tried(attempt, judged, command))
        });
        attempts.collect()
    }

    /// Why nothing can be tried: the guest cannot be compiled, or not even do what it may.
    fn hindrance(&self, subject: &Subject, work: &str) -> anyhow::Result<Option<String>> {
        let place = self.place(work, "");
        std::fs::create_dir_all(&place.cache)
            .with_context(|| format!("cannot make \"{}\"", place.cache.display()))?;
        if let Some(command) = subject.target.compile(subject.guest, &place)? {
            let mut invocation = invocation(command);
            invocation.timeout = Some(COMPILE_TIMEOUT);
            let finished = self.run(&invocation)?;
            if finished.0 != End::Exit(0) {
                let why = format!("cannot compile the guest: {}: {}", finished.0, finished.2);
                return Ok(Some(self.cleaned(&why, base_of(&place))));
            }
        }
        let (judged, inside) = self.attempt(subject, work, &CONTROL)?;
        let wrote = inside.iter().any(|change| change == "+ created.txt");
        if judged.verdict == Verdict::NoEffect && wrote {
            return Ok(None);
        }
        Ok(Some(format!(
            "the guest cannot even use its own folder: {}: {}",
            judged.verdict, judged.seen
        )))
    }

    /// Makes one attempt; also what became different inside.
    fn attempt(
        &self,
        subject: &Subject,
        work: &str,
        attempt: &Attempt,
    ) -> anyhow::Result<(Judged, Vec<String>)> {
        if let Some(why) = memory::too_little(attempt, machine::available_bytes()) {
            return Ok((Judged::new(Verdict::NotTried, why), Vec::new()));
        }
        let place = self.place(work, attempt.name);
        let secret = secret()?;
        let Some(command) = subject.run(attempt, &place, &secret)? else {
            let why = "matrix.toml has no such command";
            return Ok((Judged::new(Verdict::NotApplicable, why), Vec::new()));
        };
        let ground = Ground::make(base_of(&place), &secret)?;
        let before = ground.look()?;
        let mut invocation = invocation(command);
        invocation.cwd = Some(ground.outside());
        invocation.timeout = Some(self.limit(attempt));
        let limited = attempt.goal == Goal::Limit;
        invocation.spare_bytes = limited.then(|| memory::spare(machine::available_bytes()));
        let (end, stdout, stderr) = self.run(&invocation)?;
        let after = ground.look()?;
        let [outside, inside] = [0, 1].map(|i| differences(&before[i], &after[i]));
        let evidence = Evidence {
            end,
            stdout,
            stderr,
            secret: secret.clone(),
            outside,
            inside: inside.clone(),
        };
        let judged = judge(attempt, &evidence);
        let seen = judged.seen.replace(&secret, "secret");
        let seen = self.cleaned(&seen, base_of(&place));
        Ok((Judged { seen, ..judged }, inside))
    }

    /// What a person types to see it again.
    fn shown(&self, subject: &Subject, attempt: &Attempt) -> anyhow::Result<String> {
        let base = Path::new(shell::BASE);
        let place = self.place_in(base, &base.join("work"));
        let compile = subject.target.compile(subject.guest, &place)?;
        let mut run = subject.run(attempt, &place, "secret")?;
        if let Some(run) = run.as_mut().filter(|_| attempt.goal == Goal::Limit) {
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
        match attempt.goal {
            Goal::Limit => self.timeout * PATIENCE,
            _ => self.timeout,
        }
    }

    fn place(&self, work: &str, attempt: &str) -> Place {
        // Guests and host must call a folder by the same name.
        let root = self.work.path().canonicalize();
        let root = root
            .unwrap_or_else(|_| self.work.path().to_owned())
            .join(work);
        self.place_in(&root.join(format!("try-{attempt}")), &root.join("work"))
    }

    /// `base` holds the folders inside and outside, `work` the cache and what was compiled.
    fn place_in(&self, base: &Path, work: &Path) -> Place {
        Place {
            dir: base.join("inside"),
            cache: work.join("cache"),
            artifact: work.join("guest"),
            repo: self.repo.to_owned(),
        }
    }

    fn run(&self, invocation: &Invocation) -> anyhow::Result<(End, String, String)> {
        let finished = process::run(invocation)?;
        if finished.end == End::Interrupted {
            bail!("interrupted; nothing was written");
        }
        Ok((finished.end, finished.stdout, finished.stderr))
    }

    /// A text without what differs from run to run and from machine to machine, not too long.
    fn cleaned(&self, text: &str, base: &Path) -> String {
        // Some engines colour what they say.
        let mut text = COLOUR.replace_all(text, "").into_owned();
        // Some guests see paths without their first slash.
        text = text.replace(&base.to_string_lossy()[1..], &shell::BASE[1..]);
        text = text.replace(&*self.repo.to_string_lossy(), ".");
        if let Some(home) = &self.home {
            text = text.replace(&*home.to_string_lossy(), "~");
        }
        let line: Vec<&str> = text.split_whitespace().collect();
        line.join(" ").chars().take(SEEN_CHARS).collect()
    }
}

/// The folder around the one that the guest may reach.
fn base_of(place: &Place) -> &Path {
    place.dir.parent().unwrap_or(&place.dir)
}

fn invocation(command: Command) -> Invocation {
    Invocation {
        env: command.env,
        ..Invocation::new(command.argv)
    }
}

/// A word that nobody can guess.
fn secret() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    let random = std::fs::File::open("/dev/urandom");
    random
        .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut bytes))
        .context("cannot read \"/dev/urandom\"")?;
    Ok(blake3::hash(&bytes).to_hex()[..32].to_owned())
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
        let mut trial = Trial::new(repo, guest, Duration::ZERO).unwrap();
        trial.home = Some("/home/me".into());
        let text = "\u{1b}[31mread\u{1b}[0m /tmp/x/try/a,\n tmp/x/try/b /home/me/repo/c /home/me/d";
        assert_eq!(
            trial.cleaned(text, Path::new("/tmp/x/try")),
            "read /tmp/wasi-bench-sandbox/a, tmp/wasi-bench-sandbox/b ./c ~/d"
        );
        assert_eq!(trial.cleaned(&"x".repeat(999), repo).len(), SEEN_CHARS);
    }

    #[test]
    fn secrets_differ() {
        assert_ne!(secret().unwrap(), secret().unwrap());
    }
}
