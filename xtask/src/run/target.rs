//! A guest in a mode of an engine that is there, and the one place where commands for it are made.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::config::{Commands, Engine, Mode, Template, Values};
use crate::host::process::Invocation;
use crate::tools::{Found, Guest};

/// A guest in a mode of an engine that is there, with the commands for its version.
#[derive(Clone)]
pub struct Target<'c> {
    engine: &'c Engine,
    mode: &'c Mode,
    pub commands: Commands,
    found: &'c Found,
    pub guest: &'c Guest,
    /// The checkout.
    pub repo: &'c Path,
    /// The words that switch a proposal on; usually none.
    pub flags: Vec<OsString>,
}

/// Where a command has its files.
#[derive(Clone, Debug)]
pub struct Place {
    /// The only folder that a guest may reach.
    pub dir: PathBuf,
    /// A folder that only this mode uses.
    pub cache: PathBuf,
    /// What was compiled ahead of time, or will be: a path without extension.
    pub artifact: PathBuf,
}

impl<'c> Target<'c> {
    /// # Errors
    /// When the mode needs another version of the engine; the message says which.
    pub fn new(
        engine: &'c Engine,
        mode: &'c Mode,
        found: &'c Found,
        guest: &'c Guest,
        repo: &'c Path,
    ) -> anyhow::Result<Target<'c>> {
        Ok(Target {
            engine,
            mode,
            commands: mode.commands(&found.version)?,
            found,
            guest,
            repo,
            flags: Vec::new(),
        })
    }

    /// The engine's binary, and the guest in every form.
    pub fn programs(&self) -> impl Iterator<Item = &Path> {
        let guest = self.guest.programs.values().map(PathBuf::as_path);
        std::iter::once(self.found.binary.as_path()).chain(guest)
    }

    /// The command that compiles the guest; none where the mode does not.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn compile(&self, place: &Place) -> anyhow::Result<Option<Invocation>> {
        let compile = self.commands.compile.as_ref();
        let command = |template| self.command(template, &self.values(place));
        compile.map(command).transpose()
    }

    /// The command that runs the guest with these arguments and variables, by the mode's `run` or
    /// another of its templates.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn run(
        &self,
        template: &Template,
        place: &Place,
        args: Vec<OsString>,
        env: &BTreeMap<String, String>,
    ) -> anyhow::Result<Invocation> {
        let mut values = self.values(place);
        values.insert("args", args);
        let by_words = template.uses("env");
        if by_words && !env.is_empty() {
            values.insert("env", self.engine.env_words(env)?);
        }
        let mut command = self.command(template, &values)?;
        if !by_words {
            let variables = env.iter();
            let variables = variables.map(|(name, value)| (name.clone(), value.into()));
            command.env.extend(variables);
        }
        Ok(command)
    }

    fn command(&self, template: &Template, values: &Values) -> anyhow::Result<Invocation> {
        Ok(Invocation {
            argv: template.expand(values)?,
            env: self.mode.variables(values)?,
            ..Invocation::default()
        })
    }

    fn values(&self, place: &Place) -> Values {
        let one = |path: &Path| vec![path.as_os_str().to_owned()];
        let mut values = Values::from([
            ("bin", self.found.command.clone()),
            ("artifact", one(&place.artifact)),
            ("dir", one(&place.dir)),
            ("cache", one(&place.cache)),
            ("repo", one(self.repo)),
            ("env", Vec::new()),
            ("flags", self.flags.clone()),
        ]);
        let programs = self.guest.programs.iter();
        values.extend(programs.map(|(placeholder, path)| (*placeholder, one(path))));
        values
    }
}
