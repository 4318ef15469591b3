//! What identifies a run: the machine, the engines, the guests. Written to `environment.json`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::machine::{Machine, unknown};
use crate::model::Origin;
use crate::process::{Invocation, read_stdout, read_stdout_of};

/// `environment.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    pub machine: Machine,
    /// hyperfine's version.
    pub hyperfine: String,
    /// Peak memory that hyperfine reports for `true`, in bytes: smaller values cannot be seen.
    pub memory_floor_bytes: u64,
    /// By name.
    pub engines: BTreeMap<String, EngineIdentity>,
    /// SHA-256 of each guest, by its path below the checkout's target folder or root.
    pub guests: BTreeMap<String, String>,
    pub rustc: String,
    /// The commit of this project, with `-dirty` where files differ from it.
    pub git_commit: Option<String>,
    /// The command line that started the run.
    pub command: String,
    /// The processors that the run was pinned to; none if to none.
    #[serde(default)]
    pub pinned: Option<String>,
    /// The other machines of a run that was merged from shards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_machines: Vec<Environment>,
    /// What may make this run noisier than it should be.
    pub warnings: Vec<String>,
}

/// What an engine was, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineIdentity {
    pub version: String,
    /// None in runs of before it was recorded.
    #[serde(default)]
    pub origin: Option<Origin>,
    /// What a reader should know of where the binary comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// With `~` for the user's home folder.
    pub path: PathBuf,
    /// Of the binary.
    pub sha256: String,
    /// SHA-256 of the loader and the libraries that the binary loads, by their paths.
    #[serde(default)]
    pub libraries: BTreeMap<String, String>,
    /// The commands of each mode, as templates.
    pub modes: BTreeMap<String, ModeCommands>,
}

/// The commands of a mode as `matrix.toml` has them for this version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeCommands {
    pub run: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compile: Option<String>,
}

/// Hex SHA-256 of a file.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of_file(path: &Path) -> anyhow::Result<String> {
    let context = || format!("cannot read \"{}\"", path.display());
    let mut file = File::open(path).with_context(context)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 1 << 20];
    loop {
        let length = file.read(&mut chunk).with_context(context)?;
        if length == 0 {
            return Ok(hasher
                .finalize()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect());
        }
        hasher.update(&chunk[..length]);
    }
}

/// The commit of the checkout, with `-dirty` where files differ from it; none without git.
pub fn git_commit(root: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let mut invocation = Invocation::new(["git"].iter().chain(arguments).copied());
        invocation.cwd = Some(root.to_owned());
        read_stdout(&invocation).ok()
    };
    let commit = git(&["rev-parse", "HEAD"])?;
    let dirty = git(&["status", "--porcelain", "--untracked-files=no"])
        .is_some_and(|status| !status.is_empty());
    Some(format!("{commit}{}", if dirty { "-dirty" } else { "" }))
}

/// The version of the compiler that builds the guests.
pub fn rustc_version() -> String {
    read_stdout_of(["rustc", "--version"]).unwrap_or_else(unknown)
}

impl Environment {
    /// What differs between two environments that must be the same for one run; empty if nothing does.
    pub fn differences(&self, now: &Environment) -> Vec<String> {
        let mut differences = Vec::new();
        let mut compare = |what: &str, then: &str, now: &str| {
            if then != now {
                differences.push(format!("{what}: was \"{then}\", is \"{now}\""));
            }
        };
        let (then_machine, now_machine) = (&self.machine, &now.machine);
        compare("host", &then_machine.host, &now_machine.host);
        compare("processor", &then_machine.cpu, &now_machine.cpu);
        compare(
            "cores",
            &then_machine.cores.to_string(),
            &now_machine.cores.to_string(),
        );
        compare(
            "memory",
            &then_machine.memory_bytes.to_string(),
            &now_machine.memory_bytes.to_string(),
        );
        compare("kernel", &then_machine.kernel, &now_machine.kernel);
        let pinned =
            |environment: &Environment| environment.pinned.clone().unwrap_or("none".to_owned());
        compare("option --pin", &pinned(self), &pinned(now));
        compare("hyperfine", &self.hyperfine, &now.hyperfine);
        for name in union(self.engines.keys(), now.engines.keys()) {
            match (self.engines.get(name), now.engines.get(name)) {
                (Some(then), Some(now)) => {
                    compare(
                        &format!("engine \"{name}\": version"),
                        &then.version,
                        &now.version,
                    );
                    compare(
                        &format!("engine \"{name}\": SHA-256"),
                        &then.sha256,
                        &now.sha256,
                    );
                    // Runs of before they were recorded have none.
                    for path in union(then.libraries.keys(), now.libraries.keys())
                        .into_iter()
                        .filter(|_| !then.libraries.is_empty())
                    {
                        let hash = |engine: &EngineIdentity| {
                            let hash = engine.libraries.get(path).cloned();
                            hash.unwrap_or_else(|| "absent".to_owned())
                        };
                        compare(
                            &format!("engine \"{name}\": library \"{path}\": SHA-256"),
                            &hash(then),
                            &hash(now),
                        );
                    }
                    for mode in union(then.modes.keys(), now.modes.keys()) {
                        let text = |engine: &EngineIdentity| {
                            engine
                                .modes
                                .get(mode)
                                .map_or("absent".to_owned(), ModeCommands::text)
                        };
                        compare(&format!("mode \"{name}:{mode}\""), &text(then), &text(now));
                    }
                }
                (then, _) => {
                    let state = |there| if there { "there" } else { "missing" };
                    compare(
                        &format!("engine \"{name}\""),
                        state(then.is_some()),
                        state(then.is_none()),
                    );
                }
            }
        }
        for path in union(self.guests.keys(), now.guests.keys()) {
            let hash = |guests: &BTreeMap<String, String>| {
                guests
                    .get(path)
                    .cloned()
                    .unwrap_or_else(|| "absent".to_owned())
            };
            compare(
                &format!("guest \"{path}\": SHA-256"),
                &hash(&self.guests),
                &hash(&now.guests),
            );
        }
        differences
    }
}

impl Environment {
    /// Takes in the environment of another shard, unless it is that of a machine that is there already.
    ///
    /// # Errors
    /// When two machines have one name, or one machine's engines changed between shards.
    pub fn add_machine(&mut self, other: &Environment) -> anyhow::Result<()> {
        let there = std::iter::once(&*self).chain(&self.other_machines);
        if let Some(same) = there
            .into_iter()
            .find(|known| known.machine.host == other.machine.host)
        {
            let differences = same.differences_of_engines(other);
            if same.machine != other.machine || !differences.is_empty() {
                bail!(
                    "two shards come from a host \"{}\", but not from one machine with one set of engines{}",
                    other.machine.host,
                    differences
                        .iter()
                        .map(|line| format!("\n  {line}"))
                        .collect::<String>()
                );
            }
            return Ok(());
        }
        self.other_machines.push(other.clone());
        Ok(())
    }

    /// The environment on this host; of an ordinary run there is one only.
    pub fn of_machine(&self, host: Option<&str>) -> &Environment {
        let other = self
            .other_machines
            .iter()
            .find(|other| Some(other.machine.host.as_str()) == host);
        other.unwrap_or(self)
    }

    /// As [`Environment::differences`], of the engines that both have.
    fn differences_of_engines(&self, other: &Environment) -> Vec<String> {
        let both = |a: &Environment, b: &Environment| Environment {
            engines: a
                .engines
                .iter()
                .filter(|(name, _)| b.engines.contains_key(*name))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect(),
            guests: BTreeMap::new(),
            ..a.clone()
        };
        both(self, other).differences(&both(other, self))
    }
}

impl ModeCommands {
    fn text(&self) -> String {
        match &self.compile {
            Some(compile) => format!("{compile} && {}", self.run),
            None => self.run.clone(),
        }
    }
}

fn union<'a>(
    a: impl Iterator<Item = &'a String>,
    b: impl Iterator<Item = &'a String>,
) -> std::collections::BTreeSet<&'a String> {
    a.chain(b).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The environment of a machine with this name.
    pub fn environment(host: &str) -> Environment {
        Environment {
            machine: Machine {
                host: host.to_owned(),
                os: "linux".to_owned(),
                arch: "x86_64".to_owned(),
                kernel: "6.1.0".to_owned(),
                cpu: "A Processor".to_owned(),
                cores: 4,
                memory_bytes: 16_000_000_000,
                swap_bytes: 0,
                virtualisation: "none".to_owned(),
                governor: String::new(),
            },
            hyperfine: "1.20.0".to_owned(),
            memory_floor_bytes: 3_000_000,
            engines: BTreeMap::from([("wasmtime".to_owned(), engine())]),
            guests: BTreeMap::from([("merge.wasm".to_owned(), "aa".to_owned())]),
            rustc: "rustc 1.95.0".to_owned(),
            git_commit: None,
            command: "cargo xtask bench".to_owned(),
            pinned: None,
            other_machines: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn engine() -> EngineIdentity {
        let run = "{bin} run {wasm} {args}".to_owned();
        EngineIdentity {
            version: "48.0.8".to_owned(),
            origin: Some(Origin::Release),
            note: None,
            path: "/opt/wasmtime".into(),
            sha256: "bb".to_owned(),
            libraries: BTreeMap::from([("/lib/libm.so".to_owned(), "dd".to_owned())]),
            modes: BTreeMap::from([("jit".to_owned(), ModeCommands { run, compile: None })]),
        }
    }

    #[test]
    fn every_difference_is_named() {
        let then = environment("a");
        assert!(then.differences(&then).is_empty());
        let mut now = environment("b");
        now.guests.clear();
        let engine = now.engines.get_mut("wasmtime").unwrap();
        engine.sha256 = "cc".to_owned();
        engine.libraries.clear();
        engine.modes.clear();
        now.engines
            .insert("wasmer".to_owned(), super::tests::engine());
        now.pinned = Some("0".to_owned());
        assert_eq!(
            then.differences(&now),
            [
                "host: was \"a\", is \"b\"",
                "option --pin: was \"none\", is \"0\"",
                "engine \"wasmer\": was \"missing\", is \"there\"",
                "engine \"wasmtime\": SHA-256: was \"bb\", is \"cc\"",
                "engine \"wasmtime\": library \"/lib/libm.so\": SHA-256: was \"dd\", is \"absent\"",
                "mode \"wasmtime:jit\": was \"{bin} run {wasm} {args}\", is \"absent\"",
                "guest \"merge.wasm\": SHA-256: was \"aa\", is \"absent\"",
            ]
        );
    }

    #[test]
    fn a_machine_joins_once_and_must_stay_the_same() {
        let mut joined = environment("a");
        joined.add_machine(&environment("a")).unwrap();
        assert!(joined.other_machines.is_empty());
        joined.add_machine(&environment("b")).unwrap();
        joined.add_machine(&environment("b")).unwrap();
        assert_eq!(joined.other_machines.len(), 1);
        assert_eq!(joined.of_machine(Some("b")).machine.host, "b");
        assert_eq!(joined.of_machine(None).machine.host, "a");
        let mut changed = environment("b");
        changed.machine.cores = 64;
        assert!(
            joined
                .add_machine(&changed)
                .unwrap_err()
                .to_string()
                .contains("host \"b\"")
        );
    }
}
