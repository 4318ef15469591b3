//! Integers as lines of decimal text.

use std::io::{self, Write};

use blake3::Hasher;

/// Bytes of the longest line: `-2147483648` and its newline.
pub(crate) const MAX_LINE: u64 = 12;

/// Integers formatted at a time: about 180 KB of text, which stays in the
/// processor's cache from formatting over hashing to writing.
const BLOCK: usize = 16 * 1024;

/// Bytes that `value` takes in a file, its newline included.
pub(crate) fn line_len(value: i32) -> u64 {
    let more_digits = value.unsigned_abs().checked_ilog10().unwrap_or(0);
    u64::from(value < 0) + u64::from(more_digits) + 2
}

/// Writes the lines of `values` to `out`; what has hashed and counted its bytes on the way.
pub(crate) fn write(values: &[i32], out: &mut dyn Write) -> io::Result<Hasher> {
    let mut hasher = Hasher::new();
    let mut digits = itoa::Buffer::new();
    let mut text = Vec::with_capacity(BLOCK * MAX_LINE as usize);
    for block in values.chunks(BLOCK) {
        text.clear();
        for &value in block {
            text.extend_from_slice(digits.format(value).as_bytes());
            text.push(b'\n');
        }
        hasher.update(&text);
        out.write_all(&text)?;
    }
    Ok(hasher)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(values: &[i32]) -> String {
        values.iter().map(|value| format!("{value}\n")).collect()
    }

    fn written(values: &[i32]) -> (String, Hasher) {
        let mut text = Vec::new();
        let written = write(values, &mut text).unwrap();
        (String::from_utf8(text).unwrap(), written)
    }

    #[test]
    fn edges() {
        let mut values = vec![0, i32::MIN, i32::MAX];
        for power in 0..10 {
            let power = 10_i32.pow(power);
            values.extend([power - 1, power, 1 - power, -power]);
        }
        assert_eq!(written(&values).0, naive(&values));
        for value in values {
            assert_eq!(line_len(value), naive(&[value]).len() as u64, "{value}");
        }
    }

    #[test]
    fn more_than_one_block() {
        let values: Vec<i32> = (0..).step_by(7).take(2 * BLOCK + 1).collect();
        let written = write(&values, &mut io::sink()).unwrap();
        let text = naive(&values);
        assert_eq!(written.finalize(), blake3::hash(text.as_bytes()));
        assert_eq!(written.count(), text.len() as u64);
    }

    #[test]
    fn a_failing_write_ends_it() {
        let values = vec![1; 100 * BLOCK];
        let mut room = [0; 3 * BLOCK];
        let error = write(&values, &mut &mut room[..]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WriteZero);
    }

    proptest! {
        #[test]
        fn same_as_std(values: Vec<i32>) {
            let (text, written) = written(&values);
            prop_assert_eq!(written.finalize(), blake3::hash(text.as_bytes()));
            prop_assert_eq!(text, naive(&values));
            prop_assert_eq!(written.count(), values.iter().map(|&value| line_len(value)).sum::<u64>());
        }
    }
}
