//! Fills a database with lessons in seconds: keys in batches, and all lessons by one statement.
//!
//! The statements know the tables, as otherwise only the application's stores do, because publishing lesson by lesson would
//! take an hour. The test below fails when the tables have changed.

use std::fmt::Write;
use std::ops::RangeInclusive;

use anyhow::Result;
use skillsync::lessons::key::{LookupKey, cache_key};
use skillsync::storage::Db;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

use crate::topics;

/// Topics in one statement: few enough that its text stays below a megabyte.
const BATCH: usize = 2000;

/// What is run between bringing the tables up to date and filling them, and after that.
struct Preparation {
    before: &'static str,
    after: &'static str,
    /// What stands before and after the hexadecimal digits of bytes.
    bytes: (&'static str, &'static str),
}

/// Nobody else uses the file, and after a crash it is thrown away: no journal, no waiting for the disk.
const SQLITE: Preparation = Preparation {
    before: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;",
    after: "PRAGMA journal_mode = WAL;",
    bytes: ("X'", "'"),
};

/// Vacuuming now keeps the server from doing it by itself while figures are taken.
const POSTGRES: Preparation = Preparation { before: "", after: "VACUUM ANALYZE", bytes: ("'\\x", "'") };

/// Makes the tables of the database at `url` and fills them with the topics 1 to `lessons`.
///
/// # Errors
/// When the database refuses.
pub async fn fill(url: &str, lessons: u32) -> Result<()> {
    let db = Db::open(url, 2).await?;
    db.migrate().await?;
    db.close().await;
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await?;
        for statement in statements(&SQLITE, lessons) {
            connection.execute(sqlx::raw_sql(AssertSqlSafe(statement?))).await?;
        }
        connection.close().await?;
    } else {
        let mut connection = PgConnection::connect(url).await?;
        for statement in statements(&POSTGRES, lessons) {
            connection.execute(sqlx::raw_sql(AssertSqlSafe(statement?))).await?;
        }
        connection.close().await?;
    }
    Ok(())
}

/// Every statement in order; the engines differ in their preparations only.
fn statements(engine: &'static Preparation, lessons: u32) -> impl Iterator<Item = Result<String>> {
    let batches = (topics::HOT..=lessons)
        .step_by(BATCH)
        .map(move |first| keys(first..=lessons.min(first + BATCH as u32 - 1), engine.bytes));
    let last = [lessons_of_keys(), Ok(TALLIES.to_owned()), Ok(engine.after.to_owned())];
    [Ok(engine.before.to_owned())].into_iter().chain(batches).chain(last)
}

fn keys(topics: RangeInclusive<u32>, (open, close): (&str, &str)) -> Result<String> {
    let mut sql = "INSERT INTO lesson_keys (lookup_key, canonical_title, step_title, lesson_number, learning_style, \
        difficulty, language, research, cache_key, created_at) VALUES "
        .to_owned();
    for (index, topic) in topics.enumerate() {
        let request = topics::request(topic)?;
        let separator = if index == 0 { "" } else { "," };
        write!(
            sql,
            "{separator}({open}{}{close},'{}','{}',{},'{}','{}','{}',{},'{}','2026-01-01T00:00:00+00:00')",
            LookupKey::of(&request),
            request.step_title.canonical(),
            request.step_title.given(),
            request.lesson_number,
            request.learning_style,
            request.difficulty,
            request.language,
            request.research,
            cache_key(&request),
        )?;
    }
    Ok(sql)
}

/// One statement for all lessons, so that the text of a lesson travels to the database once.
fn lessons_of_keys() -> Result<String> {
    let document = topics::document()?;
    let text = |text: &str| format!("'{}'", text.replace('\'', "''"));
    Ok(format!(
        "INSERT INTO lessons (key_id, version, content, title, description, minutes, author_model, prompt_version, \
            generated_at) \
         SELECT id, 1, {}, {}, {}, {}, 'bench', '1', created_at FROM lesson_keys ORDER BY id",
        text(&serde_json::to_string(&document)?),
        text(&document.title),
        text(&document.description),
        document.minutes,
    ))
}

const TALLIES: &str = "INSERT INTO tallies (lesson_id) SELECT id FROM lessons ORDER BY id";

#[cfg(test)]
mod tests {
    use skillsync::lessons::store;
    use skillsync::testing::TestDatabase;

    use super::*;

    async fn topics_are_found(url: &str) {
        fill(url, 3).await.unwrap();
        let db = Db::open(url, 1).await.unwrap();
        let request = topics::request(2).unwrap();
        let (identity, versions) = store::versions(&db, &LookupKey::of(&request)).await.unwrap().unwrap();
        assert!(identity.is_of(&request) && identity.canonical_title == "topic 000002");
        assert_eq!(versions.len(), 1);
        let lesson = store::lesson(&db, versions[0].id).await.unwrap().unwrap();
        assert_eq!(lesson.request, request);
        assert_eq!(lesson.document().unwrap(), topics::document().unwrap());
        db.close().await;
    }

    #[tokio::test]
    async fn sqlite_is_filled_with_lessons() {
        let directory = tempfile::tempdir().unwrap();
        topics_are_found(&format!("sqlite://{}", directory.path().join("lessons.sqlite").display())).await;
    }

    #[tokio::test]
    async fn postgres_is_filled_with_lessons() {
        let Some(database) = TestDatabase::postgres().await else { return };
        topics_are_found(&database.url).await;
        database.close().await;
    }
}
