//! The events of runs as rows.

use chrono::{DateTime, Utc};

use crate::ids::RunId;
use crate::storage::{BeginWrite, Db, Result, StorageError, on_engine};
use crate::work::Claim;
use crate::work::events::{Event, EventKind};

use super::RENEW;

/// Adds an event to the run `$1`: kind, percent, message, code, result and time. It stands in a transaction that has written
/// the run's row before, so that two never take the same number.
pub const ADD_EVENT: &str = "INSERT INTO run_events
        (run_id, sequence, kind, percent, message, code, result_id, happened_at)
    SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, $3, $4, $5, $6, $7 FROM run_events WHERE run_id = $1";

/// Adds word of progress to a run and renews the lease; false when the claim is no longer the run's own.
///
/// # Errors
/// When the database cannot be used.
pub async fn add_progress(
    db: &Db,
    claim: Claim,
    lasts_ms: i64,
    (percent, message): (i64, &str),
    at: DateTime<Utc>,
) -> Result<bool> {
    let renew = db.pick(RENEW[0], RENEW[1]);
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let renewed = sqlx::query(renew).bind(claim.run).bind(claim.token).bind(lasts_ms).execute(&mut *tx).await?;
        if renewed.rows_affected() == 0 {
            return Ok(false);
        }
        let event = sqlx::query(ADD_EVENT).bind(claim.run).bind(EventKind::Progress).bind(percent).bind(message);
        event.bind(None::<&str>).bind(None::<i64>).bind(at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(true)
    })
}

const ADD_SHOWN: &str = "INSERT INTO run_events (run_id, sequence, kind, percent, message, payload, happened_at)
    SELECT $1, COALESCE(MAX(sequence), 0) + 1, $2, $3, $4, $5, $6 FROM run_events WHERE run_id = $1";

/// Shows something of a run's result, beside how far it is, and renews the lease; false when the claim is no longer the run's
/// own.
///
/// # Errors
/// When the database cannot be used.
pub async fn add_shown(
    db: &Db,
    claim: Claim,
    lasts_ms: i64,
    (percent, message, payload): (i64, &str, &str),
    at: DateTime<Utc>,
) -> Result<bool> {
    let renew = db.pick(RENEW[0], RENEW[1]);
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let renewed = sqlx::query(renew).bind(claim.run).bind(claim.token).bind(lasts_ms).execute(&mut *tx).await?;
        if renewed.rows_affected() == 0 {
            return Ok(false);
        }
        let event = sqlx::query(ADD_SHOWN).bind(claim.run).bind(EventKind::Shown).bind(percent).bind(message);
        event.bind(payload).bind(at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(true)
    })
}

const SHOWN: &str = "SELECT payload FROM run_events WHERE run_id = $1 AND kind = 'shown'";

/// All that was shown of a run's result.
///
/// # Errors
/// When the database cannot be used.
pub async fn shown(db: &Db, run: RunId) -> Result<Vec<String>> {
    let payloads: Vec<Option<String>> =
        on_engine!(db.read(), |pool| sqlx::query_scalar(SHOWN).bind(run).fetch_all(pool).await?);
    Ok(payloads.into_iter().flatten().collect())
}

macro_rules! select_events {
    ($rest:literal) => {
        concat!("SELECT e.run_id, e.sequence, e.kind, e.percent, e.message, e.code, e.result_id, e.payload ", $rest)
    };
}

const LAST_EVENT: &str = select_events!("FROM run_events e WHERE e.run_id = $1 ORDER BY e.sequence DESC LIMIT 1");

/// The newest event of a run.
///
/// # Errors
/// When the database cannot be used.
pub async fn last_event(db: &Db, run: RunId) -> Result<Option<Event>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(LAST_EVENT).bind(run).fetch_optional(pool).await?))
}

const EVENTS_AFTER: [&str; 2] = [
    select_events!(
        "FROM json_each($1) AS heard JOIN run_events e
        ON e.run_id = json_extract(heard.value, '$[0]') AND e.sequence > json_extract(heard.value, '$[1]')
        ORDER BY e.run_id, e.sequence"
    ),
    select_events!(
        "FROM json_array_elements($1::json) AS heard JOIN run_events e
        ON e.run_id = (heard->>0)::bigint AND e.sequence > (heard->>1)::bigint
        ORDER BY e.run_id, e.sequence"
    ),
];

/// What has happened in many runs since the events given with them, in order, in one query. The pairs travel as one JSON
/// text, which both engines can take apart.
///
/// # Errors
/// When the database cannot be used.
pub async fn events_after(db: &Db, heard: &[(RunId, i64)]) -> Result<Vec<Event>> {
    let heard = serde_json::to_string(heard).map_err(StorageError::encode)?;
    let sql = db.pick(EVENTS_AFTER[0], EVENTS_AFTER[1]);
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(sql).bind(heard).fetch_all(pool).await?))
}
