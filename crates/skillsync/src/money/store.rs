//! Model calls in the database.

use chrono::{DateTime, Utc};
use skillsync_llm::Usage;
use sqlx::FromRow;

use crate::ids::RunId;
use crate::storage::{Db, Result, on_engine};

/// A call's row.
#[derive(Clone, Copy, Debug, sqlx::Type)]
#[sqlx(transparent)]
pub(super) struct CallId(i64);

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(super) enum Outcome {
    /// With an answer.
    Answered,
    /// Without one.
    Failed,
}

/// A call about to be made.
pub(super) struct NewCall<'a> {
    pub run: RunId,
    pub step: &'a str,
    pub provider: &'a str,
    pub model: &'a str,
    /// What it will use at least, by our own estimate.
    pub estimate: Usage,
    pub cost_nano_dollars: Option<i64>,
    pub at: DateTime<Utc>,
}

const START: &str = "INSERT INTO model_calls
    (run_id, step, provider, model, input_tokens, usage_exact, cost_nano_dollars, started_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";

/// Writes a call's row before it is made.
pub(super) async fn start(db: &Db, call: &NewCall<'_>) -> Result<CallId> {
    Ok(on_engine!(db.write(), |pool| {
        let start = sqlx::query_scalar(START).bind(call.run).bind(call.step).bind(call.provider).bind(call.model);
        let start = start.bind(count(call.estimate.input_tokens)).bind(call.estimate.exact);
        start.bind(call.cost_nano_dollars).bind(call.at).fetch_one(pool).await?
    }))
}

/// What is known about a call once it has ended.
pub(super) struct Settlement {
    pub outcome: Outcome,
    pub usage: Usage,
    pub cost_nano_dollars: Option<i64>,
    pub latency_ms: i64,
}

const SETTLE: &str = "UPDATE model_calls SET outcome = $2, input_tokens = $3, cached_input_tokens = $4,
        output_tokens = $5, reasoning_tokens = $6, usage_exact = $7, cost_nano_dollars = $8, latency_ms = $9
    WHERE id = $1 AND outcome = 'started'";

/// Completes a call's row after it has ended.
pub(super) async fn settle(db: &Db, call: CallId, ended: &Settlement) -> Result<()> {
    let usage = &ended.usage;
    on_engine!(db.write(), |pool| {
        let settle = sqlx::query(SETTLE).bind(call).bind(ended.outcome);
        let settle = settle.bind(count(usage.input_tokens)).bind(count(usage.cached_input_tokens));
        let settle = settle.bind(count(usage.output_tokens)).bind(count(usage.reasoning_tokens)).bind(usage.exact);
        settle.bind(ended.cost_nano_dollars).bind(ended.latency_ms).execute(pool).await?;
    });
    Ok(())
}

/// Token counts are 64-bit and signed in both databases.
fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

/// The sums over a run's calls.
#[derive(Debug, FromRow)]
pub(super) struct Sums {
    pub calls: i64,
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cost_nano_dollars: i64,
    pub unpriced: i64,
    pub estimated: i64,
}

/// A sum over BIGINT is NUMERIC on PostgreSQL, hence the casts.
const SUMS: &str = "SELECT COUNT(*) AS calls,
        CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens,
        CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens,
        CAST(COALESCE(SUM(cost_nano_dollars), 0) AS BIGINT) AS cost_nano_dollars,
        COUNT(*) - COUNT(cost_nano_dollars) AS unpriced,
        COUNT(CASE WHEN usage_exact THEN NULL ELSE 1 END) AS estimated
    FROM model_calls WHERE run_id = $1";

/// Adds a run's calls up.
pub(super) async fn sums(db: &Db, run: RunId) -> Result<Sums> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(SUMS).bind(run).fetch_one(pool).await?))
}

/// The step, provider, model, outcome, reasoning tokens and latency of the last call.
#[cfg(test)]
pub(super) async fn last_row(db: &Db) -> (String, String, String, String, i64, i64) {
    const LAST: &str = "SELECT step, provider, model, outcome, reasoning_tokens, latency_ms FROM model_calls
        ORDER BY id DESC LIMIT 1";
    on_engine!(db.read(), |pool| sqlx::query_as(LAST).fetch_one(pool).await.expect("a row"))
}
