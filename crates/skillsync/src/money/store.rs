//! Model calls and what was spent, in the database.
//!
//! **The counters in `spending` are always the sums over `model_calls`**: each transaction here changes both or neither. It
//! locks rows in one order, so that none waits for another for ever: the run, the call, the month, the day.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use skillsync_llm::Usage;
use sqlx::FromRow;

use crate::ids::RunId;
use crate::storage::{BeginWrite, Db, Result, on_engine};
use crate::work::Claim;

use super::budget::Period;

/// A call's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub(super) struct CallId(pub(super) i64);

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It is under way, and its reservation is held.
    Started,
    /// It ended with an answer.
    Answered,
    /// It ended without one.
    Failed,
    /// Whoever made it is gone, and its reservation with them.
    Lost,
}

/// A call about to be made.
pub(super) struct NewCall<'a> {
    pub claim: Claim,
    /// Its own number, the same however often it is written.
    pub attempt: i64,
    pub step: &'a str,
    pub provider: &'a str,
    pub model: &'a str,
    /// What it will use at least, by our own estimate, and what that costs.
    pub estimate: Usage,
    pub cost_nano_dollars: Option<i64>,
    /// The most it can cost.
    pub reserved_nano_dollars: i64,
    pub at: DateTime<Utc>,
}

/// What came of an attempt to start a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// It may be made.
    Started(CallId),
    /// The claim is not current any more; nothing was written.
    Lost,
    /// A budget has no room for it; nothing was written.
    NoRoom(Period),
}

const CLAIM_SQLITE: &str = "SELECT id FROM runs WHERE id = $1 AND token = $2 AND state = 'running'";
/// The lock makes whoever claims the run anew wait for the call's row, so that they see it.
const CLAIM_POSTGRES: &str = "SELECT id FROM runs WHERE id = $1 AND token = $2 AND state = 'running' FOR SHARE";
const START: &str = "INSERT INTO model_calls (run_id, token, attempt, step, provider, model, input_tokens, usage_exact,
        cost_nano_dollars, reserved_nano_dollars, started_at, day)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (attempt) DO NOTHING RETURNING id";
const OF_ATTEMPT: &str = "SELECT id FROM model_calls WHERE attempt = $1";
const RESERVE: &str = "INSERT INTO spending (period, spent, reserved) SELECT $1, 0, $2 WHERE $2 <= $3
    ON CONFLICT (period) DO UPDATE SET reserved = spending.reserved + excluded.reserved
    WHERE spending.spent + spending.reserved + excluded.reserved <= $3";

/// Writes a call's row and reserves its highest cost in both periods, each within its limit, all or nothing.
pub(super) async fn start(db: &Db, call: &NewCall<'_>, limits: [(Period, i64); 2]) -> Result<Start> {
    let day = call.at.date_naive().to_string();
    let claim = db.pick(CLAIM_SQLITE, CLAIM_POSTGRES);
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let current = sqlx::query(claim).bind(call.claim.run).bind(call.claim.token).fetch_optional(&mut *tx).await?;
        if current.is_none() {
            return Ok(Start::Lost);
        }
        let start = sqlx::query_scalar(START).bind(call.claim.run).bind(call.claim.token).bind(call.attempt);
        let start = start.bind(call.step).bind(call.provider).bind(call.model);
        let start = start.bind(count(call.estimate.input_tokens)).bind(call.estimate.exact);
        let start = start.bind(call.cost_nano_dollars).bind(call.reserved_nano_dollars).bind(call.at);
        let Some(id) = start.bind(&day).fetch_optional(&mut *tx).await? else {
            // It was written before, and only the answer to that got lost.
            return Ok(Start::Started(sqlx::query_scalar(OF_ATTEMPT).bind(call.attempt).fetch_one(&mut *tx).await?));
        };
        for (period, limit) in limits {
            let reserve = sqlx::query(RESERVE).bind(period.name(&day)).bind(call.reserved_nano_dollars).bind(limit);
            if reserve.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(Start::NoRoom(period));
            }
        }
        tx.commit().await?;
        Ok(Start::Started(id))
    })
}

/// What a call counts for, as the counters see it.
#[derive(Debug, FromRow)]
struct Counted {
    outcome: Outcome,
    day: String,
    reserved_nano_dollars: i64,
    cost_nano_dollars: Option<i64>,
}

impl Counted {
    /// What is reserved for the call, and what was spent on it.
    fn reserved_and_spent(&self) -> (i64, i64) {
        match self.outcome {
            Outcome::Started => (self.reserved_nano_dollars, 0),
            Outcome::Answered | Outcome::Failed | Outcome::Lost => (0, self.cost_nano_dollars.unwrap_or(0)),
        }
    }
}

/// What is known about a call once it has ended.
pub(super) struct Settlement {
    pub outcome: Outcome,
    pub usage: Usage,
    pub cost_nano_dollars: Option<i64>,
    pub latency_ms: i64,
}

/// Changes nothing, but makes everybody else who wants to end the call wait, and tells how it stands.
const LOCK: &str = "UPDATE model_calls SET latency_ms = latency_ms WHERE id = $1
    RETURNING outcome, day, reserved_nano_dollars, cost_nano_dollars";
const SETTLE: &str = "UPDATE model_calls SET outcome = $2, input_tokens = $3, cached_input_tokens = $4,
        output_tokens = $5, reasoning_tokens = $6, usage_exact = $7, cost_nano_dollars = $8, latency_ms = $9
    WHERE id = $1";
const COUNT: &str = "UPDATE spending SET reserved = reserved - $2, spent = spent + $3 WHERE period = $1";

/// Ends a call with what is known about it, and counts its cost in place of its reservation. A call that was given up as
/// lost meanwhile gets its true cost, and one that was settled before stays as it is.
pub(super) async fn settle(db: &Db, call: CallId, ended: &Settlement) -> Result<()> {
    let usage = &ended.usage;
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let before: Counted = sqlx::query_as(LOCK).bind(call).fetch_one(&mut *tx).await?;
        if matches!(before.outcome, Outcome::Answered | Outcome::Failed) {
            return Ok(());
        }
        let (reserved, spent) = before.reserved_and_spent();
        let change = ended.cost_nano_dollars.unwrap_or(0) - spent;
        for period in Period::ALL {
            let count = sqlx::query(COUNT).bind(period.name(&before.day)).bind(reserved).bind(change);
            count.execute(&mut *tx).await?;
        }
        let settle = sqlx::query(SETTLE).bind(call).bind(ended.outcome);
        let settle = settle.bind(count(usage.input_tokens)).bind(count(usage.cached_input_tokens));
        let settle = settle.bind(count(usage.output_tokens)).bind(count(usage.reasoning_tokens)).bind(usage.exact);
        settle.bind(ended.cost_nano_dollars).bind(ended.latency_ms).execute(&mut *tx).await?;
        tx.commit().await?;
    });
    Ok(())
}

/// Calls that nobody waits for any more.
#[derive(Clone, Copy, Debug)]
pub(super) enum Abandoned {
    /// Those of one run that belong to no current claim of it.
    Of(RunId),
    /// Those of all runs that belong to no current claim, or to one whose lease ran out this many milliseconds ago.
    Anywhere { lease_out_ms: i64 },
}

/// A lost call keeps the estimate with which it began: nobody will ever say what it used.
macro_rules! lose {
    ($which:literal) => {
        concat!(
            "UPDATE model_calls SET outcome = 'lost' WHERE outcome = 'started' AND ",
            $which,
            " RETURNING outcome, day, reserved_nano_dollars, cost_nano_dollars"
        )
    };
}

const LOSE_OF_RUN: &str = lose!(
    "run_id = $1 AND NOT EXISTS (SELECT 1 FROM runs
        WHERE runs.id = model_calls.run_id AND runs.token = model_calls.token AND runs.state = 'running')"
);
const LOSE_ANYWHERE_SQLITE: &str = lose!(
    "NOT EXISTS (SELECT 1 FROM runs
        WHERE runs.id = model_calls.run_id AND runs.token = model_calls.token AND runs.state = 'running'
        AND runs.lease_until_ms > CAST(unixepoch('subsec') * 1000 AS INTEGER) - $1)"
);
const LOSE_ANYWHERE_POSTGRES: &str = lose!(
    "NOT EXISTS (SELECT 1 FROM runs
        WHERE runs.id = model_calls.run_id AND runs.token = model_calls.token AND runs.state = 'running'
        AND runs.lease_until_ms > CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) - $1)"
);

/// Gives abandoned calls up as lost, frees what was reserved for them, and tells how many there were.
pub(super) async fn lose(db: &Db, abandoned: Abandoned) -> Result<usize> {
    let (sql, argument) = match abandoned {
        Abandoned::Of(RunId(run)) => (LOSE_OF_RUN, run),
        Abandoned::Anywhere { lease_out_ms } => (db.pick(LOSE_ANYWHERE_SQLITE, LOSE_ANYWHERE_POSTGRES), lease_out_ms),
    };
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let lost: Vec<Counted> = sqlx::query_as(sql).bind(argument).fetch_all(&mut *tx).await?;
        for (period, (reserved, spent)) in by_period(&lost).into_iter().rev() {
            sqlx::query(COUNT).bind(period).bind(reserved).bind(spent).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(lost.len())
    })
}

/// What calls that are lost give back and cost, by period. Backwards, the months come before the days.
fn by_period(lost: &[Counted]) -> BTreeMap<String, (i64, i64)> {
    let mut sums = BTreeMap::<_, (i64, i64)>::new();
    for call in lost {
        for period in Period::ALL {
            let (reserved, spent) = sums.entry(period.name(&call.day)).or_default();
            *reserved += call.reserved_nano_dollars;
            *spent += call.cost_nano_dollars.unwrap_or(0);
        }
    }
    sums
}

/// What was spent in a period, and what is reserved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub(super) struct Spending {
    pub spent: i64,
    pub reserved: i64,
}

const SPENDING: &str = "SELECT spent, reserved FROM spending WHERE period = $1";

/// What was spent and is reserved in the period that a day lies in.
pub(super) async fn spending(db: &Db, period: Period, day: &str) -> Result<Spending> {
    let found: Option<Spending> =
        on_engine!(db.read(), |pool| sqlx::query_as(SPENDING).bind(period.name(day)).fetch_optional(pool).await?);
    Ok(found.unwrap_or_default())
}

/// The most tokens that are believed of one call; the sum over any number of calls then fits 64 bits.
const MOST_TOKENS: i64 = 1_000_000_000_000;

/// Token counts are 64-bit and signed in both databases.
fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(MOST_TOKENS).min(MOST_TOKENS)
}

/// The sums over calls.
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
const SUMS: &str = "WITH RECURSIVE chain (id) AS (
        SELECT id FROM runs WHERE id = $1
        UNION SELECT runs.continues FROM runs JOIN chain ON runs.id = chain.id WHERE runs.continues IS NOT NULL
    )
    SELECT COUNT(*) AS calls,
        CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens,
        CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens,
        CAST(COALESCE(SUM(cost_nano_dollars), 0) AS BIGINT) AS cost_nano_dollars,
        COUNT(*) - COUNT(cost_nano_dollars) AS unpriced,
        COUNT(CASE WHEN usage_exact THEN NULL ELSE 1 END) AS estimated
    FROM model_calls WHERE run_id IN (SELECT id FROM chain)";

/// Adds the calls of a run up, and those of the runs whose steps it took over.
pub(super) async fn sums(db: &Db, run: RunId) -> Result<Sums> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(SUMS).bind(run).fetch_one(pool).await?))
}

/// What only tests do with these tables.
#[cfg(test)]
pub(super) mod probe {
    use super::*;

    const RUN: &str = "INSERT INTO runs (kind, subject, input, created_at, token, lease_until_ms, continues)
        VALUES ('test', $1, '{}', $2, 1, $3, $4) RETURNING id";

    /// Makes a run that is claimed with the token 1.
    pub(in super::super) async fn run(db: &Db, subject: u64, at: DateTime<Utc>, continues: Option<RunId>) -> Claim {
        let subject = subject.to_be_bytes();
        let run = on_engine!(db.write(), |pool| {
            let run = sqlx::query_scalar(RUN).bind(&subject[..]).bind(at).bind(i64::MAX / 2).bind(continues);
            run.fetch_one(pool).await.expect("a run")
        });
        Claim { run, token: 1 }
    }

    const CLAIM: &str = "UPDATE runs SET token = $2, lease_until_ms = $3, state = $4 WHERE id = $1";

    /// Changes who works on a run and until when.
    pub(in super::super) async fn change(db: &Db, claim: Claim, lease_until_ms: i64, state: &str) {
        on_engine!(db.write(), |pool| {
            let change = sqlx::query(CLAIM).bind(claim.run).bind(claim.token).bind(lease_until_ms).bind(state);
            change.execute(pool).await.expect("a change");
        });
    }

    const COUNTERS: &str = "SELECT period, spent, reserved FROM spending ORDER BY period";

    /// The counters by period.
    pub(in super::super) async fn counters(db: &Db) -> Vec<(String, i64, i64)> {
        on_engine!(db.read(), |pool| sqlx::query_as(COUNTERS).fetch_all(pool).await.expect("counters"))
    }

    const SUMS: &str = "SELECT p.period,
            CAST(SUM(CASE WHEN outcome = 'started' THEN 0 ELSE COALESCE(cost_nano_dollars, 0) END) AS BIGINT),
            CAST(SUM(CASE WHEN outcome = 'started' THEN reserved_nano_dollars ELSE 0 END) AS BIGINT)
        FROM (SELECT 'day:' || day AS period, * FROM model_calls
            UNION ALL SELECT 'month:' || substr(day, 1, 7) AS period, * FROM model_calls) AS p
        GROUP BY p.period ORDER BY p.period";

    /// What the counters must be, by the calls themselves.
    pub(in super::super) async fn sums(db: &Db) -> Vec<(String, i64, i64)> {
        on_engine!(db.read(), |pool| sqlx::query_as(SUMS).fetch_all(pool).await.expect("sums"))
    }

    /// A call's step, provider, model, outcome, reasoning tokens, latency, cost and exactness.
    pub(in super::super) type Row = (String, String, String, String, i64, i64, Option<i64>, bool);

    const LAST: &str =
        "SELECT step, provider, model, outcome, reasoning_tokens, latency_ms, cost_nano_dollars, usage_exact
        FROM model_calls ORDER BY id DESC LIMIT 1";

    /// The last call.
    pub(in super::super) async fn last(db: &Db) -> Row {
        on_engine!(db.read(), |pool| sqlx::query_as(LAST).fetch_one(pool).await.expect("a row"))
    }
}
