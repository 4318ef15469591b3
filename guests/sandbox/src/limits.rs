//! Guests that want more than there is: the host must survive them.

use crate::calls::{Answer, Denied};

const PAGE_BYTES: usize = 64 * 1024;
/// How much the guest asks for at a time.
const STEP_PAGES: usize = 256;

/// Grows memory until that is refused, and touches every page, so that the host must provide it.
pub fn grow() -> Answer {
    // The answer needs some memory, too.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 20)));
    let mut pages = core::arch::wasm32::memory_size(0);
    loop {
        let before = core::arch::wasm32::memory_grow(0, STEP_PAGES);
        if before == usize::MAX {
            let megabytes = pages as u64 * PAGE_BYTES as u64 / 1_000_000;
            return Err(Denied::Nothing(format!("refused beyond {megabytes} MB")));
        }
        for page in before..before + STEP_PAGES {
            // SAFETY: memory.grow has just made the page, and nothing else knows of it.
            unsafe { core::ptr::write_volatile((page * PAGE_BYTES) as *mut u8, 1) };
        }
        pages = before + STEP_PAGES;
    }
}

/// Calls itself without end; an engine must end the guest, and only that.
pub fn recurse() -> Answer {
    let depth = deeper(1);
    Ok(format!("the recursion ended by itself with {depth}"))
}

/// Ends after centuries. What follows the call keeps it from becoming a loop, and nothing here
/// has an address: it is the engine's stack that overflows, not the one in the guest's memory.
#[inline(never)]
fn deeper(depth: u64) -> u64 {
    if depth == 0 {
        return 1;
    }
    deeper(depth.wrapping_add(2)).rotate_left(7) ^ depth
}
