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

/// The ways to install a tool, in the order in which they are tried.
pub fn ways(tool: &Tool) -> Vec<Way<'_>> {
    let install = &tool.install;
    let cargo = install.cargo.as_ref().map(Way::Cargo);
    let debian = install.debian.as_ref().map(Way::Debian);
    let npm = install.npm.as_ref().map(Way::Npm);
    [cargo, debian, npm].into_iter().flatten().collect()
}

/// What helps a user who does not have the tool yet.
pub fn advice(tool: &Tool) -> String {
    match ways(tool).first() {
        Some(Way::Cargo(cargo)) if cargo.minutes > 0.0 => format!(
            "cargo xtask setup {} (builds it, about {} min on two cores)",
            tool.name,
            cargo.minutes.ceil()
        ),
        Some(_) => format!("cargo xtask setup {}", tool.name),
        None => tool.install.help.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fake::cargo;
    use super::*;

    #[test]
    fn a_folder_is_named_after_its_settings() {
        let mut install = cargo("hyperfine", "1.20.0");
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
}
