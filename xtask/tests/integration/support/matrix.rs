//! `matrix.toml` for a small checkout.

/// The parts of a small matrix that tests vary; the rest is the same for all.
pub struct Matrix<'t> {
    pub workloads: &'t [&'t str],
    /// As it is written in the file.
    pub complexity: &'t str,
    pub sizes: &'t [&'t str],
    pub timeout: &'t str,
    /// The `[[engine]]` tables.
    pub engines: String,
}

impl Default for Matrix<'_> {
    fn default() -> Self {
        Matrix {
            workloads: &["merge"],
            complexity: "n log n",
            sizes: &["1KB"],
            timeout: "30s",
            engines: engine("fake"),
        }
    }
}

impl Matrix<'_> {
    pub fn text(&self) -> String {
        let workloads: String = self
            .workloads
            .iter()
            .map(|name| {
                format!(
                    "[[workload]]\nname = \"{name}\"\ncomplexity = \"{}\"\noutput = \"sorted\"\n\n",
                    self.complexity
                )
            })
            .collect();
        format!(
            r#"default-profile = "small"

[inputs]
seed = 7
sizes = {:?}
distributions = ["random"]

{workloads}[hyperfine]
name = "hyperfine"
install.help = "install hyperfine"

{}
[[profile]]
name = "small"
description = "everything"
runs = 2
compile-runs = 1
timeout = "{}"
[[profile.cells]]
"#,
            self.sizes, self.engines, self.timeout
        )
    }
}

/// An engine with the mode `jit`, which runs `NAME GUEST INPUT OUTPUT`.
pub fn engine(name: &str) -> String {
    engine_with(name, "run = \"{bin} {wasm} {args}\"")
}

/// An engine with the mode `aot`, which runs `NAME compile GUEST ARTEFACT` first.
pub fn aot_engine(name: &str) -> String {
    let keys = "compile = \"{bin} compile {wasm} {artifact}\"\nrun = \"{bin} {artifact} {args}\"";
    engine_with(name, keys).replace("name = \"jit\"", "name = \"aot\"")
}

/// An engine whose mode `jit` has these keys.
pub fn engine_with(name: &str, keys: &str) -> String {
    format!(
        "[[engine]]\nname = \"{name}\"\ninstall.help = \"write {name}\"\n\n[[engine.mode]]\nname = \"jit\"\ntier = \"optimizing\"\nshipped = true\n{keys}\n\n"
    )
}
