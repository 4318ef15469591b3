//! The ways to install a tool. Each has its keys in `config/install.rs`, and here a place in [`ways`]
//! and what it runs.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use super::find::matching;
use super::progress::Row;
use super::staging::Staging;
use super::{apt, cargo};
use crate::config::{CargoInstall, DebianInstall, Engine, NpmInstall, WheelInstall};
use crate::host::files::{self, hex};
use crate::host::process::Invocation;
use crate::model::Origin;

/// One way of installing a tool.
pub enum Way<'t> {
    Wheel(&'t WheelInstall),
    Debian(&'t DebianInstall),
    Npm(&'t NpmInstall),
    Cargo(&'t CargoInstall),
}

/// The ways to install a tool, in the order in which they are tried: packages before builds.
pub fn ways(tool: &Engine) -> Vec<Way<'_>> {
    let install = &tool.install;
    let wheel = install.wheel.as_ref().map(Way::Wheel);
    let debian = install.debian.as_ref().map(Way::Debian);
    let npm = install.npm.as_ref().map(Way::Npm);
    let cargo = install.cargo.as_ref().map(Way::Cargo);
    [wheel, debian, npm, cargo].into_iter().flatten().collect()
}

impl Way<'_> {
    /// Where the binary comes from that this way installs.
    pub fn origin(&self) -> Origin {
        match self {
            Way::Wheel(_) | Way::Npm(_) => Origin::Release,
            Way::Debian(_) => Origin::Distribution,
            Way::Cargo(_) => Origin::Built,
        }
    }

    /// Does it build from source?
    pub fn builds(&self) -> bool {
        self.origin() == Origin::Built
    }

    /// What a reader should know of whoever made the package.
    pub fn note(&self) -> Option<String> {
        match self {
            Way::Wheel(keys) => keys.note.clone(),
            _ => None,
        }
    }

    /// The tool's program inside the installed folder, as a path or a pattern.
    pub fn program(&self, tool: &Engine) -> String {
        match self {
            Way::Wheel(WheelInstall { bin, .. })
            | Way::Debian(DebianInstall { bin, .. })
            | Way::Npm(NpmInstall { bin, .. }) => bin.clone(),
            Way::Cargo(_) => format!("bin/{}", tool.program()),
        }
    }

    /// The name of the folder that this way installs the tool into. Different settings have
    /// different names, so an edit of `matrix.toml` is never answered by an older install.
    pub fn folder(&self, tool: &str) -> String {
        let settings = match self {
            Way::Wheel(keys) => {
                let (package, hashes) = (&keys.package, &keys.sha256);
                format!("wheel {package} {} {} {hashes:?}", keys.version, keys.bin)
            }
            Way::Debian(keys) => format!("debian {} {} {}", keys.package, keys.suite, keys.bin),
            Way::Npm(keys) => format!("npm {} {} {}", keys.package, keys.version, keys.bin),
            Way::Cargo(keys) => {
                let (krate, version, default) = (&keys.krate, &keys.version, keys.default_features);
                let (features, unmeasured) = (&keys.features, &keys.unmeasured);
                format!("cargo {krate} {version} {default} {features:?} {unmeasured:?}")
            }
        };
        // Of each way, the version or what comes nearest to it.
        let release = settings.split(' ').nth(2).unwrap_or_default();
        // A home folder may be shared by machines of different kinds.
        let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
        let key = Sha256::digest(format!("{settings}\n{os} {arch}"));
        format!("{tool}-{release}-{}", hex(&key[..4])).replace('/', "-")
    }

    /// Installs the tool into the `made` folder of `staging`.
    ///
    /// # Errors
    /// When a client is missing or fails, or what it got is not what `matrix.toml` names.
    pub fn install(&self, staging: &Staging, row: &Row) -> anyhow::Result<()> {
        match self {
            Way::Wheel(keys) => wheel(keys, staging, row),
            Way::Debian(keys) => apt::unpack(keys, staging, row),
            Way::Npm(keys) => npm(keys, staging, row),
            Way::Cargo(keys) => cargo::install(keys, staging, row),
        }
    }
}

/// What was downloaded is not what `matrix.toml` names: no reason to try another way.
#[derive(Debug)]
pub struct WrongHash(String);

impl std::fmt::Display for WrongHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn wheel(keys: &WheelInstall, staging: &Staging, row: &Row) -> anyhow::Result<()> {
    let (package, version) = (&keys.package, &keys.version);
    let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
    let expected = keys.sha256.get(&platform).with_context(|| {
        format!("the wheel \"{package}\" has no \"sha256.{platform}\" in matrix.toml")
    })?;
    let pip = || Invocation::new(["python3", "-m", "pip", "--quiet"]);
    row.say("downloading with pip");
    let folder = staging.scratch.join("wheel");
    // A file of another try would be taken for this one's.
    files::remove_folder(&folder)?;
    let download = "download --no-deps --only-binary=:all: --dest".split(' ');
    let download = pip().args(download).args([&folder]);
    staging.check(download.args([format!("{package}=={version}")]))?;
    let [wheel] = &matching(&folder, "*")?[..] else {
        bail!("pip downloaded another number of files than one");
    };
    let found = files::sha256(wheel)?;
    if found != *expected {
        bail!(WrongHash(format!(
            "the wheel \"{package}\" {version} is not the one that matrix.toml names: its SHA-256 is {found}, \
             \"sha256.{platform}\" is {expected}; whoever changed one of them must say why"
        )));
    }
    row.say("unpacking");
    let unpack = "install --no-deps --no-index --no-compile --target".split(' ');
    staging.check(pip().args(unpack).args([&staging.made, wheel]))?;
    for program in matching(&staging.made, &keys.bin)? {
        // Not every tool that makes wheels keeps the mode of a file.
        fs_err::set_permissions(program, Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn npm(keys: &NpmInstall, staging: &Staging, row: &Row) -> anyhow::Result<()> {
    row.say("installing with npm");
    let install = Invocation::new(["npm", "install", "--prefix"]).args([&staging.made]);
    // Install scripts are programs of strangers; the packages used here start without them.
    let options = "--ignore-scripts --no-audit --no-fund --no-update-notifier --global=false";
    let install = install.args([format!("{}@{}", keys.package, keys.version)]);
    staging.check(install.args(options.split(' '))).map(drop)
}

/// About how long the tool's build takes on two cores; 0 where nothing is built.
pub fn build_minutes(tool: &Engine) -> f64 {
    let cargo = tool.install.cargo.as_ref();
    cargo.map_or(0.0, |cargo| cargo.minutes.max(0.0))
}

/// What helps a user who does not have the tool yet.
pub fn advice(tool: &Engine) -> String {
    let (name, minutes) = (&tool.name, build_minutes(tool).ceil());
    match ways(tool).first() {
        None => tool.install.help.clone(),
        Some(_) if tool.install.on_request => tool.install.help.clone(),
        Some(way) if way.builds() && minutes > 0.0 => {
            format!("cargo xtask setup {name} (builds it, about {minutes} min on two cores)")
        }
        Some(_) => format!("cargo xtask setup {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::config;

    /// A tool that a crate is built for.
    fn tool() -> Engine {
        let mut tool = config().hyperfine;
        let cargo = "crate = 'hyperfine'\nversion = '1.20.0'\nminutes = 1.5";
        tool.install.cargo = Some(toml::from_str(cargo).unwrap());
        tool
    }

    #[test]
    fn a_folder_is_named_after_its_settings() {
        let folder = |tool: &Engine| ways(tool)[0].folder("hyperfine");
        let mut tool = tool();
        let name = folder(&tool);
        assert!(name.starts_with("hyperfine-1.20.0-"), "{name}");
        tool.install.cargo.as_mut().unwrap().minutes = 9.0;
        assert_eq!(folder(&tool), name, "an estimate changes nothing");
        let differs = |change: fn(&mut CargoInstall)| {
            let mut other = tool.clone();
            change(other.install.cargo.as_mut().unwrap());
            folder(&other) != name
        };
        assert!(differs(|keys| keys.features.push("x".to_owned())));
        assert!(differs(|keys| keys.unmeasured.push("x".to_owned())));
        assert!(differs(|keys| keys.default_features = false));
        assert!(differs(|keys| keys.krate.push('x')));
    }

    #[test]
    fn a_package_saves_a_build() {
        let mut tool = tool();
        assert!((build_minutes(&tool) - 1.5).abs() < 1e-9);
        assert!(advice(&tool).contains("about 2 min"), "{}", advice(&tool));
        let debian = "package = 'hyperfine'\nsuite = 'sid'\nbin = 'usr/bin/hyperfine'";
        tool.install.debian = Some(toml::from_str(debian).unwrap());
        let wheel = "package = 'h'\nversion = '2'\nbin = 'h'\n[sha256]";
        tool.install.wheel = Some(toml::from_str(wheel).unwrap());
        let origins: Vec<Origin> = ways(&tool).iter().map(|way| way.origin()).collect();
        assert_eq!(
            origins,
            [Origin::Release, Origin::Distribution, Origin::Built]
        );
        assert_eq!(advice(&tool), "cargo xtask setup hyperfine");
    }
}
