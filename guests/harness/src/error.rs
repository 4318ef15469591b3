//! Everything that can go wrong in a guest, as one line for standard error.

use std::collections::TryReserveError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::parse::BadLine;

/// Why a guest failed, and at which file.
#[derive(Debug)]
pub enum Error {
    /// The operating system or the WASI host refused something.
    File {
        /// The file as it was named on the command line.
        path: PathBuf,
        /// What was refused.
        source: io::Error,
    },
    /// The input has a line that is not a 32-bit integer.
    Line {
        /// The input as it was named on the command line.
        path: PathBuf,
        /// Number of the line, from 1.
        line: usize,
        /// The line without its line end, shortened if it is long.
        text: String,
    },
    /// The integers do not fit into memory.
    Memory {
        /// The input as it was named on the command line.
        path: PathBuf,
    },
}

impl Error {
    pub(crate) fn file(path: impl AsRef<Path>, source: io::Error) -> Self {
        let path = path.as_ref().to_path_buf();
        Error::File { path, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File { path, source } => write!(f, "{}: {source}", path.display()),
            Error::Line { path, line, text } => write!(
                f,
                "{}: line {line}: {text:?} is not a 32-bit integer",
                path.display()
            ),
            Error::Memory { path } => {
                write!(f, "{}: not enough memory for its integers", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::File { source, .. } => Some(source),
            Error::Line { .. } | Error::Memory { .. } => None,
        }
    }
}

/// Why a stream of lines could not be read; [`Error`] without the file's name.
#[derive(Debug)]
pub(crate) enum ReadError {
    Io(io::Error),
    Line(BadLine),
    Memory,
}

impl ReadError {
    pub(crate) fn at(self, path: &Path) -> Error {
        let path = path.to_path_buf();
        match self {
            ReadError::Io(source) => Error::File { path, source },
            ReadError::Line(BadLine { line, text }) => Error::Line { path, line, text },
            ReadError::Memory => Error::Memory { path },
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        ReadError::Io(error)
    }
}

impl From<BadLine> for ReadError {
    fn from(error: BadLine) -> Self {
        ReadError::Line(error)
    }
}

impl From<TryReserveError> for ReadError {
    fn from(_: TryReserveError) -> Self {
        ReadError::Memory
    }
}
