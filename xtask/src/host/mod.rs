//! The machine that this runs on: its paths, its state, and the processes on it.

use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

pub(crate) mod activity;
pub(crate) mod cpus;
pub(crate) mod files;
pub(crate) mod leftovers;
pub(crate) mod machine;
pub(crate) mod memory;
pub mod paths;
pub(crate) mod process;

/// Does something with all of these at the same time, a thread each; what came of it, in their order.
pub(crate) fn at_once<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    at_once_while(items, work, || ())
}

/// The same, and something else meanwhile.
pub(crate) fn at_once_while<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    meanwhile: impl FnOnce(),
) -> Vec<R> {
    let work = &work;
    std::thread::scope(|scope| {
        let start = |item| scope.spawn(move || work(item));
        let threads: Vec<_> = items.iter().map(start).collect();
        meanwhile();
        let end =
            |thread: ScopedJoinHandle<R>| thread.join().unwrap_or_else(|it| resume_unwind(it));
        threads.into_iter().map(end).collect()
    })
}
