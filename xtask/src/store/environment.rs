//! What identifies a run: the machine, the engines, the guests. Written to `environment.json`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::bail;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::host::machine::Machine;
use crate::host::process::{Invocation, read_stdout};
use crate::model::Origin;
use crate::model::differences;

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
    /// The kind that inputs and outputs are on, such as `ext4`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub filesystem: String,
    /// The processors that the run was pinned to; none if to none.
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

/// The commit of the checkout, with `-dirty` where files differ from it; none without git.
pub fn git_commit(root: &Path) -> Option<String> {
    let describe = "git describe --always --exclude=* --abbrev=40 --dirty";
    let mut invocation = Invocation::new(describe.split(' '));
    invocation.cwd = Some(root.to_owned());
    read_stdout(&invocation).ok()
}

/// The version of the compiler that builds the guests.
pub fn rustc_version() -> String {
    read_stdout(&Invocation::new(["rustc", "--version"])).unwrap_or_else(|_| "unknown".to_owned())
}

/// The kind of filesystem that a folder is on, such as `ext4`; empty where the system does not tell.
pub fn filesystem(folder: &Path) -> String {
    let kind = Invocation::new(["df", "--output=fstype"]).args([folder]);
    let table = read_stdout(&kind).unwrap_or_default();
    table.lines().last().unwrap_or_default().to_owned()
}

impl Environment {
    /// What differs between two environments that must be the same for one run; empty if nothing does.
    ///
    /// # Errors
    /// When an environment has no form as JSON; a bug.
    pub fn differences(&self, now: &Environment) -> anyhow::Result<Vec<String>> {
        let mut then = self.clone();
        for (name, engine) in &mut then.engines {
            // A run of before they were recorded.
            if engine.libraries.is_empty()
                && let Some(now) = now.engines.get(name)
            {
                engine.libraries.clone_from(&now.libraries);
            }
        }
        differences(&then.identity(), &now.identity())
    }

    /// What samples depend on, under the names that people are told.
    pub fn identity(&self) -> Json {
        let machine = &self.machine;
        json!({
            "host": machine.host,
            "processor": machine.cpu,
            "cores": machine.cores,
            "memory_bytes": machine.memory_bytes,
            "kernel": machine.kernel,
            "hyperfine": self.hyperfine,
            "engines": self.engines.iter().map(|(name, engine)| (name, engine.identity())).collect::<BTreeMap<_, _>>(),
            "guests": self.guests,
        })
    }

    /// Takes in the environment of another shard, unless it is that of a machine that is there already.
    ///
    /// # Errors
    /// When two machines have one name, or one machine's engines changed between shards.
    pub fn add_machine(&mut self, other: &Environment) -> anyhow::Result<()> {
        let same = self.of_machine(Some(&other.machine.host));
        if same.machine.host != other.machine.host {
            self.other_machines.push(other.clone());
            return Ok(());
        }
        let differences = same.differences_of_engines(other)?;
        if same.machine != other.machine || !differences.is_empty() {
            bail!(
                "two shards come from a host \"{}\", but not from one machine with one set of engines\n  {}",
                other.machine.host,
                differences.join("\n  ")
            );
        }
        Ok(())
    }

    /// The environment on this host; of an ordinary run there is one only.
    pub fn of_machine(&self, host: Option<&str>) -> &Environment {
        let mut others = self.other_machines.iter();
        others
            .find(|other| Some(other.machine.host.as_str()) == host)
            .unwrap_or(self)
    }

    /// As [`Environment::differences`], of the engines that both have.
    fn differences_of_engines(&self, other: &Environment) -> anyhow::Result<Vec<String>> {
        let shared = |a: &Environment, b: &Environment| {
            let mut a = a.clone();
            a.engines.retain(|name, _| b.engines.contains_key(name));
            a.guests.clear();
            a
        };
        shared(self, other).differences(&shared(other, self))
    }
}

impl EngineIdentity {
    /// What samples depend on: wherever it lies, and whatever is said about it.
    fn identity(&self) -> Json {
        json!({
            "version": self.version,
            "sha256": self.sha256,
            "libraries": self.libraries,
            "modes": self.modes,
        })
    }
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
                cpu_model: String::new(),
                cpu_flags: String::new(),
                transparent_hugepages: String::new(),
                aslr: String::new(),
                governor: String::new(),
            },
            hyperfine: "1.20.0".to_owned(),
            memory_floor_bytes: 3_000_000,
            engines: BTreeMap::from([("wasmtime".to_owned(), engine())]),
            guests: BTreeMap::from([("merge.wasm".to_owned(), "aa".to_owned())]),
            rustc: "rustc 1.95.0".to_owned(),
            git_commit: None,
            command: "cargo xtask bench".to_owned(),
            filesystem: "ext4".to_owned(),
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
    #[cfg(target_os = "linux")]
    fn a_folder_is_on_the_filesystem_that_is_mounted_there() {
        assert_eq!(filesystem(Path::new("/proc/self")), "proc");
        assert_eq!(filesystem(Path::new("/no/such/folder")), "");
    }

    #[test]
    fn every_difference_is_named() {
        let then = environment("a");
        assert!(then.differences(&then).unwrap().is_empty());
        let mut now = environment("b");
        now.guests.clear();
        let engine = now.engines.get_mut("wasmtime").unwrap();
        engine.sha256 = "cc".to_owned();
        engine.libraries.clear();
        engine.modes.clear();
        now.engines
            .insert("wasmer".to_owned(), super::tests::engine());
        assert_eq!(
            then.differences(&now).unwrap(),
            [
                "host: was \"a\", is \"b\"",
                "engines.wasmtime.sha256: was \"bb\", is \"cc\"",
                "engines.wasmtime.libraries.\"/lib/libm.so\": was \"dd\", is absent",
                "engines.wasmtime.modes.jit: was there, is absent",
                "engines.wasmer: was absent, is there",
                "guests.\"merge.wasm\": was \"aa\", is absent",
            ]
        );
    }

    #[test]
    fn what_older_runs_do_not_record_is_no_difference() {
        let now = environment("a");
        let mut then = now.clone();
        let engine = then.engines.get_mut("wasmtime").unwrap();
        (engine.origin, engine.libraries) = (None, BTreeMap::new());
        assert!(then.differences(&now).unwrap().is_empty());
        assert_eq!(now.differences(&then).unwrap().len(), 1);
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
