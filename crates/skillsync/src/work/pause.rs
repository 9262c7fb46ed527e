//! How long nobody tries again after a failure. Pure.

use std::time::Duration;

/// The bounds of the pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PausePolicy {
    /// After the first failure.
    pub first: Duration,
    /// However many there were.
    pub longest: Duration,
}

impl PausePolicy {
    /// The pause after so many failures in a row: it doubles each time up to the longest, and lies between half of that and
    /// all of it, as `jitter` (0 to 1) says, so that many keys that failed together are not tried again together.
    pub fn after(&self, failures: i64, jitter: f64) -> Duration {
        let doublings = u32::try_from(failures.max(1) - 1).unwrap_or(u32::MAX).min(30);
        let whole = self.first.saturating_mul(1 << doublings).min(self.longest);
        whole.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_grows_within_its_bounds(failures in 1_i64..100, jitter in 0.0..1.0_f64, first in 0_u64..60_000, more in 0_u64..600_000) {
            let policy = PausePolicy { first: Duration::from_millis(first), longest: Duration::from_millis(first + more) };
            let pause = policy.after(failures, jitter);
            prop_assert!(pause <= policy.longest);
            prop_assert!(pause >= policy.first / 2);
            prop_assert!(policy.after(failures + 1, jitter) >= pause);
            prop_assert!(policy.after(failures, 1.0) >= pause);
        }
    }

    #[test]
    fn it_doubles() {
        let policy = PausePolicy { first: Duration::from_secs(5), longest: Duration::from_secs(600) };
        let pauses: Vec<_> = [1, 2, 3, 9, i64::MAX].map(|failures| policy.after(failures, 1.0).as_secs()).into();
        assert_eq!(pauses, [5, 10, 20, 600, 600]);
        assert_eq!(policy.after(1, 0.0).as_millis(), 2_500);
    }
}
