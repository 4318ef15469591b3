//! The two folders of an attempt: `inside`, which the guest is given, and `outside`, which it is not
//! and which engines run in, so that one which gives its guest the current folder is seen to do so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::FileType;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::host::process::{End, Invocation, run};

/// The shell function that makes them in `$base`, with `$secret` outside; what people copy calls it too.
pub const FRESH: &str = r#"fresh() {
  rm -rf "${base:?}" && mkdir -p "$base/inside/folder" "$base/outside" "$base/work/cache" && cd "$base/inside" &&
  echo own > own.txt && echo "$secret" | tee ../outside/secret.txt > ../outside/victim.txt &&
  ln -s ../outside/secret.txt link-relative && ln -s ../outside link-folder &&
  ln -s "$base/outside/secret.txt" link-absolute && cd ../outside
}"#;

/// Makes the folders in `base`, which is absolute and without links.
///
/// # Errors
/// When something cannot be made.
pub fn make(base: &Path, secret: &str) -> anyhow::Result<()> {
    let variable = |name: &str, value: &Path| (name.to_owned(), value.into());
    let made = run(&Invocation {
        env: vec![
            variable("base", base),
            variable("secret", Path::new(secret)),
        ],
        ..Invocation::new(["sh", "-c", &format!("{FRESH}\nfresh")])
    })?;
    let (base, why) = (base.display(), made.stderr);
    ensure!(
        made.end == End::Exit(0),
        "cannot make folders in \"{base}\": {why}"
    );
    Ok(())
}

/// What a folder holds, by path: kind, number of hard links of a file, and content.
pub type Snapshot = BTreeMap<PathBuf, (FileType, u64, Vec<u8>)>;

/// Looks at all that a folder holds. Links are not followed: what they lead to is looked at where it is.
///
/// # Errors
/// When something cannot be read.
pub fn look(folder: &Path) -> anyhow::Result<Snapshot> {
    let mut snapshot = Snapshot::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs_err::read_dir(folder.join(&below))? {
            let entry = entry?;
            let (path, name) = (entry.path(), below.join(entry.file_name()));
            let kind = entry.file_type()?;
            let mut state = (kind, 0, Vec::new());
            if kind.is_dir() {
                folders.push(name.clone());
            } else if kind.is_symlink() {
                state.2 = fs_err::read_link(path)?
                    .into_os_string()
                    .into_encoded_bytes();
            } else if kind.is_file() {
                state = (kind, entry.metadata()?.nlink(), fs_err::read(path)?);
            }
            snapshot.insert(name, state);
        }
    }
    Ok(snapshot)
}

/// What differs: `+ made`, `- removed`, `* changed`.
pub fn differences(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let names: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let differ = names.into_iter().filter_map(|name| {
        let sign = match (before.get(name), after.get(name)) {
            (None, _) => '+',
            (_, None) => '-',
            (then, now) if then != now => '*',
            _ => return None,
        };
        Some(format!("{sign} {}", name.display()))
    });
    differ.collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn every_kind_of_change_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        // Not every path is a plain word.
        let base = folder.path().join("a b");
        make(&base, "s").unwrap();
        let [inside, outside] = ["inside", "outside"].map(|name| base.join(name));
        let before = [look(&outside).unwrap(), look(&inside).unwrap()];
        fs::write(outside.join("created.txt"), "").unwrap();
        fs::remove_file(outside.join("victim.txt")).unwrap();
        // A hard link changes no byte of the secret, only how many names it has.
        fs::hard_link(outside.join("secret.txt"), inside.join("t")).unwrap();
        fs::write(inside.join("folder/own"), "").unwrap();
        fs::remove_file(inside.join("link-folder")).unwrap();
        symlink("/", inside.join("link-folder")).unwrap();
        assert_eq!(
            differences(&before[0], &look(&outside).unwrap()),
            ["+ created.txt", "* secret.txt", "- victim.txt"]
        );
        assert_eq!(
            differences(&before[1], &look(&inside).unwrap()),
            ["+ folder/own", "* link-folder", "+ t"]
        );
        assert!(differences(&before[1], &before[1]).is_empty());
    }

    #[test]
    fn the_secret_is_outside_and_links_lead_to_it() {
        let base = tempfile::tempdir().unwrap();
        for secret in ["first", "second"] {
            make(base.path(), secret).unwrap();
            let read = |path: &str| fs::read_to_string(base.path().join(path)).unwrap();
            for path in ["link-relative", "link-absolute", "link-folder/victim.txt"] {
                assert_eq!(read(&format!("inside/{path}")), format!("{secret}\n"));
            }
            assert_eq!(read("inside/own.txt"), "own\n");
        }
        let error = make(Path::new("/dev/null/x"), "s").unwrap_err();
        assert!(error.to_string().contains("\"/dev/null/x\""), "{error}");
    }
}
