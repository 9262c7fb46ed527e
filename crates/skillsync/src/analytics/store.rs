//! Requests, sizes, and what a report adds up, in the database.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use crate::ids::LessonId;
use crate::lessons::key::LookupKey;
use crate::lessons::request::LearningStyle;
use crate::storage::{Db, Result, StorageError, on_engine};

use super::span::Span;

/// What happened in one hour for one key.
#[derive(Clone, Debug)]
pub(super) struct HourRow {
    pub hour: i64,
    pub key: LookupKey,
    pub style: LearningStyle,
    pub hits: i64,
    pub misses: i64,
    pub coalesced: i64,
    pub saved: i64,
    pub unknown: i64,
}

impl HourRow {
    pub(super) fn new(hour: i64, key: LookupKey, style: LearningStyle) -> Self {
        Self { hour, key, style, hits: 0, misses: 0, coalesced: 0, saved: 0, unknown: 0 }
    }

    fn values(&self) -> (i64, String, &str, [i64; 5]) {
        let counts = [self.hits, self.misses, self.coalesced, self.saved, self.unknown];
        (self.hour, self.key.to_string(), self.style.as_str(), counts)
    }
}

macro_rules! add_requests {
    ($select:literal) => {
        concat!(
            "INSERT INTO request_hours (hour, lookup_key, learning_style, hits, misses, coalesced, saved_nano_dollars,
                saved_unknown) ",
            $select,
            " ON CONFLICT (hour, lookup_key) DO UPDATE SET hits = request_hours.hits + excluded.hits,
                misses = request_hours.misses + excluded.misses, coalesced = request_hours.coalesced + excluded.coalesced,
                saved_nano_dollars = request_hours.saved_nano_dollars + excluded.saved_nano_dollars,
                saved_unknown = request_hours.saved_unknown + excluded.saved_unknown"
        )
    };
}

const ADD_REQUESTS_SQLITE: &str = add_requests!(
    "SELECT json_extract(value, '$[0]'), unhex(json_extract(value, '$[1]')), json_extract(value, '$[2]'),
        json_extract(value, '$[3][0]'), json_extract(value, '$[3][1]'), json_extract(value, '$[3][2]'),
        json_extract(value, '$[3][3]'), json_extract(value, '$[3][4]')
    FROM json_each($1) WHERE TRUE"
);
const ADD_REQUESTS_POSTGRES: &str = add_requests!(
    "SELECT (value->>0)::bigint, decode(value->>1, 'hex'), value->>2, (value#>>'{3,0}')::bigint,
        (value#>>'{3,1}')::bigint, (value#>>'{3,2}')::bigint, (value#>>'{3,3}')::bigint, (value#>>'{3,4}')::bigint
    FROM json_array_elements($1::json) WHERE TRUE"
);

/// Adds many hours in one statement, each hour and key at most once. They travel as one JSON text, which both engines can
/// take apart.
pub(super) async fn add_requests(db: &Db, rows: &[HourRow]) -> Result<()> {
    let rows: Vec<_> = rows.iter().map(HourRow::values).collect();
    let rows = serde_json::to_string(&rows).map_err(StorageError::encode)?;
    let sql = db.pick(ADD_REQUESTS_SQLITE, ADD_REQUESTS_POSTGRES);
    on_engine!(db.write(), |pool| {
        sqlx::query(sql).bind(rows).execute(pool).await?;
    });
    Ok(())
}

macro_rules! costs {
    ($lessons:literal) => {
        concat!(
            "WITH RECURSIVE chain (lesson_id, run_id) AS (
                SELECT id, run_id FROM lessons WHERE run_id IS NOT NULL AND id IN (",
            $lessons,
            ")
                UNION SELECT chain.lesson_id, runs.continues FROM runs JOIN chain ON runs.id = chain.run_id
                    WHERE runs.continues IS NOT NULL
            )
            SELECT chain.lesson_id, CASE WHEN COUNT(*) = COUNT(c.cost_nano_dollars)
                THEN CAST(SUM(c.cost_nano_dollars) AS BIGINT) END
            FROM chain JOIN model_calls c ON c.run_id = chain.run_id GROUP BY chain.lesson_id"
        )
    };
}

const COSTS_SQLITE: &str = costs!("SELECT value FROM json_each($1)");
const COSTS_POSTGRES: &str = costs!("SELECT value::bigint FROM json_array_elements_text($1::json)");

/// What these lessons cost, none where a price is not known. Those for which no model was asked are left out.
pub(super) async fn costs(db: &Db, lessons: &[LessonId]) -> Result<Vec<(LessonId, Option<i64>)>> {
    let lessons = serde_json::to_string(lessons).map_err(StorageError::encode)?;
    let sql = db.pick(COSTS_SQLITE, COSTS_POSTGRES);
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(sql).bind(lessons).fetch_all(pool).await?))
}

const SIZE_SQLITE: &str = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
const SIZE_POSTGRES: &str = "SELECT pg_database_size(current_database())";

/// How large the database is, in bytes.
pub(super) async fn size(db: &Db) -> Result<i64> {
    let sql = db.pick(SIZE_SQLITE, SIZE_POSTGRES);
    Ok(on_engine!(db.read(), |pool| sqlx::query_scalar(sql).fetch_one(pool).await?))
}

const RECORD_SIZE: &str = "INSERT INTO database_sizes (day, bytes) VALUES ($1, $2)
    ON CONFLICT (day) DO UPDATE SET bytes = excluded.bytes";

/// Writes down how large the database is on a day.
pub(super) async fn record_size(db: &Db, day: &str, bytes: i64) -> Result<()> {
    on_engine!(db.write(), |pool| {
        sqlx::query(RECORD_SIZE).bind(day).bind(bytes).execute(pool).await?;
    });
    Ok(())
}

const FIRST_SIZE: &str = "SELECT day, bytes FROM database_sizes WHERE day >= $1 AND day < $2 ORDER BY day LIMIT 1";
const LAST_SIZE: &str = "SELECT day, bytes FROM database_sizes WHERE day >= $1 AND day < $2 ORDER BY day DESC LIMIT 1";

/// The first and the last size that was written down from one day up to, but without, another.
pub(super) async fn sizes(db: &Db, from: &str, to: &str) -> Result<Option<[(String, i64); 2]>> {
    on_engine!(db.read(), |pool| {
        let first = sqlx::query_as(FIRST_SIZE).bind(from).bind(to).fetch_optional(pool).await?;
        let last = sqlx::query_as(LAST_SIZE).bind(from).bind(to).fetch_optional(pool).await?;
        Ok(first.zip(last).map(<[(String, i64); 2]>::from))
    })
}

/// The requests in one style.
#[derive(Clone, Copy, Debug, FromRow)]
pub(super) struct Requests {
    pub learning_style: LearningStyle,
    pub hits: i64,
    pub misses: i64,
    pub coalesced: i64,
    pub saved: i64,
    pub unknown: i64,
    pub keys: i64,
}

/// A key holds its style, so that the keys of different styles differ. Sums over BIGINT are NUMERIC on PostgreSQL.
const REQUESTS: &str =
    "SELECT learning_style, CAST(SUM(hits) AS BIGINT) AS hits, CAST(SUM(misses) AS BIGINT) AS misses,
        CAST(SUM(coalesced) AS BIGINT) AS coalesced, CAST(SUM(saved_nano_dollars) AS BIGINT) AS saved,
        CAST(SUM(saved_unknown) AS BIGINT) AS unknown, COUNT(DISTINCT lookup_key) AS keys
    FROM request_hours WHERE hour >= $1 AND hour < $2 GROUP BY learning_style";

/// Adds the requests up by style.
pub(super) async fn requests(db: &Db, span: &Span) -> Result<Vec<Requests>> {
    let (from, to) = span.hours();
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(REQUESTS).bind(from).bind(to).fetch_all(pool).await?))
}

/// The calls of one model that began in a span.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Calls {
    pub provider: String,
    pub model: String,
    pub calls: i64,
    pub failed: i64,
    pub lost: i64,
    pub under_way: i64,
    pub input_tokens: i64,
    pub cached_input_tokens: i64,
    pub output_tokens: i64,
    pub reasoning_tokens: i64,
    pub cost: i64,
    pub unpriced: i64,
    pub estimated: i64,
}

/// A call under way has cost nothing yet, as far as anybody can say.
const CALLS: &str = "SELECT provider, model, COUNT(*) AS calls,
        COUNT(CASE outcome WHEN 'failed' THEN 1 END) AS failed,
        COUNT(CASE outcome WHEN 'lost' THEN 1 END) AS lost,
        COUNT(CASE outcome WHEN 'started' THEN 1 END) AS under_way,
        CAST(SUM(input_tokens) AS BIGINT) AS input_tokens,
        CAST(SUM(cached_input_tokens) AS BIGINT) AS cached_input_tokens,
        CAST(SUM(output_tokens) AS BIGINT) AS output_tokens,
        CAST(SUM(reasoning_tokens) AS BIGINT) AS reasoning_tokens,
        CAST(COALESCE(SUM(CASE outcome WHEN 'started' THEN 0 ELSE cost_nano_dollars END), 0) AS BIGINT) AS cost,
        COUNT(*) - COUNT(cost_nano_dollars) AS unpriced,
        COUNT(CASE WHEN usage_exact THEN NULL ELSE 1 END) AS estimated
    FROM model_calls WHERE started_at >= $1 AND started_at < $2 GROUP BY provider, model ORDER BY provider, model";

/// Adds the calls up by model.
pub(super) async fn calls(db: &Db, span: &Span) -> Result<Vec<Calls>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(CALLS).bind(span.from()).bind(span.to()).fetch_all(pool).await?))
}

const LESSONS: &str = "SELECT COUNT(*) FROM lessons WHERE generated_at >= $1 AND generated_at < $2";

/// How many versions were published.
pub(super) async fn lessons(db: &Db, span: &Span) -> Result<i64> {
    Ok(on_engine!(db.read(), |pool| {
        sqlx::query_scalar(LESSONS).bind(span.from()).bind(span.to()).fetch_one(pool).await?
    }))
}

const FAILURES: &str = "SELECT COALESCE(failure_code, '') AS code, COUNT(*) AS runs FROM runs
    WHERE state = 'failed' AND finished_at >= $1 AND finished_at < $2 GROUP BY 1 ORDER BY 2 DESC, 1";

/// How many runs failed, by the code of the failure, the most frequent first.
pub(super) async fn failures(db: &Db, span: &Span) -> Result<Vec<(String, i64)>> {
    Ok(on_engine!(db.read(), |pool| sqlx::query_as(FAILURES).bind(span.from()).bind(span.to()).fetch_all(pool).await?))
}

/// When a step began and ended.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Step {
    pub name: String,
    pub started_at: DateTime<Utc>,
    pub finished_at: DateTime<Utc>,
}

/// A step that began before its run was taken over from an earlier one, and is counted there.
const STEPS: &str = "SELECT s.name, s.started_at, s.finished_at FROM run_steps s JOIN runs r ON r.id = s.run_id
    WHERE s.finished_at >= $1 AND s.finished_at < $2 AND s.started_at >= r.created_at
    ORDER BY s.finished_at DESC LIMIT $3";

/// The steps that ended in a span, the latest first, at most so many.
pub(super) async fn steps(db: &Db, span: &Span, most: i64) -> Result<Vec<Step>> {
    Ok(on_engine!(db.read(), |pool| {
        sqlx::query_as(STEPS).bind(span.from()).bind(span.to()).bind(most).fetch_all(pool).await?
    }))
}

/// When a run that ended in a lesson was asked for, began its first step, and ended.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Generation {
    pub learning_style: LearningStyle,
    pub created_at: DateTime<Utc>,
    pub began_at: Option<DateTime<Utc>>,
    pub finished_at: DateTime<Utc>,
}

const GENERATIONS: &str = "SELECT k.learning_style, r.created_at, r.finished_at,
        (SELECT MIN(s.started_at) FROM run_steps s WHERE s.run_id = r.id AND s.started_at >= r.created_at) AS began_at
    FROM runs r JOIN lessons l ON l.run_id = r.id JOIN lesson_keys k ON k.id = l.key_id
    WHERE r.state = 'published' AND r.finished_at >= $1 AND r.finished_at < $2 AND l.author_model <> $3
    ORDER BY r.finished_at DESC LIMIT $4";

/// The runs that ended in a lesson in a span, but those by the author `but_by`, the latest first, at most so many.
pub(super) async fn generations(db: &Db, span: &Span, but_by: &str, most: i64) -> Result<Vec<Generation>> {
    Ok(on_engine!(db.read(), |pool| {
        let generations = sqlx::query_as(GENERATIONS).bind(span.from()).bind(span.to());
        generations.bind(but_by).bind(most).fetch_all(pool).await?
    }))
}

/// How tests write a history.
#[cfg(test)]
pub(super) mod probe {
    use super::*;
    use crate::ids::{KeyId, RunId};

    type Times = (DateTime<Utc>, DateTime<Utc>);

    const RUN: &str = "INSERT INTO runs (kind, subject, input, state, failure_code, created_at, finished_at, continues)
        VALUES ('lesson', $1, '{}', $2, $3, $4, $5, $6) RETURNING id";

    /// A run that ended, with a failure or else with a lesson.
    pub(in super::super) async fn run(
        db: &Db,
        subject: u8,
        (created_at, finished_at): Times,
        failure: Option<&str>,
        continues: Option<RunId>,
    ) -> RunId {
        let state = if failure.is_some() { "failed" } else { "published" };
        on_engine!(db.write(), |pool| {
            let run = sqlx::query_scalar(RUN).bind(vec![subject]).bind(state).bind(failure);
            run.bind(created_at).bind(finished_at).bind(continues).fetch_one(pool).await.expect("a run")
        })
    }

    const STEP: &str =
        "INSERT INTO run_steps (run_id, name, output, started_at, finished_at) VALUES ($1, $2, '{}', $3, $4)";

    /// A finished step.
    pub(in super::super) async fn step(db: &Db, run: RunId, name: &str, (started_at, finished_at): Times) {
        on_engine!(db.write(), |pool| {
            let step = sqlx::query(STEP).bind(run).bind(name).bind(started_at).bind(finished_at);
            step.execute(pool).await.expect("a step");
        });
    }

    const CALL: &str = "INSERT INTO model_calls (run_id, token, step, provider, model, outcome, cost_nano_dollars,
            usage_exact, started_at, day, reserved_nano_dollars, input_tokens, cached_input_tokens, output_tokens,
            reasoning_tokens)
        VALUES ($1, 1, 'plan', $2, $3, $4, $5, $6, $7, '', 0, 10, 4, 5, 2)";

    /// A call of 10 tokens in, 4 of them cached, and 5 tokens out, 2 of them reasoning.
    pub(in super::super) async fn call(
        db: &Db,
        run: RunId,
        (provider, model, outcome): (&str, &str, &str),
        cost: Option<i64>,
        exact: bool,
        at: DateTime<Utc>,
    ) {
        on_engine!(db.write(), |pool| {
            let call = sqlx::query(CALL).bind(run).bind(provider).bind(model).bind(outcome).bind(cost);
            call.bind(exact).bind(at).execute(pool).await.expect("a call");
        });
    }

    const KEY: &str = "INSERT INTO lesson_keys (lookup_key, canonical_title, step_title, lesson_number, learning_style,
            difficulty, language, research, cache_key, created_at)
        VALUES ($1, 'a', 'A', 1, $2, 'beginner', 'en', $4, '', $3) RETURNING id";
    const LESSON: &str = "INSERT INTO lessons (key_id, version, content, title, description, minutes, author_model,
            prompt_version, run_id, generated_at)
        VALUES ($1, 1, '{}', 'A', 'A', 5, $2, '', $3, $4) RETURNING id";

    /// The first version of a key.
    pub(in super::super) async fn lesson(
        db: &Db,
        key: LookupKey,
        style: LearningStyle,
        author: &str,
        run: Option<RunId>,
        at: DateTime<Utc>,
    ) -> LessonId {
        on_engine!(db.write(), |pool| {
            let key = sqlx::query_scalar(KEY).bind(key.as_bytes()).bind(style).bind(at).bind(false);
            let key: KeyId = key.fetch_one(pool).await.expect("a key");
            let lesson = sqlx::query_scalar(LESSON).bind(key).bind(author).bind(run).bind(at);
            lesson.fetch_one(pool).await.expect("a lesson")
        })
    }
}
