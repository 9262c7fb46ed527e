//! Finds out who asks.

use crate::storage::StorageError;

use super::{Accounts, SessionToken, Viewer, store};

/// Why it is not known who asks.
#[derive(Debug, thiserror::Error)]
pub enum ViewerError {
    /// There is a token, but no session that goes on. To serve its bearer as a stranger would hide that from them.
    #[error("Your sign-in is no longer valid. Sign in again.")]
    InvalidToken,
    /// The session could not be read.
    #[error("the session could not be read")]
    Storage(#[from] StorageError),
}

/// Finds out who asks; without a token, it is somebody anonymous.
///
/// # Errors
/// When the token is garbled, unknown, signed out or expired.
pub async fn viewer_of(accounts: &Accounts, token: Option<&str>) -> Result<Viewer, ViewerError> {
    let Some(token) = token else { return Ok(Viewer::Anonymous) };
    let token = SessionToken::parse(token).map_err(|_| ViewerError::InvalidToken)?;
    let person = store::person_of_session(&accounts.db, token.hash(), accounts.clock.now()).await?;
    person.map(Viewer::SignedIn).ok_or(ViewerError::InvalidToken)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::accounts::sign_up::sign_up;
    use crate::ids::Randomness;
    use crate::testing::{self, TestDatabase};

    crate::both_engines! {
        async fn a_session_is_over_when_its_time_has_come(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            let up = sign_up(&accounts, "ada@example.com", "correct horse").await.expect("signed up");
            let token = up.token.reveal();
            accounts.clock.advance(accounts.settings.session_lifetime - TimeDelta::microseconds(1));
            let viewer = viewer_of(&accounts, Some(&token)).await.expect("a viewer");
            assert_eq!(viewer, Viewer::SignedIn(up.person));
            accounts.clock.advance(TimeDelta::microseconds(1));
            let viewer = viewer_of(&accounts, Some(&token)).await;
            assert!(matches!(viewer, Err(ViewerError::InvalidToken)), "{viewer:?}");
        }

        async fn a_bad_token_is_told_from_none(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            assert_eq!(viewer_of(&accounts, None).await.expect("a viewer"), Viewer::Anonymous);
            let unknown = SessionToken::new(&Randomness::System).reveal();
            for token in [unknown.as_str(), "", "sks_", "banana", "sks_' OR 1=1 --"] {
                let viewer = viewer_of(&accounts, Some(token)).await;
                assert!(matches!(viewer, Err(ViewerError::InvalidToken)), "{token:?}: {viewer:?}");
            }
        }
    }
}
