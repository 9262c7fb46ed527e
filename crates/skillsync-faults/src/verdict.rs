//! What a trial has found out.

use std::time::Duration;

/// How much later than promised a run may be resumed before the trial fails: starting processes and looking at the
/// database take their time on a busy machine. Trials that need it are counted apart.
pub const ALLOWANCE: Duration = Duration::from_millis(500);

/// The outcome of one trial.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How long after the promised moment, or before it, a run was resumed: in milliseconds, negative when early.
    pub resumed_late_ms: Option<i64>,
    /// How long it took from the blow until the run was resumed, in milliseconds.
    pub resumed_after_ms: Option<i64>,
    /// Steps that were paid twice, which is allowed for those in flight when the process was stopped.
    pub paid_twice: usize,
    /// Versions beyond one for a key.
    pub extra_versions: usize,
    /// Keys that could not be had in the end, and runs that seem to go on for ever.
    pub stuck: usize,
    /// Rows of the ledger and requests that do not agree.
    pub ledger_differences: usize,
    /// What else there is to tell of it.
    pub note: Option<String>,
    /// What is wrong, in words. The trial has passed when there is nothing.
    pub faults: Vec<String>,
}

impl Verdict {
    /// Whether nothing was wrong.
    pub fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether the run was resumed later than promised, but within the allowance.
    pub fn used_the_allowance(&self) -> bool {
        self.resumed_late_ms.is_some_and(|late| late > 0)
    }

    /// Notes something that is wrong.
    pub fn fault(&mut self, fault: impl Into<String>) {
        self.faults.push(fault.into());
    }

    /// Notes something that is wrong unless it is as it should be.
    pub fn expect(&mut self, is_so: bool, fault: impl FnOnce() -> String) {
        if !is_so {
            self.faults.push(fault());
        }
    }

    /// Notes when a run was resumed: so long after the blow, where it was promised within `limit`. Being late is wrong
    /// where it `matters`.
    pub fn resumed(&mut self, after: Duration, limit: Duration, matters: bool) {
        let milliseconds = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.resumed_after_ms = Some(milliseconds(after));
        self.resumed_late_ms = Some(milliseconds(after) - milliseconds(limit));
        self.expect(!matters || after <= limit + ALLOWANCE, || {
            format!("the run was resumed after {after:.1?}, where {limit:.1?} were promised")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_told_and_only_too_much_of_it_fails() {
        let resumed = |after| {
            let mut verdict = Verdict::default();
            verdict.resumed(Duration::from_millis(after), Duration::from_millis(2_000), true);
            (verdict.resumed_late_ms, verdict.used_the_allowance(), verdict.is_good())
        };
        assert_eq!(resumed(1_500), (Some(-500), false, true));
        assert_eq!(resumed(2_400), (Some(400), true, true));
        assert_eq!(resumed(2_600), (Some(600), true, false));
    }
}
