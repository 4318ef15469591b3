//! What holds for every sort; included by each guest that has one.

use proptest::prelude::*;

/// Integers in the shapes that sorts are sensitive to, at most `most` of them.
pub fn integers(most: usize) -> impl Strategy<Value = Vec<i32>> {
    let of = move |element: BoxedStrategy<i32>| prop::collection::vec(element, 0..most);
    let shaped = |values: Vec<i32>, shape: u8| {
        let mut values = values;
        match shape {
            0 => {}
            1 => values.sort(),
            2 => values.sort_by(|a, b| b.cmp(a)),
            _ => {
                let middle = values.len() / 2;
                values[..middle].sort();
                values[middle..].sort_by(|a, b| b.cmp(a));
            }
        }
        values
    };
    let any_values = prop_oneof![
        of(any::<i32>().boxed()),
        of((-3..3).boxed()),
        of(Just(7).boxed())
    ];
    (any_values, 0u8..4).prop_map(move |(values, shape)| shaped(values, shape))
}

/// Tests that `$sort` does what `slice::sort` does, on up to `$most` integers.
macro_rules! properties {
    ($sort:path, $most:expr) => {
        proptest::proptest! {
            #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
            #[test]
            fn sorts_like_the_standard_library(
                values in $crate::sorting::integers($most),
            ) {
                let mut expected = values.clone();
                expected.sort();
                let mut sorted = values;
                $sort(&mut sorted);
                proptest::prop_assert!(sorted == expected);
            }

            #[test]
            fn sorts_short_slices_like_the_standard_library(
                values in $crate::sorting::integers(40),
            ) {
                let mut expected = values.clone();
                expected.sort();
                let mut sorted = values;
                $sort(&mut sorted);
                proptest::prop_assert_eq!(sorted, expected);
            }
        }

        #[test]
        fn sorts_the_limits_and_nothing_at_all() {
            let mut values = [0, i32::MAX, -1, i32::MIN, 1, i32::MIN, i32::MAX];
            $sort(&mut values);
            assert_eq!(values, [i32::MIN, i32::MIN, -1, 0, 1, i32::MAX, i32::MAX]);
            $sort(&mut []);
        }
    };
}
pub(crate) use properties;
