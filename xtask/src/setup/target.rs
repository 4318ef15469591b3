//! Rust's standard library for the guests' target.

use std::path::Path;

use anyhow::{Context, bail};

use crate::process::{self, Invocation, Runner};

const TARGET: &str = "wasm32-wasip1";

/// Adds the guests' target to the Rust toolchain in use. Is it new?
///
/// # Errors
/// When it is missing and cannot be added; the message says what to do.
pub fn ensure_wasm_target(runner: &dyn Runner) -> anyhow::Result<bool> {
    if is_there(runner)? {
        return Ok(false);
    }
    let advice = format!(
        "install Rust with rustup, or your distribution's package of Rust's standard library for \
         {TARGET} (Debian and Ubuntu: libstd-rust-dev-wasm32, Fedora: rust-std-static-{TARGET}, Arch: rust-wasm)"
    );
    let add = Invocation::new(["rustup", "target", "add", TARGET]);
    process::check(runner, &add).with_context(|| {
        format!("the Rust target \"{TARGET}\" is missing and rustup did not add it: {advice}")
    })?;
    // With two installs of Rust, rustup's need not be the one that PATH names first.
    if !is_there(runner)? {
        bail!(
            "rustup added the target \"{TARGET}\", but the rustc on PATH is not rustup's: {advice}"
        );
    }
    Ok(true)
}

fn is_there(runner: &dyn Runner) -> anyhow::Result<bool> {
    let ask = Invocation::new(["rustc", "--print", "target-libdir", "--target", TARGET]);
    let folder = process::read_stdout(runner, &ask).context("cannot ask rustc")?;
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    let Ok(entries) = Path::new(&folder).read_dir() else {
        return Ok(false);
    };
    Ok(entries
        .flatten()
        .any(|entry| is_std(&entry.file_name().to_string_lossy())))
}

#[cfg(test)]
mod tests {
    use super::super::fake::Fake;
    use super::*;

    #[test]
    fn the_target_is_added_once() {
        let library = tempfile::tempdir().unwrap();
        let folder = library.path().to_owned();
        let runner = Fake::new(move |argv| {
            if argv[0] == "rustup" {
                std::fs::write(folder.join("libstd-0123.rlib"), "").unwrap();
            }
            Ok(format!("{}\n", folder.display()))
        });
        assert!(ensure_wasm_target(&runner).unwrap());
        assert!(!ensure_wasm_target(&runner).unwrap());
        assert_eq!(runner.commands().len(), 4);
    }

    #[test]
    fn without_rustup_the_error_says_what_to_do() {
        let runner = Fake::new(|argv| match argv[0].as_str() {
            "rustc" => Ok("/no/such/folder".to_owned()),
            _ => Err("not found".to_owned()),
        });
        let error = format!("{:#}", ensure_wasm_target(&runner).unwrap_err());
        assert!(error.contains("libstd-rust-dev-wasm32"), "{error}");
    }
}
