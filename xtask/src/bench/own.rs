//! What a program that the user brought is given: its folder, arguments, variables, standard input.

use anyhow::Context;

use super::workplace::{Workplace, put_input};
use crate::cell::Cell;
use crate::config::{Config, EnvWay, ExpectedOutput, Mode, Own, Stdin, Values, Verify, Workload};
use crate::measure::Command;

impl Workplace {
    /// Removes what earlier samples of the workload left behind. A program that the user brought
    /// gets its folder anew, because nobody knows what it writes there.
    ///
    /// # Errors
    /// When a file cannot be put there.
    pub fn tidy(&self, workload: &Workload, cell: &Cell) -> anyhow::Result<()> {
        let Some(own) = &workload.own else {
            let _ = std::fs::remove_file(self.output(workload));
            return Ok(());
        };
        let folder = self.io(workload);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make \"{}\"", folder.display()))?;
        for (name, source) in &own.files {
            let (source, place) = (self.repo.join(source), folder.join(name));
            std::fs::copy(&source, &place)
                .with_context(|| format!("cannot put \"{}\" at \"{name}\"", source.display()))?;
        }
        if own.uses_input() {
            put_input(self.input(cell)?, &folder)?;
        }
        Ok(())
    }

    /// Gives a program that the user brought its arguments, variables and standard input.
    ///
    /// # Errors
    /// When an input was not made; a bug.
    pub(super) fn give(
        &self,
        config: &Config,
        workload: &Workload,
        own: &Own,
        cell: &Cell,
        values: &mut Values,
        command: &mut Command,
    ) -> anyhow::Result<()> {
        if own.uses_input() {
            let input = self.place_of(workload, cell)?;
            values.insert("input", vec![input.into()]);
        }
        values.insert("args", own.args.expand(values)?);
        command.stdin = match &own.stdin {
            None => None,
            Some(Stdin::Input) => Some(self.place_of(workload, cell)?),
            Some(Stdin::File(path)) => Some(self.repo.join(path)),
        };
        let by_stdout = matches!(workload.output, ExpectedOutput::Verified(Verify::Stdout(_)));
        command.stdout = by_stdout.then(|| self.stdout());
        match config.mode_of(cell).and_then(Mode::env_way) {
            Some(EnvWay::Words) => {
                let engine = config.engine(&cell.engine).context("the engine is gone")?;
                values.insert("env", engine.env_words(&own.env)?);
            }
            Some(EnvWay::Process) => {
                let own = own.env.iter();
                command
                    .env
                    .extend(own.map(|(name, value)| (name.clone(), value.into())));
            }
            // A cell that needs variables is then unsupported.
            None => {}
        }
        Ok(())
    }
}
