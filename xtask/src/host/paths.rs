//! Every path that this project reads or writes.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// Name of this project's folder inside the user's cache folder.
const CACHE_NAME: &str = "wasi-bench";

/// The checkout, and the user's cache folder that all clones share.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The root of the workspace, absolute.
    pub root: PathBuf,
    /// `$XDG_CACHE_HOME/wasi-bench`, absolute.
    pub cache: PathBuf,
}

impl Paths {
    /// Finds the workspace upwards from the current folder, and the cache folder from the environment.
    ///
    /// # Errors
    /// When the current folder is in no checkout, or neither `XDG_CACHE_HOME` nor `HOME` is set.
    pub fn find() -> anyhow::Result<Paths> {
        let here = std::env::current_dir().context("cannot find the current folder")?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("matrix.toml").is_file() && folder.join("xtask").is_dir())
            .with_context(|| {
                format!(
                    "no \"matrix.toml\" in \"{}\" or a folder above it: run cargo xtask inside the checkout",
                    here.display()
                )
            })?;
        Ok(Paths {
            root: root.to_owned(),
            cache: cache_home()?.join(CACHE_NAME),
        })
    }

    pub fn matrix(&self) -> PathBuf {
        self.root.join("matrix.toml")
    }

    pub fn impossible(&self) -> PathBuf {
        self.root.join("impossible.toml")
    }

    /// Inputs and their side files.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Run folders, unless `--results` says otherwise.
    pub fn results(&self) -> PathBuf {
        self.root.join("results")
    }

    pub fn node(&self) -> PathBuf {
        self.root.join("node")
    }

    /// Cargo's target folder for the guests; not the one that xtask itself is built in,
    /// so that neither build waits for the other's lock.
    pub fn guest_target(&self) -> PathBuf {
        self.root.join("target/guests")
    }

    /// Installed tools, a folder each.
    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// What installs are built in; lost without harm.
    pub fn scratch(&self) -> PathBuf {
        self.cache.join("scratch")
    }
}

/// The path with `~` for the user's home folder: a run's files are given to others, whom the name
/// of a user does not concern.
pub fn without_home(path: &Path) -> PathBuf {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    let inside = home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
    inside.map_or_else(|| path.to_owned(), |inside| Path::new("~").join(inside))
}

fn cache_home() -> anyhow::Result<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from);
    let set = |name| set(name).filter(|path| path.is_absolute());
    set("XDG_CACHE_HOME")
        .or_else(|| Some(set("HOME")?.join(".cache")))
        .context("no cache folder: set HOME, or XDG_CACHE_HOME, to an absolute path")
}
