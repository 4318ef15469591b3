//! Drives the real `xtask` on small checkouts with fake engines, and on this one with real ones.
//!
//! One binary, so that all tests link once and wait for their processes side by side.

mod compare;
mod density;
mod engines;
mod export;
mod features;
mod first_look;
mod host;
mod inputs;
mod install;
mod layout;
mod misbehaviour;
mod misuse;
mod order;
mod outcomes;
mod own;
mod precision;
mod reports;
mod repository;
mod resume;
mod resume_refused;
mod sandbox;
mod shards;
mod sittings;
mod suggest;
mod support;
mod trace;
mod unmeasured;
