//! The two folders of an attempt: one that the guest is given, and one that it is not.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// A folder that holds `inside` and `outside`, made anew for each attempt.
pub struct Ground {
    base: PathBuf,
}

/// What a folder holds, by path: kind, number of hard links, and content.
type Snapshot = BTreeMap<PathBuf, (&'static str, u64, Vec<u8>)>;

impl Ground {
    /// Makes the folders, with the secret outside. `base` is absolute and without links.
    ///
    /// # Errors
    /// When something cannot be made.
    pub fn make(base: &Path, secret: &str) -> anyhow::Result<Ground> {
        let ground = Ground {
            base: base.to_owned(),
        };
        let (inside, outside) = (ground.inside(), ground.outside());
        let make = || {
            std::fs::create_dir_all(inside.join("folder"))?;
            std::fs::create_dir_all(&outside)?;
            std::fs::write(inside.join("own.txt"), "own\n")?;
            for name in ["secret.txt", "victim.txt"] {
                std::fs::write(outside.join(name), format!("{secret}\n"))?;
            }
            symlink("../outside/secret.txt", inside.join("link-relative"))?;
            symlink(outside.join("secret.txt"), inside.join("link-absolute"))?;
            symlink("../outside", inside.join("link-folder"))
        };
        make().with_context(|| format!("cannot make folders in \"{}\"", base.display()))?;
        Ok(ground)
    }

    /// Folders that are there already.
    #[cfg(test)]
    pub fn at(base: &Path) -> Ground {
        Ground {
            base: base.to_owned(),
        }
    }

    pub fn inside(&self) -> PathBuf {
        self.base.join("inside")
    }

    /// Also the folder that engines run in, so that one which gives its guest the current
    /// folder is seen to do so.
    pub fn outside(&self) -> PathBuf {
        self.base.join("outside")
    }

    /// What both folders hold: outside and inside.
    ///
    /// # Errors
    /// When something cannot be read.
    pub fn look(&self) -> anyhow::Result<[Snapshot; 2]> {
        Ok([look(&self.outside())?, look(&self.inside())?])
    }
}

/// Links are not followed: what they lead to is looked at where it is.
fn look(folder: &Path) -> anyhow::Result<Snapshot> {
    let mut snapshot = Snapshot::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        let context = || format!("cannot read \"{}\"", current.display());
        for entry in std::fs::read_dir(&current).with_context(context)? {
            let path = entry.with_context(context)?.path();
            let data = path.symlink_metadata().with_context(context)?;
            let kind = data.file_type();
            let state = if kind.is_dir() {
                folders.push(path.clone());
                ("folder", 0, Vec::new())
            } else if kind.is_symlink() {
                let target = path.read_link().with_context(context)?;
                ("link", 0, target.into_os_string().into_encoded_bytes())
            } else if kind.is_file() {
                (
                    "file",
                    data.nlink(),
                    std::fs::read(&path).with_context(context)?,
                )
            } else {
                ("special", 0, Vec::new())
            };
            let name = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            snapshot.insert(name, state);
        }
    }
    Ok(snapshot)
}

/// What differs: `+ made`, `- removed`, `* changed`.
pub fn differences(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let gone = gone.map(|name| format!("- {}", name.display()));
    let rest = after
        .iter()
        .filter_map(|(name, state)| match before.get(name) {
            None => Some(format!("+ {}", name.display())),
            Some(then) if then != state => Some(format!("* {}", name.display())),
            Some(_) => None,
        });
    gone.chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let ground = Ground::make(folder.path(), "s").unwrap();
        let [outside, inside] = ground.look().unwrap();
        std::fs::write(ground.outside().join("created.txt"), "").unwrap();
        std::fs::remove_file(ground.outside().join("victim.txt")).unwrap();
        // A hard link changes no byte of the secret, only how many names it has.
        let [secret, taken] = [
            ground.outside().join("secret.txt"),
            ground.inside().join("t"),
        ];
        std::fs::hard_link(secret, taken).unwrap();
        std::fs::write(ground.inside().join("folder/own"), "").unwrap();
        std::fs::remove_file(ground.inside().join("link-folder")).unwrap();
        symlink("/", ground.inside().join("link-folder")).unwrap();
        let [outside_after, inside_after] = ground.look().unwrap();
        assert_eq!(
            differences(&outside, &outside_after),
            ["- victim.txt", "+ created.txt", "* secret.txt"]
        );
        assert_eq!(
            differences(&inside, &inside_after),
            ["+ folder/own", "* link-folder", "+ t"]
        );
        assert!(differences(&inside, &inside).is_empty());
    }
}
