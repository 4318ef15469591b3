//! What is tried: a module a proposal, as text that anybody can run.

use anyhow::Context;

use crate::host::process::{End, Finished};

/// A command of WASI that executes what a proposal adds, and ends with 0 if the result is right.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    /// The proposal, as `feature-flags` in `matrix.toml` names it.
    pub name: &'static str,
    /// WebAssembly text; its first line says what it does.
    pub text: &'static str,
}

/// In the order of the table.
pub const PROBES: [Probe; 16] = [
    probe("mvp", include_str!("probes/mvp.wat")),
    probe("simd", include_str!("probes/simd.wat")),
    probe("relaxed-simd", include_str!("probes/relaxed-simd.wat")),
    probe("multi-memory", include_str!("probes/multi-memory.wat")),
    probe("memory64", include_str!("probes/memory64.wat")),
    probe("extended-const", include_str!("probes/extended-const.wat")),
    probe("tail-call", include_str!("probes/tail-call.wat")),
    probe("exceptions", include_str!("probes/exceptions.wat")),
    probe(
        "function-references",
        include_str!("probes/function-references.wat"),
    ),
    probe("gc", include_str!("probes/gc.wat")),
    probe("threads", include_str!("probes/threads.wat")),
    probe("wasi-threads", include_str!("probes/wasi-threads.wat")),
    probe(
        "wide-arithmetic",
        include_str!("probes/wide-arithmetic.wat"),
    ),
    probe(
        "custom-page-sizes",
        include_str!("probes/custom-page-sizes.wat"),
    ),
    probe(
        "stack-switching",
        include_str!("probes/stack-switching.wat"),
    ),
    probe("component", include_str!("probes/component.wat")),
];

const fn probe(name: &'static str, text: &'static str) -> Probe {
    Probe { name, text }
}

impl Probe {
    /// What it does, for people who read the table.
    pub fn what(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.trim_start_matches(";; ")
    }

    /// # Errors
    /// When the text is no WebAssembly.
    pub fn module(&self) -> anyhow::Result<Vec<u8>> {
        self.assembled(self.text)
    }

    /// The same module, but at its start it says that the result is wrong: where that is not heard, the
    /// module is refused, or the engine ends well whatever its guest says.
    ///
    /// # Errors
    /// As [`Probe::module`].
    pub fn control(&self) -> anyhow::Result<Vec<u8>> {
        self.assembled(&self.text.replace(";; control:", ""))
    }

    fn assembled(&self, text: &str) -> anyhow::Result<Vec<u8>> {
        wat::parse_str(text).with_context(|| format!("the probe \"{}\"", self.name))
    }

    /// Did the guest say that the result is wrong? A component can only end with 1, as engines do that
    /// refuse it, but they say why.
    pub fn says_wrong(&self, process: &Finished) -> bool {
        let silent = process.stdout.is_empty() && process.stderr.is_empty();
        match process.end {
            End::Exit(42) => true,
            End::Exit(1) => silent && self.text.contains("\n(component"),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::distinct;

    #[test]
    fn all_probes_are_modules_that_can_say_wrong() {
        for probe in PROBES {
            let (module, control) = (probe.module().unwrap(), probe.control().unwrap());
            assert!(module.starts_with(b"\0asm"), "{}", probe.name);
            assert!(control.len() > module.len(), "{}", probe.name);
            let first = probe.text.lines().next().unwrap();
            assert!(first.starts_with(";; ") && probe.what() == &first[3..]);
        }
        assert_eq!(distinct(PROBES.map(|it| it.name)).len(), PROBES.len());
    }

    #[test]
    fn a_mistake_names_its_probe() {
        let error = probe("odd", "(module (func $f)").module().unwrap_err();
        assert!(format!("{error:#}").contains("the probe \"odd\": expected"));
    }
}
