//! Takes the memory of a merge sort, says `ready`, and holds it until standard input ends: `hold INPUT`.

use std::ffi::OsString;
use std::hint::black_box;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use harness::Error;

fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [input] = args.as_slice() else {
        eprintln!("usage: hold INPUT");
        return ExitCode::from(2);
    };
    match hold(Path::new(input)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn hold(input: &Path) -> Result<(), Error> {
    let values = harness::read_file(input)?;
    // As `merge` has one: written, because what is only asked for takes no memory.
    let buffer = values.clone();
    black_box((&values, &buffer));
    writeln!(io::stdout(), "ready").map_err(|source| at("standard output", source))?;
    wait_for_the_end().map_err(|source| at("standard input", source))?;
    // Until here nothing may be given back.
    black_box((values, buffer));
    Ok(())
}

fn wait_for_the_end() -> io::Result<()> {
    let mut room = [0; 1024];
    loop {
        match io::stdin().read(&mut room) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) => match error.kind() {
                ErrorKind::Interrupted => {}
                // Node.js reads a pipe so that nothing to read is an error.
                ErrorKind::WouldBlock => sleep(Duration::from_millis(100)),
                _ => return Err(error),
            },
        }
    }
}

fn at(name: &str, source: io::Error) -> Error {
    let path = name.into();
    Error::File { path, source }
}
