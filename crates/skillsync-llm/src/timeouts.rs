//! How long to wait for a model server, and for what.

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::Error;

/// How long to wait for a model server. All four hold for whole answers and for streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// From sending a question to the first byte of its answer's body, the connection included. A server that is not asked
    /// for a stream sends that byte when all of the answer is written.
    pub first_byte: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// For one question as a whole, asking again in another form included.
    pub total: Duration,
}

impl Default for Timeouts {
    /// Patient enough for a small model on a slow machine.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(180),
            idle: Duration::from_secs(90),
            total: Duration::from_secs(300),
        }
    }
}

/// What was waited for when the time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeoutPhase {
    /// The connection: nothing was sent.
    Connect,
    /// The first byte of the answer.
    FirstByte,
    /// The next piece of an answer that had begun.
    Idle,
    /// The end of an answer that was still being written.
    Total,
    /// A server on the way lost its own patience and said so (status 408, 504 or 524).
    Upstream,
}

impl fmt::Display for TimeoutPhase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Connect => "no connection came about",
            Self::FirstByte => "no answer began",
            Self::Idle => "the answer stopped midway",
            Self::Total => "the answer took too long as a whole",
            Self::Upstream => "a server on the way gave up",
        })
    }
}

/// The time-outs of one question while they run.
pub(crate) struct Patience {
    timeouts: Timeouts,
    started: Instant,
    /// When the question went out, as long as nothing came back.
    unanswered_since: Option<Instant>,
}

impl Patience {
    pub(crate) fn new(timeouts: Timeouts) -> Self {
        Self { timeouts, started: Instant::now(), unanswered_since: None }
    }

    /// A question goes out: the next thing to wait for is the first byte of its answer.
    pub(crate) fn asks(&mut self) {
        self.unanswered_since = Some(Instant::now());
    }

    /// The answer has begun: from now on its pieces are waited for.
    pub(crate) fn hears(&mut self) {
        self.unanswered_since = None;
    }

    /// Since the beginning.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Waits for what is due next, and no longer than its time-out and the total allow.
    pub(crate) async fn wait<T>(&self, event: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let (limit, phase) = match self.unanswered_since {
            Some(asked) => (self.timeouts.first_byte.saturating_sub(asked.elapsed()), TimeoutPhase::FirstByte),
            None => (self.timeouts.idle, TimeoutPhase::Idle),
        };
        let left = self.timeouts.total.saturating_sub(self.elapsed());
        let (limit, phase) = if left < limit { (left, TimeoutPhase::Total) } else { (limit, phase) };
        timeout(limit, event).await.unwrap_or_else(|_| Err(Error::timed_out(phase)))
    }
}
