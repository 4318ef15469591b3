//! Rust's standard library for the guests' target.

use std::path::Path;

use anyhow::{Context, bail};

use crate::host::process::{self, Invocation};

const TARGET: &str = "wasm32-wasip1";

/// Adds the guests' target to the Rust toolchain in use. Is it new?
///
/// # Errors
/// When it is missing and cannot be added; the message says what to do.
pub fn ensure_wasm_target() -> anyhow::Result<bool> {
    if is_there()? {
        return Ok(false);
    }
    let advice = format!(
        "install Rust with rustup, or your distribution's package of Rust's standard library for \
         {TARGET} (Debian and Ubuntu: libstd-rust-dev-wasm32, Fedora: rust-std-static-{TARGET}, Arch: rust-wasm)"
    );
    let add = Invocation::new(["rustup", "target", "add", TARGET]);
    process::check(&add).with_context(|| {
        format!("the Rust target \"{TARGET}\" is missing and rustup did not add it: {advice}")
    })?;
    // With two installs of Rust, rustup's need not be the one that PATH names first.
    if !is_there()? {
        bail!(
            "rustup added the target \"{TARGET}\", but the rustc on PATH is not rustup's: {advice}"
        );
    }
    Ok(true)
}

fn is_there() -> anyhow::Result<bool> {
    let ask = Invocation::new(["rustc", "--print", "target-libdir", "--target", TARGET]);
    let folder = process::read_stdout(&ask).context("cannot ask rustc")?;
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    let Ok(entries) = Path::new(&folder).read_dir() else {
        return Ok(false);
    };
    Ok(entries
        .flatten()
        .any(|entry| is_std(&entry.file_name().to_string_lossy())))
}
