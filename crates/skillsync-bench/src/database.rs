//! The databases under test: where they are, how they are made and removed, and what is counted in them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use crate::cpu;

/// A database of one benchmark run.
pub struct Database {
    /// The address under which the server opens it.
    pub url: String,
    postgres: Option<Postgres>,
}

struct Postgres {
    server_url: String,
    name: String,
    /// The process whose children serve the connections; none when the server runs on another machine.
    postmaster: Option<u32>,
}

/// How views are spread over the lessons.
#[derive(Debug, PartialEq, Eq)]
pub struct Views {
    /// Those of one lesson.
    pub of_one: u64,
    /// Those of all others.
    pub of_others: u64,
}

/// What misses have left behind.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// Versions of lessons.
    pub lessons: i64,
    /// Runs that have ended with one.
    pub published: i64,
    /// Finished steps.
    pub steps: i64,
    /// Numbered events.
    pub events: i64,
    /// Calls in the ledger that were answered and cost something.
    pub paid_calls: i64,
    /// What is still set aside, in nano-dollars.
    pub reserved: i64,
}

impl Database {
    /// A database in a file of a directory. The file is made by whoever opens it first.
    pub fn sqlite(directory: &Path, name: &str) -> Self {
        let file = directory.join(format!("{name}.sqlite"));
        Self { url: format!("sqlite://{}", file.display()), postgres: None }
    }

    /// A new database on a server.
    ///
    /// # Errors
    /// When the server does not make one.
    pub async fn postgres(server_url: &str, name: &str) -> Result<Self> {
        let name = format!("skillsync_bench_{}_{name}", std::process::id());
        let mut server = PgConnection::connect(server_url).await.context("PostgreSQL does not answer")?;
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut server).await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut server).await?;
        // Looked up while the connection is open: with it, the process that serves it ends.
        let postmaster = cpu::parent(u32::try_from(backend)?, "postgres");
        server.close().await?;
        let (address, _) = server_url.rsplit_once('/').context("the address of PostgreSQL names no database")?;
        let url = format!("{address}/{name}");
        Ok(Self { url, postgres: Some(Postgres { server_url: server_url.to_owned(), name, postmaster }) })
    }

    /// The engine's name for people.
    pub fn engine(&self) -> &'static str {
        if self.postgres.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// What the database's own processes have used so far; none when it runs inside of the server, or out of sight.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn cpu(&self) -> Result<Option<Duration>> {
        self.postgres.as_ref().and_then(|postgres| postgres.postmaster).map(cpu::of_family).transpose()
    }

    /// The views of one lesson and of all others, as they are stored.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn views(&self, one: i64) -> Result<Views> {
        const VIEWS: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN lesson_id = $1 THEN views END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN lesson_id <> $1 THEN views END), 0) AS BIGINT) FROM tallies";
        let (of_one, of_others): (i64, i64) = if self.postgres.is_some() {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::query_as(VIEWS).bind(one).fetch_one(&mut connection).await?
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            sqlx::query_as(VIEWS).bind(one).fetch_one(&mut connection).await?
        };
        Ok(Views { of_one: of_one.try_into()?, of_others: of_others.try_into()? })
    }

    /// What misses have left behind.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn written(&self) -> Result<Written> {
        const WRITTEN: &str = "SELECT (SELECT COUNT(*) FROM lessons),
            (SELECT COUNT(*) FROM runs WHERE state = 'published'),
            (SELECT COUNT(*) FROM run_steps), (SELECT COUNT(*) FROM run_events),
            (SELECT COUNT(*) FROM model_calls WHERE outcome = 'answered' AND cost_nano_dollars > 0),
            (SELECT CAST(SUM(reserved) AS BIGINT) FROM spending)";
        let row: (i64, i64, i64, i64, i64, i64) = if self.postgres.is_some() {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::query_as(WRITTEN).fetch_one(&mut connection).await?
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            sqlx::query_as(WRITTEN).fetch_one(&mut connection).await?
        };
        let (lessons, published, steps, events, paid_calls, reserved) = row;
        Ok(Written { lessons, published, steps, events, paid_calls, reserved })
    }

    /// How many transactions PostgreSQL has ended in this database, a statement on its own being one; none for SQLite,
    /// which does not count. To be asked when no program is connected: each connection reports what it has done when it ends.
    ///
    /// # Errors
    /// When the database cannot be read, or somebody stays connected.
    pub async fn transactions(&self) -> Result<Option<i64>> {
        const OTHERS: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = $1";
        const ENDED: &str = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = $1";
        let Some(postgres) = &self.postgres else { return Ok(None) };
        let mut server = PgConnection::connect(&postgres.server_url).await?;
        let asked = Instant::now();
        while sqlx::query_scalar::<_, i64>(OTHERS).bind(&postgres.name).fetch_one(&mut server).await? > 0 {
            ensure!(asked.elapsed() < Duration::from_secs(10), "somebody stays connected to {}", postgres.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(Some(sqlx::query_scalar(ENDED).bind(&postgres.name).fetch_one(&mut server).await?))
    }

    /// Removes a database from its server; a file goes away with its directory.
    ///
    /// # Errors
    /// When the server does not do it.
    pub async fn remove(self) -> Result<()> {
        let Some(postgres) = self.postgres else { return Ok(()) };
        let mut server = PgConnection::connect(&postgres.server_url).await?;
        let drop = format!("DROP DATABASE {} WITH (FORCE)", postgres.name);
        sqlx::query(AssertSqlSafe(drop)).execute(&mut server).await?;
        Ok(())
    }
}

/// Refuses to fill the disk. A lesson of 12 KB takes 16 KB and its rows in SQLite, and less in PostgreSQL, which
/// compresses.
///
/// # Errors
/// When there is not enough space below `directory`.
pub fn check_space(directory: &Path, lessons: &[u32]) -> Result<()> {
    const BYTES_A_LESSON: u64 = 30_000;
    let needed = lessons.iter().map(|lessons| u64::from(*lessons) * BYTES_A_LESSON).sum::<u64>();
    let disk = rustix::fs::statvfs(directory)?;
    let free = disk.f_bavail * disk.f_frsize;
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    ensure!(
        free > needed,
        "the databases need about {:.1} GB and {} has {:.1} GB free\nhint: ask for fewer with --lessons",
        gigabytes(needed),
        directory.display(),
        gigabytes(free),
    );
    Ok(())
}
