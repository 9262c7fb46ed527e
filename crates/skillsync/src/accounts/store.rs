//! People and sessions in the database.

use chrono::{DateTime, Utc};

use crate::ids::PersonId;
use crate::storage::{BeginWrite, Db, Result, on_engine};

use super::session::NewSession;
use super::token::TokenHash;
use super::{Email, Person};

const INSERT_PERSON: &str = "INSERT INTO people (email, password_hash, created_at) VALUES ($1, $2, $3)
    ON CONFLICT (email) DO NOTHING RETURNING id, email, role, created_at";
const INSERT_SESSION: &str =
    "INSERT INTO sessions (token_hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";

/// Stores a new person with their first session; none when the address is taken, and then nothing is stored.
///
/// # Errors
/// When the database cannot be used; nothing is stored then.
pub(super) async fn insert_person(
    db: &Db,
    email: &Email,
    password_hash: &str,
    session: &NewSession,
) -> Result<Option<Person>> {
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        let insert = sqlx::query_as(INSERT_PERSON).bind(email).bind(password_hash).bind(session.created_at);
        let Some(person): Option<Person> = insert.fetch_optional(&mut *tx).await? else {
            return Ok(None);
        };
        let insert = sqlx::query(INSERT_SESSION).bind(session.token_hash.as_bytes()).bind(person.id);
        insert.bind(session.created_at).bind(session.expires_at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(Some(person))
    })
}

const DELETE_EXPIRED: &str = "DELETE FROM sessions WHERE person_id = $1 AND expires_at <= $2";

/// Stores a new session, and forgets those of the same person that were over when it began.
///
/// # Errors
/// When the database cannot be used; nothing is changed then.
pub(super) async fn insert_session(db: &Db, person: PersonId, session: &NewSession) -> Result<()> {
    on_engine!(db.write(), |pool| {
        let mut tx = pool.begin_write().await?;
        sqlx::query(DELETE_EXPIRED).bind(person).bind(session.created_at).execute(&mut *tx).await?;
        let insert = sqlx::query(INSERT_SESSION).bind(session.token_hash.as_bytes()).bind(person);
        insert.bind(session.created_at).bind(session.expires_at).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    })
}

/// A person and the hash that their password is compared with.
#[derive(sqlx::FromRow)]
pub(super) struct Credentials {
    #[sqlx(flatten)]
    pub(super) person: Person,
    pub(super) password_hash: String,
}

const CREDENTIALS: &str = "SELECT id, email, role, created_at, password_hash FROM people WHERE email = $1";

/// Finds whom an address belongs to.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn credentials(db: &Db, email: &Email) -> Result<Option<Credentials>> {
    on_engine!(db.read(), |pool| { Ok(sqlx::query_as(CREDENTIALS).bind(email).fetch_optional(pool).await?) })
}

const PERSON_OF_SESSION: &str = "SELECT people.id, people.email, people.role, people.created_at
    FROM sessions JOIN people ON people.id = sessions.person_id
    WHERE sessions.token_hash = $1 AND sessions.expires_at > $2";

/// Finds whose session this is, unless it is over by `now`.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn person_of_session(db: &Db, token: TokenHash, now: DateTime<Utc>) -> Result<Option<Person>> {
    on_engine!(db.read(), |pool| {
        Ok(sqlx::query_as(PERSON_OF_SESSION).bind(token.as_bytes()).bind(now).fetch_optional(pool).await?)
    })
}

const DELETE_SESSION: &str = "DELETE FROM sessions WHERE token_hash = $1";

/// Forgets a session and says whether there was one.
///
/// # Errors
/// When the database cannot be used.
pub(super) async fn delete_session(db: &Db, token: TokenHash) -> Result<bool> {
    on_engine!(db.write(), |pool| {
        Ok(sqlx::query(DELETE_SESSION).bind(token.as_bytes()).execute(pool).await?.rows_affected() > 0)
    })
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::accounts::{Role, SessionToken};
    use crate::ids::Randomness;
    use crate::testing::{self, TestDatabase};

    /// How many people and how many sessions there are.
    pub(in crate::accounts) async fn counts(db: &Db) -> (i64, i64) {
        const COUNT: &str = "SELECT (SELECT COUNT(*) FROM people), (SELECT COUNT(*) FROM sessions)";
        on_engine!(db.read(), |pool| sqlx::query_as(COUNT).fetch_one(pool).await).expect("the counts")
    }

    fn session(randomness: &Randomness, created_at: DateTime<Utc>, lifetime: TimeDelta) -> NewSession {
        let token_hash = SessionToken::new(randomness).hash();
        NewSession { token_hash, created_at, expires_at: created_at + lifetime }
    }

    crate::both_engines! {
        async fn every_role_can_be_read_and_no_other_stored(database: &TestDatabase) {
            const SET_ROLE: &str = "UPDATE people SET role = $1";
            let (db, start) = (&database.db, testing::start());
            let first = session(&Randomness::seeded(1), start, TimeDelta::hours(1));
            let email = Email::parse("ada@example.com").expect("an address");
            let person = insert_person(db, &email, "hash", &first).await.expect("stored").expect("new");
            assert_eq!((person.role, person.created_at), (Role::Learner, start));
            for role in [Role::Learner, Role::Mentor, Role::Admin] {
                on_engine!(db.write(), |pool| sqlx::query(SET_ROLE).bind(role).execute(pool).await.map(drop))
                    .expect("set");
                let found = person_of_session(db, first.token_hash, start).await.expect("found").expect("somebody");
                assert_eq!(found, Person { role, ..person.clone() });
            }
            on_engine!(db.write(), |pool| sqlx::query(SET_ROLE).bind("owner").execute(pool).await.map(drop))
                .expect_err("there is no such role");
        }

        // SQLite compares times as text whose length depends on the fraction, so the comparison is tried around whole
        // seconds, milliseconds and microseconds.
        async fn a_session_ends_exactly_when_it_says(database: &TestDatabase) {
            let (db, randomness) = (&database.db, Randomness::seeded(1));
            let email = Email::parse("ada@example.com").expect("an address");
            let first = session(&randomness, testing::start(), TimeDelta::zero());
            let person = insert_person(db, &email, "hash", &first).await.expect("stored").expect("new");
            let instant = TimeDelta::microseconds(1);
            for micros in [999_999, 1_000_000, 1_000_001, 1_499_999, 1_500_000, 1_500_001, 2_000_000] {
                let session = session(&randomness, testing::start(), TimeDelta::microseconds(micros));
                insert_session(db, person.id, &session).await.expect("stored");
                let before = person_of_session(db, session.token_hash, session.expires_at - instant).await;
                assert_eq!(before.expect("found"), Some(person.clone()), "{micros}");
                let after = person_of_session(db, session.token_hash, session.expires_at).await;
                assert_eq!(after.expect("found"), None, "{micros}");
            }
            // The first session was over at once, so the next had it forgotten; the others stay.
            assert_eq!(counts(db).await, (1, 7));
            let late = testing::start() + TimeDelta::microseconds(1_500_000);
            insert_session(db, person.id, &session(&randomness, late, TimeDelta::hours(1))).await.expect("stored");
            assert_eq!(counts(db).await, (1, 3));
        }
    }
}
