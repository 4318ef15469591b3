//! Integers as lines of decimal text.

use std::io::{self, Write};
use std::sync::mpsc;

/// Bytes of the longest line: `-2147483648` and its newline.
pub(super) const MAX_LINE: u64 = 12;

/// Integers formatted at a time: about 180 KB of text, which stays in the
/// processor's cache from formatting over hashing to writing.
const BLOCK: usize = 16 * 1024;

/// Digits of the largest magnitude, 2147483648.
const DIGITS: usize = 10;

/// Bytes copied for each line: its digits and newline, rounded up to a register.
const SLACK: usize = 16;

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number] = [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8];
        number += 1;
    }
    pairs
};

/// What was written: its length and its BLAKE3 in hex.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub bytes: u64,
    pub hash: String,
}

/// Bytes that `value` takes in a file, its newline included.
pub(super) fn line_len(value: i32) -> u64 {
    count_digits(value.unsigned_abs()) as u64 + u64::from(value < 0) + 1
}

/// Writes the lines of `values` to `out` and hashes them on the way; `progress`
/// is called with the bytes of each block. One thread formats, this one hashes
/// and writes; if writing fails, the other one stops at its next block.
pub(super) fn write(
    values: &[i32],
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Written> {
    let mut hasher = blake3::Hasher::new();
    std::thread::scope(|scope| {
        let (sender, blocks) = mpsc::sync_channel(2);
        scope.spawn(move || {
            let mut blocks = values.chunks(BLOCK).map(format_lines);
            blocks.try_for_each(|block| sender.send(block))
        });
        for block in blocks {
            hasher.update(&block);
            out.write_all(&block)?;
            progress(block.len() as u64);
        }
        io::Result::Ok(())
    })?;
    Ok(Written {
        bytes: hasher.count(),
        hash: hasher.finalize().to_hex().to_string(),
    })
}

/// The lines of `values`.
///
/// Lengths and signs of random values cannot be predicted, so there is no branch
/// on them: all ten digits are made, and a copy of fixed size starts at the first
/// that counts. It takes half the time of itoa, which branches. What it writes
/// beyond the line is overwritten by the next one, or cut off at the end.
fn format_lines(values: &[i32]) -> Vec<u8> {
    let mut text = vec![0; values.len() * MAX_LINE as usize + SLACK];
    let mut length = 0;
    for &value in values {
        let magnitude = value.unsigned_abs();
        let mut line = [b'\n'; DIGITS + SLACK];
        let mut rest = magnitude;
        for pair in line[..DIGITS].rchunks_exact_mut(2) {
            pair.copy_from_slice(&PAIRS[rest as usize % 100]);
            rest /= 100;
        }
        text[length] = b'-';
        length += usize::from(value < 0);
        let digits = count_digits(magnitude);
        let first = DIGITS - digits;
        text[length..length + SLACK].copy_from_slice(&line[first..first + SLACK]);
        length += digits + 1;
    }
    text.truncate(length);
    text
}

fn count_digits(magnitude: u32) -> usize {
    (magnitude | 1).ilog10() as usize + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(values: &[i32]) -> String {
        values.iter().map(|value| format!("{value}\n")).collect()
    }

    fn written(values: &[i32]) -> (Vec<u8>, Written) {
        let mut text = Vec::new();
        let written = write(values, &mut text, &mut |_| {}).unwrap();
        (text, written)
    }

    #[test]
    fn edges() {
        let mut values = vec![0, i32::MIN, i32::MAX];
        for power in 0..10 {
            let power = 10_i32.pow(power);
            values.extend([power - 1, power, 1 - power, -power]);
        }
        assert_eq!(
            String::from_utf8(written(&values).0).unwrap(),
            naive(&values)
        );
        for value in values {
            assert_eq!(line_len(value), naive(&[value]).len() as u64, "{value}");
        }
    }

    #[test]
    fn more_than_one_block() {
        let values: Vec<i32> = (0..).step_by(7).take(2 * BLOCK + 1).collect();
        let mut blocks = Vec::new();
        let written = write(&values, &mut io::sink(), &mut |bytes| blocks.push(bytes)).unwrap();
        let text = naive(&values);
        assert_eq!(
            written.hash,
            blake3::hash(text.as_bytes()).to_hex().to_string()
        );
        assert_eq!(written.bytes, text.len() as u64);
        assert_eq!(blocks.len(), 3);
        assert_eq!(blocks.iter().sum::<u64>(), written.bytes);
    }

    #[test]
    fn a_failing_write_ends_it() {
        let values = vec![1; 100 * BLOCK];
        let mut room = [0; 3 * BLOCK];
        let error = write(&values, &mut &mut room[..], &mut |_| {}).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WriteZero);
    }

    proptest! {
        #[test]
        fn same_as_std(values: Vec<i32>) {
            let (text, written) = written(&values);
            prop_assert_eq!(written.hash, blake3::hash(&text).to_hex().to_string());
            prop_assert_eq!(String::from_utf8(text).unwrap(), naive(&values));
            prop_assert_eq!(written.bytes, values.iter().map(|&value| line_len(value)).sum::<u64>());
        }
    }
}
