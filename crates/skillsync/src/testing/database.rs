//! A database that one test has for itself.

use std::path::PathBuf;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::ids::Randomness;
use crate::storage::Db;

/// The address of a PostgreSQL server for tests, on which each of them makes a schema of its own.
const POSTGRES_URL: &str = "SKILLSYNC_TEST_POSTGRES_URL";

/// Enough that statements do run side by side, and few enough for many tests at once on one server.
const MAX_CONNECTIONS: u32 = 4;

/// A migrated, empty database that no other test uses.
pub struct TestDatabase {
    /// The database.
    pub db: Db,
    /// The address under which another process opens the same database.
    pub url: String,
    place: Place,
}

enum Place {
    Directory(TemporaryDirectory),
    Schema { server_url: String, name: String },
}

impl TestDatabase {
    /// A file in a temporary directory.
    ///
    /// # Panics
    /// When it cannot be made, and then the test cannot be made either.
    pub async fn sqlite() -> Self {
        let directory = TemporaryDirectory::new();
        let url = format!("sqlite://{}", directory.0.join("skillsync.sqlite3").display());
        Self { db: open(&url).await, url, place: Place::Directory(directory) }
    }

    /// A schema on the server that the environment names. None when it names none, which is said on standard error.
    ///
    /// # Panics
    /// When there is a server but it cannot be used.
    pub async fn postgres() -> Option<Self> {
        #[expect(
            clippy::disallowed_methods,
            reason = "tests have no configuration; the server is made for one run of them"
        )]
        let Ok(server_url) = std::env::var(POSTGRES_URL) else {
            eprintln!("skipped: {POSTGRES_URL} names no PostgreSQL server; `cargo xtask test` starts one");
            return None;
        };
        let name = unique_name();
        let mut server = PgConnection::connect(&server_url).await.expect("the PostgreSQL server for tests answers");
        let create = sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&mut server).await;
        create.expect("a schema can be made");
        server.close().await.expect("the connection closes");
        let separator = if server_url.contains('?') { '&' } else { '?' };
        let url = format!("{server_url}{separator}options=-c%20search_path%3D{name}");
        Some(Self { db: open(&url).await, url, place: Place::Schema { server_url, name } })
    }

    /// Closes all connections and removes the database. A test that fails does not come here: on PostgreSQL its schema
    /// can be looked at as long as the server lives.
    ///
    /// # Panics
    /// When the schema cannot be removed.
    pub async fn close(self) {
        self.db.close().await;
        match self.place {
            Place::Directory(directory) => drop(directory),
            Place::Schema { server_url, name } => {
                let mut server = PgConnection::connect(&server_url).await.expect("the server still answers");
                let drop = sqlx::query(AssertSqlSafe(format!("DROP SCHEMA {name} CASCADE"))).execute(&mut server).await;
                drop.expect("the schema can be removed");
            }
        }
    }
}

/// The same database once more with connections of its own, as another process has it. To be closed by the caller.
///
/// # Panics
/// When it cannot be opened.
pub async fn reopened(database: &TestDatabase) -> Db {
    Db::open(&database.url, MAX_CONNECTIONS).await.expect("the database opens again")
}

async fn open(url: &str) -> Db {
    let db = Db::open(url, MAX_CONNECTIONS).await.expect("the database opens");
    db.migrate().await.expect("the database is migrated");
    db
}

/// A directory that goes away with its owner.
struct TemporaryDirectory(PathBuf);

impl TemporaryDirectory {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("skillsync-{}", unique_name()));
        std::fs::create_dir(&path).expect("a temporary directory can be made");
        Self(path)
    }
}

impl Drop for TemporaryDirectory {
    fn drop(&mut self) {
        // What stays behind in a temporary directory harms nobody, and a test may be panicking already.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A name that no other test has, in this process or another.
fn unique_name() -> String {
    format!("test_{}", hex::encode(&Randomness::System.secret()[..8]))
}
