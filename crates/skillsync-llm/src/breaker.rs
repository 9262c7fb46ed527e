//! Leaves a provider alone for a while after it failed several times in a row. Pure: the time comes as an argument.

use std::time::{Duration, Instant};

use crate::Error;

/// A circuit breaker for one provider.
///
/// Closed lets everybody through. After enough failures in a row it opens and lets nobody through. After a pause it is half
/// open and lets one caller through: an answer closes it, a failure opens it for another pause. A caller that was let
/// through and never reports, because it was cancelled, holds the place for one pause and no longer.
#[derive(Debug, Clone)]
pub struct Breaker {
    failures_to_open: u32,
    pause: Duration,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    Trying { until: Instant },
}

/// Where a breaker stands, for whoever looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Everybody is let through.
    Closed,
    /// Nobody is.
    Open,
    /// The pause is over: the next caller is let through, or one is under way.
    HalfOpen,
}

impl BreakerState {
    /// The name for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// What an attempt says about the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It works, whatever it thought of the question.
    Works,
    /// It does not work.
    Fails,
    /// Nothing: it was the question, or one model of several.
    Unknown,
}

impl Verdict {
    /// What a failure says about the provider.
    pub fn on(error: &Error) -> Self {
        match error {
            Error::Refused { .. } | Error::Truncated { .. } => Self::Works,
            Error::ModelNotFound { .. } | Error::PromptTooLong | Error::BadRequest { .. } => Self::Unknown,
            Error::Misconfigured { .. }
            | Error::Unreachable { .. }
            | Error::WrongAddress { .. }
            | Error::Unauthorized
            | Error::OutOfCredit
            | Error::RateLimited { .. }
            | Error::ServerError { .. }
            | Error::Timeout { .. }
            | Error::Interrupted { .. }
            | Error::BadReply { .. }
            | Error::TooLarge { .. } => Self::Fails,
        }
    }
}

impl Breaker {
    /// A closed breaker that opens after this many failures in a row (at least one) and then pauses this long.
    pub fn new(failures_to_open: u32, pause: Duration) -> Self {
        Self { failures_to_open: failures_to_open.max(1), pause, state: State::Closed { failures: 0 } }
    }

    /// Whether a caller may ask now. The one that is let through a half-open breaker is to report with
    /// [`Breaker::record`], or with [`Breaker::give_up_place`] when it does not ask after all.
    pub fn lets_through(&mut self, now: Instant) -> bool {
        match self.state {
            State::Closed { .. } => true,
            State::Open { until } | State::Trying { until } => {
                let is_over = now >= until;
                if is_over {
                    self.state = State::Trying { until: now + self.pause };
                }
                is_over
            }
        }
    }

    /// Notes how an attempt ended.
    pub fn record(&mut self, verdict: Verdict, now: Instant) {
        self.state = match (verdict, self.state) {
            (Verdict::Works, _) => State::Closed { failures: 0 },
            (Verdict::Fails, State::Closed { failures }) if failures + 1 < self.failures_to_open => {
                State::Closed { failures: failures + 1 }
            }
            (Verdict::Fails, State::Closed { .. } | State::Trying { .. }) => State::Open { until: now + self.pause },
            // A late failure of somebody who asked before it opened does not make the pause longer.
            (Verdict::Fails, State::Open { until }) => State::Open { until },
            (Verdict::Unknown, State::Trying { .. }) => State::Open { until: now },
            (Verdict::Unknown, state) => state,
        };
    }

    /// Lets the next caller through in place of one that does not ask after all.
    pub fn give_up_place(&mut self, now: Instant) {
        self.record(Verdict::Unknown, now);
    }

    /// Where it stands.
    pub fn state(&self, now: Instant) -> BreakerState {
        match self.state {
            State::Closed { .. } => BreakerState::Closed,
            State::Open { until } if now < until => BreakerState::Open,
            State::Open { .. } | State::Trying { .. } => BreakerState::HalfOpen,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(30);

    /// A breaker that has failed this often in a row, out of three.
    fn failed(times: u32, now: Instant) -> Breaker {
        let mut breaker = Breaker::new(3, PAUSE);
        for _ in 0..times {
            assert!(breaker.lets_through(now));
            breaker.record(Verdict::Fails, now);
        }
        breaker
    }

    #[test]
    fn it_opens_after_so_many_failures_in_a_row() {
        let now = Instant::now();
        let mut breaker = failed(2, now);
        assert_eq!(breaker.state(now), BreakerState::Closed);
        breaker.record(Verdict::Works, now);
        breaker.record(Verdict::Fails, now);
        breaker.record(Verdict::Unknown, now);
        breaker.record(Verdict::Fails, now);
        assert!(breaker.lets_through(now), "an answer in between begins the count anew");
        breaker.record(Verdict::Fails, now);
        assert!(!breaker.lets_through(now) && breaker.state(now) == BreakerState::Open);
    }

    #[test]
    fn after_the_pause_it_lets_one_through() {
        let now = Instant::now();
        let later = now + PAUSE;
        for (verdict, state) in [
            (Verdict::Works, BreakerState::Closed),
            (Verdict::Fails, BreakerState::Open),
            (Verdict::Unknown, BreakerState::HalfOpen),
        ] {
            let mut breaker = failed(3, now);
            assert!(!breaker.lets_through(later - Duration::from_millis(1)));
            assert!(breaker.lets_through(later), "one");
            assert!(!breaker.lets_through(later), "and no other");
            breaker.record(verdict, later);
            assert_eq!(breaker.state(later), state, "{verdict:?}");
            assert_eq!(breaker.lets_through(later), verdict != Verdict::Fails, "{verdict:?}");
        }
    }

    #[test]
    fn a_caller_that_never_reports_holds_the_place_for_one_pause() {
        let now = Instant::now();
        let mut breaker = failed(3, now);
        assert!(breaker.lets_through(now + PAUSE));
        assert!(!breaker.lets_through(now + 2 * PAUSE - Duration::from_millis(1)));
        assert!(breaker.lets_through(now + 2 * PAUSE));
        breaker.give_up_place(now + 2 * PAUSE);
        assert!(breaker.lets_through(now + 2 * PAUSE), "who does not ask gives the place back");
    }

    #[test]
    fn late_failures_do_not_make_the_pause_longer() {
        let now = Instant::now();
        let mut breaker = failed(3, now);
        breaker.record(Verdict::Fails, now + PAUSE / 2);
        assert!(breaker.lets_through(now + PAUSE));
    }

    #[test]
    fn refusals_and_cut_answers_say_that_it_works() {
        let usage = crate::Usage::default();
        assert_eq!(Verdict::on(&Error::Refused { reason: "no".into(), usage }), Verdict::Works);
        assert_eq!(Verdict::on(&Error::Truncated { usage }), Verdict::Works);
        assert_eq!(Verdict::on(&Error::PromptTooLong), Verdict::Unknown);
        assert_eq!(Verdict::on(&Error::Unauthorized), Verdict::Fails);
        assert_eq!(Verdict::on(&Error::RateLimited { retry_after: None }), Verdict::Fails);
    }

    proptest! {
        /// Whatever happens: once open, at most one caller gets through in each pause until one of them has an answer.
        #[test]
        fn an_open_breaker_lets_one_through_a_pause(steps in prop::collection::vec((0_u64..20, 0_u8..3), 1..60)) {
            let mut now = Instant::now();
            let mut breaker = failed(3, now);
            let mut last = now;
            for (seconds, report) in steps {
                now += Duration::from_secs(seconds);
                if breaker.lets_through(now) {
                    prop_assert!(now.duration_since(last) >= PAUSE);
                    last = now;
                }
                if report == 0 {
                    breaker.record(Verdict::Fails, now);
                }
            }
        }
    }
}
