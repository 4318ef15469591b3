//! The ways of using an engine: how a guest is compiled and run.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::{Context, bail};
use semver::VersionReq;
use serde::{Deserialize, Serialize};

use super::template::{Template, Values};
use super::tool::name;

/// One way of using an engine.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "ModeKeys")]
pub struct Mode {
    pub name: String,
    /// Is this what a user gets who gives no options?
    pub shipped: bool,
    pub tier: Tier,
    /// Variables that the commands are started with.
    pub env: BTreeMap<String, Template>,
    /// The commands for different versions of the engine; the first that fits is used.
    pub commands: Vec<Commands>,
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

/// What a run command may hold.
const RUN: [&str; 10] = [
    "bin", "native", "wasm", "js", "artifact", "dir", "args", "env", "cache", "repo",
];
/// What a compile command may hold.
const COMPILE: [&str; 3] = ["bin", "wasm", "artifact"];
/// What the value of a variable may hold.
const ENV: [&str; 2] = ["cache", "dir"];
/// What names the guest; a run command holds exactly one of them.
const GUEST: [&str; 4] = ["native", "wasm", "js", "artifact"];

/// How variables reach the guest of a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvWay {
    /// As words of the command, where it holds `{env}`.
    Words,
    /// As variables of the process.
    Process,
}

/// What kind of program a mode runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestKind {
    Wasm,
    Native,
    Js,
}

impl Mode {
    /// The commands for this version of the engine. A version that cannot be parsed counts as the newest.
    ///
    /// # Errors
    /// When the mode needs another version; the message says which.
    pub fn commands(&self, version: &str) -> anyhow::Result<&Commands> {
        let parsed = lenient_version(version);
        let fits = |commands: &&Commands| match (&commands.requires, &parsed) {
            (Some(requires), Some(version)) => requires.matches(version),
            _ => true,
        };
        self.commands.iter().find(fits).with_context(|| {
            let wanted: Vec<_> = self
                .commands
                .iter()
                .flat_map(|s| &s.requires)
                .map(|r| r.to_string())
                .collect();
            format!(
                "needs version {}, but {version} is installed",
                wanted.join(" or ")
            )
        })
    }

    /// Is the guest compiled before it is run, for some versions of the engine at least?
    pub fn compiles_ahead(&self) -> bool {
        let mut commands = self.commands.iter();
        commands.any(|commands| commands.compile.is_some())
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

    /// Does the mode use a folder of its own for the engine's cache?
    pub fn uses_cache(&self) -> bool {
        self.env.iter().any(|(_, value)| value.uses("cache"))
            || self.commands.iter().any(|s| s.run.uses("cache"))
    }

    /// What kind of program the mode runs.
    pub fn guest_kind(&self) -> GuestKind {
        let runs = |name| self.commands.iter().any(|commands| commands.run.uses(name));
        if runs("native") {
            GuestKind::Native
        } else if runs("js") {
            GuestKind::Js
        } else {
            GuestKind::Wasm
        }
    }

    /// How variables reach the guest; none if they do not.
    pub fn env_way(&self) -> Option<EnvWay> {
        let words = |commands: &Commands| commands.run.uses("env");
        match self.guest_kind() {
            _ if self.commands.iter().all(words) => Some(EnvWay::Words),
            // The guest is the process, or runs in it with all that it has.
            GuestKind::Native | GuestKind::Js => Some(EnvWay::Process),
            GuestKind::Wasm => None,
        }
    }
}

/// Reads `20.20.2`, `0.17` or `1.12.0-rc.1+x`; a pre-release counts as its release,
/// because a requirement such as `>=0.17` means features, not semver order.
fn lenient_version(text: &str) -> Option<semver::Version> {
    let digits = |c: char| c.is_ascii_digit() || c == '.';
    let core: String = text
        .trim_start_matches('v')
        .chars()
        .take_while(|c| digits(*c))
        .collect();
    let mut numbers = core.split('.').filter_map(|part| part.parse().ok());
    let major = numbers.next()?;
    Some(semver::Version::new(
        major,
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(0),
    ))
}

/// A mode as it is written: its first commands are keys of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ModeKeys {
    #[serde(deserialize_with = "name")]
    name: String,
    #[serde(default)]
    shipped: bool,
    tier: Tier,
    #[serde(default)]
    env: BTreeMap<String, Template>,
    requires: Option<VersionReq>,
    run: Template,
    read_only: Option<Template>,
    compile: Option<Template>,
    /// The commands for versions that `requires` excludes.
    #[serde(default)]
    otherwise: Vec<Commands>,
}

impl TryFrom<ModeKeys> for Mode {
    type Error = String;

    fn try_from(keys: ModeKeys) -> Result<Mode, String> {
        let first = Commands {
            requires: keys.requires,
            run: keys.run,
            read_only: keys.read_only,
            compile: keys.compile,
        };
        let mode = Mode {
            name: keys.name,
            shipped: keys.shipped,
            tier: keys.tier,
            env: keys.env,
            commands: std::iter::once(first).chain(keys.otherwise).collect(),
        };
        mode.check().map_err(|error| format!("{error:#}"))?;
        Ok(mode)
    }
}

impl Mode {
    fn check(&self) -> anyhow::Result<()> {
        for (name, value) in &self.env {
            value
                .check(&ENV, &[])
                .with_context(|| format!("key \"env\": \"{name}\""))?;
        }
        self.commands.iter().try_for_each(Commands::check)
    }
}

impl Commands {
    fn check(&self) -> anyhow::Result<()> {
        let run = &self.run;
        run.check(&RUN, &["args"]).context("key \"run\"")?;
        let guests: Vec<&str> = GUEST.into_iter().filter(|name| run.uses(name)).collect();
        match &self.compile {
            Some(compile) => {
                let needed = ["wasm", "artifact"];
                compile
                    .check(&COMPILE, &needed)
                    .context("key \"compile\"")?;
                run.check(&RUN, &["artifact"]).context("key \"run\"")?;
            }
            None if run.uses("artifact") => {
                bail!("key \"run\" uses \"{{artifact}}\", so the mode needs the key \"compile\"")
            }
            None if guests.len() != 1 => bail!(
                "key \"run\": \"{}\" must hold one of the placeholders {{native}}, {{wasm}}, {{js}}, {{artifact}}",
                run.text()
            ),
            None => {}
        }
        // It must run what `run` runs, and say which folder is for reading only.
        let needed = [guests, vec!["args", "dir"]].concat();
        match &self.read_only {
            Some(command) => command.check(&RUN, &needed).context("key \"read-only\""),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Engine, read};

    fn engine(text: &str) -> anyhow::Result<Engine> {
        read::read(text)
    }

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
        let read_only = engine.modes[0].commands[0].read_only.as_ref();
        assert_eq!(read_only.unwrap().text(), good);
        for lacking in ["{artifact}", "{dir}", "{args}"] {
            let error = format!("{:#}", mode(&good.replace(lacking, "x")).unwrap_err());
            let expected = format!("lacks the placeholder \"{lacking}\"");
            assert!(error.contains("key \"read-only\"") && error.contains(&expected));
        }
        assert!(mode("{bin} {what}").is_err());
    }
}
