//! Signs a person out: the token is worth nothing from then on.

use crate::storage::Result;

use super::{Accounts, SessionToken, store};

/// Ends the session of a token and says whether there was one. Other sessions of the same person go on.
///
/// # Errors
/// When the database cannot be used; the session goes on then.
pub async fn sign_out(accounts: &Accounts, token: &str) -> Result<bool> {
    match SessionToken::parse(token) {
        Ok(token) => store::delete_session(&accounts.db, token.hash()).await,
        Err(_) => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::sign_in::sign_in;
    use crate::accounts::sign_up::sign_up;
    use crate::accounts::viewer::{ViewerError, viewer_of};
    use crate::testing::{self, TestDatabase};

    crate::both_engines! {
        async fn signing_out_ends_this_session_and_no_other(database: &TestDatabase) {
            let accounts = testing::accounts(database);
            let first = sign_up(&accounts, "ada@example.com", "correct horse").await.expect("signed up").token.reveal();
            let second = sign_in(&accounts, "ada@example.com", "correct horse").await.expect("signed in").token.reveal();
            assert!(sign_out(&accounts, &first).await.expect("signed out"));
            let viewer = viewer_of(&accounts, Some(&first)).await;
            assert!(matches!(viewer, Err(ViewerError::InvalidToken)), "{viewer:?}");
            viewer_of(&accounts, Some(&second)).await.expect("the other session goes on");
            for nothing in [first.as_str(), "", "sks_banana"] {
                assert!(!sign_out(&accounts, nothing).await.expect("no error"), "{nothing:?}");
            }
        }
    }
}
