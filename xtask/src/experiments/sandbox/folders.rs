//! The two folders of an attempt: one that the guest is given, and one that it is not.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// `inside` and `outside` in a folder, made anew for each attempt.
pub struct Folders {
    pub base: PathBuf,
}

/// What a folder holds, by path: kind, number of hard links, and content.
type Snapshot = BTreeMap<PathBuf, (&'static str, u64, Vec<u8>)>;

impl Folders {
    /// Makes the folders, with the secret outside. `base` is absolute and without links.
    ///
    /// # Errors
    /// When something cannot be made.
    pub fn make(base: &Path, secret: &str) -> anyhow::Result<Folders> {
        let base = base.to_owned();
        let folders = Folders { base };
        let (inside, outside) = (folders.inside(), folders.outside());
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
        make().with_context(|| format!("cannot make folders in \"{}\"", folders.base.display()))?;
        Ok(folders)
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
        let mut snapshots = [Snapshot::new(), Snapshot::new()];
        for (snapshot, folder) in snapshots.iter_mut().zip([self.outside(), self.inside()]) {
            add(snapshot, &folder, Path::new(""))
                .with_context(|| format!("cannot read \"{}\"", folder.display()))?;
        }
        Ok(snapshots)
    }
}

/// Adds what a folder below `root` holds. Links are not followed: what they lead to is looked at
/// where it is.
fn add(snapshot: &mut Snapshot, root: &Path, folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let (path, name) = (entry.path(), folder.join(entry.file_name()));
        let kind = entry.file_type()?;
        let state = if kind.is_dir() {
            add(snapshot, root, &name)?;
            ("folder", 0, Vec::new())
        } else if kind.is_symlink() {
            let target = path.read_link()?.into_os_string();
            ("link", 0, target.into_encoded_bytes())
        } else if kind.is_file() {
            ("file", entry.metadata()?.nlink(), std::fs::read(&path)?)
        } else {
            ("special", 0, Vec::new())
        };
        snapshot.insert(name, state);
    }
    Ok(())
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
        let folders = Folders::make(folder.path(), "s").unwrap();
        let [outside, inside] = folders.look().unwrap();
        std::fs::write(folders.outside().join("created.txt"), "").unwrap();
        std::fs::remove_file(folders.outside().join("victim.txt")).unwrap();
        // A hard link changes no byte of the secret, only how many names it has.
        let [secret, taken] = [
            folders.outside().join("secret.txt"),
            folders.inside().join("t"),
        ];
        std::fs::hard_link(secret, taken).unwrap();
        std::fs::write(folders.inside().join("folder/own"), "").unwrap();
        std::fs::remove_file(folders.inside().join("link-folder")).unwrap();
        symlink("/", folders.inside().join("link-folder")).unwrap();
        let [outside_after, inside_after] = folders.look().unwrap();
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
