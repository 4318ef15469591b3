//! `setup`

use anyhow::{Context, bail};
use clap::Args;

use super::{Checkout, Misuse};
use crate::config::{Config, Engine, Lookup, list};
use crate::tools::{self, State, Toolbox};

#[derive(Args, Default)]
pub struct Setup {
    /// Only these engines, or versions of them such as wasmtime@46 (default: all, and hyperfine)
    #[arg(value_name = "ENGINE")]
    engines: Vec<String>,
    /// Only show, install nothing
    #[arg(long)]
    check: bool,
    /// Build from source, also where a package or a program on PATH would do
    #[arg(long, requires = "engines", conflicts_with = "check")]
    from_source: bool,
}

impl Setup {
    /// Is everything there that was asked for?
    ///
    /// # Errors
    /// When a name is no engine, a download is not what it should be, or the user interrupts.
    pub fn run(self, checkout: &Checkout) -> anyhow::Result<bool> {
        let tools = self.tools(checkout.config.clone()).map_err(Misuse)?;
        let mut toolbox = Toolbox::look(tools, &checkout.paths);
        if !self.check {
            tools::ensure_wasm_target()?;
            toolbox.install_packages()?;
            toolbox.build()?;
        }
        println!("{}", tools::table(&toolbox.tools));
        let there = |(tool, state): &(Engine, State)| {
            (tool.install.on_request && self.engines.is_empty()) || state.is_ok()
        };
        Ok(self.check || toolbox.tools.iter().all(there))
    }

    /// The tools with the names that were typed, all if there are none, to be installed as asked for.
    fn tools(&self, mut config: Config) -> anyhow::Result<Vec<Engine>> {
        for name in &self.engines {
            config.add_version(name)?;
        }
        let mut tools = config.engines;
        tools.insert(0, config.hyperfine);
        if self.engines.is_empty() {
            return Ok(tools);
        }
        let known: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
        if let Some(name) = self.engines.iter().find(|it| !known.contains(&it.as_str())) {
            let known = list(&known);
            bail!("unknown engine \"{name}\", expected one of {known}");
        }
        tools.retain(|tool| self.engines.contains(&tool.name));
        for tool in &mut tools {
            // Its name is the request.
            tool.install.on_request = false;
            if self.from_source {
                tool.lookup = Lookup::Installed;
                tool.install = tool.install.from_source().with_context(|| {
                    format!(
                        "option --from-source: matrix.toml names no crate to build \"{}\" from: add install.cargo, or leave it out",
                        tool.name
                    )
                })?;
            }
        }
        Ok(tools)
    }
}
