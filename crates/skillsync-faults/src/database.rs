//! The databases under test: one for each trial, read directly, past the program.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::Value;
use skillsync::storage::Db;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// The name as the command line has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// The database of one trial.
pub struct Database {
    /// The address under which the program opens it.
    pub url: String,
    db: Db,
    /// The server's address and the database's name there.
    place: Option<(String, String)>,
}

/// A run.
#[derive(Clone, Debug, FromRow)]
pub struct Run {
    /// Its id.
    pub id: i64,
    /// `running`, `published` or `failed`.
    pub state: String,
    /// Who works on it.
    pub owner: Option<String>,
    /// How often it was claimed.
    pub token: i64,
    /// Why it failed.
    pub failure_code: Option<String>,
    input: String,
}

impl Run {
    /// What its lesson is about.
    pub fn topic(&self) -> String {
        let input: Value = serde_json::from_str(&self.input).unwrap_or_default();
        input["request"]["step_title"].as_str().unwrap_or_default().to_owned()
    }
}

/// A finished step.
#[derive(Clone, Debug, FromRow)]
pub struct Step {
    /// Its run.
    pub run_id: i64,
    /// Its name.
    pub name: String,
    /// What came out.
    pub output: String,
}

/// A row of the ledger.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// Its run.
    pub run_id: i64,
    /// Its step.
    pub step: String,
    /// All input tokens.
    pub input_tokens: i64,
    /// The cached ones among them.
    pub cached_input_tokens: i64,
    /// All output tokens.
    pub output_tokens: i64,
    /// Whether the provider counted.
    pub usage_exact: bool,
    /// What it cost; none when that is not known.
    pub cost_nano_dollars: Option<i64>,
    /// How it ended.
    pub outcome: String,
}

/// A published version.
#[derive(Clone, Debug, FromRow)]
pub struct Version {
    /// What was asked for.
    pub step_title: String,
    /// Its number.
    pub version: i64,
    /// The lesson.
    pub content: String,
    /// Who wrote it.
    pub author_model: String,
}

/// All that matters in the database at one moment.
#[derive(Clone, Debug)]
pub struct Seen {
    /// All runs.
    pub runs: Vec<Run>,
    /// All finished steps.
    pub steps: Vec<Step>,
    /// The ledger.
    pub ledger: Vec<Row>,
    /// All versions.
    pub versions: Vec<Version>,
}

const RUNS: &str = "SELECT id, state, owner, token, failure_code, input FROM runs ORDER BY id";
/// The steps that cost something; checks are made by the program itself.
const STEPS: &str = "SELECT run_id, name, output FROM run_steps WHERE name NOT LIKE 'check/%' ORDER BY run_id, name";
const LEDGER: &str = "SELECT id, run_id, step, input_tokens, cached_input_tokens, output_tokens, usage_exact,
    cost_nano_dollars, outcome FROM model_calls ORDER BY id";
const VERSIONS: &str = "SELECT step_title, version, content, author_model FROM lessons
    JOIN lesson_keys ON lesson_keys.id = lessons.key_id ORDER BY lessons.id";
const RESERVED: &str = "SELECT CAST(COALESCE(SUM(reserved_nano_dollars), 0) AS BIGINT) FROM model_calls
    WHERE outcome = 'started'";
const COUNTERS: &str = "SELECT CAST(COALESCE(SUM(spent), 0) AS BIGINT), CAST(COALESCE(SUM(reserved), 0) AS BIGINT)
    FROM spending WHERE period LIKE 'day:%'";

impl Database {
    /// A new database with all tables: a file in the directory, or one on the server.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn create(engine: Engine, directory: &Path, server_url: Option<&str>, name: &str) -> Result<Self> {
        let (url, place) = match engine {
            Engine::Sqlite => (format!("sqlite://{}", directory.join("skillsync.sqlite").display()), None),
            Engine::Postgres => {
                let server_url = server_url.context("no PostgreSQL server is up\nhint: run `cargo xtask faults`")?;
                let mut server = PgConnection::connect(server_url).await.context("PostgreSQL does not answer")?;
                // The server for tests does not wait for its disk, which is right for it; but what it confirmed must not be
                // lost when it is stopped at once, which loses nothing that was given to the operating system.
                for statement in ["CREATE DATABASE {}", "ALTER DATABASE {} SET synchronous_commit = on"] {
                    sqlx::query(AssertSqlSafe(statement.replace("{}", name))).execute(&mut server).await?;
                }
                server.close().await?;
                let (address, _) = server_url.rsplit_once('/').context("the server's address names no database")?;
                (format!("{address}/{name}"), Some((server_url.to_owned(), name.to_owned())))
            }
        };
        let db = Db::open(&url, 2).await?;
        db.migrate().await?;
        Ok(Self { url, db, place })
    }

    /// Looks at everything.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn look(&self) -> Result<Seen> {
        Ok(Seen {
            runs: self.rows(RUNS).await?,
            steps: self.rows(STEPS).await?,
            ledger: self.rows(LEDGER).await?,
            versions: self.rows(VERSIONS).await?,
        })
    }

    /// Looks at the runs alone.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn runs(&self) -> Result<Vec<Run>> {
        self.rows(RUNS).await
    }

    /// Looks at the finished steps alone.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn steps(&self) -> Result<Vec<Step>> {
        self.rows(STEPS).await
    }

    /// The sum of all reservations; none in builds that do not reserve.
    pub async fn reserved(&self) -> Option<i64> {
        // A column that is not there is the only reason to fail right after a look that went well.
        self.rows::<(i64,)>(RESERVED).await.ok()?.first().map(|(sum,)| *sum)
    }

    /// What the counters of budgets say is spent and reserved, over all days; none in builds that have no such counters.
    pub async fn counters(&self) -> Option<(i64, i64)> {
        self.rows(COUNTERS).await.ok()?.first().copied()
    }

    /// Whether nobody holds a lock that would keep others from writing. A process that is stopped in the middle of a
    /// transaction keeps its locks, and then no other can go on, whatever the program does.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn is_writable(&self) -> Result<bool> {
        const SOON: Duration = Duration::from_millis(300);
        match &self.db {
            Db::Sqlite { write, .. } => {
                let begin = tokio::time::timeout(SOON, write.begin_with("BEGIN IMMEDIATE")).await;
                Ok(matches!(begin, Ok(Ok(_))))
            }
            Db::Postgres(pool) => {
                let mut transaction = pool.begin().await?;
                let locked = sqlx::query("SELECT id FROM runs FOR UPDATE NOWAIT").execute(&mut *transaction).await;
                Ok(locked.is_ok())
            }
        }
    }

    async fn rows<T>(&self, sql: &'static str) -> Result<Vec<T>>
    where
        T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        Ok(match &self.db {
            Db::Sqlite { read, .. } => sqlx::query_as(sql).fetch_all(read).await?,
            Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await?,
        })
    }

    /// Closes all connections, and removes the database from its server; a file goes away with its directory.
    ///
    /// # Errors
    /// When the server does not do it.
    pub async fn remove(self) -> Result<()> {
        self.db.close().await;
        let Some((server_url, name)) = self.place else { return Ok(()) };
        let mut server = PgConnection::connect(&server_url).await?;
        sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut server).await?;
        Ok(())
    }
}
