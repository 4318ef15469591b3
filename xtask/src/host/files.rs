//! Files, whole.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::Context;
use sha2::{Digest, Sha256};

/// Hex SHA-256 of a file.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(path: &Path) -> anyhow::Result<String> {
    let context = || format!("cannot read \"{}\"", path.display());
    let mut file = File::open(path).with_context(context)?;
    let mut hasher = Sha256::new();
    // Engines have hundreds of megabytes.
    let mut chunk = vec![0; 1 << 20];
    while let length @ 1.. = file.read(&mut chunk).with_context(context)? {
        hasher.update(&chunk[..length]);
    }
    let hash = hasher.finalize();
    Ok(hash.iter().map(|byte| format!("{byte:02x}")).collect())
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
        let file =
            File::open(path).with_context(|| format!("cannot read \"{}\"", path.display()))?;
        // Pages that are still to be written, or that a running program uses, stay.
        let _ = file.sync_all();
        let _ = posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED);
    }
    sha256(path)
}

/// Writes a file whole or not at all; its folder is made where it is missing.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let write = || {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        // Others may read a report; a temporary file is private by default.
        #[cfg(unix)]
        file.as_file()
            .set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path).map_err(|error| error.error)
    };
    write().with_context(|| format!("cannot write \"{}\"", path.display()))?;
    Ok(())
}
