//! What tests share: databases of their own, a clock that stands still, and secrets that repeat.
//!
//! It is compiled always and documented never, because the black-box tests, which are a crate of their own, use it too.

mod database;
pub mod pdf;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::accounts::password::PasswordCost;
use crate::accounts::{AccountSettings, Accounts, PasswordHasher};
use crate::clock::Clock;
use crate::ids::Randomness;
use crate::storage::Db;
use crate::work::Claim;
use crate::work::feed::Feeds;
use crate::work::lease::LeaseTerms;
use crate::work::run::{NewRun, Priority};
use crate::work::steps::{Steps, Workplace};
use crate::work::store::{self, Opening};

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

/// A lease that no test outlives.
pub fn lease_terms() -> LeaseTerms {
    LeaseTerms { owner: "test".into(), lasts: Duration::from_secs(3600) }
}

/// What runs share that are worked on in a test.
pub fn workplace(db: &Db, clock: &Clock) -> Workplace {
    Workplace {
        db: db.clone(),
        clock: clock.clone(),
        feeds: Arc::new(Feeds::default()),
        terms: lease_terms(),
        stopping: CancellationToken::new(),
    }
}

/// A run for a subject, with a claim on it.
///
/// # Panics
/// When the database cannot be used, or a run for the subject is open.
pub async fn claimed_run(db: &Db, subject: &[u8], clock: &Clock) -> Claim {
    let (kind, input, first_words) = ("test", "{}", "Getting ready");
    let new = NewRun { kind, subject, input, requested_by: None, priority: Priority::High, first_words };
    let terms = lease_terms();
    let claimed_by = Some(&terms);
    let opening = Opening { new: &new, after: None, failures: 0, continues: None, claimed_by, at: clock.now() };
    let run = store::open(db, &opening).await.expect("the database answers");
    Claim { run: run.expect("no run is open"), token: 1 }
}

/// The work on a claimed run.
///
/// # Panics
/// When the database cannot be used.
pub async fn steps(db: &Db, clock: &Clock, claim: Claim) -> Steps {
    Steps::take_up(workplace(db, clock), claim).await.expect("the database answers")
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
