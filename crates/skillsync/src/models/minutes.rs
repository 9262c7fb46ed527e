//! Limits a minute, shared by all processes on one database.
//!
//! A request takes its room before it is sent: one request, and as many tokens as it can use at most (our estimate of the
//! question and the longest answer allowed, but never more than a whole minute has). Once the answer is there, the tokens
//! are corrected to what it used. So the sum over all processes is never above a limit by what was taken, and little room
//! is lost for long. Minutes are those of the clock, not the last sixty seconds: a provider that counts otherwise may
//! still say no, and is believed.

use std::time::Duration;

use skillsync_llm::{Error, Reply, Request};

use crate::clock::Clock;
use crate::config::providers::MinuteLimits;
use crate::storage::{Db, Result};

use super::store::{self, Room};

/// How many minutes are kept for whoever looks at the table.
const KEPT_MINUTES: i64 = 10;

/// Counts what providers are asked for.
#[derive(Clone, Debug)]
pub(super) struct Minutes {
    db: Db,
    clock: Clock,
}

/// What a request asks for in a minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub provider: &'a str,
    pub limits: MinuteLimits,
    /// Most tokens that it can use.
    pub tokens: i64,
}

/// Room that was taken; to be corrected with [`Minutes::correct`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    minute: i64,
    tokens: i64,
}

/// Whether there was room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Room(Taken),
    /// There is none before the next minute, which begins after this long.
    Full(Duration),
}

impl Minutes {
    pub(super) fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// Takes room in the current minute.
    pub(super) async fn take(&self, wanted: &Wanted<'_>) -> Result<Answer> {
        let now_ms = self.clock.now().timestamp_millis();
        let (minute, ms_gone) = (now_ms.div_euclid(60_000), now_ms.rem_euclid(60_000));
        let limits = wanted.limits;
        let tokens = wanted.tokens.clamp(0, limits.tokens.unwrap_or(i64::MAX));
        let room = Room {
            provider: wanted.provider,
            minute,
            tokens,
            most_requests: limits.requests.unwrap_or(i64::MAX),
            most_tokens: limits.tokens.unwrap_or(i64::MAX),
        };
        let Some(requests) = store::take(&self.db, &room).await? else {
            return Ok(Answer::Full(Duration::from_millis(60_000_u64.saturating_sub(ms_gone.unsigned_abs()))));
        };
        if requests == 1 {
            store::forget_before(&self.db, minute - KEPT_MINUTES).await?;
        }
        Ok(Answer::Room(Taken { minute, tokens }))
    }

    /// Replaces the tokens that were taken by those that were used; without a count the taken ones stand.
    pub(super) async fn correct(&self, provider: &str, taken: Taken, used: Option<i64>) -> Result<()> {
        match used.map(|used| used - taken.tokens) {
            None | Some(0) => Ok(()),
            Some(more) => store::correct(&self.db, provider, taken.minute, more).await,
        }
    }
}

/// The tokens that a request can use at most.
pub(super) fn most_tokens(request: &Request) -> i64 {
    let tokens = request.estimated_input_tokens().saturating_add(u64::from(request.max_output_tokens));
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

/// The tokens that an attempt used; none where nobody knows.
pub(super) fn used_tokens(outcome: std::result::Result<&Reply, &Error>) -> Option<i64> {
    let usage = match outcome {
        Ok(reply) => reply.usage,
        Err(error) => error.usage()?,
    };
    Some(i64::try_from(usage.input_tokens.saturating_add(usage.output_tokens)).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use futures::future::join_all;

    use super::*;
    use crate::testing::{self, TestDatabase};

    fn wanted(limits: MinuteLimits, tokens: i64) -> Wanted<'static> {
        Wanted { provider: "groq", limits, tokens }
    }

    fn world(database: &TestDatabase) -> (Minutes, Clock) {
        let clock = Clock::fixed(testing::start());
        (Minutes::new(database.db.clone(), clock.clone()), clock)
    }

    fn granted(answers: &[Answer]) -> usize {
        answers.iter().filter(|answer| matches!(answer, Answer::Room(_))).count()
    }

    crate::both_engines! {
    async fn many_at_once_never_take_more_than_there_is(database: &TestDatabase) {
        let (minutes, clock) = world(database);
        let other_process = Minutes::new(testing::reopened(database).await, clock.clone());
        for (limits, tokens, expected) in [
            (MinuteLimits { requests: Some(7), tokens: None }, 500, 7),
            (MinuteLimits { requests: None, tokens: Some(1_000) }, 300, 3),
            (MinuteLimits { requests: Some(4), tokens: Some(900) }, 300, 3),
            (MinuteLimits { requests: Some(2), tokens: Some(900) }, 300, 2),
        ] {
            clock.advance(TimeDelta::minutes(1));
            let wanted = wanted(limits, tokens);
            let takers = (0..100).map(|taker| if taker % 2 == 0 { &minutes } else { &other_process });
            let answers = join_all(takers.map(|minutes| minutes.take(&wanted))).await;
            let answers = answers.into_iter().collect::<Result<Vec<_>>>().expect("a database");
            assert_eq!(granted(&answers), expected, "{limits:?}");
            let rows = store::minutes(&database.db, "groq").await;
            let sums = (expected as i64, expected as i64 * tokens);
            assert_eq!(rows.last().map(|(_, requests, tokens)| (*requests, *tokens)), Some(sums));
        }
        other_process.db.close().await;
    }

    async fn a_full_minute_says_when_the_next_begins(database: &TestDatabase) {
        let (minutes, clock) = world(database);
        let wanted = wanted(MinuteLimits { requests: Some(1), tokens: None }, 1);
        clock.advance(TimeDelta::milliseconds(12_500));
        assert!(matches!(minutes.take(&wanted).await.expect("a database"), Answer::Room(_)));
        assert_eq!(minutes.take(&wanted).await.expect("a database"), Answer::Full(Duration::from_millis(47_500)));
        let other = Wanted { provider: "gemini", ..wanted };
        assert!(matches!(minutes.take(&other).await.expect("a database"), Answer::Room(_)), "each has its own");
        clock.advance(TimeDelta::milliseconds(47_500));
        assert!(matches!(minutes.take(&wanted).await.expect("a database"), Answer::Room(_)));
    }

    async fn unused_tokens_are_given_back_and_more_are_counted(database: &TestDatabase) {
        let (minutes, _) = world(database);
        let wanted = wanted(MinuteLimits { requests: None, tokens: Some(1_000) }, 5_000);
        let Answer::Room(taken) = minutes.take(&wanted).await.expect("a database") else { panic!("the first has room") };
        assert!(matches!(minutes.take(&wanted).await.expect("a database"), Answer::Full(_)), "it took the whole minute");
        minutes.correct("groq", taken, None).await.expect("a database");
        assert_eq!(store::minutes(&database.db, "groq").await[0].2, 1_000);
        minutes.correct("groq", taken, Some(400)).await.expect("a database");
        assert_eq!(store::minutes(&database.db, "groq").await[0].2, 400);
        let small = Wanted { tokens: 600, ..wanted };
        let Answer::Room(taken) = minutes.take(&small).await.expect("a database") else { panic!("there is room again") };
        minutes.correct("groq", taken, Some(2_000)).await.expect("a database");
        assert_eq!(store::minutes(&database.db, "groq").await[0].2, 2_400);
        assert!(matches!(minutes.take(&Wanted { tokens: 1, ..wanted }).await.expect("a database"), Answer::Full(_)));
    }

    async fn old_minutes_are_forgotten(database: &TestDatabase) {
        let (minutes, clock) = world(database);
        let wanted = wanted(MinuteLimits { requests: Some(1), tokens: None }, 1);
        for _ in 0..30 {
            minutes.take(&wanted).await.expect("a database");
            clock.advance(TimeDelta::minutes(1));
        }
        assert_eq!(store::minutes(&database.db, "groq").await.len() as i64, KEPT_MINUTES + 1);
    }
    }
}
