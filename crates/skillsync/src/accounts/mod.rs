//! Accounts: people, their sessions, and what a person may do.

pub mod asker;
pub mod cookies;
pub mod email;
pub mod graphql;
pub mod pages;
pub mod password;
pub mod person;
pub mod same_origin;
pub mod session;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
mod store;
pub mod token;
pub mod viewer;

use chrono::TimeDelta;

use crate::clock::Clock;
use crate::ids::Randomness;
use crate::storage::Db;

pub use email::Email;
pub use password::PasswordHasher;
pub use person::{Admin, Mentor, NotAllowed, NotSignedIn, Person, Role, Viewer};
pub use session::SignedIn;
pub use token::SessionToken;

/// All that the use cases of this module need.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// Where people and sessions are kept.
    pub db: Db,
    /// Tells when a session began and whether it is over.
    pub clock: Clock,
    /// Where tokens come from.
    pub randomness: Randomness,
    /// Hashes passwords, a few at a time.
    pub hasher: PasswordHasher,
    /// What the operator decides.
    pub settings: AccountSettings,
}

/// What the operator decides about accounts.
#[derive(Clone, Copy, Debug)]
pub struct AccountSettings {
    /// How long a sign-in lasts.
    pub session_lifetime: TimeDelta,
    /// Whether browsers reach the server over HTTPS, so that cookies may be marked for it.
    pub secure_cookies: bool,
    /// The fewest characters of a new password. Passwords already set are not affected.
    pub min_password_chars: usize,
}
