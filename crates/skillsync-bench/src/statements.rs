//! What one miss asks of the database: statements as the program logs them, and transactions as PostgreSQL counts them.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Result;
use serde::Serialize;
use skillsync_bench::client::Connection;

use crate::database::Database;
use crate::questions;
use crate::server::Server;

/// How many lessons are written one after the other for the count.
const LESSONS: u32 = 50;

/// Every statement is logged, and nothing else.
const LOGGED: &str = "[log]\nlevel = \"off,sqlx::query=debug\"\n";

/// What stands once in the log for each statement.
const STATEMENT: &str = "sqlx::query: summary=";

/// How that goes on for those that only end a transaction, which are logged for PostgreSQL alone.
const ENDS: [&str; 2] = ["\"COMMIT\"", "\"ROLLBACK\""];

/// What one miss asks of a database, everything included that the program does meanwhile.
#[derive(Serialize)]
pub struct Statements {
    /// The database.
    pub engine: &'static str,
    /// Statements that read or write, without those that begin and end transactions.
    pub statements: f64,
    /// Transactions, a statement on its own being one; none where the database does not count them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transactions: Option<f64>,
}

/// Has lessons written by a server of its own and counts. What starting and stopping take is found out with a single lesson
/// and taken off.
///
/// # Errors
/// When anything fails.
pub async fn count(directory: &Path, database: &Database, settings: &str, next: &AtomicU32) -> Result<Statements> {
    let settings = format!("{settings}{LOGGED}");
    let at_first = database.transactions().await?;
    let few_statements = write(directory, database, &settings, (next, 1)).await?;
    let after_few = database.transactions().await?;
    let all_statements = write(directory, database, &settings, (next, 1 + LESSONS)).await?;
    let after_all = database.transactions().await?;
    let of_one = |more: i64| more as f64 / f64::from(LESSONS);
    let transactions = at_first.zip(after_few).zip(after_all);
    Ok(Statements {
        engine: database.engine(),
        statements: of_one(all_statements - few_statements),
        transactions: transactions.map(|((first, few), all)| of_one((all - few) - (few - first))),
    })
}

async fn write(
    directory: &Path,
    database: &Database,
    settings: &str,
    (next, lessons): (&AtomicU32, u32),
) -> Result<i64> {
    let mut server = Server::skillsync(directory, &database.url, settings)?;
    let mut connection = Connection::open(server.address).await?;
    for _ in 0..lessons {
        let topic = next.fetch_add(1, Ordering::Relaxed);
        questions::check_new_lesson(connection.ask(&questions::new_lesson(topic)).await?)?;
    }
    drop(connection);
    server.stop()?;
    Ok(statements(&server.log()?))
}

/// How many statements a log has, without those that only end a transaction.
fn statements(log: &str) -> i64 {
    let statements = log.lines().filter_map(|line| line.split_once(STATEMENT));
    statements.map(|(_, statement)| i64::from(!ENDS.iter().any(|end| statement.starts_with(end)))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_counted_and_ends_of_transactions_are_not() {
        let log = "2026 DEBUG sqlx::query: summary=\"SELECT 1\" elapsed=1\n\
            2026 DEBUG sqlx::query: summary=\"COMMIT\" elapsed=1\n\
            2026 DEBUG sqlx::query: summary=\"UPDATE runs SET state …\" elapsed=1\n\
            2026 INFO skillsync: ready";
        assert_eq!(statements(log), 2);
    }
}
