//! Percentiles by the nearest rank.

use async_graphql::SimpleObject;
use serde::Serialize;

/// How long something took, each figure a time that really occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct Times {
    /// How often it took place.
    pub count: i64,
    /// Half of them took no longer, in milliseconds.
    pub p50_ms: i64,
    /// 99 of a hundred took no longer, in milliseconds.
    pub p99_ms: i64,
}

impl Times {
    /// The percentiles of some lengths of time in milliseconds; none of none.
    pub(super) fn of(mut lengths_ms: Vec<i64>) -> Option<Self> {
        lengths_ms.sort_unstable();
        Some(Self {
            count: i64::try_from(lengths_ms.len()).unwrap_or(i64::MAX),
            p50_ms: nearest_rank(&lengths_ms, 50)?,
            p99_ms: nearest_rank(&lengths_ms, 99)?,
        })
    }
}

/// The value of rank ⌈percent / 100 · count⌉ among values in ascending order, the first having rank 1; none of none.
///
/// Source: Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50 (1996), definition 1.
fn nearest_rank(ascending: &[i64], percent: usize) -> Option<i64> {
    let rank = (percent * ascending.len()).div_ceil(100).max(1);
    ascending.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranks_are_those_of_the_definition() {
        let five = [15, 20, 35, 40, 50];
        for (percent, value) in [(0, 15), (5, 15), (20, 15), (30, 20), (40, 20), (50, 35), (99, 50), (100, 50)] {
            assert_eq!(nearest_rank(&five, percent), Some(value), "{percent}");
        }
        let hundred: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(Times::of(hundred), Some(Times { count: 100, p50_ms: 50, p99_ms: 99 }));
        assert_eq!(Times::of(vec![7]), Some(Times { count: 1, p50_ms: 7, p99_ms: 7 }));
        assert_eq!(Times::of(Vec::new()), None);
    }

    proptest! {
        #[test]
        fn at_least_the_percentage_is_no_longer_and_less_than_that_is_shorter(
            mut values in prop::collection::vec(any::<i64>(), 1..300),
            percent in 1..=100_usize,
        ) {
            values.sort_unstable();
            let value = nearest_rank(&values, percent).expect("a value");
            let count = |keep: &dyn Fn(i64) -> bool| values.iter().filter(|value| keep(**value)).count();
            prop_assert!(100 * count(&|other| other <= value) >= percent * values.len());
            prop_assert!(100 * count(&|other| other < value) < percent * values.len());
        }
    }
}
