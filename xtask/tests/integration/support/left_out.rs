//! What the tests of this machine left out, told at the end: libtest shows nothing of what a passing test prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, Once, PoisonError};

/// Tests by the reason for which they did nothing, or not all that they could.
static LEFT_OUT: Mutex<BTreeMap<String, BTreeSet<String>>> = Mutex::new(BTreeMap::new());

/// Notes that this test leaves something out for want of what should be installed; where `REQUIRE_ENGINES=1` that is a
/// failure.
pub fn missing(why: &str) {
    assert!(!required(), "{why}, and REQUIRE_ENGINES=1");
    optional(why);
}

/// Notes that a stand-in did its work in any number of tests; where `REQUIRE_ENGINES=1` that is a failure.
pub fn replaced(why: &str) {
    assert!(!required(), "{why}, and REQUIRE_ENGINES=1");
    entry(why, |_| {});
}

/// Must nothing be left out?
pub fn required() -> bool {
    std::env::var_os("REQUIRE_ENGINES").is_some_and(|value| value == "1")
}

/// As [`missing`], for want of what nobody is expected to have.
pub fn optional(why: &str) {
    let test = std::thread::current().name().unwrap_or("main").to_owned();
    entry(why, |tests| {
        tests.insert(test);
    });
}

#[expect(unsafe_code, reason = "nothing safe runs at the end of all tests")]
fn entry(why: &str, change: impl FnOnce(&mut BTreeSet<String>)) {
    static AT_EXIT: Once = Once::new();
    // SAFETY: `tell` is a plain function that does not panic, and lives as long as the program.
    AT_EXIT.call_once(|| unsafe {
        nix::libc::atexit(tell);
    });
    let mut left_out = LEFT_OUT.lock().unwrap_or_else(PoisonError::into_inner);
    change(left_out.entry(why.to_owned()).or_default());
}

extern "C" fn tell() {
    let Ok(left_out) = LEFT_OUT.lock() else {
        return;
    };
    let mut text =
        "LEFT OUT (with REQUIRE_ENGINES=1 all but \"only on request\" are failures):\n".to_owned();
    for (why, tests) in left_out.iter() {
        let _ = writeln!(text, "- {why}");
        for test in tests {
            let _ = writeln!(text, "    {test}");
        }
    }
    // Not by eprint!, which libtest may still capture.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
