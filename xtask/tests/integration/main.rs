//! Drives the real `xtask` on small checkouts with fake engines, and on this one with real ones.
//!
//! One binary, so that all tests link once and wait for their processes side by side.

mod any_text;
mod compare;
mod damage;
mod density;
mod disk;
mod engines;
mod export;
mod features;
mod first_look;
mod guest_cases;
mod host;
mod inputs;
mod install;
mod layout;
mod load;
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
mod signals;
mod sittings;
mod suggest;
mod support;
mod tampering;
mod trace;
mod two_at_once;
mod unmeasured;
