//! Signs a new person up, and in.

use crate::storage::StorageError;

use super::email::InvalidEmail;
use super::password::{HashingError, InvalidPassword, Password};
use super::session::NewSession;
use super::{Accounts, Email, SignedIn, store};

/// Why nobody was signed up.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The e-mail address is none.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The password is too short or too long.
    #[error(transparent)]
    Password(#[from] InvalidPassword),
    /// The e-mail address has an account already.
    #[error("There is already an account with this e-mail address. Sign in instead.")]
    EmailTaken,
    /// The password could not be hashed.
    #[error(transparent)]
    Hashing(#[from] HashingError),
    /// The account could not be stored.
    #[error("the account could not be stored")]
    Storage(#[from] StorageError),
}

/// Makes an account for an e-mail address that has none, and signs its owner in.
///
/// # Errors
/// When an input is not valid or the address is taken; nothing is stored then.
pub async fn sign_up(accounts: &Accounts, email: &str, password: &str) -> Result<SignedIn, SignUpError> {
    let email = Email::parse(email)?;
    let password = Password::parse(password, accounts.settings.min_password_chars)?;
    let hash = accounts.hasher.hash(password).await?;
    let (token, session) = NewSession::begin(accounts);
    // The database decides who is first: to look beforehand would let two through.
    let person = store::insert_person(&accounts.db, &email, &hash, &session).await?.ok_or(SignUpError::EmailTaken)?;
    Ok(SignedIn { token, person, expires_at: session.expires_at })
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;
    use crate::accounts::Role;
    use crate::accounts::sign_in::sign_in;
    use crate::accounts::store::tests::counts;
    use crate::accounts::viewer::viewer_of;
    use crate::testing::{self, TestDatabase};

    crate::both_engines! {
        async fn whoever_signed_up_can_sign_in_and_is_known(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            let up = sign_up(&accounts, " Ada@Example.com ", "correct horse").await.expect("signed up");
            assert_eq!(up.person.email.as_str(), "ada@example.com");
            assert_eq!((up.person.role, up.person.created_at), (Role::Learner, accounts.clock.now()));
            assert_eq!(up.expires_at, accounts.clock.now() + accounts.settings.session_lifetime);
            let again = sign_in(&accounts, "ADA@example.COM", "correct horse").await.expect("signed in");
            assert_eq!(again.person, up.person);
            assert_ne!(again.token.reveal(), up.token.reveal());
            for token in [up.token, again.token] {
                let viewer = viewer_of(&accounts, Some(&token.reveal())).await.expect("a viewer");
                assert_eq!(viewer.person(), Some(&up.person));
            }
        }

        async fn an_address_has_one_account_in_whatever_case(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            sign_up(&accounts, "ada@example.com", "correct horse").await.expect("signed up");
            let second = sign_up(&accounts, "ADA@Example.com", "battery staple").await;
            assert!(matches!(second, Err(SignUpError::EmailTaken)), "{second:?}");
            sign_in(&accounts, "ada@example.com", "battery staple").await.expect_err("the first password stays");
            assert_eq!(counts(&accounts.db).await, (1, 1));
        }

        async fn what_is_not_valid_is_refused_before_anything_is_stored(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            let short = sign_up(&accounts, "ada@example.com", "1234567").await;
            assert!(matches!(short, Err(SignUpError::Password(InvalidPassword::TooShort { min_chars: 8 }))), "{short:?}");
            let long = sign_up(&accounts, "ada@example.com", &"x".repeat(5_000_000)).await;
            assert!(matches!(long, Err(SignUpError::Password(InvalidPassword::TooLong))), "{long:?}");
            let form = sign_up(&accounts, "ada", "correct horse").await;
            assert!(matches!(form, Err(SignUpError::Email(InvalidEmail::Form))), "{form:?}");
            let nul = sign_up(&accounts, "a\0@example.com", "correct horse").await;
            assert!(matches!(nul, Err(SignUpError::Email(InvalidEmail::Character))), "{nul:?}");
            assert_eq!(counts(&accounts.db).await, (0, 0));
        }

        async fn of_twenty_at_once_exactly_one_gets_the_address(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            let mut race = JoinSet::new();
            for number in 0..20 {
                let accounts = accounts.clone();
                let email = if number % 2 == 0 { "ada@example.com" } else { "Ada@Example.COM" };
                race.spawn(async move { sign_up(&accounts, email, &format!("password {number}")).await });
            }
            let (won, lost): (Vec<_>, Vec<_>) = race.join_all().await.into_iter().partition(Result::is_ok);
            assert_eq!((won.len(), lost.len()), (1, 19));
            for answer in lost {
                assert!(matches!(answer, Err(SignUpError::EmailTaken)), "{answer:?}");
            }
            assert_eq!(counts(&accounts.db).await, (1, 1));
        }

        async fn nothing_shows_what_is_secret(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            let up = sign_up(&accounts, "ada@example.com", "correct horse").await.expect("signed up");
            let shown = format!("{up:?} {accounts:?}");
            assert!(!shown.contains("correct horse") && !shown.contains(&up.token.reveal()[4..]), "{shown}");
        }
    }
}
