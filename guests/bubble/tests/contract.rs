//! The binary, as scripts see it.

#[path = "../../harness/tests/support/contract.rs"]
mod contract;

const GUEST: contract::Guest = contract::Guest {
    binary: env!("CARGO_BIN_EXE_bubble"),
    expected: <[i32]>::sort,
};

contract::contract!(GUEST, 12_000);
