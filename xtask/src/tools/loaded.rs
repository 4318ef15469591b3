//! What a program loads: how one unpacked from packages of another release is started, and
//! which files an engine's identity must cover.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;
use object::Endianness;
use object::elf::{FileHeader64, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};

use crate::host::process::{self, Invocation};

/// The words that start an installed program: the program itself, or the loader that was unpacked
/// with it, because the program may need a newer C library than the host has.
/// The loader becomes the program in place: no extra process, nothing to subtract.
///
/// # Errors
/// When the program cannot be read.
pub fn command(folder: &Path, program: &Path) -> anyhow::Result<Vec<OsString>> {
    let interpreter = loader_of(program)?.unwrap_or_default();
    let inside = interpreter.trim_start_matches('/');
    // Debian moved /lib64 into /usr; which of the two a package uses depends on its age.
    let loaders = [folder.join("usr").join(inside), folder.join(inside)];
    let Some(loader) = loaders.into_iter().find(|path| path.is_file()) else {
        return Ok(vec![program.into()]);
    };
    let triple = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders = ["usr/lib", "lib"].map(|lib| folder.join(lib)).into_iter();
    let folders = folders.flat_map(|lib| [lib.join(&triple), lib]);
    let libraries = std::env::join_paths(folders.filter(|folder| folder.is_dir()))
        .with_context(|| format!("\"{}\" cannot be in a path list", folder.display()))?;
    Ok(vec![
        loader.into(),
        "--library-path".into(),
        libraries,
        program.into(),
    ])
}

/// The loader and the libraries that are loaded when these words start a program, links resolved;
/// none of a program that is static, a script, or of another system than Linux.
///
/// # Errors
/// When the program cannot be read, or its loader does not say what it loads.
pub fn loaded_files(command: &[OsString]) -> anyhow::Result<BTreeSet<PathBuf>> {
    let program = command.last().context("the command is empty")?;
    let Some(interpreter) = loader_of(Path::new(program))? else {
        return Ok(BTreeSet::new());
    };
    let (loader, words) = match command {
        [_] => (interpreter.into(), command),
        _ => (command[0].clone(), &command[1..]),
    };
    let list = Invocation::new([loader.clone(), "--list".into()]).args(words);
    let printed = process::read_stdout(&list)?;
    let files = printed.lines().filter_map(listed);
    let files = std::iter::once(PathBuf::from(loader)).chain(files);
    Ok(files.filter_map(|path| path.canonicalize().ok()).collect())
}

/// The file in a line such as `libc.so.6 => /lib/libc.so.6 (0x7f00)`; what the kernel brings has none.
fn listed(line: &str) -> Option<PathBuf> {
    let (before, _) = line.rsplit_once(" (0x")?;
    let path = before.rsplit(" => ").next()?.trim();
    path.starts_with('/').then(|| path.into())
}

/// The loader that a program asks for; none if it is static, or no 64-bit ELF file.
fn loader_of(program: &Path) -> anyhow::Result<Option<String>> {
    let file = object::ReadCache::new(fs_err::File::open(program)?);
    let interpreter = || {
        let header = FileHeader64::<Endianness>::parse(&file).ok()?;
        let endian = header.endian().ok()?;
        let segments = header.program_headers(endian, &file).ok()?;
        let named = |it: &ProgramHeader64<_>| it.interpreter(endian, &file).ok().flatten();
        String::from_utf8(segments.iter().find_map(named)?.to_vec()).ok()
    };
    Ok(interpreter())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_dynamic_program_starts_through_the_unpacked_loader() {
        let folder = tempfile::tempdir().unwrap();
        let shell = fs::canonicalize("/bin/sh").unwrap();
        let loader = loader_of(&shell).unwrap().expect("a dynamic shell");
        assert_eq!(command(folder.path(), &shell).unwrap(), [shell.as_os_str()]);
        let unpacked = folder.path().join("usr").join(&loader[1..]);
        fs::create_dir_all(unpacked.parent().unwrap()).unwrap();
        fs::write(&unpacked, "").unwrap();
        let words = command(folder.path(), &shell).unwrap();
        assert_eq!(words[0], unpacked);
        assert_eq!(words[1], "--library-path");
        assert_eq!(words[3], shell);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_loaded_is_found_also_through_a_loader() {
        let shell = fs::canonicalize("/bin/sh").unwrap();
        let files = loaded_files(&[shell.clone().into()]).unwrap();
        let is_libc = |path: &PathBuf| path.to_string_lossy().contains("libc");
        assert!(files.iter().any(is_libc) && files.len() >= 2, "{files:?}");
        let loader = loader_of(&shell).unwrap().unwrap();
        let words = [loader, "--library-path".into(), "/".into()].map(OsString::from);
        let through = [&words[..], &[shell.into()]].concat();
        assert_eq!(loaded_files(&through).unwrap(), files);
    }

    #[test]
    fn a_script_loads_nothing_that_can_be_seen() {
        let script = tempfile::NamedTempFile::new().unwrap();
        fs::write(script.path(), "#!/bin/sh\n").unwrap();
        assert!(loaded_files(&[script.path().into()]).unwrap().is_empty());
        assert_eq!(listed("\tlinux-vdso.so.1 (0x7ffd1)"), None);
    }
}
