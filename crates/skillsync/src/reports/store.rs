//! Reports in the database.

use chrono::{DateTime, Utc};

use crate::ids::{LessonId, PersonId};
use crate::storage::{Db, Result, on_engine};

use super::report::{Comment, Report, ReportCount, ReportKind};

/// A report about to be kept.
pub struct NewReport<'a> {
    /// The version.
    pub lesson: LessonId,
    /// Who reports.
    pub person: PersonId,
    /// The block.
    pub block: &'a str,
    /// What is the matter with it.
    pub kind: ReportKind,
    /// The same in words.
    pub comment: Option<&'a Comment>,
    /// When.
    pub at: DateTime<Utc>,
}

const PUT: &str = "INSERT INTO block_reports (lesson_id, person_id, block_id, kind, comment, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (lesson_id, person_id, block_id)
    DO UPDATE SET kind = excluded.kind, comment = excluded.comment, updated_at = excluded.updated_at";

/// Keeps a report, in place of the one that the person has on this block.
///
/// # Errors
/// When the database cannot be used.
pub async fn put(db: &Db, new: &NewReport<'_>) -> Result<()> {
    on_engine!(db.write(), |pool| {
        let put = sqlx::query(PUT).bind(new.lesson).bind(new.person).bind(new.block).bind(new.kind);
        put.bind(new.comment.map(Comment::as_str)).bind(new.at).execute(pool).await?;
    });
    Ok(())
}

const WITHDRAW: &str = "DELETE FROM block_reports WHERE lesson_id = $1 AND person_id = $2 AND block_id = $3";

/// Removes a person's report on a block, if there is one.
///
/// # Errors
/// When the database cannot be used.
pub async fn withdraw(db: &Db, lesson: LessonId, person: PersonId, block: &str) -> Result<()> {
    on_engine!(db.write(), |pool| {
        sqlx::query(WITHDRAW).bind(lesson).bind(person).bind(block).execute(pool).await?;
    });
    Ok(())
}

const COUNTS: &str = "SELECT block_id, kind, COUNT(*) AS reports FROM block_reports
    WHERE lesson_id = $1 GROUP BY block_id, kind ORDER BY block_id, kind";

/// How many reports of each kind are open for each block of a version, by block and kind.
///
/// # Errors
/// When the database cannot be used.
pub async fn counts(db: &Db, lesson: LessonId) -> Result<Vec<ReportCount>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(COUNTS).bind(lesson).fetch_all(pool).await?))
}

const NEWEST: &str = "SELECT block_id, kind, comment, person_id, updated_at FROM block_reports
    WHERE lesson_id = $1 ORDER BY updated_at DESC, person_id, block_id LIMIT $2";

/// The reports on a version, newest first.
///
/// # Errors
/// When the database cannot be used.
pub async fn newest(db: &Db, lesson: LessonId, limit: i64) -> Result<Vec<Report>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(NEWEST).bind(lesson).bind(limit).fetch_all(pool).await?))
}

const OF_PERSON: &str = "SELECT block_id, kind, comment, person_id, updated_at FROM block_reports
    WHERE lesson_id = $1 AND person_id = $2 ORDER BY block_id";

/// A person's reports on a version, one a block at most.
///
/// # Errors
/// When the database cannot be used.
pub async fn of_person(db: &Db, lesson: LessonId, person: PersonId) -> Result<Vec<Report>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(OF_PERSON).bind(lesson).bind(person).fetch_all(pool).await?))
}
