//! The only part of the crate that touches files, but for the side file's
//! content: locking, writing at once or not at all, and hashing.

use std::fs::{File, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::Builder;

/// Files being written are called `.XXXXXX.partial`.
const PARTIAL: &str = ".partial";

/// BLAKE3 of a whole file, in hex: the check of an output.
///
/// # Errors
///
/// The file is missing, unreadable or a folder; the message names it.
pub fn hash_file(path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs_err::File::open(path)?)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Makes the folder, waits until no other process works in it, and removes what
/// killed runs left half-written. The lock ends with the returned file, or with
/// the process, however that ends.
pub(crate) fn lock_and_tidy(dir: &Path) -> Result<Option<File>> {
    fs_err::create_dir_all(dir)?;
    let mut options = fs_err::OpenOptions::new();
    let lock = options.create(true).append(true).open(dir.join(".lock"))?;
    let lock = lock.into_file();
    match lock.lock() {
        // Some network file systems have no locks. Temporary names are unique,
        // so at worst two processes do the same work, and none may tidy.
        Err(error) if error.kind() == ErrorKind::Unsupported => return Ok(None),
        locked => locked?,
    }
    tidy(dir)?;
    Ok(Some(lock))
}

/// Removes what killed processes left half-written in a folder; nobody may be writing into it.
///
/// # Errors
///
/// What the file system refuses; the message names the file.
pub fn tidy(dir: &Path) -> Result<()> {
    for entry in fs_err::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(PARTIAL) {
            fs_err::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Writes a file whole or not at all: fills a temporary file in the same folder and renames it to `path`.
///
/// Nothing is synced to the disk: if the machine itself goes down and content is
/// lost after the renaming, a checksum must tell.
///
/// # Errors
///
/// Those of `fill`, and what the file system refuses; the message names the file.
pub fn replace<T>(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> Result<T> {
    let mut file = Builder::new()
        .prefix(".")
        .suffix(PARTIAL)
        // As any other new file; the umask still applies.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(path.parent().unwrap_or(path))?;
    let result = fill(&mut file)?;
    let persisted = file.persist(path).map_err(|error| error.error);
    persisted.with_context(|| format!("cannot write {path:?}"))?;
    Ok(result)
}

/// How to mend what the file system refused.
pub(crate) fn advice(error: &anyhow::Error) -> &'static str {
    match error.downcast_ref().map(io::Error::kind) {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            ": free some space there (`df -h` shows it) or select smaller sizes with --size"
        }
        Some(ErrorKind::PermissionDenied) => {
            ": change its owner or mode (`ls -ld` shows them), and those of the folder it is in"
        }
        Some(ErrorKind::ReadOnlyFilesystem) => ": remount it writable or choose another folder",
        Some(ErrorKind::IsADirectory) => ": a folder is in the file's place, move it away",
        Some(ErrorKind::NotADirectory | ErrorKind::AlreadyExists) => {
            ": a file is in a folder's place, move it away"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn hashes_like_blake3() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let content: Vec<u8> = (0..=250).cycle().take(1_000_001).collect();
        fs::write(&path, &content).unwrap();
        let hash = blake3::hash(&content).to_hex().to_string();
        assert_eq!(hash_file(&path).unwrap(), hash);
    }

    #[test]
    fn hashing_what_is_no_file_names_it() {
        let dir = tempfile::tempdir().unwrap();
        for path in [dir.path().to_owned(), dir.path().join("missing")] {
            let error = format!("{:#}", hash_file(&path).unwrap_err());
            assert!(error.contains(path.to_str().unwrap()), "{error}");
        }
    }

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        replace(&path, |file| file.write_all(b"old")).unwrap();
        let error = replace(&path, |file| {
            file.write_all(b"half of the n")?;
            Err::<(), _>(ErrorKind::StorageFull.into())
        });
        let advice = advice(&error.unwrap_err());
        assert!(advice.starts_with(": free some space"), "{advice}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(dir.path()), ["file"]);
    }

    #[test]
    fn tidies_only_its_own_leftovers_and_only_with_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(
            dir.path().join(".1KB-random-seed1.txt.abc123.partial"),
            "half",
        )
        .unwrap();
        fs::write(dir.path().join("mine.partial"), "not ours").unwrap();
        let lock = lock_and_tidy(dir.path()).unwrap().unwrap();
        assert_eq!(names(dir.path()), [".lock", "mine.partial"]);

        let in_flight = dir.path().join(".in-flight.partial");
        fs::write(&in_flight, "half").unwrap();
        std::thread::scope(|scope| {
            let other = scope.spawn(|| lock_and_tidy(dir.path()).unwrap());
            std::thread::sleep(std::time::Duration::from_millis(50));
            assert!(!other.is_finished() && in_flight.exists());
            drop(lock);
            other.join().unwrap();
            assert!(!in_flight.exists());
        });
    }
}
