//! Lessons in the database.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::ids::{KeyId, LessonId, PersonId, RunId};
use crate::storage::{BeginWrite, Db, Result, StorageError, on_engine};
use crate::voting::ballot::{Review, Tally};
use crate::work::Claim;
use crate::work::events::EventKind;
use crate::work::store::{ADD_EVENT, END_AS_PUBLISHED};

use super::document::Document;
use super::key::{Identity, LookupKey, cache_key};
use super::lesson::{Lesson, Origin, VersionSummary};
use super::profile::Profile;
use super::request::{Difficulty, Language, LearningStyle, LessonNumber, LessonRequest, StepTitle};

#[derive(FromRow)]
struct VersionRow {
    canonical_title: String,
    #[sqlx(try_from = "Option<String>")]
    profile: Profile,
    id: LessonId,
    version: i64,
    author_model: String,
    generated_at: DateTime<Utc>,
    #[sqlx(flatten)]
    tally: Tally,
    review: Review,
}

const VERSIONS: &str = "SELECT k.canonical_title, k.profile, l.id, l.version, l.author_model, l.generated_at,
        t.upvotes, t.downvotes, t.views, t.review
    FROM lesson_keys k JOIN lessons l ON l.key_id = k.id JOIN tallies t ON t.lesson_id = l.id
    WHERE k.lookup_key = $1 ORDER BY l.version";

/// The versions of a key, oldest first, with what they were stored under; none when there are none.
///
/// # Errors
/// When the database cannot be used.
pub async fn versions(db: &Db, key: &LookupKey) -> Result<Option<(Identity, Vec<VersionSummary>)>> {
    let rows: Vec<VersionRow> =
        on_engine!(db.read(), |pool| { sqlx::query_as(VERSIONS).bind(key.as_bytes()).fetch_all(pool).await? });
    let identity =
        |row: &VersionRow| Identity { canonical_title: row.canonical_title.clone(), profile: row.profile.clone() };
    let Some(identity) = rows.first().map(identity) else { return Ok(None) };
    let summary = |row: VersionRow| VersionSummary {
        id: row.id,
        version: row.version,
        author_model: row.author_model,
        generated_at: row.generated_at,
        tally: row.tally,
        review: row.review,
    };
    Ok(Some((identity, rows.into_iter().map(summary).collect())))
}

#[derive(FromRow)]
struct LessonRow {
    id: LessonId,
    key_id: KeyId,
    version: i64,
    title: String,
    description: String,
    minutes: i64,
    content: String,
    author_model: String,
    prompt_version: String,
    reason: Option<String>,
    created_by: Option<PersonId>,
    run_id: Option<RunId>,
    generated_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    step_title: StepTitle,
    lesson_number: LessonNumber,
    learning_style: LearningStyle,
    difficulty: Difficulty,
    language: Language,
    research: bool,
    #[sqlx(try_from = "Option<String>")]
    profile: Profile,
    cache_key: String,
    checks: String,
    #[sqlx(flatten)]
    tally: Tally,
    review: Review,
}

impl From<LessonRow> for Lesson {
    fn from(row: LessonRow) -> Self {
        Self {
            id: row.id,
            key_id: row.key_id,
            request: LessonRequest {
                step_title: row.step_title,
                lesson_number: row.lesson_number,
                learning_style: row.learning_style,
                difficulty: row.difficulty,
                language: row.language,
                research: row.research,
                profile: row.profile,
            },
            cache_key: row.cache_key,
            version: row.version,
            title: row.title,
            description: row.description,
            minutes: row.minutes,
            content: row.content.into(),
            origin: Origin {
                author_model: row.author_model,
                prompt_version: row.prompt_version,
                reason: row.reason,
                created_by: row.created_by,
                run_id: row.run_id,
                generated_at: row.generated_at,
                // Versions of earlier programs have none, and what cannot be read says nothing either.
                checks: serde_json::from_str(&row.checks).unwrap_or_default(),
            },
            tally: row.tally,
            review: row.review,
        }
    }
}

/// Everything about lessons but the condition.
macro_rules! select_lessons {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.key_id, l.version, l.title, l.description, l.minutes, l.content, l.author_model,
                l.prompt_version, l.reason, l.created_by, l.run_id, l.generated_at, l.checks, k.step_title, k.lesson_number,
                k.learning_style, k.difficulty, k.language, k.research, k.profile, k.cache_key, t.upvotes, t.downvotes,
                t.views, t.review
            FROM lessons l JOIN lesson_keys k ON k.id = l.key_id JOIN tallies t ON t.lesson_id = l.id ",
            $rest
        )
    };
}

const LESSON: &str = select_lessons!("WHERE l.id = $1");

/// One version.
///
/// # Errors
/// When the database cannot be used.
pub async fn lesson(db: &Db, id: LessonId) -> Result<Option<Lesson>> {
    let row: Option<LessonRow> =
        on_engine!(db.read(), |pool| sqlx::query_as(LESSON).bind(id).fetch_optional(pool).await?);
    Ok(row.map(Lesson::from))
}

const LESSONS_OF_KEY: &str = select_lessons!("WHERE k.lookup_key = $1 ORDER BY l.version DESC LIMIT 100");

/// The versions of a key with their texts, newest first, at most 100.
///
/// # Errors
/// When the database cannot be used.
pub async fn lessons_of_key(db: &Db, key: &LookupKey) -> Result<Vec<Lesson>> {
    let rows: Vec<LessonRow> =
        on_engine!(db.read(), |pool| { sqlx::query_as(LESSONS_OF_KEY).bind(key.as_bytes()).fetch_all(pool).await? });
    Ok(rows.into_iter().map(Lesson::from).collect())
}

/// A lesson that is ready, as the start page lists it.
#[derive(Clone, Debug, FromRow)]
pub struct ReadyLesson {
    /// Its newest version.
    pub id: LessonId,
    /// The heading.
    pub title: String,
    /// The style.
    pub learning_style: LearningStyle,
    /// How long it takes.
    pub minutes: i64,
}

const READY: &str = "SELECT l.id, l.title, k.learning_style, l.minutes
    FROM lessons l JOIN lesson_keys k ON k.id = l.key_id JOIN tallies t ON t.lesson_id = l.id
    WHERE t.review <> 'rejected' AND k.profile IS NULL AND l.author_model <> $1 AND l.version = (SELECT MAX(version) FROM lessons WHERE key_id = l.key_id)
    ORDER BY l.id DESC LIMIT $2";

/// The keys for everybody that were answered last, newest first, but those whose newest version is by the author `but_by`.
/// What was written for a profile is left out: others look for something else, and its goal is somebody's own words.
///
/// # Errors
/// When the database cannot be used.
pub async fn ready(db: &Db, but_by: &str, limit: i64) -> Result<Vec<ReadyLesson>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(READY).bind(but_by).bind(limit).fetch_all(pool).await?))
}

/// A version about to be published.
pub struct NewVersion<'a> {
    /// What it answers.
    pub request: &'a LessonRequest,
    /// The checked document.
    pub document: &'a Document,
    /// Where it comes from.
    pub origin: &'a Origin,
    /// The claim on the run that wrote it, if one did. Publishing also ends the run.
    pub claim: Option<Claim>,
}

const KEY: &str = "INSERT INTO lesson_keys (lookup_key, canonical_title, step_title, lesson_number, learning_style,
        difficulty, language, research, profile, cache_key, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (lookup_key) DO UPDATE SET lookup_key = excluded.lookup_key
    RETURNING id";
const VERSION: &str = "INSERT INTO lessons (key_id, version, content, title, description, minutes, author_model,
        prompt_version, reason, created_by, run_id, generated_at, checks)
    VALUES ($1, (SELECT COALESCE(MAX(version), 0) + 1 FROM lessons WHERE key_id = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
        $12)
    RETURNING id";
const TALLY: &str = "INSERT INTO tallies (lesson_id) VALUES ($1)";

/// Publishes a version in one transaction: the key where it is new, the version under the next number, its empty tally,
/// and the end of the run. Gives none, and publishes nothing, when somebody else has claimed the run, or it has ended.
///
/// Writing the key, also where it is there, makes concurrent publications of one key wait for each other.
///
/// # Errors
/// When the database cannot be used; nothing is published then.
pub async fn publish(db: &Db, new: &NewVersion<'_>, content: &str) -> Result<Option<LessonId>> {
    let NewVersion { request, document, origin, claim } = new;
    let checks = serde_json::to_string(&origin.checks).map_err(StorageError::encode)?;
    let profile = request.profile.to_stored().map_err(StorageError::encode)?;
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let key: KeyId = sqlx::query_scalar(KEY)
            .bind(LookupKey::of(request).as_bytes())
            .bind(request.step_title.canonical())
            .bind(request.step_title.given())
            .bind(request.lesson_number)
            .bind(request.learning_style)
            .bind(request.difficulty)
            .bind(&request.language)
            .bind(request.research)
            .bind(&profile)
            .bind(cache_key(request))
            .bind(origin.generated_at)
            .fetch_one(&mut *tx)
            .await?;
        let lesson: LessonId = sqlx::query_scalar(VERSION)
            .bind(key)
            .bind(content)
            .bind(&document.title)
            .bind(&document.description)
            .bind(i64::from(document.minutes))
            .bind(&origin.author_model)
            .bind(&origin.prompt_version)
            .bind(&origin.reason)
            .bind(origin.created_by)
            .bind(origin.run_id)
            .bind(origin.generated_at)
            .bind(&checks)
            .fetch_one(&mut *tx)
            .await?;
        sqlx::query(TALLY).bind(lesson).execute(&mut *tx).await?;
        if let Some(Claim { run, token }) = *claim {
            let end = sqlx::query(END_AS_PUBLISHED).bind(run).bind(token).bind(lesson).bind(origin.generated_at);
            if end.execute(&mut *tx).await?.rows_affected() == 0 {
                return Ok(None);
            }
            let event = sqlx::query(ADD_EVENT).bind(run).bind(EventKind::Published).bind(100_i64);
            let event = event.bind("Your lesson is ready.").bind(None::<&str>).bind(lesson);
            event.bind(origin.generated_at).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(Some(lesson))
    })
}

const ADD_VIEWS_SQLITE: &str = "UPDATE tallies SET views = tallies.views + added.views
    FROM (SELECT json_extract(value, '$[0]') AS lesson_id, json_extract(value, '$[1]') AS views FROM json_each($1)) AS added
    WHERE tallies.lesson_id = added.lesson_id";
const ADD_VIEWS_POSTGRES: &str = "UPDATE tallies SET views = tallies.views + added.views
    FROM (SELECT (value->>0)::bigint AS lesson_id, (value->>1)::bigint AS views FROM json_array_elements($1::json)) AS added
    WHERE tallies.lesson_id = added.lesson_id";

/// Adds views to many versions in one statement. The pairs travel as one JSON text, which both engines can take apart.
///
/// # Errors
/// When the database cannot be used; no view is added then.
pub async fn add_views(db: &Db, views: &[(LessonId, i64)]) -> Result<()> {
    let pairs = serde_json::to_string(views).map_err(StorageError::encode)?;
    let sql = db.pick(ADD_VIEWS_SQLITE, ADD_VIEWS_POSTGRES);
    on_engine!(db.write(), |pool| {
        sqlx::query(sql).bind(pairs).execute(pool).await?;
    });
    Ok(())
}
