//! How much memory a guest without bounds may take: pure.

use super::attempts::{Attempt, MEMORY};

/// Bytes of memory that must be available before a guest may take all it can: three times the
/// most that 32 bits address, because an engine may copy a memory that grows.
const MEMORY_NEEDED: u64 = 3 << 32;
/// Bytes of memory that a guest without bounds must leave to others, and the most that it gets
/// where there is more.
const SPARE: u64 = 2 << 30;
const MOST: u64 = 4 << 32;

/// Bytes that must stay available; the guest is killed before it takes them.
pub fn spare(available: Option<u64>) -> u64 {
    available.unwrap_or(0).saturating_sub(MOST).max(SPARE)
}

/// Why the attempt to take all memory would endanger the machine.
pub fn too_little(attempt: &Attempt, available: Option<u64>) -> Option<String> {
    if attempt.name != MEMORY {
        return None;
    }
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
    let there = match available {
        Some(available) if available >= MEMORY_NEEDED => return None,
        Some(available) => format!("{} of memory are available", gigabytes(available)),
        None => "how much memory is available is unknown".to_owned(),
    };
    Some(format!(
        "{there}, and it needs {}",
        gigabytes(MEMORY_NEEDED)
    ))
}

#[cfg(test)]
mod tests {
    use super::super::attempts::ATTEMPTS;
    use super::*;

    #[test]
    fn memory_is_only_tried_where_there_is_enough() {
        let find = |name| ATTEMPTS.iter().find(|it| it.name == name).unwrap();
        let why = |name, available| too_little(find(name), available);
        assert_eq!(why(MEMORY, Some(MEMORY_NEEDED)), None);
        assert_eq!(
            why(MEMORY, Some(4_000_000_000)).unwrap(),
            "4.0 GB of memory are available, and it needs 12.9 GB"
        );
        assert!(why(MEMORY, None).unwrap().contains("unknown"));
        assert_eq!(why("parent", Some(0)), None);
    }

    #[test]
    fn some_memory_is_left_to_others() {
        assert_eq!(spare(None), SPARE);
        assert_eq!(spare(Some(5 << 30)), SPARE);
        assert_eq!(spare(Some(64 << 30)), 48 << 30);
    }
}
