//! Runs and their steps in the database.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::ids::{PersonId, RunId};
use crate::storage::{Db, Result, on_engine};

/// A run about to begin.
pub struct NewRun<'a> {
    /// What kind of work it is.
    pub kind: &'a str,
    /// What the work is about.
    pub subject: &'a [u8],
    /// All that the work needs to know, as JSON.
    pub input: &'a str,
    /// Who asked, when they were signed in.
    pub requested_by: Option<PersonId>,
    /// When.
    pub at: DateTime<Utc>,
}

const CREATE: &str =
    "INSERT INTO runs (kind, subject, input, requested_by, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id";

/// Writes a run's row.
///
/// # Errors
/// When the database cannot be used.
pub async fn create(db: &Db, new: &NewRun<'_>) -> Result<RunId> {
    Ok(on_engine!(db.write(), |pool| {
        let create = sqlx::query_scalar(CREATE).bind(new.kind).bind(new.subject).bind(new.input);
        create.bind(new.requested_by).bind(new.at).fetch_one(pool).await?
    }))
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum RunState {
    /// It is under way.
    Running,
    /// It gave a result.
    Published,
    /// It ended without one.
    Failed,
}

impl RunState {
    /// The name as the API shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Published => "published",
            Self::Failed => "failed",
        }
    }
}

/// A run as it lies in the database.
#[derive(Clone, Debug, FromRow)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// What kind of work it is.
    pub kind: String,
    /// All that the work needs to know, as JSON.
    pub input: String,
    /// Where it stands.
    pub state: RunState,
    /// Why it failed, for programs.
    pub failure_code: Option<String>,
    /// Why it failed, for people.
    pub failure_message: Option<String>,
    /// The id of what it made.
    pub result_id: Option<i64>,
}

const FIND: &str = "SELECT id, kind, input, state, failure_code, failure_message, result_id FROM runs WHERE id = $1";

/// A run by its id.
///
/// # Errors
/// When the database cannot be used.
pub async fn find(db: &Db, run: RunId) -> Result<Option<Run>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(FIND).bind(run).fetch_optional(pool).await?))
}

const FAIL: &str = "UPDATE runs SET state = 'failed', failure_code = $2, failure_message = $3, finished_at = $4
    WHERE id = $1 AND state = 'running'";

/// Ends a run without a result.
///
/// # Errors
/// When the database cannot be used.
pub async fn fail(db: &Db, run: RunId, code: &str, message: &str, at: DateTime<Utc>) -> Result<()> {
    on_engine!(db.write(), |pool| {
        sqlx::query(FAIL).bind(run).bind(code).bind(message).bind(at).execute(pool).await?;
    });
    Ok(())
}

/// A step that gave its result.
pub struct FinishedStep<'a> {
    /// The run.
    pub run: RunId,
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

/// Keeps a step's result, also in place of one that an older program wrote and this one cannot read.
///
/// # Errors
/// When the database cannot be used.
pub async fn record_step(db: &Db, step: &FinishedStep<'_>) -> Result<()> {
    on_engine!(db.write(), |pool| {
        let record = sqlx::query(RECORD).bind(step.run).bind(step.name).bind(step.output);
        record.bind(step.started_at).bind(step.finished_at).execute(pool).await?;
    });
    Ok(())
}

const OUTPUT: &str = "SELECT output FROM run_steps WHERE run_id = $1 AND name = $2";

/// The result of a step that was done before.
///
/// # Errors
/// When the database cannot be used.
pub async fn step_output(db: &Db, run: RunId, name: &str) -> Result<Option<String>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_scalar(OUTPUT).bind(run).bind(name).fetch_optional(pool).await?))
}
