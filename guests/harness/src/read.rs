//! The read phase: a file to integers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::IO_BUFFER_BYTES;
use crate::error::{Error, ReadError};
use crate::parse::Parser;

/// Reads the integers of the file at `path`, one a line.
///
/// The last line end may be missing; `\r\n` and blank lines are accepted. An integer
/// is what [`str::parse::<i32>`] accepts, in a line of less than [`IO_BUFFER_BYTES`].
///
/// # Errors
///
/// [`Error::File`] if the file cannot be opened or read, [`Error::Line`] for the first
/// line that is not a 32-bit integer, [`Error::Memory`] if the integers do not fit.
pub fn read_file(path: &Path) -> Result<Vec<i32>, Error> {
    open_and_read(path).map_err(|error| error.at(path))
}

fn open_and_read(path: &Path) -> Result<Vec<i32>, ReadError> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; IO_BUFFER_BYTES];
    let mut parser = Parser::default();
    let items = estimate_items(&mut file, &mut buffer)?;
    parser.values.try_reserve_exact(items)?;
    read_lines(file, &mut buffer, parser)
}

fn read_lines(
    mut input: impl Read,
    buffer: &mut [u8],
    mut parser: Parser,
) -> Result<Vec<i32>, ReadError> {
    // The buffer starts with the `filled` bytes of a line that has not ended yet.
    let mut filled = 0;
    loop {
        let count = match input.read(&mut buffer[filled..]) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        reserve(&mut parser.values, filled + count)?;
        if count == 0 {
            if filled > 0 {
                parser.line(&buffer[..filled])?;
            }
            return Ok(parser.values);
        }
        let fresh = filled..filled + count;
        filled = fresh.end;
        if let Some(end) = buffer[fresh.clone()]
            .iter()
            .rposition(|&byte| byte == b'\n')
        {
            let end = fresh.start + end + 1;
            parser.lines(&buffer[..end])?;
            buffer.copy_within(end..filled, 0);
            filled -= end;
        }
        if filled == buffer.len() {
            return Err(parser.bad_line(buffer).into());
        }
    }
}

/// The most integers that `bytes` bytes of text can hold: a digit and a line end each,
/// and the last line end may be missing.
fn most_items(bytes: usize) -> usize {
    bytes.div_ceil(2)
}

/// Makes room for the integers in the next `bytes` bytes of text.
///
/// `Vec` would double its room, and where memory cannot be remapped, as in WebAssembly,
/// copying needs the old and the new room at once: three times the integers. This is
/// rarely needed: [`estimate_items`] has made the room.
fn reserve(values: &mut Vec<i32>, bytes: usize) -> Result<(), ReadError> {
    let needed = most_items(bytes);
    if values.capacity() - values.len() < needed {
        values.try_reserve_exact(needed.max(values.len() / 8))?;
    }
    Ok(())
}

/// Where a long file is looked at to estimate its number of lines. Evenly spread,
/// because in a sorted file the lines' length depends on the place.
const SAMPLES: u64 = 64;
const SAMPLE_BYTES: usize = 1024;

/// How many integers to make room for before reading `file`: exact enough to waste
/// little, and high enough that the room does not have to grow. Leaves `file` at its
/// start; 0 for what has no length, such as a pipe.
///
/// Counting all lines first would be exact but reads everything twice. The sound bound
/// [`most_items`] is five times too high for random integers; native it would cost
/// nothing, but an engine may touch all that a guest's memory grows by, and 500MB would
/// take 1 GB of the 4 GiB there are.
fn estimate_items(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let bytes = file.metadata()?.len();
    if bytes <= buffer.len() as u64 {
        return Ok(most_items(bytes as usize));
    }
    let mut lines = 0u64;
    for sample in 0..SAMPLES {
        file.seek(SeekFrom::Start(bytes / SAMPLES * sample))?;
        let piece = &mut buffer[..SAMPLE_BYTES];
        file.read_exact(piece)?;
        lines += piece.iter().filter(|&&byte| byte == b'\n').count() as u64;
    }
    file.rewind()?;
    let estimate =
        u128::from(bytes) * u128::from(lines) / u128::from(SAMPLES * SAMPLE_BYTES as u64);
    let margin = estimate / 64;
    Ok(usize::try_from(estimate + margin).unwrap_or(usize::MAX) + most_items(buffer.len()))
}

#[cfg(test)]
mod tests;
