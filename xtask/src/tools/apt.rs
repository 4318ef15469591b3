//! Unpacks a Debian package and what it depends on, without root and whatever release the host
//! runs: apt with a state of its own resolves, downloads and checks the signatures.

use std::path::Path;

use anyhow::{Context, bail};

use super::find::matching;
use super::progress::Row;
use super::staging::Staging;
use crate::config::{DebianInstall, distinct};
use crate::host::files;
use crate::host::process::{self, Invocation};

/// Unpacks the package into the `made` folder of `staging`.
///
/// # Errors
/// When the host has no apt or no mirror with the suite, or a download fails.
pub fn unpack(keys: &DebianInstall, staging: &Staging, row: &Row) -> anyhow::Result<()> {
    let DebianInstall { package, suite, .. } = keys;
    let home = staging.scratch.join("apt");
    prepare(&home, suite)?;
    row.say(&format!("reading the package list of \"{suite}\""));
    // One of the mirrors that has the suite is enough.
    let updated = staging.check(apt(&home, "update --error-on=any"));
    row.say(&format!("downloading \"{package}\""));
    let install = "install --download-only --no-install-recommends --yes";
    let downloaded = staging.check(apt(&home, install).args([package]));
    downloaded
        .map_err(|error| updated.err().unwrap_or(error))
        .with_context(|| format!("no package \"{package}\" from \"{suite}\""))?;
    let archives = matching(&home, "archives/*.deb")?;
    row.say(&format!("unpacking {} packages", archives.len()));
    let mut packages = Vec::new();
    for archive in &archives {
        let unpack = Invocation::new(["dpkg-deb", "--extract"]);
        staging.check(unpack.args([archive, &staging.made]))?;
        let show = Invocation::new(["dpkg-deb", "--show", "--showformat=${Package}=${Version}"]);
        packages.push(process::read_stdout(&show.args([archive]))?);
    }
    // Which versions these are is written nowhere else, and the suite moves on.
    packages.sort_by_key(|shown| shown.split('=').next() == Some(package.as_str()));
    files::write(&staging.made.join(PACKAGES), packages.join("\n").as_bytes())
}

/// The unpacked packages, a `NAME=VERSION` a line; the wanted one is the last.
const PACKAGES: &str = "packages.txt";

/// The version of the package in a folder that [`unpack`] filled, as its makers number it.
pub fn version(folder: &Path) -> Option<String> {
    let list = std::fs::read_to_string(folder.join(PACKAGES)).ok()?;
    // NAME=EPOCH:UPSTREAM+REPACKED-REVISION
    let version = list.lines().last()?.rsplit(['=', ':']).next()?;
    let (upstream, _) = version.rsplit_once('-').unwrap_or((version, ""));
    upstream.split(['+', '~']).next().map(str::to_owned)
}

/// Gives apt lists, cache and sources of its own; of the host's it has the keys and the proxy.
fn prepare(home: &Path, suite: &str) -> anyhow::Result<()> {
    // Lists of another day or mirror would only confuse.
    files::remove_folder(home)?;
    for folder in ["lists/partial", "archives/partial"] {
        fs_err::create_dir_all(home.join(folder))?;
    }
    let mirrors = mirrors()?;
    if mirrors.is_empty() {
        bail!("apt knows no mirror that \"{suite}\" could be on");
    }
    // The keys of Debian's archive, where the host has them apart from apt's own.
    let keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
    let signed_by = Path::new(keys).is_file();
    let signed_by = signed_by.then(|| format!("Signed-By: {keys}"));
    let sources = format!(
        "Types: deb\nURIs: {}\nSuites: {suite}\nComponents: main\n{}\n",
        mirrors.join(" "),
        signed_by.unwrap_or_default()
    );
    fs_err::write(home.join("host.sources"), sources)?;
    fs_err::write(home.join("status"), "")?;
    fs_err::write(home.join("apt.conf"), configuration(home))?;
    Ok(())
}

/// apt with the configuration in `home`.
fn apt(home: &Path, words: &str) -> Invocation {
    let apt = Invocation::new(["apt-get", "-q", "-c"]).args([home.join("apt.conf")]);
    apt.args(words.split(' '))
}

/// A configuration file, read by apt after the host's.
fn configuration(home: &Path) -> String {
    let home = home.display();
    // The hooks of the host, for example those that empty its package cache, are not for this.
    // As root apt would download as a user who cannot write into root's cache folder.
    format!(
        r#"#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "{home}";
Dir::State::lists "{home}/lists";
Dir::State::status "{home}/status";
Dir::Cache "{home}";
Dir::Cache::archives "{home}/archives";
Dir::Etc::sourcelist "{home}/host.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
"#
    )
}

/// The mirrors that the host gets its packages from, but for those of security updates, which hold
/// no whole release; those that look like Debian's first.
fn mirrors() -> anyhow::Result<Vec<String>> {
    let list = Invocation::new("apt-get indextargets --format $(SITE)".split(' '));
    let sites = process::read_stdout(&list.args(["Created-By: Packages"]))?;
    let mut sites = distinct(sites.lines().map(str::to_owned));
    sites.retain(|site| !site.is_empty() && !site.contains("security"));
    sites.sort_by_key(|site| !site.contains("debian"));
    Ok(sites)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_a_package_is_its_makers() {
        let folder = tempfile::tempdir().unwrap();
        let version = |text: &str| {
            let text = format!("libc6=2.42-13\n{text}\n");
            std::fs::write(folder.path().join(PACKAGES), text).unwrap();
            super::version(folder.path())
        };
        assert_eq!(version("wasmedge=0.17.1+dfsg-1").unwrap(), "0.17.1");
        assert_eq!(version("x=1:2.0-rc1-3").unwrap(), "2.0-rc1");
        assert_eq!(version("wazero=1.12.0-1+b2").unwrap(), "1.12.0");
    }
}
