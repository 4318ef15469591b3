//! The ways of using an engine: how a guest is compiled and run.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::{Context, bail};
use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use super::read::name;
use super::template::{Template, Values};

/// One way of using an engine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mode {
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// Is this what a user gets who gives no options?
    #[serde(default)]
    pub shipped: bool,
    pub tier: Tier,
    /// Variables that the commands are started with.
    #[serde(default)]
    pub env: BTreeMap<String, Template>,
    // The keys of its first `Commands`.
    requires: Option<VersionReq>,
    run: Template,
    read_only: Option<Template>,
    compile: Option<Template>,
    /// Those for versions of the engine that `requires` excludes.
    #[serde(default)]
    otherwise: Vec<Commands>,
}

/// The commands of a mode for some versions of its engine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Commands {
    /// The engine versions that know these commands; all if none is named.
    pub requires: Option<VersionReq>,
    pub run: Template,
    /// As `run`, but the guest may not write to `{dir}`; none where the engine cannot do that.
    pub read_only: Option<Template>,
    /// Makes `{artifact}` out of `{wasm}` ahead of time.
    pub compile: Option<Template>,
}

/// How a mode turns WebAssembly (or JavaScript) into work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Machine code from an optimizing compiler, whenever that runs.
    Optimizing,
    /// Machine code from a fast compiler that optimizes little.
    Baseline,
    /// No machine code.
    Interpreter,
}

/// What a run command may hold besides the guest.
const RUN: [&str; 7] = ["bin", "dir", "args", "env", "flags", "cache", "repo"];
/// What a compile command may hold.
const COMPILE: [&str; 4] = ["bin", "flags", "wasm", "artifact"];
/// What the value of a variable may hold.
const ENV: [&str; 2] = ["cache", "dir"];
/// What names the guest; a run command holds exactly one of them.
const GUEST: [&str; 5] = ["native", "native-host", "wasm", "js", "artifact"];

impl Mode {
    /// The commands for different versions of the engine; the first that fits is used.
    fn all(&self) -> Vec<Commands> {
        let first = Commands {
            requires: self.requires.clone(),
            run: self.run.clone(),
            read_only: self.read_only.clone(),
            compile: self.compile.clone(),
        };
        [vec![first], self.otherwise.clone()].concat()
    }

    /// The commands for this version of the engine. A version that cannot be parsed counts as the newest.
    ///
    /// # Errors
    /// When the mode needs another version; the message says which.
    pub fn commands(&self, version: &str) -> anyhow::Result<Commands> {
        let parsed = lenient_version(version);
        let fits = |commands: &Commands| match (&commands.requires, &parsed) {
            (Some(requires), Some(version)) => requires.matches(version),
            _ => true,
        };
        self.all().into_iter().find(fits).with_context(|| {
            let wanted = self.all().into_iter().filter_map(|it| it.requires);
            let wanted: Vec<String> = wanted.map(|it| it.to_string()).collect();
            let wanted = wanted.join(" or ");
            format!("needs version {wanted}, but {version} is installed")
        })
    }

    /// Is the guest compiled before it is run, for some versions of the engine at least?
    pub fn compiles_ahead(&self) -> bool {
        self.all().iter().any(|it| it.compile.is_some())
    }

    /// The variables that the mode's commands are started with.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn variables(&self, values: &Values) -> anyhow::Result<Vec<(String, OsString)>> {
        let env = self.env.iter();
        env.map(|(name, value)| Ok((name.clone(), value.expand(values)?.join(" ".as_ref()))))
            .collect()
    }

    /// Does it run a command with this placeholder, for some versions of the engine at least?
    pub fn uses(&self, placeholder: &str) -> bool {
        self.all().iter().any(|it| it.run.uses(placeholder))
    }

    /// The key of a workload that names what the mode runs: `wasm`, `native`, `native-host` or `js`.
    pub fn guest(&self) -> &'static str {
        let mut others = ["native", "native-host", "js"].into_iter();
        let other = others.find(|key| self.uses(key));
        other.unwrap_or("wasm")
    }

    /// Do variables reach the guest: as words of the command, or because the guest is the process,
    /// or runs in it with all that it has?
    pub fn passes_env(&self) -> bool {
        self.guest() != "wasm" || self.all().iter().all(|it| it.run.uses("env"))
    }

    /// Do the commands hold what they need, and nothing unknown?
    ///
    /// # Errors
    /// With the key that must be mended.
    pub fn check(&self) -> anyhow::Result<()> {
        for (name, value) in &self.env {
            let place = || format!("key \"env\": \"{name}\"");
            value.check(&ENV, &[]).with_context(place)?;
        }
        self.all().iter().try_for_each(Commands::check)
    }
}

impl Commands {
    fn check(&self) -> anyhow::Result<()> {
        let (run, allowed) = (&self.run, [&RUN[..], &GUEST].concat());
        run.check(&allowed, &["args"]).context("key \"run\"")?;
        let guests: Vec<&str> = GUEST.into_iter().filter(|name| run.uses(name)).collect();
        if let Some(compile) = &self.compile {
            let checked = compile.check(&COMPILE, &["wasm", "artifact"]);
            checked.context("key \"compile\"")?;
            run.check(&allowed, &["artifact"]).context("key \"run\"")?;
        } else if run.uses("artifact") {
            bail!("key \"run\" uses \"{{artifact}}\", so the mode needs the key \"compile\"");
        } else if guests.len() != 1 {
            bail!(
                "key \"run\": \"{}\" must hold one of the placeholders {{native}}, {{native-host}}, {{wasm}}, {{js}}, {{artifact}}",
                run.text()
            );
        }
        // It must run what `run` runs, and say which folder is for reading only.
        let needed = [guests, vec!["args", "dir"]].concat();
        let mut read_only = self.read_only.iter();
        let checked = read_only.try_for_each(|it| it.check(&allowed, &needed));
        checked.context("key \"read-only\"")
    }
}

/// Reads `20.20.2`, `0.17` or `1.12.0-rc.1+x`; a pre-release counts as its release,
/// because a requirement such as `>=0.17` means features, not semver order.
fn lenient_version(text: &str) -> Option<Version> {
    let other = |c: char| !c.is_ascii_digit() && c != '.';
    let core = text.trim_start_matches('v').split(other).next()?;
    let mut numbers = core.split('.').filter_map(|part| part.parse().ok());
    let major = numbers.next()?;
    let mut next = || numbers.next().unwrap_or(0);
    Some(Version::new(major, next(), next()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::engine;

    fn error(text: &str) -> String {
        format!("{:#}", engine(text).unwrap_err())
    }

    const HEAD: &str = "name = 'e'\n[[mode]]\nname = 'm'\nshipped = true\ntier = 'optimizing'\n";

    #[test]
    fn the_first_spelling_that_fits_the_version_is_used() {
        let text = format!(
            "{HEAD}requires = '>=0.17'\nrun = '{{bin}} --run-mode=aot {{wasm}} {{args}}'\n[[mode.otherwise]]\nrequires = '>=0.14'\nrun = '{{bin}} {{wasm}} {{args}}'"
        );
        let engine = engine(&text).unwrap();
        let run = |version| {
            engine.modes[0]
                .commands(version)
                .map(|s| s.run.text().to_owned())
        };
        assert_eq!(run("0.17.1").unwrap(), "{bin} --run-mode=aot {wasm} {args}");
        assert_eq!(
            run("0.17.1-rc.1").unwrap(),
            "{bin} --run-mode=aot {wasm} {args}"
        );
        assert_eq!(run("0.16.0").unwrap(), "{bin} {wasm} {args}");
        assert_eq!(
            run("0.13.0").unwrap_err().to_string(),
            "needs version >=0.17 or >=0.14, but 0.13.0 is installed"
        );
    }

    #[test]
    fn variables_pass_only_where_every_version_passes_them() {
        let passes = |run: &str, otherwise: &str| {
            let text = format!(
                "guest-env = '{{name}}={{value}}'\n{HEAD}requires = '>=2'\nrun = '{run} {{args}}'\n[[mode.otherwise]]\nrun = '{otherwise} {{args}}'"
            );
            engine(&text).unwrap().modes[0].passes_env()
        };
        assert!(passes("{wasm} {env}", "{wasm} {env}"));
        assert!(!passes("{wasm} {env}", "{wasm}"));
        assert!(!passes("{wasm}", "{wasm} {env}"));
        assert!(passes("{js}", "{js}"));
    }

    #[test]
    fn missing_and_unknown_placeholders_are_named() {
        let mode = |rest: &str| error(&format!("{HEAD}{rest}"));
        assert!(mode("run = '{bin} {wasm}'").contains(
            "mode \"m\": key \"run\": \"{bin} {wasm}\" lacks the placeholder \"{args}\""
        ));
        assert!(mode("run = '{bin} {args}'").contains("must hold one of the placeholders"));
        assert!(
            mode("run = '{bin} {artefact} {args}'")
                .contains("unknown placeholder \"{artefact}\", expected one of {bin}")
        );
        assert!(mode("run = '{bin} {artifact} {args}'").contains("needs the key \"compile\""));
        assert!(
            mode("run = '{bin} {artifact} {args}'\ncompile = '{bin} {wasm}'")
                .contains("key \"compile\": \"{bin} {wasm}\" lacks the placeholder \"{artifact}\"")
        );
        assert!(
            mode("run = '{wasm} {args}'\nenv = { A = '{wasm}' }").contains("key \"env\": \"A\"")
        );
    }

    #[test]
    fn a_read_only_mount_runs_the_same_guest() {
        let mode = |key: &str| {
            let run = "compile = '{bin} {wasm} {artifact}'\nrun = '{bin} {artifact} {args}'";
            engine(&format!("{HEAD}{run}\nread-only = '{key}'"))
        };
        let good = "{bin} --dir {dir}:ro {artifact} {args}";
        let engine = mode(good).unwrap();
        let read_only = engine.modes[0].commands("1").unwrap().read_only;
        assert_eq!(read_only.unwrap().text(), good);
        for lacking in ["{artifact}", "{dir}", "{args}"] {
            let error = format!("{:#}", mode(&good.replace(lacking, "x")).unwrap_err());
            let expected = format!("lacks the placeholder \"{lacking}\"");
            assert!(error.contains("key \"read-only\"") && error.contains(&expected));
        }
        assert!(mode("{bin} {what}").is_err());
    }
}
