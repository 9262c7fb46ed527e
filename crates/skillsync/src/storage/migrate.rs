//! Brings the tables up to date, safely when several processes start at once.

use std::fs::File;
use std::path::{Path, PathBuf};

use sqlx::migrate::Migrator;

use super::{Db, OpenError};

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

impl Db {
    /// Runs the migrations that this database has not seen.
    ///
    /// PostgreSQL is guarded by an advisory lock that the migrator takes. SQLite has none, so the processes of one machine
    /// agree through a lock on a file beside the database.
    ///
    /// # Errors
    /// When a migration fails, or the database was made by a newer version of the program.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        match self {
            Self::Sqlite { write, .. } => {
                let lock = lock_beside(write.connect_options().get_filename()).await?;
                let done = SQLITE.run(write).await;
                drop(lock);
                done.map_err(OpenError::Migrate)
            }
            Self::Postgres(pool) => POSTGRES.run(pool).await.map_err(OpenError::Migrate),
        }
    }
}

/// Locks `FILE.lock` until the returned handle is dropped. A database in memory has no file and no other process.
pub(super) async fn lock_beside(file: &Path) -> Result<Option<File>, OpenError> {
    if file.to_string_lossy().contains(":memory:") {
        return Ok(None);
    }
    let mut lock_file = file.as_os_str().to_owned();
    lock_file.push(".lock");
    let lock_file = PathBuf::from(lock_file);
    // Waiting for the lock blocks, so it happens off the threads that serve requests.
    tokio::task::spawn_blocking(move || {
        let lock = File::create(lock_file)?;
        lock.lock()?;
        Ok(Some(lock))
    })
    .await
    .map_err(|panic| OpenError::Lock(std::io::Error::other(panic)))?
    .map_err(OpenError::Lock)
}
