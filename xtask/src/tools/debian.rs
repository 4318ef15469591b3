//! Unpacks a Debian package and what it depends on, without root and whatever release the host
//! runs: apt with a state of its own resolves, downloads and checks the signatures.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::find::has_program;
use super::progress::Row;
use super::staging::Staging;
use crate::config::DebianInstall;
use crate::host::process::{self, Invocation};

/// Unpacks the packages into the temporary folder of `staging`.
///
/// # Errors
/// When the host has no apt or no mirror with the suite, or a download fails.
pub fn install(install: &DebianInstall, staging: &Staging, row: &Row) -> anyhow::Result<()> {
    let missing = ["apt-get", "dpkg-deb"]
        .into_iter()
        .find(|program| !has_program(program));
    if let Some(program) = missing {
        bail!(
            "the Debian package \"{}\" needs {program}, which is not on PATH",
            install.package
        );
    }
    let apt = Apt::prepare(&staging.scratch)?;
    row.say(&format!(
        "reading the package list of \"{}\"",
        install.suite
    ));
    apt.update(&install.suite)?;
    let packages = closure(&apt.simulate(&install.package)?, &install.package);
    if packages.is_empty() {
        bail!(
            "apt found nothing to install for \"{}\" in \"{}\"",
            install.package,
            install.suite
        );
    }
    row.say(&format!("downloading {} packages", packages.len()));
    for archive in apt.download(&packages)? {
        let mut unpack = Invocation::new(["dpkg-deb", "-x"]);
        unpack.argv.push(archive.into());
        unpack.argv.push(staging.temporary.clone().into());
        process::check(&unpack)?;
    }
    let list = staging.temporary.join(PACKAGES);
    // Which versions these are is written nowhere else, and the suite moves on.
    fs::write(&list, packages.join("\n") + "\n")
        .with_context(|| format!("cannot write \"{}\"", list.display()))
}

/// The unpacked packages, a `NAME=VERSION` a line; the wanted one is the last.
const PACKAGES: &str = "packages.txt";

/// The version of the package in a folder that [`install`] filled, as its makers number it.
pub fn version(folder: &Path) -> Option<String> {
    let list = fs::read_to_string(folder.join(PACKAGES)).ok()?;
    let (_, version) = list.lines().last()?.split_once('=')?;
    // EPOCH:UPSTREAM+REPACKED-REVISION
    let version = version
        .split_once(':')
        .map_or(version, |(_, version)| version);
    let upstream = version
        .rsplit_once('-')
        .map_or(version, |(upstream, _)| upstream);
    Some(
        upstream
            .split(['+', '~'])
            .next()
            .unwrap_or(upstream)
            .to_owned(),
    )
}

/// apt with lists, cache and sources of its own; of the host's it has the keys and the proxy.
struct Apt {
    folder: PathBuf,
}

impl Apt {
    fn prepare(scratch: &Path) -> anyhow::Result<Apt> {
        let folder = scratch.join("apt");
        // Lists of another day or mirror would only confuse.
        let _ = fs::remove_dir_all(&folder);
        for name in ["state/lists/partial", "cache/archives/partial", "packages"] {
            fs::create_dir_all(folder.join(name))
                .with_context(|| format!("cannot make a folder in \"{}\"", folder.display()))?;
        }
        let apt = Apt { folder };
        apt.write("state/status", "")?;
        apt.write("apt.conf", &configuration(&apt.folder)?)?;
        Ok(apt)
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write \"{}\"", path.display()))
    }

    fn invocation(&self, words: &[&str]) -> Invocation {
        let mut invocation = Invocation::new(["apt-get", "-q", "-c"]);
        invocation.argv.push(self.folder.join("apt.conf").into());
        invocation.argv.extend(words.iter().map(Into::into));
        invocation.env.push(("LC_ALL".to_owned(), "C".into()));
        invocation.cwd = Some(self.folder.join("packages"));
        invocation
    }

    /// Reads the lists of the suite from the first of the host's mirrors that has it.
    fn update(&self, suite: &str) -> anyhow::Result<()> {
        let mut outcome = Err(anyhow::anyhow!(
            "apt knows no mirror that \"{suite}\" could be on"
        ));
        for mirror in mirrors()? {
            self.write("host.sources", &stanza(&mirror, suite))?;
            outcome = process::check(&self.invocation(&["update", "--error-on=any"]))
                .map(drop)
                .with_context(|| format!("no \"{suite}\" on \"{mirror}\""));
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn simulate(&self, package: &str) -> anyhow::Result<String> {
        let words = ["-s", "--no-install-recommends", "install", package];
        process::read_stdout(&self.invocation(&words))
    }

    fn download(&self, packages: &[String]) -> anyhow::Result<Vec<PathBuf>> {
        let mut words = vec!["download"];
        words.extend(packages.iter().map(String::as_str));
        process::check(&self.invocation(&words))?;
        let folder = self.folder.join("packages");
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("cannot read \"{}\"", folder.display()))?;
        let archives: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        if archives.len() < packages.len() {
            bail!(
                "apt downloaded {} of {} packages",
                archives.len(),
                packages.len()
            );
        }
        Ok(archives)
    }
}

/// A configuration file, read by apt after the host's.
fn configuration(folder: &Path) -> anyhow::Result<String> {
    let folder = folder.display().to_string();
    if folder.contains(['"', '\n']) {
        bail!("apt cannot work in \"{folder}\": set XDG_CACHE_HOME to a plainer path");
    }
    // The hooks of the host, for example those that empty its package cache, are not for this.
    // As root apt would download as a user who cannot write into root's cache folder.
    Ok(format!(
        r#"#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "{folder}/state";
Dir::State::lists "{folder}/state/lists";
Dir::State::status "{folder}/state/status";
Dir::Cache "{folder}/cache";
Dir::Cache::archives "{folder}/cache/archives";
Dir::Etc::sourcelist "{folder}/host.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
"#
    ))
}

/// The packages, as `NAME=VERSION`, that a simulated install would install; the wanted one last.
fn closure(simulation: &str, wanted: &str) -> Vec<String> {
    let package = |line: &str| {
        let (name, rest) = line.strip_prefix("Inst ")?.split_once(" (")?;
        // What was installed before would be in brackets; with an empty state nothing was.
        Some(format!("{name}={}", rest.split_whitespace().next()?))
    };
    let mut packages: Vec<_> = simulation.lines().filter_map(package).collect();
    packages.sort_by_key(|package| package.split('=').next() == Some(wanted));
    packages
}

/// The mirrors that the host gets its packages from, but for those of security updates, which hold
/// no whole release; those that look like Debian's first.
fn mirrors() -> anyhow::Result<Vec<String>> {
    let targets = [
        "apt-get",
        "indextargets",
        "--format",
        "$(SITE)",
        "Created-By: Packages",
    ];
    let sites = process::read_stdout(&Invocation::new(targets))?;
    let sites: BTreeSet<&str> = sites
        .lines()
        .map(str::trim)
        .filter(|site| !site.is_empty() && !site.contains("security"))
        .collect();
    let mut sites: Vec<String> = sites.into_iter().map(str::to_owned).collect();
    sites.sort_by_key(|site| !site.contains("debian"));
    Ok(sites)
}

/// The entry of a release on a mirror, checked with the keys of Debian's archive where the host has
/// them apart from apt's own.
fn stanza(mirror: &str, suite: &str) -> String {
    let keys = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
    let signed_by = match keys.is_file() {
        true => format!("Signed-By: {}\n", keys.display()),
        false => String::new(),
    };
    format!("Types: deb\nURIs: {mirror}\nSuites: {suite}\nComponents: main\n{signed_by}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closure_comes_from_a_simulation() {
        let text = "Reading package lists...\n\
            NOTE: This is only a simulation!\n\
            Inst gcc-16-base (16-20260322-1 Debian:testing [amd64])\n\
            Inst libc6 (2.42-13 Debian:testing [amd64]) []\n\
            Inst wasmedge (0.17.1+dfsg-1 Debian:testing [amd64])\n\
            Inst zlib1g (1:1.3-1 Debian:testing [amd64])\n\
            Conf libc6 (2.42-13 Debian:testing [amd64])\n";
        let expected = [
            "gcc-16-base=16-20260322-1",
            "libc6=2.42-13",
            "zlib1g=1:1.3-1",
            "wasmedge=0.17.1+dfsg-1",
        ];
        assert_eq!(closure(text, "wasmedge"), expected);
    }

    #[test]
    fn the_version_of_a_package_is_its_makers() {
        let folder = tempfile::tempdir().unwrap();
        let version = |text: &str| {
            fs::write(
                folder.path().join(PACKAGES),
                format!("libc6=2.42-13\n{text}\n"),
            )
            .unwrap();
            super::version(folder.path())
        };
        assert_eq!(version("wasmedge=0.17.1+dfsg-1").unwrap(), "0.17.1");
        assert_eq!(version("x=1:2.0-rc1-3").unwrap(), "2.0-rc1");
        assert_eq!(version("wazero=1.12.0-1+b2").unwrap(), "1.12.0");
    }
}
