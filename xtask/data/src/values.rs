//! Which integers an input holds, and in which order.
//!
//! All randomness is the ChaCha8 keystream whose key is the seed (little-endian,
//! padded with zeros), read as little-endian words. Ranges are cut out of it
//! here: what crates do for that may change between their versions.

use anyhow::{Context, Result};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

use crate::text::{MAX_LINE, line_len};
use crate::{Distribution, Spec};

/// Streams of one seed, so that one use of it does not shift another's values.
const STREAM_VALUES: u64 = 0;
const STREAM_FEW_UNIQUE: u64 = 1;
const STREAM_SWAPS: u64 = 2;

const FEW: usize = 16;

/// The values of an input in the order drawn; their lines have exactly
/// `spec.size_bytes` bytes, which must be 2 or more. Less than two longest lines
/// from the end, one or two values of the right length fill the rest.
pub(crate) fn draw(spec: &Spec) -> Result<Vec<i32>> {
    let is_few = spec.distribution == Distribution::FewUnique;
    let stream = if is_few {
        STREAM_FEW_UNIQUE
    } else {
        STREAM_VALUES
    };
    let mut rng = rng(spec.seed, stream);
    let few = is_few.then(|| few_values(&mut rng));
    let mut values = Vec::new();
    // The average line has 10.98 bytes. What is reserved and not used is never
    // touched, so it takes no memory.
    let expected = usize::try_from(spec.size_bytes / 10 + 2)?;
    values.try_reserve_exact(expected).with_context(|| {
        format!("{expected} integers do not fit in memory, choose a smaller size")
    })?;
    let mut left = spec.size_bytes;
    while left > 2 * MAX_LINE {
        let word = rng.next_u32();
        let value = match &few {
            Some(few) => few[word as usize % FEW],
            None => word.cast_signed(),
        };
        values.push(value);
        left -= line_len(value);
    }
    if left > MAX_LINE {
        values.push(value_of_line(&mut rng, left / 2));
        left -= left / 2;
    }
    values.push(value_of_line(&mut rng, left));
    Ok(values)
}

/// A random value whose line, newline included, has `bytes` bytes (2 to 12).
fn value_of_line(rng: &mut ChaCha8Rng, bytes: u64) -> i32 {
    let negative = match bytes {
        2 => false,
        MAX_LINE => true,
        _ => rng.next_u32().is_multiple_of(2),
    };
    let digits = bytes as u32 - 1 - u32::from(negative);
    let lowest = match bytes {
        2 => 0,
        _ => 10_i64.pow(digits - 1),
    };
    let limit = i64::from(i32::MAX) + i64::from(negative);
    let highest = limit.min(10_i64.pow(digits) - 1);
    let magnitude = lowest + below(rng, (highest - lowest + 1) as u64) as i64;
    (if negative { -magnitude } else { magnitude }) as i32
}

/// Different values with lines of 11 bytes, next to the average of all `i32`.
fn few_values(rng: &mut ChaCha8Rng) -> Vec<i32> {
    let mut few = Vec::new();
    while few.len() < FEW {
        let value = value_of_line(rng, 11);
        if !few.contains(&value) {
            few.push(value);
        }
    }
    few
}

/// Brings sorted values into the order of a distribution that is made from them.
pub(crate) fn arrange(sorted: &mut [i32], distribution: Distribution, seed: u64) {
    match distribution {
        Distribution::Reversed => sorted.reverse(),
        Distribution::NearlySorted => {
            let mut rng = rng(seed, STREAM_SWAPS);
            let items = sorted.len() as u64;
            for _ in 0..items.div_ceil(200) {
                let [a, b] = [(); 2].map(|()| below(&mut rng, items) as usize);
                sorted.swap(a, b);
            }
        }
        _ => {}
    }
}

fn rng(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(stream);
    rng
}

/// A number below `bound`, uniform but for a bias of less than `bound` / 2⁶⁴.
fn below(rng: &mut ChaCha8Rng, bound: u64) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(bound)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::ALL;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn spec(size_bytes: u64, distribution: Distribution, seed: u64) -> Spec {
        Spec {
            size_bytes,
            size_label: "any".into(),
            distribution,
            seed,
        }
    }

    fn drawn(size_bytes: u64, distribution: Distribution, seed: u64) -> Vec<i32> {
        draw(&spec(size_bytes, distribution, seed)).unwrap()
    }

    fn bytes(values: &[i32]) -> u64 {
        values
            .iter()
            .map(|value| format!("{value}\n").len() as u64)
            .sum()
    }

    #[test]
    fn every_small_size_is_exact() {
        for size in 2..1500 {
            for distribution in [Distribution::Random, Distribution::FewUnique] {
                for seed in 0..8 {
                    assert_eq!(
                        bytes(&drawn(size, distribution, seed)),
                        size,
                        "{distribution} {seed}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_line_of_every_length_has_both_signs_where_it_can() {
        let mut rng = rng(1, 0);
        for length in 2..=MAX_LINE {
            let values: Vec<i32> = (0..200).map(|_| value_of_line(&mut rng, length)).collect();
            assert!(
                values.iter().all(|&value| bytes(&[value]) == length),
                "{length}: {values:?}"
            );
            assert_eq!(
                values.iter().any(|&value| value < 0),
                length > 2,
                "{length}"
            );
            assert_eq!(
                values.iter().any(|&value| value >= 0),
                length < MAX_LINE,
                "{length}"
            );
        }
    }

    #[test]
    fn random_covers_all_of_i32() {
        let values = drawn(100_000, Distribution::Random, 42);
        // engines.md: 100KB held 9,104 integers.
        assert!((9_050..9_160).contains(&values.len()), "{}", values.len());
        assert!(values.iter().any(|&value| value < i32::MIN / 100 * 99));
        assert!(values.iter().any(|&value| value > i32::MAX / 100 * 99));
    }

    #[test]
    fn few_unique_is_few_and_as_long_as_random() {
        let values = drawn(100_000, Distribution::FewUnique, 42);
        let unique = BTreeSet::from_iter(&values).len();
        assert!((FEW..=FEW + 2).contains(&unique), "{unique}");
        let random = drawn(100_000, Distribution::Random, 42).len();
        assert!(
            values.len().abs_diff(random) < random / 100,
            "{} {random}",
            values.len()
        );
    }

    #[test]
    fn nearly_sorted_has_about_one_percent_out_of_place() {
        let mut values = Vec::from_iter(0..100_000);
        arrange(&mut values, Distribution::NearlySorted, 42);
        let moved = values
            .iter()
            .zip(0..)
            .filter(|&(&value, place)| value != place)
            .count();
        assert!((950..=1000).contains(&moved), "{moved}");
    }

    /// As `data::tests::bytes_never_change`, but with every length of the last lines, and with
    /// draws of 32 and 64 bits at every place of the generator's buffer.
    #[test]
    fn values_never_change() {
        let mut hasher = blake3::Hasher::new();
        for distribution in ALL {
            for seed in [0, 42, u64::MAX] {
                for size in (2..400).chain([1_000, 9_999, 123_457]) {
                    let mut values = drawn(size, distribution, seed);
                    arrange(&mut values, distribution, seed);
                    for value in values {
                        hasher.update(&value.to_le_bytes());
                    }
                }
            }
        }
        assert_eq!(&hasher.finalize().to_hex()[..16], "b8b6d428e503459e");
    }

    #[test]
    fn what_does_not_fit_in_memory_is_an_error() {
        let error = draw(&spec(u64::MAX, Distribution::Random, 1)).unwrap_err();
        assert!(
            error.to_string().contains("do not fit in memory"),
            "{error:#}"
        );
    }

    proptest! {
        #[test]
        fn any_size_is_exact(size in 2_u64..60_000, seed: u64, few: bool) {
            let distribution = if few { Distribution::FewUnique } else { Distribution::Random };
            prop_assert_eq!(bytes(&drawn(size, distribution, seed)), size);
        }
    }
}
