//! Which modes are tried.

use anyhow::{Context, bail};

use crate::config::{Config, Engine, Mode, distinct, list, matches_any, patterns};

/// A mode that runs WebAssembly. (Native code and plain JavaScript are in no sandbox.)
#[derive(Clone, Copy)]
pub struct WasmMode<'c> {
    pub engine: &'c Engine,
    pub mode: &'c Mode,
}

impl WasmMode<'_> {
    pub fn name(&self) -> String {
        format!("{}:{}", self.engine.name(), self.mode.name)
    }

    fn runs_wasm(&self) -> bool {
        let mut commands = self.mode.commands.iter();
        commands.any(|it| it.run.uses("wasm") || it.run.uses("artifact"))
    }
}

/// The modes that the filters leave.
///
/// # Errors
/// When a filter is malformed, or nothing is left; the message lists what there is.
pub fn choose<'c>(
    config: &'c Config,
    engines: &[String],
    modes: &[String],
) -> anyhow::Result<Vec<WasmMode<'c>>> {
    let all = config.engines.iter().flat_map(|engine| {
        let modes = engine.modes.iter();
        modes.map(move |mode| WasmMode { engine, mode })
    });
    let mut chosen: Vec<WasmMode> = all.filter(WasmMode::runs_wasm).collect();
    let names = distinct(chosen.iter().map(|it| it.engine.name().to_owned()));
    let engines = patterns(engines, &names).context("option --engine")?;
    chosen.retain(|it| matches_any(&engines, it.engine.name()));
    let names: Vec<String> = chosen.iter().map(WasmMode::name).collect();
    let full = modes.iter().map(|mode| match mode.contains(':') {
        true => mode.clone(),
        false => format!("*:{mode}"),
    });
    let modes = patterns(&full.collect::<Vec<_>>(), &names).context("option --mode")?;
    chosen.retain(|it| matches_any(&modes, &it.name()));
    if chosen.is_empty() {
        bail!("no engine is left to try; there are {}", list(&names));
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(engines: &[&str], modes: &[&str]) -> anyhow::Result<Vec<String>> {
        let config = crate::config::tests::config();
        let texts = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let chosen = choose(&config, &texts(engines), &texts(modes))?;
        Ok(chosen.iter().map(WasmMode::name).collect())
    }

    #[test]
    fn native_code_is_in_no_sandbox() {
        assert_eq!(names(&[], &[]).unwrap(), ["vm:jit", "vm:aot"]);
        assert_eq!(names(&["v*"], &["aot"]).unwrap(), ["vm:aot"]);
        assert_eq!(names(&[], &["vm:jit"]).unwrap(), ["vm:jit"]);
        let error = format!("{:#}", names(&["native"], &[]).unwrap_err());
        assert!(
            error.contains("option --engine") && error.contains("\"vm\""),
            "{error}"
        );
        assert!(format!("{:#}", names(&[], &["x"]).unwrap_err()).contains("option --mode"));
    }
}
