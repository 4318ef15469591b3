//! Runs the probes.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::bail;

use super::{Features, Finding, Outcome, PROBES, Probe};
use crate::config::{Config, Values, list};
use crate::experiments::sandbox::Machine;
use crate::experiments::{Lab, Subject, place};
use crate::host::files::remove_folder;
use crate::host::process::{End, Finished, Invocation, run};
use crate::run::target::Target;
use crate::tools::Guest;

/// Has every flag in `matrix.toml` a probe that it is for?
///
/// # Errors
/// With the engine and the proposal that no probe is named after.
pub fn check_flags(config: &Config) -> anyhow::Result<()> {
    let known = PROBES.map(|probe| probe.name);
    for engine in &config.engines {
        let mut proposals = engine.feature_flags.keys();
        if let Some(other) = proposals.find(|name| !known.contains(&name.as_str())) {
            bail!(
                "matrix.toml: engine \"{}\": key \"feature-flags\": unknown proposal \"{other}\", expected one of {}",
                engine.name,
                list(&known)
            );
        }
    }
    Ok(())
}

/// Runs these probes in the lab's modes, each process no longer than the limit.
///
/// # Errors
/// When a probe is no WebAssembly, a command cannot be started, or the user interrupts.
pub fn try_all(lab: &Lab, probes: &[Probe], timeout: Duration) -> anyhow::Result<Features> {
    let machine = &Machine::here(&lab.paths.root);
    lab.try_all(|subject| {
        let mode = InMode {
            subject,
            machine,
            timeout,
        };
        let findings = probes.iter().map(|it| Ok((it.name, mode.finding(it)?)));
        findings.collect()
    })
}

/// What the probes in one mode have in common.
struct InMode<'m> {
    subject: &'m Subject<'m>,
    machine: &'m Machine,
    timeout: Duration,
}

impl InMode<'_> {
    /// What becomes of a probe: with the flags of its proposal where it is refused without.
    fn finding(&self, probe: &Probe) -> anyhow::Result<Finding> {
        let guest = Guest::of_wasm(self.subject.work.join(format!("{}.wasm", probe.name)));
        let mut target = match self.subject.target(&guest) {
            Ok(target) => target,
            Err(why) => return Ok(Finding::new(Outcome::Unsupported, why.to_string())),
        };
        let plain = self.attempt(probe, &target)?;
        let flags = self.subject.engine.feature_flags.get(probe.name);
        let takes_flags = target.commands.run.uses("flags");
        let Some(flags) = flags.filter(|_| takes_flags && plain.outcome == Outcome::No) else {
            return Ok(plain);
        };
        target.flags = flags.expand(&Values::new())?;
        Ok(Finding {
            flags: Some(flags.text().to_owned()),
            ..self.attempt(probe, &target)?
        })
    }

    fn attempt(&self, probe: &Probe, target: &Target) -> anyhow::Result<Finding> {
        let control = self.run(&probe.control()?, target)?;
        let process = self.run(&probe.module()?, target)?;
        let fallback = self.subject.engine.fallback_message.as_deref();
        let outcome = Outcome::of(probe, &process, &control, fallback);
        if outcome == Outcome::Yes {
            return Ok(Finding::new(outcome, ""));
        }
        let work = self.subject.work.as_path();
        let output = format!("{}\n{}", process.stderr, process.stdout);
        let fell_back = |line: &&str| fallback.is_some_and(|message| line.contains(message));
        let telling = output.lines().find(fell_back).unwrap_or(&output);
        let telling = telling.replace(&format!("{}/", work.display()), "");
        let seen = self
            .machine
            .cleaned(&format!("{}: {telling}", process.end), work)?;
        Ok(Finding::new(outcome, seen))
    }

    /// Compiles the module, where the mode does so ahead of time, and runs it unless that was refused.
    /// Nothing is left of the module before it.
    fn run(&self, module: &[u8], target: &Target) -> anyhow::Result<Finished> {
        let folder = self.subject.work.join("run");
        remove_folder(&folder)?;
        let place = place(folder.clone(), &folder);
        fs_err::create_dir_all(&place.cache)?;
        fs_err::write(target.guest.wasm(), module)?;
        let limited = |command| {
            run(&Invocation {
                cwd: Some(folder.clone()),
                // What is refused says so in its last lines, not where in the engine.
                unset: ["RUST_BACKTRACE", "RUST_LIB_BACKTRACE"]
                    .map(Into::into)
                    .into(),
                timeout: Some(self.timeout),
                ..command
            })
        };
        let compiled = target.compile(&place)?.map(limited).transpose()?;
        if let Some(refused) = compiled.filter(|it| it.end != End::Exit(0)) {
            return Ok(refused);
        }
        let template = &target.commands.run;
        limited(target.run(template, &place, Vec::new(), &BTreeMap::new())?)
    }
}
