//! Starts programs unpacked from packages of another release: through the loader unpacked with them.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The words that start an unpacked program: the program itself if it is static; otherwise the
/// unpacked loader, because the program may need a newer C library than the host has.
/// The loader becomes the program in place: no extra process, nothing to subtract.
///
/// # Errors
/// When the program cannot be read, or its loader was not unpacked.
pub fn command(folder: &Path, program: &Path) -> anyhow::Result<Vec<OsString>> {
    let bytes =
        read_start(program).with_context(|| format!("cannot read \"{}\"", program.display()))?;
    let Some(interpreter) = interpreter(&bytes) else {
        return Ok(vec![program.into()]);
    };
    let inside = interpreter.trim_start_matches('/');
    // Debian moved /lib64 into /usr; which of the two a package uses depends on its age.
    let loader = [folder.join("usr").join(inside), folder.join(inside)]
        .into_iter()
        .find(|path| path.is_file())
        .with_context(|| {
            format!(
                "\"{}\" needs the loader \"{interpreter}\", which was not unpacked",
                program.display()
            )
        })?;
    let libraries = std::env::join_paths(library_folders(folder))
        .with_context(|| format!("\"{}\" cannot be in a path list", folder.display()))?;
    Ok(vec![
        loader.into(),
        "--library-path".into(),
        libraries,
        program.into(),
    ])
}

fn library_folders(folder: &Path) -> Vec<PathBuf> {
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    ["usr/lib", "lib"]
        .into_iter()
        .flat_map(|lib| [folder.join(lib).join(&triple), folder.join(lib)])
        .filter(|folder| folder.is_dir())
        .collect()
}

/// Enough for the header, the program headers and the loader's name, which linkers put first.
fn read_start(program: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(program)?
        .take(64 * 1024)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The loader that a 64-bit little-endian ELF program asks for; none if it is static.
fn interpreter(elf: &[u8]) -> Option<&str> {
    const INTERPRETER: u64 = 3;
    let number = |at: usize, length: usize| -> Option<u64> {
        let bytes = elf.get(at..at + length)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |value, byte| value << 8 | u64::from(*byte)),
        )
    };
    if !elf.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    let header = (0..count)
        .filter_map(|index| usize::try_from(table + index * size).ok())
        .find(|at| number(*at, 4) == Some(INTERPRETER))?;
    let start = usize::try_from(number(header + 8, 8)?).ok()?;
    let length = usize::try_from(number(header + 32, 8)?).ok()?;
    let name = elf.get(start..start.checked_add(length)?)?;
    std::str::from_utf8(name.split(|byte| *byte == 0).next()?).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_loader_is_read_from_the_program() {
        let mut elf = vec![0; 64 + 56];
        elf[..6].copy_from_slice(b"\x7fELF\x02\x01");
        elf[32] = 64;
        elf[54] = 56;
        elf[56] = 1;
        assert_eq!(interpreter(&elf), None, "static");
        let name = b"/lib/ld-linux-aarch64.so.1\0";
        elf[64] = 3;
        elf[64 + 8] = 120;
        elf[64 + 32] = name.len() as u8;
        assert_eq!(interpreter(&elf), None, "cut off");
        elf.extend(name);
        assert_eq!(interpreter(&elf), Some("/lib/ld-linux-aarch64.so.1"));
        assert_eq!(interpreter(b"#!/bin/sh\n"), None);
    }

    #[test]
    fn a_dynamic_program_starts_through_the_unpacked_loader() {
        let folder = tempfile::tempdir().unwrap();
        let shell = fs::canonicalize("/bin/sh").unwrap();
        let bytes = fs::read(&shell).unwrap();
        let Some(loader) = interpreter(&bytes) else {
            return;
        };
        assert!(command(folder.path(), &shell).is_err());
        let unpacked = folder.path().join("usr").join(&loader[1..]);
        fs::create_dir_all(unpacked.parent().unwrap()).unwrap();
        fs::write(&unpacked, "").unwrap();
        let words = command(folder.path(), &shell).unwrap();
        assert_eq!(words[0], unpacked);
        assert_eq!(words[1], "--library-path");
        assert_eq!(words[3], shell);
    }
}
