//! Files, whole; and locks.

use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

use anyhow::{Context, ensure};
use nix::unistd::Uid;
use sha2::{Digest, Sha256};

use crate::data;

/// Hex SHA-256 of a file.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(path: &Path) -> anyhow::Result<String> {
    let mut file = fs_err::File::open(path)?;
    let mut hasher = Sha256::new();
    // Engines have hundreds of megabytes.
    let mut chunk = vec![0; 1 << 20];
    while let length @ 1.. = file.read(&mut chunk)? {
        hasher.update(&chunk[..length]);
    }
    Ok(hex(&hasher.finalize()))
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As [`sha256`], of a program that will be measured: it is read from the disk anew, so that its pages
/// lie in memory as after a boot, however they came there. The same bytes of an engine started
/// in 0.8 of the time after `cp` had written them, whose pages are larger than those of a linker.
///
/// # Errors
/// As [`sha256`].
pub fn sha256_read_anew(path: &Path) -> anyhow::Result<String> {
    #[cfg(target_os = "linux")]
    {
        use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
        let file = fs_err::File::open(path)?;
        // Pages that are still to be written, or that a running program uses, stay.
        let _ = file.sync_all();
        let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
    }
    sha256(path)
}

/// What tells without reading it that a file was replaced or written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    inode: (u64, u64),
    size_bytes: u64,
    modified: (i64, i64),
}

/// The stamp of a file; none where there is no such file.
pub fn stamp(path: &Path) -> Option<Stamp> {
    let it = std::fs::metadata(path).ok()?;
    Some(Stamp {
        inode: (it.dev(), it.ino()),
        size_bytes: it.size(),
        modified: (it.mtime(), it.mtime_nsec()),
    })
}

/// Makes a folder for programs where it is missing, and checks it.
///
/// # Errors
/// As [`check_private`], and when it cannot be made.
pub fn make_private(folder: &Path) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o755).create(folder);
    made.with_context(|| format!("cannot make \"{}\"", folder.display()))?;
    check_private(folder)
}

/// Is a folder of programs, which will be run, safe from other users?
///
/// # Errors
/// When it belongs to one of them, or all may write to it.
pub fn check_private(folder: &Path) -> anyhow::Result<()> {
    let it = fs_err::metadata(folder)?;
    let (owner, path) = (Uid::from_raw(it.uid()), folder.display());
    ensure!(
        owner.is_root() || owner == Uid::effective(),
        "\"{path}\" belongs to another user, who could change what is run from it; remove it, or set XDG_CACHE_HOME to a folder of your own"
    );
    ensure!(
        it.mode() & 0o002 == 0,
        "everybody may write to \"{path}\" and change what is run from it; remove it, or chmod o-w it if only you did"
    );
    Ok(())
}

/// Writes a file whole or not at all; its folder is made where it is missing.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    fs_err::create_dir_all(path.parent().unwrap_or(path))?;
    data::replace(path, |file| file.write_all(content))
}

/// Removes a folder with its content; one that is not there is fine.
///
/// # Errors
/// When it cannot be removed.
pub fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    match fs_err::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// A file that one process at a time may have locked; the lock ends with the process, however that
/// ends. None while another one has it.
///
/// # Errors
/// When the file cannot be made.
pub fn lock(path: &Path) -> anyhow::Result<Option<File>> {
    let mut options = fs_err::OpenOptions::new();
    let file = options.append(true).create(true).open(path)?.into_file();
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock \"{}\"", path.display()))
        }
    }
}
