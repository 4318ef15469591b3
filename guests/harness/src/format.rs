//! Integers to text.

/// Bytes that [`line`] may write to: `-2147483648\n` and room for whole words.
pub(crate) const LINE_ROOM: usize = 20;

const EIGHT_DIGITS: u32 = 100_000_000;

/// Writes `value` and `\n` to the start of `room`, which has at least [`LINE_ROOM`]
/// bytes, and returns the length of the line; the bytes after it are undefined.
///
/// Digits are made eight at a time and placed with a shift instead of a loop, because
/// their number is as good as random: a loop costs a mispredicted branch a line.
#[inline(always)]
pub(crate) fn line(value: i32, room: &mut [u8]) -> usize {
    // One bounds check for all that follows.
    let room = &mut room[..LINE_ROOM];
    room[0] = b'-';
    let start = usize::from(value < 0);
    let magnitude = value.unsigned_abs();

    let end = if magnitude < EIGHT_DIGITS {
        let digits = eight_digits(magnitude);
        // The last digit is written even if it is 0.
        let zeros = (digits | 1 << 56).trailing_zeros() / 8;
        let text = (digits | 0x3030_3030_3030_3030) >> (8 * zeros);
        room[start..start + 8].copy_from_slice(&text.to_le_bytes());
        start + 8 - zeros as usize
    } else {
        let (high, low) = (magnitude / EIGHT_DIGITS, magnitude % EIGHT_DIGITS);
        let (tens, ones) = (high / 10, high % 10);
        let zeros = u32::from(tens == 0);
        let text = (0x3030 | tens as u16 | (ones as u16) << 8) >> (8 * zeros);
        room[start..start + 2].copy_from_slice(&text.to_le_bytes());
        let middle = start + 2 - zeros as usize;
        let text = eight_digits(low) | 0x3030_3030_3030_3030;
        room[middle..middle + 8].copy_from_slice(&text.to_le_bytes());
        middle + 8
    };
    room[end] = b'\n';
    end + 1
}

/// The eight decimal digits of `value` < 10⁸ as bytes, most significant digit lowest.
#[inline(always)]
fn eight_digits(value: u32) -> u64 {
    // Halves, then quarters, then digits: each step divides all lanes at once, by
    // multiplying with a rounded-up reciprocal that is exact for the lane's range.
    let lanes = u64::from(value / 10_000) | u64::from(value % 10_000) << 32;
    let hundreds = ((lanes * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let lanes = hundreds | (lanes - 100 * hundreds) << 16;
    let tens = ((lanes * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (lanes - 10 * tens) << 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text_of(value: i32) -> String {
        let mut room = [b'?'; LINE_ROOM];
        let length = line(value, &mut room);
        String::from_utf8(room[..length].to_vec()).unwrap()
    }

    #[test]
    fn formats_every_length_and_its_limits() {
        let mut power = 1i64;
        while power <= 10_000_000_000 {
            for near in [power - 1, power, power + 1] {
                for value in [near, -near] {
                    let value = value.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
                    assert_eq!(text_of(value), format!("{value}\n"));
                }
            }
            power *= 10;
        }
    }

    #[test]
    fn every_four_digits_are_right_in_both_halves() {
        for value in 0..10_000 {
            for value in [value, value * 10_000] {
                assert_eq!(text_of(value), format!("{value}\n"));
            }
        }
    }

    proptest! {
        #[test]
        fn formats_like_the_standard_library(value: i32) {
            prop_assert_eq!(text_of(value), format!("{value}\n"));
        }

        #[test]
        fn formats_short_values_like_the_standard_library(value: i32, shift in 0..32) {
            let value = value >> shift;
            prop_assert_eq!(text_of(value), format!("{value}\n"));
        }
    }
}
