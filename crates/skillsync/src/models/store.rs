//! What providers were asked for, minute by minute, in the database.

use crate::storage::{Db, Result, on_engine};

/// Room for one request in a provider's minute.
pub(super) struct Room<'a> {
    pub provider: &'a str,
    /// Minutes since 1970.
    pub minute: i64,
    pub tokens: i64,
    /// Most requests and tokens in the minute; [`i64::MAX`] where there is no limit.
    pub most_requests: i64,
    pub most_tokens: i64,
}

/// Takes the room or changes nothing. The first of a minute is not compared with the limits: whoever asks takes no more
/// than one minute has.
const TAKE: &str = "INSERT INTO provider_minutes (provider, minute, requests, tokens) VALUES ($1, $2, 1, $3)
    ON CONFLICT (provider, minute) DO UPDATE
        SET requests = provider_minutes.requests + 1, tokens = provider_minutes.tokens + excluded.tokens
        WHERE provider_minutes.requests < $4 AND provider_minutes.tokens <= $5 - excluded.tokens
    RETURNING requests";

/// Takes room for one request: how many the minute has then, or none when there was no room.
pub(super) async fn take(db: &Db, room: &Room<'_>) -> Result<Option<i64>> {
    Ok(on_engine!(db.write(), |pool| {
        let take = sqlx::query_scalar(TAKE).bind(room.provider).bind(room.minute).bind(room.tokens);
        take.bind(room.most_requests).bind(room.most_tokens).fetch_optional(pool).await?
    }))
}

const CORRECT: &str = "UPDATE provider_minutes SET tokens = tokens + $3 WHERE provider = $1 AND minute = $2";

/// Adds to the tokens of a minute what an answer used more than was taken for it, or less.
pub(super) async fn correct(db: &Db, provider: &str, minute: i64, more_tokens: i64) -> Result<()> {
    on_engine!(db.write(), |pool| {
        sqlx::query(CORRECT).bind(provider).bind(minute).bind(more_tokens).execute(pool).await?;
    });
    Ok(())
}

const FORGET: &str = "DELETE FROM provider_minutes WHERE minute < $1";

/// Forgets all minutes before this one.
pub(super) async fn forget_before(db: &Db, minute: i64) -> Result<()> {
    on_engine!(db.write(), |pool| {
        sqlx::query(FORGET).bind(minute).execute(pool).await?;
    });
    Ok(())
}

/// The minutes of a provider with their requests and tokens, the oldest first.
#[cfg(test)]
pub(super) async fn minutes(db: &Db, provider: &str) -> Vec<(i64, i64, i64)> {
    const MINUTES: &str = "SELECT minute, requests, tokens FROM provider_minutes WHERE provider = $1 ORDER BY minute";
    on_engine!(db.read(), |pool| sqlx::query_as(MINUTES).bind(provider).fetch_all(pool).await.expect("rows"))
}
