//! What processes hold of the memory, as Linux counts it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::leftovers::marked;

/// Sums over processes, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Proportional set size: of a page that several processes map, each has its share.
    pub pss_bytes: u64,
    /// Of pages that no other process maps.
    pub private_bytes: u64,
    /// Of addresses that are taken, whatever is behind them.
    pub virtual_bytes: u64,
    /// Highest resident set of each; a shared page counts in each that maps it.
    pub peak_rss_bytes: u64,
}

/// What all processes with this mark hold together.
pub fn of_marked(run: &Path) -> Memory {
    let mut sum = Memory::default();
    for process in marked(run) {
        // One may end while it is looked at.
        let read = |name| std::fs::read_to_string(process.join(name)).unwrap_or_default();
        let (rollup, status) = (read("smaps_rollup"), read("status"));
        sum.pss_bytes += bytes(&rollup, "Pss:");
        sum.private_bytes += bytes(&rollup, "Private_Clean:") + bytes(&rollup, "Private_Dirty:");
        sum.virtual_bytes += bytes(&status, "VmSize:");
        sum.peak_rss_bytes += bytes(&status, "VmHWM:");
    }
    sum
}

/// What stands behind a key, as in `Pss:   12 kB`, which means KiB.
fn bytes(text: &str, key: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    number.map_or(0, |kibibytes: u64| kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn all_that_have_the_mark_are_counted() {
        use crate::host::leftovers::{kill_marked, mark};
        let run = tempfile::tempdir().unwrap();
        let out = run.path().join("out");
        let (name, value) = mark(run.path());
        let script = "setsid sleep 300 & echo; exec sleep 300";
        let command = duct::cmd!("sh", "-c", script).env(name, value);
        let handle = command.stdout_path(&out).unchecked().start().unwrap();
        let sleeping = |process: &std::path::PathBuf| {
            std::fs::read_to_string(process.join("comm")).is_ok_and(|name| name == "sleep\n")
        };
        while marked(run.path()).iter().filter(|it| sleeping(it)).count() < 2 {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let both = of_marked(run.path());
        let one = std::fs::read_to_string(format!("/proc/{}/status", handle.pids()[0])).unwrap();
        assert_eq!(both.virtual_bytes, 2 * bytes(&one, "VmSize:"));
        assert!(0 < both.private_bytes && both.private_bytes <= both.pss_bytes);
        assert!(both.pss_bytes <= both.peak_rss_bytes, "{both:?}");
        assert_eq!(kill_marked(run.path()), 2);
        handle.wait().unwrap();
        while of_marked(run.path()) != Memory::default() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    #[test]
    fn keys_are_whole() {
        let rollup = "Pss:                1234 kB\nPss_Dirty:             5 kB\n";
        assert_eq!(bytes(rollup, "Pss:"), 1234 * 1024);
        assert_eq!(bytes(rollup, "Rss:"), 0);
    }
}
