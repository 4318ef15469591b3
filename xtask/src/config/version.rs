//! Several versions or builds of one engine, each under a name of its own: `wasmtime@46`.

use anyhow::{Context, ensure};

use super::Config;
use super::engine::{Engine, Lookup};
use super::install::Install;
use super::read::check_name;
use crate::model::{GLOB, base_of, list};

impl Config {
    /// Adds the version that a name such as `wasmtime@46` stands for, unless it is there; a plain
    /// name or a glob needs no adding.
    ///
    /// # Errors
    /// When there is no such engine, or nothing says how to install that version.
    pub fn add_version(&mut self, name: &str) -> anyhow::Result<()> {
        let Some((base, version)) = name.split_once('@') else {
            return Ok(());
        };
        if version.contains(GLOB) || self.engine(name).is_some() {
            return Ok(());
        }
        let engine = self.add_under_name(name)?;
        engine.lookup = Lookup::Installed;
        let install = engine.versions.get(version).cloned();
        let install = install.or_else(|| engine.install.of_version(version));
        engine.install = install.with_context(|| {
            let known = engine.versions.keys();
            let known: String = known.map(|it| format!(", or use {base}@{it}")).collect();
            format!(
                "engine \"{base}\": nothing says how to install version \"{version}\": write a whole version that its package can be had in, such as {base}@1.2.3, add [engine.versions.\"{version}\"] to matrix.toml{known}"
            )
        })?;
        engine.install.on_request = false;
        Ok(())
    }

    /// Adds the user's own build of an engine, given as `ENGINE=PATH` or `ENGINE@NAME=PATH`, the path absolute.
    ///
    /// # Errors
    /// When the text is not of this form, or the engine, or a program at this path, is not there.
    pub fn add_build(&mut self, text: &str) -> anyhow::Result<()> {
        let (name, path) = text.split_once('=').with_context(|| {
            format!("\"{text}\": write ENGINE=PATH, such as wasmtime=target/release/wasmtime")
        })?;
        let name = match name.contains('@') {
            true => name.to_owned(),
            false => format!("{name}@bin"),
        };
        ensure!(
            self.engine(&name).is_none(),
            "two builds are called \"{name}\": give one a name of its own, as in {}@NAME=PATH",
            base_of(&name)
        );
        let file = std::path::PathBuf::from(path);
        ensure!(file.is_file(), "there is no program \"{}\"", file.display());
        let engine = self.add_under_name(&name)?;
        engine.lookup = Lookup::File(file);
        engine.install = Install {
            help: format!("mend the program, or leave out --bin {text}"),
            ..Install::default()
        };
        Ok(())
    }

    /// Adds a copy of an engine under another name, after those of its kind, unless it is there.
    ///
    /// # Errors
    /// When there is no such engine, or the name holds what paths may not.
    pub fn add_under_name(&mut self, name: &str) -> anyhow::Result<&mut Engine> {
        if let Some(there) = self.engines.iter().position(|it| it.name == name) {
            return Ok(&mut self.engines[there]);
        }
        let base = base_of(name);
        check_name(name.rsplit('@').next().unwrap_or(name))?;
        let names: Vec<&str> = self.engines.iter().map(|it| it.name.as_str()).collect();
        let last = names.iter().rposition(|other| base_of(other) == base);
        let last = last.with_context(|| {
            let known = list(&names);
            format!("unknown engine \"{base}\", expected one of {known}")
        })?;
        let mut engine = self.engines[last].clone();
        // The program is called as before.
        engine.program = Some(engine.program().to_owned());
        engine.name = name.to_owned();
        self.engines.insert(last + 1, engine);
        Ok(&mut self.engines[last + 1])
    }
}

/// The path of a build in `--bin ENGINE=PATH`, absolute, so that it means the same in another folder.
///
/// # Errors
/// When the text names no path.
pub fn with_absolute_path(text: &str) -> anyhow::Result<String> {
    let (name, path) = text
        .split_once('=')
        .with_context(|| format!("\"{text}\": write ENGINE=PATH"))?;
    let path = std::path::absolute(path).context("cannot find the current folder")?;
    Ok(format!("{name}={}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::config;
    use super::*;

    #[test]
    fn a_version_is_an_engine_of_its_own_beside_the_first() {
        let mut config = config();
        config.add_version("vm").unwrap();
        config.add_version("vm@*").unwrap();
        let before = config.engines.len();
        config.add_under_name("vm@46").unwrap();
        config.add_version("vm@46").unwrap();
        assert_eq!(config.engines.len(), before + 1, "it is there already");
        let (own, base) = (
            config.engine("vm@46").unwrap(),
            config.engine("vm").unwrap(),
        );
        assert_eq!(own.modes.len(), base.modes.len());
        assert_eq!(own.program(), base.program());
        let error = format!("{:#}", config.add_version("vm@47").unwrap_err());
        assert!(error.contains("vm@1.2.3"), "{error}");
        let error = format!("{:#}", config.add_version("vn@47").unwrap_err());
        assert!(error.contains("unknown engine \"vn\""), "{error}");
    }

    #[test]
    fn another_version_comes_by_a_way_that_has_versions() {
        let mut config = config();
        let vm = config.engines.iter_mut().find(|it| it.name == "vm");
        vm.unwrap().install = toml::from_str(
            "[wheel]\npackage = 'vm'\nversion = '1'\nbin = 'vm'\n[wheel.sha256]\n\
             [debian]\npackage = 'vm'\nsuite = 'sid'\nbin = 'usr/bin/vm'\n\
             [npm]\npackage = 'vm'\nversion = '1.0.0'\nbin = 'vm'\n\
             [cargo]\ncrate = 'vm'\nversion = '1.0.0'",
        )
        .unwrap();
        config.add_version("vm@2.3.4").unwrap();
        let install = &config.engine("vm@2.3.4").unwrap().install;
        assert!(install.wheel.is_none() && install.debian.is_none());
        let versions = (
            &install.npm.as_ref().unwrap().version,
            &install.cargo.as_ref().unwrap().version,
        );
        let new = semver::Version::new(2, 3, 4);
        assert_eq!(versions, (&new, &new));
    }

    #[test]
    fn a_build_of_ones_own_has_a_name_of_its_own() {
        let mut config = config();
        let program = tempfile::NamedTempFile::new().unwrap();
        let path = program.path().display();
        config.add_build(&format!("vm={path}")).unwrap();
        config.add_build(&format!("vm@mine={path}")).unwrap();
        let lookup = |name: &str| config.engine(name).unwrap().lookup.clone();
        assert_eq!(lookup("vm@bin"), Lookup::File(program.path().to_owned()));
        assert_eq!(lookup("vm@mine"), lookup("vm@bin"));
        let mut error = |text: String| format!("{:#}", config.add_build(&text).unwrap_err());
        assert!(error(format!("vm={path}")).contains("two builds are called \"vm@bin\""));
        assert!(error("vm".to_owned()).contains("ENGINE=PATH"));
        assert!(error("vm@x=/no/such/program".to_owned()).contains("no program"));
        assert!(error(format!("vn={path}")).contains("unknown engine"));
        assert!(error(format!("vm@a/b={path}")).contains("not a name"));
    }
}
