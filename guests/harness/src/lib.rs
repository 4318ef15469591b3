//! What every guest shares: arguments, reading, writing, timing and errors.
//!
//! A guest is `fn main() -> ExitCode { harness::main(sort) }`. It is called as
//! `GUEST INPUT OUTPUT`, reads one decimal `i32` a line from INPUT, sorts, writes
//! one a line to OUTPUT, and prints how long each phase took:
//!
//! ```text
//! items=90994 read_ns=1214005 sort_ns=5816001 write_ns=1048003
//! ```
//!
//! Exit status: 0 done, 1 failed (one line on standard error, and no output file),
//! 2 wrong usage.

mod error;
mod format;
mod parse;
mod phases;
mod read;
mod write;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

pub use error::Error;
pub use phases::Phases;
pub use read::read_file;
pub use write::write_file;

/// Bytes of the one I/O buffer that reading and writing each use.
///
/// Bounded, because one `fd_read` into a 500 MB buffer fails on Wasmtime 48 ("out of
/// memory"), and because I/O buffers must not show in the memory that is measured.
/// Measured with `copy` on 100MB, best of 9: under Wasmtime writing rises from 490 MB/s
/// with 32 KiB to 580 with 64 and 620 with 128; native, and beyond 128 KiB everywhere,
/// the differences are noise.
pub const IO_BUFFER_BYTES: usize = 128 * 1024;

/// Runs a guest: reads INPUT, calls `sort`, writes OUTPUT, prints the [`Phases`].
///
/// Memory that `sort` allocates belongs to the sort phase: it is requested after the
/// read phase and released before the write phase.
pub fn main(sort: fn(&mut [i32])) -> ExitCode {
    run(|input, output| process(input, output, sort))
}

/// Runs a guest that accepts the same arguments but touches no file: what is left is
/// what starting a guest costs.
pub fn main_without_work() -> ExitCode {
    run(|_, _| Ok(Phases::default()))
}

/// Reads `input`, sorts it with `sort`, and writes `output`.
///
/// # Errors
///
/// Whatever [`read_file`] and [`write_file`] report. `output` is created only once
/// the sort is done, so an error in `input` leaves no output file.
pub fn process(input: &Path, output: &Path, sort: fn(&mut [i32])) -> Result<Phases, Error> {
    let start = Instant::now();
    let mut values = read_file(input)?;
    let read = start.elapsed();

    let start = Instant::now();
    sort(&mut values);
    let sorted = start.elapsed();

    let start = Instant::now();
    write_file(output, &values)?;
    Ok(Phases {
        items: values.len(),
        read,
        sort: sorted,
        write: start.elapsed(),
    })
}

fn run(work: impl FnOnce(&Path, &Path) -> Result<Phases, Error>) -> ExitCode {
    let mut args = std::env::args_os();
    let program = args.next();
    let Some([input, output]) = paths(args) else {
        eprintln!("usage: {} INPUT OUTPUT", name_of(program));
        return ExitCode::from(2);
    };
    let result = work(&input, &output).and_then(|phases| {
        // Not println!, which panics when standard output is closed.
        writeln!(io::stdout(), "{phases}").map_err(|source| Error::file("standard output", source))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn paths(args: impl Iterator<Item = OsString>) -> Option<[PathBuf; 2]> {
    let paths: Vec<PathBuf> = args.map(PathBuf::from).collect();
    paths.try_into().ok()
}

/// The program's file name: under some engines `argv[0]` is a path, under others empty.
fn name_of(program: Option<OsString>) -> String {
    program
        .as_deref()
        .and_then(|path| Path::new(path).file_name())
        .map_or_else(
            || "GUEST".into(),
            |name| name.to_string_lossy().into_owned(),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(args: &[&str]) -> Option<[PathBuf; 2]> {
        paths(args.iter().map(OsString::from))
    }

    #[test]
    fn takes_exactly_two_arguments() {
        assert_eq!(of(&["a", "b"]), Some(["a".into(), "b".into()]));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["a"]), None);
        assert_eq!(of(&["a", "b", "c"]), None);
    }

    #[test]
    fn usage_names_the_program_without_its_folder() {
        assert_eq!(name_of(Some("/x/merge.wasm".into())), "merge.wasm");
        assert_eq!(name_of(Some("".into())), "GUEST");
        assert_eq!(name_of(None), "GUEST");
    }
}
