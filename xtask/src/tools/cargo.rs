//! Builds a crate from the Rust crate registry with `cargo install`.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::progress::Row;
use super::staging::Staging;
use crate::config::CargoInstall;
use crate::host::process::{self, End, Invocation};

/// Builds the crate and installs it into the temporary folder of `staging`. An urgent build
/// goes before others that run at the same time.
///
/// # Errors
/// When the build fails; the message has the end of the log, and where it is.
pub fn install(
    install: &CargoInstall,
    urgent: bool,
    staging: &Staging,
    row: &Row,
) -> anyhow::Result<()> {
    let log = staging.scratch.join("install.log");
    // The log is appended to, and one try's errors must not be taken for another's.
    fs::write(&log, "").with_context(|| format!("cannot write \"{}\"", log.display()))?;
    row.follow(&log);
    let mut invocation = invocation(install, staging, &log, std::env::vars_os().map(|var| var.0));
    if !urgent {
        // The longest build ends in a chain of single crates: it should reach that chain early,
        // while another build can still use the cores that the chain leaves idle.
        invocation
            .argv
            .splice(0..0, ["nice", "-n", "5"].map(OsString::from));
    }
    let finished = process::run(&invocation)?;
    if finished.end != End::Exit(0) {
        bail!(
            "`{}` {}:\n{}\nThe whole log is \"{}\".",
            command(install),
            finished.end,
            last_lines(&finished.stderr, 12),
            log.display()
        );
    }
    Ok(())
}

/// The command that does the same by hand, into the user's own folder.
pub fn command(install: &CargoInstall) -> String {
    let mut words = vec!["cargo".to_owned(), "install".to_owned()];
    words.extend(crate_words(install));
    shell_words::join(words)
}

fn crate_words(install: &CargoInstall) -> Vec<String> {
    let mut words: Vec<String> = ["--locked", &install.krate, "--version"]
        .map(str::to_owned)
        .into();
    words.push(install.version.to_string());
    if !install.default_features {
        words.push("--no-default-features".to_owned());
    }
    if !install.features.is_empty() {
        words.extend(["--features".to_owned(), install.features.join(",")]);
    }
    words
}

fn invocation(
    install: &CargoInstall,
    staging: &Staging,
    log: &Path,
    variables: impl Iterator<Item = OsString>,
) -> Invocation {
    // `cargo xtask` says which cargo it is; rustc is found through PATH and RUSTUP_TOOLCHAIN,
    // which stays: the toolchain that built this program is new enough for the engines too.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut argv: Vec<OsString> = vec![cargo, "install".into()];
    argv.extend(crate_words(install).into_iter().map(OsString::from));
    for name in &install.unmeasured {
        let setting = format!("profile.release.package.{name}.opt-level=0");
        argv.extend(["--config".into(), setting.into()]);
    }
    argv.extend(["--root".into(), staging.temporary.clone().into()]);
    argv.extend(["--target-dir".into(), staging.scratch.join("target").into()]);
    let mut invocation = Invocation::new(argv);
    invocation.env = environment();
    invocation.unset = variables
        .filter_map(|name| name.into_string().ok())
        .filter(|name| leaks(name))
        .collect();
    // Not the checkout, whose .cargo/config.toml is not the engine's.
    invocation.cwd = Some(staging.scratch.clone());
    invocation.log = Some(log.to_owned());
    invocation
}

fn environment() -> Vec<(String, OsString)> {
    [
        // Set, though empty, it keeps out the user's RUSTFLAGS and those in cargo's configuration:
        // with `target-cpu=native` the engine would not be the one that others measure.
        ("CARGO_ENCODED_RUSTFLAGS", ""),
        ("CARGO_INCREMENTAL", "0"),
        ("CARGO_TERM_PROGRESS_WHEN", "never"),
        ("CARGO_TERM_COLOR", "never"),
        ("CARGO_TERM_QUIET", "false"),
        ("CARGO_TERM_VERBOSE", "false"),
    ]
    .map(|(name, value)| (name.to_owned(), value.into()))
    .into()
}

/// Would this variable change what is built, or is it one of those that `cargo run` sets for xtask?
fn leaks(name: &str) -> bool {
    let exact = [
        "CARGO_BUILD_TARGET",
        "CARGO_TARGET_DIR",
        "CARGO_BUILD_TARGET_DIR",
        "CARGO_BUILD_BUILD_DIR",
        "CARGO_MANIFEST_DIR",
        "CARGO_MANIFEST_PATH",
        "CARGO_INSTALL_ROOT",
        "RUSTC_BOOTSTRAP",
    ];
    exact.contains(&name) || name.starts_with("CARGO_PROFILE_") || name.starts_with("CARGO_PKG_")
}

/// The last lines of a log.
fn last_lines(log: &str, count: usize) -> String {
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::paths::Paths;

    #[test]
    fn the_command_line_has_every_setting() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths {
            root: home.path().join("checkout"),
            cache: home.path().join("cache"),
        };
        let staging = Staging::start(&paths, "e-1-k", || ()).unwrap();
        let install: CargoInstall = toml::from_str(
            "crate = 'engine-cli'\nversion = '1.2.3'\ndefault-features = false\nfeatures = ['run', 'jit']\nunmeasured = ['tls']",
        )
        .unwrap();
        let variables = [
            "PATH",
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_PROFILE_RELEASE_LTO",
            "RUSTUP_TOOLCHAIN",
        ];
        let invocation = invocation(
            &install,
            &staging,
            Path::new("/log"),
            variables.into_iter().map(OsString::from),
        );
        let line = invocation.display();
        let expected = format!(
            "install --locked engine-cli --version 1.2.3 --no-default-features --features run,jit \
             --config 'profile.release.package.tls.opt-level=0' --root {} --target-dir {}",
            staging.temporary.display(),
            staging.scratch.join("target").display()
        );
        assert!(line.ends_with(&expected), "{line}");
        assert_eq!(
            invocation.unset,
            ["CARGO_TARGET_DIR", "CARGO_PROFILE_RELEASE_LTO"]
        );
        assert_eq!(
            command(&install),
            "cargo install --locked engine-cli --version 1.2.3 --no-default-features --features run,jit"
        );
    }
}
