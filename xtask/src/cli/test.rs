//! `test`

use anyhow::bail;

use super::Checkout;
use super::setup::Setup;
use crate::host::process::{End, Invocation, run_in_terminal};

/// What CI runs, each in a folder of the checkout; `cargo` is found as cargo says it is.
const STEPS: [(&str, &str); 5] = [
    ("", "cargo fmt --all --check"),
    (
        "",
        "cargo clippy --workspace --all-targets --locked -- -D warnings",
    ),
    (
        "",
        "cargo clippy --locked --target wasm32-wasip1 --package harness --package sandbox -- -D warnings",
    ),
    ("", "cargo test --workspace --locked"),
    // From 21 on Node.js takes a folder that it is given for a file.
    ("node", "node --test"),
];

/// Everything that CI runs, after installing what it needs.
///
/// # Errors
/// When something cannot be installed or a step fails; the step has said why.
pub fn test(checkout: &Checkout) -> anyhow::Result<bool> {
    Setup::default().run(checkout)?;
    let cargo = std::env::var_os("CARGO");
    for (folder, step) in STEPS {
        let mut invocation = Invocation::new(step.split(' '));
        if let Some(cargo) = cargo.as_ref().filter(|_| step.starts_with("cargo ")) {
            invocation.argv[0].clone_from(cargo);
        }
        invocation.cwd = Some(checkout.paths.root.join(folder));
        // A missing engine is then a failure and not a test that says it was left out.
        invocation.env = vec![("REQUIRE_ENGINES".to_owned(), "1".into())];
        eprintln!("$ {}", invocation.display());
        let end = run_in_terminal(&invocation)?;
        if end != End::Exit(0) {
            bail!("`{}` {end}", invocation.display());
        }
    }
    Ok(true)
}
