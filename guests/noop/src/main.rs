//! Control: starts and stops, touching no file: `noop INPUT OUTPUT`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main_without_work()
}
