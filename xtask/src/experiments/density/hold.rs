//! Instances that take their memory and wait, and what all hold together.

use std::collections::BTreeMap;
use std::fs::read_to_string;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use anyhow::ensure;
use fs_err::OpenOptions;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::{Site, run};
use crate::host::at_once_while;
use crate::host::memory::{Memory, of_marked};
use crate::host::process::{End, Invocation};
use crate::run::check::last_lines;

/// What an instance prints once it has its memory.
const READY: &str = "ready";
/// How often somebody looks whether all are.
const POLL: Duration = Duration::from_millis(20);
/// What engines do behind the scenes once a guest has started, such as giving memory back, takes less.
const SETTLE: Duration = Duration::from_millis(300);

impl Site<'_> {
    /// Starts so many instances, and looks at their memory once all are ready.
    ///
    /// # Errors
    /// When one fails; its outcome, if it is another than *failed*, is its context.
    pub fn hold(&self, count: u32) -> anyhow::Result<Memory> {
        let input = self.folder.join("input.txt");
        let own = tempfile::tempdir_in(&self.folder)?;
        let pipe = own.path().join("stdin");
        fs_err::copy(&self.input.path, &input)?;
        mkfifo(&pipe, Mode::S_IRWXU)?;
        // Only this program has the writing end, so their standard input ends when it closes that, also
        // because it was killed. To open it for writing alone would wait for a reader.
        let gate = OpenOptions::new().read(true).write(true).open(&pipe)?;
        let gate = Mutex::new(Some(gate));
        let gate = || gate.lock().unwrap_or_else(PoisonError::into_inner);
        let mut command = self.command(&self.folder, vec![input.into()], &BTreeMap::new())?;
        command.stdin = Some(pipe);
        let commands = (0..count).map(|number| Invocation {
            stdout: Some(own.path().join(format!("stdout-{number}"))),
            ..command.clone()
        });
        let commands: Vec<Invocation> = commands.collect();
        let wait = |command: &Invocation| {
            let finished = run(command);
            let was_open = gate().take().is_some();
            let (end, stderr) = finished.map(|it| (it.end, it.stderr))?;
            let said = last_lines(&stderr).unwrap_or_default();
            let is_well = end == End::Exit(0) && !was_open;
            ensure!(is_well, "an instance {end}: {said}");
            Ok(())
        };
        let is_ready = |command: &Invocation| {
            let stdout = command.stdout.as_ref();
            let said = stdout.and_then(|it| read_to_string(it).ok());
            said.is_some_and(|it| it.lines().any(|line| line.trim() == READY))
        };
        let mut memory = Memory::default();
        let look = || {
            while gate().is_some() && !commands.iter().all(is_ready) {
                sleep(POLL);
            }
            sleep(SETTLE);
            memory = of_marked(&self.folder);
            gate().take();
        };
        let ends = at_once_while(&commands, wait, look);
        ends.into_iter().collect::<anyhow::Result<()>>()?;
        ensure!(
            memory.pss_bytes > 0,
            "the system does not tell their memory"
        );
        Ok(memory)
    }
}
