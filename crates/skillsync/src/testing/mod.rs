//! What tests share: databases of their own, a clock that stands still, and secrets that repeat.
//!
//! It is compiled always and documented never, because the black-box tests, which are a crate of their own, use it too.

mod database;

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::password::PasswordCost;
use crate::accounts::{AccountSettings, Accounts, PasswordHasher};
use crate::clock::Clock;
use crate::ids::Randomness;

pub use database::{TestDatabase, reopened};

/// When every test begins: 1 January 2026, 00:00 UTC.
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default()
}

/// Accounts with a fixed clock, seeded secrets, passwords of eight characters that are hashed quickly, and sessions of 30
/// days.
pub fn accounts(database: &TestDatabase) -> Accounts {
    let randomness = Randomness::seeded(1);
    Accounts {
        db: database.db.clone(),
        clock: Clock::fixed(start()),
        hasher: PasswordHasher::new(PasswordCost::Least, randomness.clone()),
        randomness,
        settings: AccountSettings {
            session_lifetime: TimeDelta::days(30),
            secure_cookies: false,
            min_password_chars: 8,
        },
    }
}

/// Makes each test function a test on SQLite and one on PostgreSQL, called `NAME::sqlite` and `NAME::postgres`.
///
/// A function takes its database as `&TestDatabase`, migrated and empty. Without a PostgreSQL server its test says so and
/// passes; `cargo xtask test` brings one.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: $type:ty) $body:block)+) => {$(
        $(#[$attribute])*
        async fn $name($database: $type) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let database = $crate::testing::TestDatabase::sqlite().await;
                super::$name(&database).await;
                database.close().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let Some(database) = $crate::testing::TestDatabase::postgres().await else { return };
                super::$name(&database).await;
                database.close().await;
            }
        }
    )+};
}
