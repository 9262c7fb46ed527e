//! Tries again while the database is away: restarted, not reachable for a moment, or too busy to answer.

use std::time::{Duration, Instant};

use super::{Result, StorageError};

/// How long a database may be away before what it was asked fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The first pause; each later one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The longest pause, so that a database that is back is noticed soon.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// PostgreSQL's class of codes for connections that broke or did not come about.
const CONNECTION_EXCEPTION: &str = "08";

/// PostgreSQL's codes for "nothing was done, and it may work in a moment": a failure of serialisation, a deadlock, too many
/// connections, a transaction that was idle for too long, and a server that is stopping, was killed, or is still starting.
/// Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
const NOT_NOW: [&str; 7] = ["25P03", "40001", "40P01", "53300", "57P01", "57P02", "57P03"];

/// SQLite's code for a database that another connection kept locked for longer than it was waited for.
const SQLITE_BUSY: &str = "5";

impl StorageError {
    /// Whether the database did not answer, so that the same may well work in a moment. A statement may have been carried
    /// out all the same, when it was its answer that got lost.
    pub fn is_away(&self) -> bool {
        match &self.0 {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::BeginFailed => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| says_away(&code)),
            _ => false,
        }
    }
}

fn says_away(code: &str) -> bool {
    let is_postgres = code.len() == 5;
    code == SQLITE_BUSY || NOT_NOW.contains(&code) || (is_postgres && code.starts_with(CONNECTION_EXCEPTION))
}

/// Does something with the database, and does it again, for about a minute, while the database is away.
///
/// The answer to the first attempt may have got lost on its way, so what is attempted must do no harm when it is done twice.
///
/// # Errors
/// With the last attempt's error, once the patience has ended or when the error is of another kind.
pub async fn patiently<T, F>(attempt: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let began = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        match attempt().await {
            Err(error) if error.is_away() && began.elapsed() < PATIENCE => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the database is away; trying again");
            }
            done => return done,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn broken_pipe() -> StorageError {
        StorageError(sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into()))
    }

    #[tokio::test]
    async fn what_fails_because_the_database_is_away_is_tried_again() {
        let attempts = AtomicU32::new(0);
        let done = patiently(async || match attempts.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Err(broken_pipe()),
            attempt => Ok(attempt),
        });
        assert_eq!(done.await.expect("the third attempt"), 2);
    }

    #[tokio::test]
    async fn what_fails_for_another_reason_is_not_tried_again() {
        let attempts = AtomicU32::new(0);
        let failed = patiently(async || {
            attempts.fetch_add(1, Ordering::SeqCst);
            Err::<(), _>(StorageError(sqlx::Error::RowNotFound))
        });
        assert!(!failed.await.expect_err("no row").is_away());
        assert_eq!(attempts.into_inner(), 1);
    }

    #[test]
    fn only_codes_of_absence_say_that_the_database_is_away() {
        for code in ["5", "08006", "08P01", "25P03", "40001", "40P01", "53300", "57P01", "57P02", "57P03"] {
            assert!(says_away(code), "{code}");
        }
        // A full disk, a violated constraint, a cancelled statement, and a constraint of SQLite.
        for code in ["53100", "23505", "57014", "1555", "0", "08"] {
            assert!(!says_away(code), "{code}");
        }
    }
}
