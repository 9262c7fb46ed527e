//! The database: SQLite or PostgreSQL behind one type, with SQL written once.
//!
//! A store function names its SQL as a constant, which both engines understand, and runs it through [`on_engine!`]. The
//! few statements that must differ are two constants picked with [`Db::pick`].

mod migrate;
mod patience;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};

/// A process that is frozen in the middle of a transaction must not hold its locks for ever. No transaction here waits for
/// anything but the database, so one that is idle for so long belongs to nobody.
const LET_GO: &str = "SET idle_in_transaction_session_timeout = '5s'";

/// How long a server may take to answer at the start.
const CONNECT: Duration = Duration::from_secs(10);

/// Runs one expression on whichever engine is behind an [`Access`]: two arms with the same text, since the two pools
/// have different types.
macro_rules! on_engine {
    ($access:expr, |$pool:ident| $body:expr) => {
        match $access {
            $crate::storage::Access::Sqlite($pool) => $body,
            $crate::storage::Access::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on_engine;
pub use patience::patiently;

/// The database did not do what it was asked. What went wrong is for the operator's log, not for a learner.
#[derive(Debug, thiserror::Error)]
#[error("the database could not be used")]
pub struct StorageError(#[from] sqlx::Error);

impl StorageError {
    /// A value that cannot be written down cannot be stored.
    pub fn encode(error: serde_json::Error) -> Self {
        Self(sqlx::Error::Encode(Box::new(error)))
    }

    /// Others were always faster.
    pub fn busy() -> Self {
        Self(sqlx::Error::PoolTimedOut)
    }
}

/// The result of a store function.
pub type Result<T> = std::result::Result<T, StorageError>;

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address was not understood.
    #[error("the database address is not valid: {0}")]
    Address(#[source] sqlx::Error),
    /// No connection.
    #[error("the database cannot be reached")]
    Connect(#[source] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the database could not be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The lock file that keeps two processes from making or migrating one database at once.
    #[error("the directory of the database cannot be used")]
    Lock(#[source] std::io::Error),
}

/// A database with its connections.
#[derive(Clone, Debug)]
pub enum Db {
    /// An SQLite file: many readers, one writer.
    Sqlite {
        /// Connections that only read.
        read: SqlitePool,
        /// The one connection that writes.
        write: SqlitePool,
    },
    /// A PostgreSQL server.
    Postgres(PgPool),
}

/// The pool to use for a statement, by engine. Made by [`Db::read`] and [`Db::write`].
#[derive(Clone, Copy, Debug)]
pub enum Access<'a> {
    /// SQLite.
    Sqlite(&'a SqlitePool),
    /// PostgreSQL.
    Postgres(&'a PgPool),
}

impl Db {
    /// Opens the database at a `sqlite://` or `postgres://` address, creating an SQLite file that is not there.
    ///
    /// # Errors
    /// When the address is not valid or nothing answers there.
    pub async fn open(url: &str, max_connections: u32) -> std::result::Result<Self, OpenError> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url).map_err(OpenError::Address)?;
            Self::open_sqlite(options, max_connections).await
        } else {
            let options = PgConnectOptions::from_str(url).map_err(OpenError::Address)?;
            Self::open_postgres(options, max_connections).await
        }
    }

    /// Opens or creates an SQLite file.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn open_file(file: &Path, max_connections: u32) -> std::result::Result<Self, OpenError> {
        Self::open_sqlite(SqliteConnectOptions::new().filename(file), max_connections).await
    }

    async fn open_sqlite(options: SqliteConnectOptions, readers: u32) -> std::result::Result<Self, OpenError> {
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true);
        // Making a new file's journal a WAL fails at once where another process is doing the same; they take turns.
        let _turn = migrate::lock_beside(options.get_filename()).await?;
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await
            .map_err(OpenError::Connect)?;
        let read = SqlitePoolOptions::new()
            .max_connections(readers.max(1))
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.pragma("query_only", "on"))
            .await
            .map_err(OpenError::Connect)?;
        Ok(Self::Sqlite { read, write })
    }

    async fn open_postgres(options: PgConnectOptions, max: u32) -> std::result::Result<Self, OpenError> {
        // A pool would go on trying where nothing answers; one connection says at once that nothing does.
        let answers = tokio::time::timeout(CONNECT, options.connect()).await;
        let connection =
            answers.unwrap_or_else(|late| Err(sqlx::Error::Io(late.into()))).map_err(OpenError::Connect)?;
        connection.close().await.map_err(OpenError::Connect)?;
        let pool = PgPoolOptions::new()
            .max_connections(max.max(2))
            .acquire_timeout(Duration::from_secs(30))
            .after_connect(|connection, _| {
                Box::pin(async move { sqlx::query(LET_GO).execute(connection).await.map(|_| ()) })
            })
            .connect_lazy_with(options);
        Ok(Self::Postgres(pool))
    }

    /// For statements that only read.
    pub fn read(&self) -> Access<'_> {
        match self {
            Self::Sqlite { read, .. } => Access::Sqlite(read),
            Self::Postgres(pool) => Access::Postgres(pool),
        }
    }

    /// For statements that write.
    pub fn write(&self) -> Access<'_> {
        match self {
            Self::Sqlite { write, .. } => Access::Sqlite(write),
            Self::Postgres(pool) => Access::Postgres(pool),
        }
    }

    /// The one of two texts that the engine behind this database understands.
    pub fn pick(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite { .. } => sqlite,
            Self::Postgres(_) => postgres,
        }
    }

    /// The engine's name for people.
    pub fn engine(&self) -> &'static str {
        self.pick("SQLite", "PostgreSQL")
    }

    /// Asks the database the simplest question there is.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn ping(&self) -> Result<()> {
        on_engine!(self.read(), |pool| sqlx::query("SELECT 1").execute(pool).await.map(|_| ())).map_err(Into::into)
    }

    /// Closes all connections, waiting for statements under way.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins a transaction that is going to write.
///
/// SQLite takes its write lock at once: a transaction that reads first and writes later could otherwise be refused half-way.
pub trait BeginWrite {
    /// The engine.
    type Engine: sqlx::Database;

    /// Begins the transaction; dropping it undoes everything.
    fn begin_write(&self) -> impl Future<Output = sqlx::Result<sqlx::Transaction<'static, Self::Engine>>> + Send;
}

impl BeginWrite for SqlitePool {
    type Engine = sqlx::Sqlite;

    async fn begin_write(&self) -> sqlx::Result<sqlx::Transaction<'static, sqlx::Sqlite>> {
        self.begin_with("BEGIN IMMEDIATE").await
    }
}

impl BeginWrite for PgPool {
    type Engine = sqlx::Postgres;

    async fn begin_write(&self) -> sqlx::Result<sqlx::Transaction<'static, sqlx::Postgres>> {
        self.begin().await
    }
}
