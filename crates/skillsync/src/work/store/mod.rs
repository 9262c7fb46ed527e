//! Runs, their leases and steps in the database; their events are in `events`.

mod events;

use chrono::{DateTime, Utc};

use crate::ids::RunId;
use crate::storage::{BeginWrite, Db, Result, on_engine};

use super::Claim;
use super::events::EventKind;
use super::lease::LeaseTerms;
use super::run::{Claimed, Failure, NewRun, Run};

pub use events::{ADD_EVENT, add_progress, add_shown, events_after, last_event, shown};

/// A statement for SQLite and one for PostgreSQL, the same but for the time: the parts are joined by what each calls now, in
/// milliseconds since 1970.
macro_rules! timed {
    ($first:literal $(, $rest:literal)+) => {
        [
            concat!($first $(, "CAST(unixepoch('subsec') * 1000 AS INTEGER)", $rest)+),
            concat!($first $(, "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)", $rest)+),
        ]
    };
}

/// All that [`Run`] holds, but for the condition.
macro_rules! select_run {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, input, state, failure_code, failure_message, result_id, failures, retry_at, steps_reusable
            FROM runs ",
            $rest
        )
    };
}

const FIND: &str = select_run!("WHERE id = $1");

/// A run by its id.
///
/// # Errors
/// When the database cannot be used.
pub async fn find(db: &Db, run: RunId) -> Result<Option<Run>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(FIND).bind(run).fetch_optional(pool).await?))
}

const LAST: &str = select_run!("WHERE kind = $1 AND subject = $2 ORDER BY id DESC LIMIT 1");

/// The newest run for a subject.
///
/// # Errors
/// When the database cannot be used.
pub async fn last(db: &Db, kind: &str, subject: &[u8]) -> Result<Option<Run>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(LAST).bind(kind).bind(subject).fetch_optional(pool).await?))
}

/// What is known when a run is opened.
pub struct Opening<'a> {
    /// The run.
    pub new: &'a NewRun<'a>,
    /// The newest run for the subject that the opener has seen.
    pub after: Option<RunId>,
    /// How many runs for it failed in a row.
    pub failures: i64,
    /// The run whose finished steps it takes over.
    pub continues: Option<RunId>,
    /// Set when the opener begins at once.
    pub claimed_by: Option<&'a LeaseTerms>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Those who open a run for the same subject wait for each other, so that each sees what the one before has opened, even if
/// it has ended since. SQLite has one writer at a time anyway.
const TAKE_TURNS: [&str; 2] =
    ["SELECT 1", "SELECT CAST(pg_advisory_xact_lock(hashtextextended(encode($1, 'hex'), 7)) AS TEXT)"];
const OPEN: [&str; 2] = timed!(
    "INSERT INTO runs (kind, subject, input, requested_by, priority, failures, continues, created_at, owner, token,
        lease_until_ms)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, CASE WHEN $10 = 0 THEN 0 ELSE ",
    " + $11 END
    WHERE NOT EXISTS (SELECT 1 FROM runs WHERE kind = $1 AND subject = $2 AND id > $12)
    ON CONFLICT (kind, subject) WHERE state = 'running' DO NOTHING
    RETURNING id"
);
const TAKE_STEPS_OVER: &str = "INSERT INTO run_steps (run_id, name, output, started_at, finished_at)
    SELECT $1, name, output, started_at, finished_at FROM run_steps WHERE run_id = $2";

/// Opens a run, with the steps that it takes over and its first event. None when somebody else has opened one meanwhile.
///
/// # Errors
/// When the database cannot be used.
pub async fn open(db: &Db, opening: &Opening<'_>) -> Result<Option<RunId>> {
    let (new, terms) = (opening.new, opening.claimed_by);
    let (take_turns, sql) = (db.pick(TAKE_TURNS[0], TAKE_TURNS[1]), db.pick(OPEN[0], OPEN[1]));
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        sqlx::query(take_turns).bind(new.subject).execute(&mut *tx).await?;
        let open = sqlx::query_scalar(sql).bind(new.kind).bind(new.subject).bind(new.input).bind(new.requested_by);
        let open = open.bind(new.priority).bind(opening.failures).bind(opening.continues).bind(opening.at);
        let open = open.bind(terms.map(|terms| &*terms.owner)).bind(i64::from(terms.is_some()));
        let open = open.bind(terms.map_or(0, LeaseTerms::lasts_ms)).bind(opening.after.map_or(0, |run| run.0));
        let Some(run): Option<RunId> = open.fetch_optional(&mut *tx).await? else { return Ok(None) };
        if let Some(earlier) = opening.continues {
            sqlx::query(TAKE_STEPS_OVER).bind(run).bind(earlier).execute(&mut *tx).await?;
        }
        let event = sqlx::query(ADD_EVENT).bind(run).bind(EventKind::Progress).bind(0_i64).bind(new.first_words);
        event.bind(None::<&str>).bind(None::<i64>).bind(opening.at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(run))
    })
}

/// A process leaves its own runs two leases more: if it is at work on one, and only could not say so in time, it is about to
/// renew the lease.
const ANY_FREE: [&str; 2] = timed!(
    "SELECT EXISTS (SELECT 1 FROM runs
        WHERE state = 'running' AND lease_until_ms + CASE WHEN owner = $1 THEN 2 * $2 ELSE 0 END < ",
    ")"
);

/// Whether there is a run to claim: one on which nobody holds a lease.
///
/// # Errors
/// When the database cannot be used.
pub async fn any_free(db: &Db, terms: &LeaseTerms) -> Result<bool> {
    let sql = db.pick(ANY_FREE[0], ANY_FREE[1]);
    Ok(on_engine!(db.read(), |pool| {
        sqlx::query_scalar(sql).bind(&*terms.owner).bind(terms.lasts_ms()).fetch_one(pool).await?
    }))
}

const CLAIM: [&str; 2] = [
    timed!(
        "UPDATE runs SET owner = $1, token = token + 1, lease_until_ms = ",
        " + $2
        WHERE id = (SELECT id FROM runs
            WHERE state = 'running' AND lease_until_ms + CASE WHEN owner = $1 THEN 2 * $2 ELSE 0 END < ",
        "   ORDER BY priority DESC, id LIMIT 1)
        RETURNING id, token, kind, input, requested_by, failures"
    )[0],
    timed!(
        "UPDATE runs SET owner = $1, token = token + 1, lease_until_ms = ",
        " + $2
        WHERE id = (SELECT id FROM runs
            WHERE state = 'running' AND lease_until_ms + CASE WHEN owner = $1 THEN 2 * $2 ELSE 0 END < ",
        "   ORDER BY priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, token, kind, input, requested_by, failures"
    )[1],
];

/// Claims the run that should be worked on next: the oldest of the highest priority on which nobody holds a lease.
///
/// # Errors
/// When the database cannot be used.
pub async fn claim(db: &Db, terms: &LeaseTerms) -> Result<Option<Claimed>> {
    let sql = db.pick(CLAIM[0], CLAIM[1]);
    Ok(on_engine!(db.write(), |pool| {
        sqlx::query_as(sql).bind(&*terms.owner).bind(terms.lasts_ms()).fetch_optional(pool).await?
    }))
}

const RENEW: [&str; 2] =
    timed!("UPDATE runs SET lease_until_ms = ", " + $3 WHERE id = $1 AND token = $2 AND state = 'running'");

/// Renews a lease; false when the claim is no longer the run's own.
///
/// # Errors
/// When the database cannot be used.
pub async fn renew(db: &Db, claim: Claim, lasts_ms: i64) -> Result<bool> {
    let sql = db.pick(RENEW[0], RENEW[1]);
    let renewed = on_engine!(db.write(), |pool| {
        let renew = sqlx::query(sql).bind(claim.run).bind(claim.token).bind(lasts_ms);
        renew.execute(pool).await?.rows_affected()
    });
    Ok(renewed > 0)
}

const GIVE_BACK: &str = "UPDATE runs SET lease_until_ms = 0, owner = NULL, token = token + 1
    WHERE id = $1 AND token = $2 AND state = 'running'";

/// Ends a lease, so that anybody may claim the run at once. The token grows: what the holder has begun comes too late now.
///
/// # Errors
/// When the database cannot be used.
pub async fn give_back(db: &Db, claim: Claim) -> Result<()> {
    on_engine!(db.write(), |pool| {
        sqlx::query(GIVE_BACK).bind(claim.run).bind(claim.token).execute(pool).await?;
    });
    Ok(())
}

const GIVE_ALL_BACK: &str = "UPDATE runs SET lease_until_ms = 0, owner = NULL, token = token + 1
    WHERE owner = $1 AND state = 'running'";

/// The same with all leases of a process; gives how many there were.
///
/// # Errors
/// When the database cannot be used.
pub async fn give_all_back(db: &Db, owner: &str) -> Result<u64> {
    Ok(on_engine!(db.write(), |pool| sqlx::query(GIVE_ALL_BACK).bind(owner).execute(pool).await?.rows_affected()))
}

/// How a run ends without a result.
pub struct Failing<'a> {
    /// Why.
    pub failure: &'a Failure,
    /// How far it was.
    pub percent: i64,
    /// Whether its finished steps are good for another run.
    pub steps_reusable: bool,
    /// When the next run may be opened.
    pub retry_at: DateTime<Utc>,
    /// When.
    pub at: DateTime<Utc>,
}

const FAIL: &str = "UPDATE runs SET state = 'failed', failure_code = $3, failure_message = $4, finished_at = $5,
        failures = failures + 1, retry_at = $6, steps_reusable = $7, owner = NULL, lease_until_ms = 0
    WHERE id = $1 AND token = $2 AND state = 'running'";

/// Ends a run without a result; false when the claim is no longer the run's own.
///
/// # Errors
/// When the database cannot be used.
pub async fn fail(db: &Db, claim: Claim, ending: &Failing<'_>) -> Result<bool> {
    let Failure { code, message } = ending.failure;
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let fail = sqlx::query(FAIL).bind(claim.run).bind(claim.token).bind(code).bind(message);
        let fail = fail.bind(ending.at).bind(ending.retry_at).bind(ending.steps_reusable);
        if fail.execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let event = sqlx::query(ADD_EVENT).bind(claim.run).bind(EventKind::Failed).bind(ending.percent).bind(message);
        event.bind(code).bind(None::<i64>).bind(ending.at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(true)
    })
}

/// For the transaction in which a feature publishes what a run made: ends the run `$1` of the token `$2` with the result `$3`
/// at `$4`. No row means that somebody else has claimed it, or that it has ended: nothing may be published then.
pub const END_AS_PUBLISHED: &str =
    "UPDATE runs SET state = 'published', result_id = $3, finished_at = $4, owner = NULL,
        lease_until_ms = 0
    WHERE id = $1 AND token = $2 AND state = 'running'";

/// A step that gave its result.
pub struct FinishedStep<'a> {
    /// The step's name, unique in the run.
    pub name: &'a str,
    /// What it gave, as JSON.
    pub output: &'a str,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
}

const RECORD: &str = "INSERT INTO run_steps (run_id, name, output, started_at, finished_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (run_id, name)
    DO UPDATE SET output = excluded.output, started_at = excluded.started_at, finished_at = excluded.finished_at";

/// Keeps a step's result, also in place of one that an older program wrote and this one cannot read, and renews the lease;
/// false, and nothing kept, when the claim is no longer the run's own.
///
/// # Errors
/// When the database cannot be used.
pub async fn record_step(db: &Db, claim: Claim, lasts_ms: i64, step: &FinishedStep<'_>) -> Result<bool> {
    let renew = db.pick(RENEW[0], RENEW[1]);
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let renewed = sqlx::query(renew).bind(claim.run).bind(claim.token).bind(lasts_ms).execute(&mut *tx).await?;
        if renewed.rows_affected() == 0 {
            return Ok(false);
        }
        let record = sqlx::query(RECORD).bind(claim.run).bind(step.name).bind(step.output);
        record.bind(step.started_at).bind(step.finished_at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(true)
    })
}

const FORGET: &str = "DELETE FROM run_steps WHERE run_id = $1 AND name = $3
        AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND token = $2 AND state = 'running')";

/// Removes a step's result, when the claim is the run's own.
///
/// # Errors
/// When the database cannot be used.
pub async fn forget_step(db: &Db, claim: Claim, name: &str) -> Result<()> {
    on_engine!(db.write(), |pool| {
        sqlx::query(FORGET).bind(claim.run).bind(claim.token).bind(name).execute(pool).await?;
    });
    Ok(())
}

const OUTPUTS: &str = "SELECT name, output FROM run_steps WHERE run_id = $1";

/// The results of the steps that were done before, by the steps' names.
///
/// # Errors
/// When the database cannot be used.
pub async fn step_outputs(db: &Db, run: RunId) -> Result<Vec<(String, String)>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(OUTPUTS).bind(run).fetch_all(pool).await?))
}
