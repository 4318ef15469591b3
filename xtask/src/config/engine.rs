//! Engines and their modes: how a guest is compiled and run.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::{Context, bail};
use regex_lite::Regex;
use semver::VersionReq;
use serde::{Deserialize, Serialize};

use super::template::{Template, Values};
use super::tool::{self, Install, Lookup, Tool};
use super::unique;

/// A program that runs guests.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "EngineKeys")]
pub struct Engine {
    pub tool: Tool,
    pub modes: Vec<Mode>,
    /// The words that give a guest one variable; `{env}` in a run command stands for all of them.
    pub guest_env: Option<Template>,
    /// How other versions are installed that somebody may ask for: `wasmtime@46`.
    pub versions: BTreeMap<String, Install>,
}

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

impl Engine {
    pub fn name(&self) -> &str {
        &self.tool.name
    }

    /// Is the engine a process of its own? Native guests are not run by any.
    pub fn starts(&self) -> bool {
        let commands = self.modes.iter().flat_map(|mode| &mode.commands);
        commands
            .into_iter()
            .any(|commands| commands.run.uses("bin"))
    }
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

/// An engine as it is written: its modes beside the keys that every tool has.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct EngineKeys {
    #[serde(deserialize_with = "tool::name")]
    name: String,
    program: Option<String>,
    #[serde(
        default = "tool::default_command",
        deserialize_with = "tool::version_command"
    )]
    version_command: Template,
    #[serde(
        default = "tool::default_pattern",
        deserialize_with = "tool::version_pattern"
    )]
    version_pattern: Regex,
    #[serde(default)]
    install: Install,
    guest_env: Option<Template>,
    #[serde(default)]
    versions: BTreeMap<String, Install>,
    #[serde(default, rename = "mode")]
    modes: Vec<Mode>,
}

impl TryFrom<EngineKeys> for Engine {
    type Error = String;

    fn try_from(keys: EngineKeys) -> Result<Engine, String> {
        let mut engine = Engine {
            tool: Tool {
                name: keys.name,
                program: keys.program,
                version_command: keys.version_command,
                version_pattern: keys.version_pattern,
                install: keys.install,
                lookup: Lookup::default(),
                toolchain: false,
            },
            modes: keys.modes,
            guest_env: keys.guest_env,
            versions: keys.versions,
        };
        engine.tool.toolchain = !engine.starts();
        engine.check().map_err(|error| format!("{error:#}"))?;
        Ok(engine)
    }
}

impl Engine {
    fn check(&self) -> anyhow::Result<()> {
        if self.modes.is_empty() {
            bail!("it has no mode: add [[engine.mode]]");
        }
        let names: Vec<&String> = self.modes.iter().map(|mode| &mode.name).collect();
        unique(&names)
            .context("two modes with one name, or make one an [[engine.mode.otherwise]]")?;
        if self.modes.iter().filter(|mode| mode.shipped).count() != 1 {
            bail!(
                "exactly one of its modes must have \"shipped = true\": the one that a user gets without options"
            );
        }
        if let Some(words) = &self.guest_env {
            let needed = ["name", "value"];
            words.check(&needed, &needed).context("key \"guest-env\"")?;
        }
        let uses_env = |mode: &&Mode| mode.commands.iter().any(|it| it.run.uses("env"));
        match self.modes.iter().find(uses_env) {
            Some(mode) if self.guest_env.is_none() => bail!(
                "mode \"{}\" uses \"{{env}}\", so the engine needs the key \"guest-env\", such as \"--env {{name}}={{value}}\"",
                mode.name
            ),
            _ => Ok(()),
        }
    }
}

/// A mode as it is written: its first commands are keys of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ModeKeys {
    #[serde(deserialize_with = "tool::name")]
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
    use super::*;

    fn engine(text: &str) -> anyhow::Result<Engine> {
        crate::config::read::read(text)
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

    #[test]
    fn modes_are_unique_and_one_is_shipped() {
        let mode = "[[mode]]\nname = 'm'\ntier = 'baseline'\nrun = '{wasm} {args}'\n";
        assert!(error(&format!("name = 'e'\n{mode}")).contains("shipped = true"));
        assert!(error(&format!("name = 'e'\n{mode}{mode}")).contains("\"m\" is there twice"));
        assert!(error("name = 'e'").contains("no mode"));
    }
}
