//! Whose fault a failure is: what the host lacks is never an engine's outcome.

use std::path::Path;

use anyhow::ensure;
use nix::sys::statvfs::statvfs;

use super::jobs::Work;
use crate::host::process::{End, Finished};

/// With less room than this left, a write that failed may have failed for that.
const LITTLE_ROOM_BYTES: f64 = 1e6;
/// With less memory than this share left after the sample ended, others hold it.
const LITTLE_MEMORY: f64 = 0.05;
/// What programs say that could not write: the C library, Rust, Node.js, and guests, whose numbers
/// are WASI's.
const FULL: [&str; 6] = [
    "No space left on device",
    "os error 28",
    "ENOSPC",
    "Disk quota exceeded",
    "Quota exceeded (os error 19)",
    "EDQUOT",
];

/// After a sample that did not end well: was it for lack of room, of memory or of its input?
/// `room_bytes` is what the disk of its folder had when it ended, `memory_left` the share of the
/// machine's memory that it left, where the kernel tells.
///
/// # Errors
/// When it was, so that the run stops; the sample is taken again when it goes on.
pub fn host(
    work: &Work,
    finished: &Finished,
    folder: &Path,
    room_bytes: f64,
    memory_left: Option<f64>,
) -> anyhow::Result<()> {
    let says = |sign: &&str| finished.stderr.contains(sign) || finished.stdout.contains(sign);
    ensure!(
        !FULL.iter().any(says) && room_bytes >= LITTLE_ROOM_BYTES,
        "the disk of \"{}\" is full; free some space, then go on with --resume",
        folder.display()
    );
    let is_killed = finished.end == End::OutOfMemory;
    ensure!(
        !is_killed || memory_left.is_none_or(|share| share >= LITTLE_MEMORY),
        "other processes hold the machine's memory, so the kernel killed this one; end some, then go on with --resume"
    );
    match work {
        Work::Run { fixture, .. } => fixture.check_input(),
        Work::Compile { .. } => Ok(()),
    }
}

/// Bytes that the disk of a folder has left; endless where the kernel does not tell.
pub fn room_bytes(folder: &Path) -> f64 {
    statvfs(folder).map_or(f64::INFINITY, |it| {
        it.blocks_available() as f64 * it.fragment_size() as f64
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// What is lacking, where so much room and memory is left; empty if nothing is.
    fn lacking(finished: &Finished, room_bytes: f64, memory_left: f64) -> String {
        let work = Work::Compile {
            fresh: PathBuf::new(),
            kept: PathBuf::new(),
        };
        let folder = Path::new("some/work");
        let lack = host(&work, finished, folder, room_bytes, Some(memory_left));
        lack.map_or_else(|error| error.to_string(), |()| String::new())
    }

    fn ended(end: End, stderr: &str) -> Finished {
        Finished {
            end,
            stdout: String::new(),
            stderr: stderr.to_owned(),
        }
    }

    const FULL_DISK: &str =
        "the disk of \"some/work\" is full; free some space, then go on with --resume";

    #[test]
    fn programs_say_that_a_disk_is_full_in_many_ways() {
        for said in [
            "Error: failed to write \"x\": No space left on device (os error 28)",
            "cannot write \"/io/output.txt\": No space left on device (os error 51)",
            "os error 28",
            "Error: ENOSPC: no space left on device, write",
            "cp: error writing 'x': Disk quota exceeded",
            "cannot write \"/io/output.txt\": Quota exceeded (os error 19)",
            "Error: EDQUOT: disk quota exceeded, open 'x'",
        ] {
            let said_on_stderr = ended(End::Exit(1), said);
            assert_eq!(lacking(&said_on_stderr, 1e12, 1.0), FULL_DISK, "{said}");
            let said_on_stdout = Finished {
                stdout: said.to_owned(),
                ..ended(End::Exit(1), "")
            };
            assert_eq!(lacking(&said_on_stdout, 1e12, 1.0), FULL_DISK, "{said}");
        }
    }

    #[test]
    fn a_disk_with_little_room_need_not_be_spoken_of() {
        // An engine that did not look whether it could write: its output is short.
        let silent = ended(End::Exit(0), "");
        assert_eq!(lacking(&silent, 4096.0, 1.0), FULL_DISK);
        assert_eq!(lacking(&silent, 2e6, 1.0), "");
    }

    #[test]
    fn the_kernels_kill_is_the_hosts_fault_only_where_memory_is_still_short() {
        let killed = ended(End::OutOfMemory, "");
        let others = lacking(&killed, 1e12, 0.03);
        assert!(others.starts_with("other processes hold the machine's memory"));
        assert!(others.ends_with("go on with --resume"));
        // It held the memory itself.
        assert_eq!(lacking(&killed, 1e12, 0.6), "");
        // Another signal 9, and another failure, on a machine that is short of memory.
        assert_eq!(lacking(&ended(End::Signal(9), ""), 1e12, 0.03), "");
        assert_eq!(
            lacking(&ended(End::Exit(1), "out of memory"), 1e12, 0.03),
            ""
        );
    }

    #[test]
    fn what_an_engine_does_wrong_is_its_own_fault() {
        for said in [
            "",
            "Error: wasm trap: out of bounds memory access",
            "memory allocation of 4294967296 bytes failed",
            "No such file or directory (os error 2)",
            "Broken pipe (os error 32)",
            "fuel quota exceeded",
        ] {
            assert_eq!(
                lacking(&ended(End::Exit(134), said), 1e12, 0.9),
                "",
                "{said}"
            );
        }
        assert_eq!(lacking(&ended(End::Timeout, ""), 1e12, 0.9), "");
    }

    #[test]
    fn a_folder_that_is_there_has_room_and_one_that_is_not_does_not_matter() {
        let room_bytes = super::room_bytes(Path::new("/"));
        assert!(room_bytes.is_finite() && room_bytes > 0.0);
        assert_eq!(
            super::room_bytes(Path::new("/no/such/folder")),
            f64::INFINITY
        );
    }
}
