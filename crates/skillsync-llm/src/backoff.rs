//! How long to wait before a question is asked once more. Pure: chance comes as an argument.

use std::time::Duration;

/// Waits that double from one failure to the next, each drawn anew between nothing and its bound ("full jitter"), so that
/// many callers that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The bound of the first wait.
    pub first: Duration,
    /// The bound of every wait, and the longest wish of a server that is granted.
    pub longest: Duration,
}

impl Backoff {
    /// How long to wait after this many failures in a row; none when the server wishes for more patience than there is, and
    /// asking somebody else is better.
    ///
    /// What the server wishes for is granted in full, with up to one first wait on top, again to keep callers apart.
    /// `chance` lies between 0 and 1.
    pub fn wait(&self, failures: u32, wished: Option<Duration>, chance: f64) -> Option<Duration> {
        let chance = if chance.is_nan() { 1.0 } else { chance.clamp(0.0, 1.0) };
        match wished {
            Some(wished) if wished > self.longest => None,
            Some(wished) => Some(wished + self.first.min(self.longest).mul_f64(chance)),
            None => Some(self.bound(failures).mul_f64(chance)),
        }
    }

    /// The first wait, doubled for each failure after the first, and never more than the longest.
    fn bound(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BACKOFF: Backoff = Backoff { first: Duration::from_millis(500), longest: Duration::from_secs(20) };

    #[test]
    fn the_bound_doubles_up_to_the_longest() {
        let bounds = [1, 2, 3, 6, 7, 50, u32::MAX].map(|failures| BACKOFF.wait(failures, None, 1.0));
        assert_eq!(bounds, [500, 1_000, 2_000, 16_000, 20_000, 20_000, 20_000].map(Duration::from_millis).map(Some));
        assert_eq!(BACKOFF.wait(3, None, 0.25), Some(Duration::from_millis(500)));
    }

    fn durations() -> impl Strategy<Value = Duration> {
        (0_u64..200_000).prop_map(Duration::from_millis)
    }

    proptest! {
        #[test]
        fn no_wait_is_longer_than_allowed(
            first in durations(), longest in durations(), failures in any::<u32>(), chance in any::<f64>(),
        ) {
            let backoff = Backoff { first, longest };
            let wait = backoff.wait(failures, None, chance).expect("a wait");
            prop_assert!(wait <= longest);
            prop_assert!(failures > 1 || wait <= first);
        }

        #[test]
        fn a_wish_is_granted_in_full_or_not_at_all(wished in durations(), chance in 0.0..1.0_f64, failures in 1_u32..9) {
            match BACKOFF.wait(failures, Some(wished), chance) {
                Some(wait) => prop_assert!(wished <= BACKOFF.longest && wait >= wished && wait <= wished + BACKOFF.first),
                None => prop_assert!(wished > BACKOFF.longest),
            }
        }

        #[test]
        fn more_failures_never_mean_a_shorter_bound(failures in 1_u32..60, chance in 0.0..1.0_f64) {
            prop_assert!(BACKOFF.wait(failures, None, chance) <= BACKOFF.wait(failures + 1, None, chance));
        }
    }
}
