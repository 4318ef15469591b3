//! Control: reads, parses, formats and writes without sorting: `copy INPUT OUTPUT`.

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(|_| ())
}
