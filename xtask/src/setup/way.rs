//! The ways to install a tool, and what each calls its folder.

use sha2::{Digest, Sha256};

use crate::config::{CargoInstall, DebianInstall, NpmInstall, Tool};

/// One way of installing a tool.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    Cargo(&'a CargoInstall),
    Debian(&'a DebianInstall),
    Npm(&'a NpmInstall),
}

impl Way<'_> {
    /// The name of the folder that this way installs the tool into. Different settings have
    /// different names, so an edit of `matrix.toml` is never answered by an older install.
    pub fn folder(&self, tool: &str) -> String {
        let (release, settings) = match self {
            Way::Cargo(cargo) => (
                cargo.version.to_string(),
                format!(
                    "cargo {} {} {} {:?} {:?}",
                    cargo.krate,
                    cargo.version,
                    cargo.default_features,
                    cargo.features,
                    cargo.unmeasured
                ),
            ),
            Way::Debian(debian) => (
                debian.suite.clone(),
                format!("debian {} {} {}", debian.package, debian.suite, debian.bin),
            ),
            Way::Npm(npm) => (
                npm.version.to_string(),
                format!("npm {} {} {}", npm.package, npm.version, npm.bin),
            ),
        };
        // A home folder may be shared by machines of different kinds.
        let machine = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        let key = Sha256::digest(format!("{settings}\n{machine}"));
        let key: String = key
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let plain: String = format!("{tool}-{release}-{key}")
            .chars()
            .map(|c| if c == '/' { '-' } else { c })
            .collect();
        plain
    }
}

/// The ways to install a tool, in the order in which they are tried: packages before builds.
pub fn ways(tool: &Tool) -> Vec<Way<'_>> {
    let install = &tool.install;
    let debian = install.debian.as_ref().map(Way::Debian);
    let npm = install.npm.as_ref().map(Way::Npm);
    let cargo = install.cargo.as_ref().map(Way::Cargo);
    [debian, npm, cargo].into_iter().flatten().collect()
}

/// About how long the tool's build takes on two cores; 0 where a package makes it needless.
pub fn build_minutes(tool: &Tool) -> f64 {
    match ways(tool).first() {
        Some(Way::Cargo(cargo)) => cargo.minutes.max(0.0),
        _ => 0.0,
    }
}

/// What helps a user who does not have the tool yet.
pub fn advice(tool: &Tool) -> String {
    let minutes = build_minutes(tool).ceil();
    match ways(tool).first() {
        None => tool.install.help.clone(),
        Some(_) if tool.install.on_request => tool.install.help.clone(),
        Some(_) if minutes > 0.0 => format!(
            "cargo xtask setup {} (builds it, about {minutes} min on two cores)",
            tool.name
        ),
        Some(_) => format!("cargo xtask setup {}", tool.name),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake;
    use super::*;

    #[test]
    fn a_folder_is_named_after_its_settings() {
        let mut install = fake::cargo("hyperfine", "1.20.0");
        let name = Way::Cargo(&install).folder("hyperfine");
        assert!(name.starts_with("hyperfine-1.20.0-"), "{name}");
        install.minutes = 9.0;
        assert_eq!(
            Way::Cargo(&install).folder("hyperfine"),
            name,
            "an estimate changes nothing"
        );
        install.features.push("x".to_owned());
        assert_ne!(Way::Cargo(&install).folder("hyperfine"), name);
    }

    #[test]
    fn a_package_saves_a_build() {
        let mut tool = fake::tool("hyperfine");
        tool.install.cargo = Some(fake::cargo("hyperfine", "1.20.0"));
        tool.install.cargo.as_mut().unwrap().minutes = 1.5;
        assert!((build_minutes(&tool) - 1.5).abs() < 1e-9);
        assert!(advice(&tool).contains("about 2 min"), "{}", advice(&tool));
        tool.install.debian = Some(DebianInstall {
            package: "hyperfine".to_owned(),
            suite: "sid".to_owned(),
            bin: "usr/bin/hyperfine".to_owned(),
        });
        assert!(matches!(ways(&tool)[..], [Way::Debian(_), Way::Cargo(_)]));
        assert!(build_minutes(&tool).abs() < 1e-9);
        assert_eq!(advice(&tool), "cargo xtask setup hyperfine");
    }
}
