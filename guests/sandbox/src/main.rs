//! Tries to reach what it was not given: `sandbox INSIDE/ATTEMPT`.
//!
//! INSIDE is the absolute path of the only folder that the guest may reach, and ATTEMPT, which
//! need not exist in it, the name of an attempt. (Both in one argument, because some hosts give
//! the guest the folder of each argument.) Beside INSIDE is a folder `outside`. One line on
//! standard output says what the guest saw:
//!
//! ```text
//! attempt=parent result=denied errno=76 detail=path_open
//! attempt=parent result=allowed detail=read "secret"
//! attempt=rights-reduced result=unavailable detail=fd_fdstat_set_rights: errno 58
//! ```
//!
//! Exit status: 0 whatever came of the attempt, 2 wrong usage.
#![cfg_attr(
    target_os = "wasi",
    expect(
        unsafe_code,
        reason = "the calls of WASI themselves, and memory that nobody gave"
    )
)]

#[cfg(target_os = "wasi")]
mod attempts;
#[cfg(target_os = "wasi")]
mod calls;
#[cfg(target_os = "wasi")]
mod limits;
#[cfg(target_os = "wasi")]
mod preopen;

use std::process::ExitCode;

#[cfg(target_os = "wasi")]
fn main() -> ExitCode {
    let argument = std::env::args().nth(1).unwrap_or_default();
    let absolute = argument.starts_with('/').then_some(argument.as_str());
    let Some((inside, name)) = absolute.and_then(|path| path.rsplit_once('/')) else {
        eprintln!("usage: sandbox INSIDE/ATTEMPT");
        return ExitCode::from(2);
    };
    let Some(attempt) = attempts::attempt(name) else {
        eprintln!("no attempt \"{name}\"");
        return ExitCode::from(2);
    };
    let answer = preopen::Place::find(inside).and_then(|place| attempt(&place));
    match answer {
        Ok(seen) => println!("attempt={name} result=allowed detail={seen}"),
        Err(denied) => println!("attempt={name} {denied}"),
    }
    ExitCode::SUCCESS
}

#[cfg(not(target_os = "wasi"))]
fn main() -> ExitCode {
    eprintln!("sandbox is a guest for wasm32-wasip1 only: native code is in no sandbox");
    ExitCode::from(2)
}
