//! Which modes are tried.

use anyhow::bail;

use crate::config::{Config, Engine, Mode};
use crate::model::Cell;
use crate::model::{Filter, distinct};

/// A mode that runs WebAssembly. (Native code and plain JavaScript are in no sandbox.)
#[derive(Clone, Copy)]
pub struct WasmMode<'c> {
    pub engine: &'c Engine,
    pub mode: &'c Mode,
}

impl WasmMode<'_> {
    pub fn name(&self) -> String {
        format!("{}:{}", self.engine.name, self.mode.name)
    }
}

/// The modes that the filter lets pass.
///
/// # Errors
/// When a pattern matches nothing; the message lists what there is.
pub fn choose<'c>(config: &'c Config, filter: &Filter) -> anyhow::Result<Vec<WasmMode<'c>>> {
    let mut cells = config.cells();
    cells.retain(|cell| {
        let mode = config.mode(&cell.engine, &cell.mode);
        mode.is_some_and(|mode| mode.guest() == "wasm")
    });
    let cells = filter.select(cells, |key| format!("option --{key}"))?;
    if cells.is_empty() {
        bail!("no mode in matrix.toml runs WebAssembly");
    }
    let chosen = distinct(cells.iter().map(Cell::engine_mode)).into_iter();
    let modes = chosen.filter_map(|chosen| {
        let engine = config.engine(&chosen.engine)?;
        let mode = config.mode(&chosen.engine, &chosen.mode)?;
        Some(WasmMode { engine, mode })
    });
    Ok(modes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(filter: &str) -> anyhow::Result<Vec<String>> {
        let config = crate::config::tests::config();
        let chosen = choose(&config, &toml::from_str(filter)?)?;
        Ok(chosen.iter().map(WasmMode::name).collect())
    }

    #[test]
    fn native_code_is_in_no_sandbox() {
        assert_eq!(names("").unwrap(), ["vm:jit", "vm:aot"]);
        assert_eq!(names("engine = 'v*'\nmode = 'aot'").unwrap(), ["vm:aot"]);
        assert_eq!(names("mode = 'vm:jit'").unwrap(), ["vm:jit"]);
        let error = format!("{:#}", names("engine = 'native'").unwrap_err());
        assert!(
            error.contains("option --engine") && error.contains("\"vm\""),
            "{error}"
        );
        assert!(format!("{:#}", names("mode = 'x'").unwrap_err()).contains("option --mode"));
    }
}
