//! The write phase: integers to a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::IO_BUFFER_BYTES;
use crate::error::Error;
use crate::format::{self, LINE_ROOM};

/// Writes `values` to the file at `path`, one a line, and closes it. An existing file
/// is replaced.
///
/// # Errors
///
/// [`Error::File`] if the file cannot be created or written; what was written of it
/// is removed.
pub fn write_file(path: &Path, values: &[i32]) -> Result<(), Error> {
    let file = File::create(path).map_err(|source| Error::file(path, source))?;
    write_lines(&file, values).map_err(|source| {
        // Only a regular file: run as root, removing /dev/full would succeed.
        let regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
        drop(file);
        if regular {
            // The first error is the one to report.
            let _ = fs::remove_file(path);
        }
        Error::file(path, source)
    })
}

fn write_lines(mut out: impl Write, values: &[i32]) -> io::Result<()> {
    let mut buffer = vec![0; IO_BUFFER_BYTES];
    let mut filled = 0;
    for &value in values {
        if buffer.len() - filled < LINE_ROOM {
            out.write_all(&buffer[..filled])?;
            filled = 0;
        }
        filled += format::line(value, &mut buffer[filled..]);
    }
    out.write_all(&buffer[..filled])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Takes at most `most` bytes a call, after an interruption, and fails once `left`
    /// bytes were taken.
    struct Grudging {
        taken: Vec<u8>,
        most: usize,
        left: usize,
        interrupt: bool,
    }

    impl Write for Grudging {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.interrupt = !self.interrupt;
            if self.interrupt {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if self.left == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let n = bytes.len().min(self.most).min(self.left);
            self.taken.extend_from_slice(&bytes[..n]);
            self.left -= n;
            Ok(n)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn grudging(most: usize, left: usize) -> Grudging {
        Grudging {
            taken: Vec::new(),
            most,
            left,
            interrupt: false,
        }
    }

    fn text_of(values: &[i32]) -> String {
        values.iter().map(|value| format!("{value}\n")).collect()
    }

    proptest! {
        #[test]
        fn short_and_interrupted_writes_lose_nothing(
            values: Vec<i32>,
            most in 1usize..100,
        ) {
            let mut out = grudging(most, usize::MAX);
            write_lines(&mut out, &values).unwrap();
            prop_assert_eq!(String::from_utf8(out.taken).unwrap(), text_of(&values));
        }
    }

    #[test]
    fn more_than_one_buffer() {
        let values: Vec<i32> = (0..50_000)
            .map(|i: i32| i.wrapping_mul(1_103_515_245))
            .collect();
        let mut out = Vec::new();
        write_lines(&mut out, &values).unwrap();
        assert!(out.len() > 3 * IO_BUFFER_BYTES);
        assert!(out == text_of(&values).into_bytes());
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let error = write_lines(grudging(7, 20), &[1_000_000; 10]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
