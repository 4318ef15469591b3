//! The calls of WASI, and what became of one.

use std::fmt;

use wasi::{Ciovec, Errno, Fd, Iovec, LOOKUPFLAGS_SYMLINK_FOLLOW, Oflags, Rights};

/// Why an attempt did not succeed.
pub enum Denied {
    /// A call was refused.
    Errno { call: &'static str, errno: u16 },
    /// Every call succeeded, and yet nothing was reached.
    Nothing(String),
    /// What the attempt needs is not there.
    Unavailable(String),
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Denied::Errno { call, errno } => {
                write!(f, "result=denied errno={errno} detail={call}")
            }
            Denied::Nothing(seen) => write!(f, "result=denied detail={seen}"),
            Denied::Unavailable(why) => write!(f, "result=unavailable detail={why}"),
        }
    }
}

/// What an attempt reached, on one line.
pub type Answer = Result<String, Denied>;

/// Names the call that was refused.
pub fn named(call: &'static str) -> impl Fn(Errno) -> Denied {
    move |errno| Denied::Errno {
        call,
        errno: errno.raw(),
    }
}

/// Opens a path, which need not be text, with these rights for the descriptor itself and for
/// those opened through it.
pub fn open(
    folder: Fd,
    path: &[u8],
    oflags: Oflags,
    base: Rights,
    inheriting: Rights,
) -> Result<Fd, Denied> {
    let mut fd = 0_i32;
    // SAFETY: path and descriptor are valid for the call, and the length is the path's.
    let errno = unsafe {
        wasi::wasi_snapshot_preview1::path_open(
            folder as i32,
            LOOKUPFLAGS_SYMLINK_FOLLOW as i32,
            path.as_ptr() as i32,
            path.len() as i32,
            i32::from(oflags),
            base as i64,
            inheriting as i64,
            0,
            &raw mut fd as i32,
        )
    };
    match errno as u16 {
        0 => Ok(fd as Fd),
        errno => Err(Denied::Errno {
            call: "path_open",
            errno,
        }),
    }
}

/// The first 256 bytes of a file.
pub fn contents(fd: Fd) -> Answer {
    let mut buffer = [0_u8; 256];
    let slice = Iovec {
        buf: buffer.as_mut_ptr(),
        buf_len: buffer.len(),
    };
    // SAFETY: the buffer lives longer than the call, and its length is the one that is told.
    let length = unsafe { wasi::fd_read(fd, &[slice]) }.map_err(named("fd_read"))?;
    let text = String::from_utf8_lossy(&buffer[..length]);
    Ok(format!("read {:?}", text.trim_end()))
}

pub fn write_text(fd: Fd) -> Result<(), Denied> {
    let text = b"written by the guest\n";
    let slice = Ciovec {
        buf: text.as_ptr(),
        buf_len: text.len(),
    };
    // SAFETY: the text is static.
    unsafe { wasi::fd_write(fd, &[slice]) }.map_err(named("fd_write"))?;
    Ok(())
}
