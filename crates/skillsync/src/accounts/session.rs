//! A session: what begins when somebody signs up or in.

use chrono::{DateTime, Utc};

use super::token::TokenHash;
use super::{Accounts, Person, SessionToken};

/// Somebody has just signed up or in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Proves it from now on. It is not stored and cannot be shown again.
    pub token: SessionToken,
    /// Who it is.
    pub person: Person,
    /// When they have to sign in again.
    pub expires_at: DateTime<Utc>,
}

/// A session to be stored.
pub(super) struct NewSession {
    pub(super) token_hash: TokenHash,
    pub(super) created_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

impl NewSession {
    /// Makes a session that begins now, and its token.
    pub(super) fn begin(accounts: &Accounts) -> (SessionToken, Self) {
        let token = SessionToken::new(&accounts.randomness);
        let created_at = accounts.clock.now();
        let expires_at = created_at + accounts.settings.session_lifetime;
        let session = Self { token_hash: token.hash(), created_at, expires_at };
        (token, session)
    }
}
