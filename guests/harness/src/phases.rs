//! How long each phase took, as the line that xtask reads.

use std::fmt;
use std::time::Duration;

/// What a guest reports on success; `Display` is the line on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// Number of integers that were read, sorted and written.
    pub items: usize,
    /// Opening, reading and parsing the input.
    pub read: Duration,
    /// Sorting, with the memory that it needs.
    pub sort: Duration,
    /// Formatting, writing and closing the output.
    pub write: Duration,
}

impl fmt::Display for Phases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "items={} read_ns={} sort_ns={} write_ns={}",
            self.items,
            self.read.as_nanos(),
            self.sort.as_nanos(),
            self.write.as_nanos()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nanoseconds() {
        let phases = Phases {
            items: 3,
            read: Duration::from_micros(2),
            sort: Duration::from_nanos(7),
            write: Duration::from_secs(5),
        };
        assert_eq!(
            phases.to_string(),
            "items=3 read_ns=2000 sort_ns=7 write_ns=5000000000"
        );
        assert_eq!(
            Phases::default().to_string(),
            "items=0 read_ns=0 sort_ns=0 write_ns=0"
        );
    }
}
