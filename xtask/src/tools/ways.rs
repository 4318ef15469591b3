//! The ways to install a tool, and what each calls its folder.

use sha2::{Digest, Sha256};

use crate::config::{CargoInstall, DebianInstall, Engine, NpmInstall, WheelInstall};
use crate::model::Origin;

/// One way of installing a tool.
#[derive(Clone, Copy, Debug)]
pub enum Way<'a> {
    Wheel(&'a WheelInstall),
    Cargo(&'a CargoInstall),
    Debian(&'a DebianInstall),
    Npm(&'a NpmInstall),
}

impl Way<'_> {
    /// Does it build from source?
    pub fn builds(&self) -> bool {
        matches!(self, Way::Cargo(_))
    }

    /// Where the binary comes from that this way installs.
    pub fn origin(&self) -> Origin {
        match self {
            Way::Wheel(_) | Way::Npm(_) => Origin::Release,
            Way::Debian(_) => Origin::Distribution,
            Way::Cargo(_) => Origin::Built,
        }
    }

    /// What a reader should know of whoever made the package.
    pub fn note(&self) -> Option<String> {
        match self {
            Way::Wheel(wheel) => wheel.note.clone(),
            _ => None,
        }
    }

    /// The program inside the installed folder, as a path or a pattern.
    pub fn program(&self, tool: &Engine) -> String {
        match self {
            Way::Wheel(wheel) => wheel.bin.clone(),
            Way::Debian(debian) => debian.bin.clone(),
            Way::Npm(npm) => npm.bin.clone(),
            Way::Cargo(_) => format!("bin/{}", tool.program()),
        }
    }

    /// The name of the folder that this way installs the tool into. Different settings have
    /// different names, so an edit of `matrix.toml` is never answered by an older install.
    pub fn folder(&self, tool: &str) -> String {
        let (release, settings) = match self {
            Way::Wheel(wheel) => (
                wheel.version.clone(),
                format!(
                    "wheel {} {} {} {:?}",
                    wheel.package, wheel.version, wheel.bin, wheel.sha256
                ),
            ),
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
pub fn ways(tool: &Engine) -> Vec<Way<'_>> {
    let install = &tool.install;
    let wheel = install.wheel.as_ref().map(Way::Wheel);
    let debian = install.debian.as_ref().map(Way::Debian);
    let npm = install.npm.as_ref().map(Way::Npm);
    let cargo = install.cargo.as_ref().map(Way::Cargo);
    [wheel, debian, npm, cargo].into_iter().flatten().collect()
}

/// About how long the tool's build takes on two cores; 0 where nothing is built.
pub fn build_minutes(tool: &Engine) -> f64 {
    let cargo = tool.install.cargo.as_ref();
    cargo.map_or(0.0, |cargo| cargo.minutes.max(0.0))
}

/// What helps a user who does not have the tool yet.
pub fn advice(tool: &Engine) -> String {
    let minutes = build_minutes(tool).ceil();
    let ways = ways(tool);
    match ways.first() {
        None => tool.install.help.clone(),
        Some(_) if tool.install.on_request => tool.install.help.clone(),
        Some(way) if way.builds() && minutes > 0.0 => format!(
            "cargo xtask setup {} (builds it, about {minutes} min on two cores)",
            tool.name
        ),
        Some(_) => format!("cargo xtask setup {}", tool.name),
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
        let mut install = tool().install.cargo.unwrap();
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
        let mut tool = tool();
        assert!((build_minutes(&tool) - 1.5).abs() < 1e-9);
        assert!(advice(&tool).contains("about 2 min"), "{}", advice(&tool));
        let debian = "package = 'hyperfine'\nsuite = 'sid'\nbin = 'usr/bin/hyperfine'";
        tool.install.debian = Some(toml::from_str(debian).unwrap());
        let wheel = "package = 'h'\nversion = '2'\nbin = 'h'\n[sha256]";
        tool.install.wheel = Some(toml::from_str(wheel).unwrap());
        assert!(matches!(
            ways(&tool)[..],
            [Way::Wheel(_), Way::Debian(_), Way::Cargo(_)]
        ));
        assert_eq!(advice(&tool), "cargo xtask setup hyperfine");
    }
}
