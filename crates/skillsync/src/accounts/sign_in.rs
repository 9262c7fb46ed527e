//! Signs a person in.

use crate::storage::StorageError;

use super::password::{HashingError, Password};
use super::session::NewSession;
use super::{Accounts, Email, SignedIn, store};

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// One of the two is wrong. Which one is not said, for that would tell who has an account.
    #[error("The e-mail address or the password is wrong.")]
    WrongCredentials,
    /// The password could not be compared.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The account could not be read or the session not be stored.
    #[error("the session could not be stored")]
    Storage(#[from] StorageError),
}

/// Begins a session for whoever knows the password.
///
/// An unknown address costs the same work and gets the same answer as a wrong password.
///
/// # Errors
/// When there is no such account or the password is not its own.
pub async fn sign_in(accounts: &Accounts, email: &str, password: &str) -> Result<SignedIn, SignInError> {
    // A password that is too short today may have been set when it was not. What no account can have is refused at
    // once: that tells nothing about anybody.
    let (Ok(email), Ok(password)) = (Email::parse(email), Password::parse(password, 0)) else {
        return Err(SignInError::WrongCredentials);
    };
    let known = store::credentials(&accounts.db, &email).await?;
    let hash = known.as_ref().map(|known| known.password_hash.as_str());
    let is_right = accounts.hasher.verify(password, hash).await?;
    let person = known.filter(|_| is_right).ok_or(SignInError::WrongCredentials)?.person;
    let (token, session) = NewSession::begin(accounts);
    store::insert_session(&accounts.db, person.id, &session).await?;
    Ok(SignedIn { token, person, expires_at: session.expires_at })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::accounts::sign_up::sign_up;
    use crate::accounts::store::tests::counts;
    use crate::testing::{self, TestDatabase};

    crate::both_engines! {
        async fn an_unknown_address_and_a_wrong_password_look_and_cost_the_same(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            sign_up(&accounts, "ada@example.com", "correct horse").await.expect("signed up");
            let mut answers = Vec::new();
            for (email, password) in [("ada@example.com", "wrong horse"), ("bob@example.com", "correct horse")] {
                let before = accounts.hasher.verifications();
                let answer = sign_in(&accounts, email, password).await.expect_err("nobody is signed in");
                assert_eq!(accounts.hasher.verifications() - before, 1, "{email}");
                answers.push((format!("{answer:?}"), answer.to_string()));
            }
            assert_eq!(answers[0], answers[1]);
            assert_eq!(counts(&accounts.db).await, (1, 1), "no session but that of the sign-up");
        }

        async fn what_no_account_can_have_gets_the_same_answer(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            let long = "x".repeat(2_000);
            for (email, password) in [("", ""), ("ada", "correct horse"), ("ada@example.com", &long), ("a\0@b", "\0")] {
                let answer = sign_in(&accounts, email, password).await;
                assert!(matches!(answer, Err(SignInError::WrongCredentials)), "{answer:?}");
            }
        }

        async fn sessions_that_are_over_are_forgotten_at_the_next_sign_in(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            for email in ["ada@example.com", "bob@example.com"] {
                sign_up(&accounts, email, "correct horse").await.expect("signed up");
            }
            for _ in 0..5 {
                accounts.clock.advance(accounts.settings.session_lifetime / 2 + TimeDelta::seconds(1));
                sign_in(&accounts, "ada@example.com", "correct horse").await.expect("signed in");
            }
            // Two sessions of Ada's, of which the older is in its second half, and one of Bob's, who never came back.
            assert_eq!(counts(&accounts.db).await, (2, 3));
        }
    }
}
