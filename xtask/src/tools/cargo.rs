//! Builds a crate from the Rust crate registry with `cargo install`.

use anyhow::bail;

use super::progress::Row;
use super::staging::Staging;
use crate::config::CargoInstall;
use crate::host::process::{End, Invocation};

/// Builds the crate and installs it into the `made` folder of `staging`.
///
/// # Errors
/// When the build fails; the message has the end of the log, and where it is.
pub fn install(install: &CargoInstall, staging: &Staging, row: &Row) -> anyhow::Result<()> {
    let log = staging.scratch.join("install.log");
    let mut cargo = invocation(install, staging);
    cargo.stderr = Some(log.clone());
    row.say(&match install.minutes {
        0.0 => "building".to_owned(),
        minutes => format!("building, about {} min", minutes.ceil()),
    });
    let line = cargo.display();
    let finished = staging.run(cargo)?;
    if finished.end != End::Exit(0) {
        let lines: Vec<&str> = finished.stderr.trim_end().lines().collect();
        bail!(
            "`{line}` {}:\n{}\nThe whole log is \"{}\".",
            finished.end,
            lines[lines.len().saturating_sub(12)..].join("\n"),
            log.display()
        );
    }
    Ok(())
}

fn invocation(install: &CargoInstall, staging: &Staging) -> Invocation {
    // rustc is found through PATH and RUSTUP_TOOLCHAIN, which stays: the toolchain that built this
    // program is new enough for the engines too.
    let mut cargo = Invocation::cargo()
        .args(["install", "--locked", &install.krate, "--version"])
        .args([install.version.to_string()]);
    if !install.default_features {
        cargo = cargo.args(["--no-default-features"]);
    }
    if !install.features.is_empty() {
        cargo = cargo.args(["--features", &install.features.join(",")]);
    }
    for name in &install.unmeasured {
        let setting = format!("profile.release.package.{name}.opt-level=0");
        cargo = cargo.args(["--config", &setting]);
    }
    cargo = cargo.args(["--root".into(), staging.made.clone()]);
    cargo = cargo.args(["--target-dir".into(), staging.scratch.join("target")]);
    let environment = [
        // Set, though empty, it keeps out the user's RUSTFLAGS and those in cargo's configuration:
        // with `target-cpu=native` the engine would not be the one that others measure.
        ("CARGO_ENCODED_RUSTFLAGS", ""),
        ("CARGO_INCREMENTAL", "0"),
        ("CARGO_TERM_COLOR", "never"),
    ];
    Invocation {
        env: environment
            .map(|(name, value)| (name.to_owned(), value.into()))
            .into(),
        unset: std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| leaks(name))
            .collect(),
        // Not the checkout, whose .cargo/config.toml is not the engine's.
        cwd: Some(staging.scratch.clone()),
        ..cargo
    }
}

/// Would this variable change what is built, or is it one of those that `cargo run` sets for xtask?
fn leaks(name: &str) -> bool {
    let starts = [
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_BUILD_DIR",
        "CARGO_TARGET_DIR",
        "CARGO_INSTALL_ROOT",
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_PROFILE_",
        "RUSTC_BOOTSTRAP",
    ];
    starts.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use indicatif::MultiProgress;

    use super::*;
    use crate::host::paths::Paths;

    #[test]
    fn the_command_line_has_every_setting() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths {
            root: home.path().join("checkout"),
            cache: home.path().join("cache"),
        };
        let row = Row::new(&MultiProgress::new(), "e");
        let staging = Staging::start(&paths, "e-1-k", &row).unwrap();
        let install: CargoInstall = toml::from_str(
            "crate = 'engine-cli'\nversion = '1.2.3'\ndefault-features = false\nfeatures = ['run', 'jit']\nunmeasured = ['tls']",
        )
        .unwrap();
        let invocation = invocation(&install, &staging);
        let line = invocation.display();
        let expected = format!(
            "install --locked engine-cli --version 1.2.3 --no-default-features --features run,jit \
             --config 'profile.release.package.tls.opt-level=0' --root {} --target-dir {}",
            staging.made.display(),
            staging.scratch.join("target").display()
        );
        assert!(line.ends_with(&expected), "{line}");
        assert!(invocation.unset.contains(&"CARGO_PKG_NAME".to_owned()));
    }

    #[test]
    fn what_changes_a_build_is_kept_from_it_and_nothing_else() {
        for name in ["CARGO_TARGET_DIR", "CARGO_PROFILE_RELEASE_LTO"] {
            assert!(leaks(name), "{name}");
        }
        for name in ["PATH", "CARGO_HOME", "RUSTUP_TOOLCHAIN"] {
            assert!(!leaks(name), "{name}");
        }
    }
}
