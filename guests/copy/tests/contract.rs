//! The binary, as scripts see it.

#[path = "../../harness/tests/support/contract.rs"]
mod contract;

const GUEST: contract::Guest = contract::Guest {
    binary: env!("CARGO_BIN_EXE_copy"),
    expected: |_| (),
};

contract::contract!(GUEST, 200_000);
