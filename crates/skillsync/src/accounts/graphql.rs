//! Accounts in the GraphQL API.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::api::errors::{Code, OrError, internal};
use crate::app::App;

use super::asker::Asker;
use super::password::HashingError;
use super::sign_in::{SignInError, sign_in};
use super::sign_out::sign_out;
use super::sign_up::{SignUpError, sign_up};
use super::viewer::ViewerError;
use super::{Person, SignedIn, Viewer};

/// Who asks.
///
/// # Errors
/// When there is a token that is no longer valid.
pub fn viewer<'a>(ctx: &Context<'a>) -> Result<&'a Viewer> {
    let asker: &Asker = ctx.data_unchecked();
    asker.viewer.as_ref().ok_or_else(|| Code::Unauthenticated.error(ViewerError::InvalidToken))
}

/// A person with an account. Only they themselves see this.
#[derive(SimpleObject)]
pub struct User {
    /// Their number.
    id: ID,
    /// Their e-mail address.
    email: String,
    /// `learner`, `mentor` or `admin`.
    role: &'static str,
    /// When they signed up.
    created_at: DateTime<Utc>,
}

impl From<&Person> for User {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.into(),
            email: person.email.as_str().to_owned(),
            role: person.role.as_str(),
            created_at: person.created_at,
        }
    }
}

/// What can be read of people.
pub struct UserQueries;

#[Object]
impl UserQueries {
    /// Who is asking; null when nobody is signed in.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Ok(viewer(ctx)?.person().map(User::from))
    }
}

/// An e-mail address and a password.
#[derive(InputObject)]
pub struct Credentials {
    /// The e-mail address.
    email: String,
    /// The password.
    password: String,
}

/// The answer to signing up or in.
#[derive(SimpleObject)]
pub struct AuthPayload {
    /// Whether it worked.
    success: bool,
    /// What happened, for the person.
    message: String,
    /// The same for programs, when it did not work: `INVALID_EMAIL`, `INVALID_PASSWORD`, `EMAIL_TAKEN`, `WRONG_CREDENTIALS`
    /// or `BUSY`.
    code: Option<&'static str>,
    /// Goes into the header `Authorization: Bearer …`. It is shown this once.
    token: Option<String>,
    /// When the token stops working.
    expires_at: Option<DateTime<Utc>>,
    /// Who signed in.
    user: Option<User>,
}

impl AuthPayload {
    fn welcome(signed_in: &SignedIn, message: &str) -> Self {
        Self {
            success: true,
            message: message.to_owned(),
            code: None,
            token: Some(signed_in.token.reveal()),
            expires_at: Some(signed_in.expires_at),
            user: Some(User::from(&signed_in.person)),
        }
    }

    fn refused(code: &'static str, message: impl std::fmt::Display) -> Self {
        Self {
            success: false,
            message: message.to_string(),
            code: Some(code),
            token: None,
            expires_at: None,
            user: None,
        }
    }
}

/// The answer to signing out.
#[derive(SimpleObject)]
pub struct SignOutPayload {
    /// Whether there was a session to end.
    success: bool,
    /// What happened, for the person.
    message: String,
}

/// Signing up, in and out.
pub struct AuthMutations;

#[Object]
impl AuthMutations {
    /// Makes an account and signs in.
    #[graphql(complexity = "100 + child_complexity")]
    async fn sign_up(&self, ctx: &Context<'_>, input: Credentials) -> Result<AuthPayload> {
        let (code, error) = match sign_up(&app(ctx).accounts, &input.email, &input.password).await {
            Ok(signed_in) => return Ok(AuthPayload::welcome(&signed_in, "Welcome! Your account is ready.")),
            Err(SignUpError::Storage(error)) => return Err(internal(&error)),
            Err(SignUpError::Hashing(error @ HashingError::Argon2(_))) => return Err(internal(&error)),
            Err(error @ SignUpError::Email(_)) => ("INVALID_EMAIL", error),
            Err(error @ SignUpError::Password(_)) => ("INVALID_PASSWORD", error),
            Err(error @ SignUpError::EmailTaken) => ("EMAIL_TAKEN", error),
            Err(error @ SignUpError::Hashing(HashingError::Busy)) => ("BUSY", error),
        };
        Ok(AuthPayload::refused(code, error))
    }

    /// Signs in.
    #[graphql(complexity = "100 + child_complexity")]
    async fn sign_in(&self, ctx: &Context<'_>, input: Credentials) -> Result<AuthPayload> {
        match sign_in(&app(ctx).accounts, &input.email, &input.password).await {
            Ok(signed_in) => Ok(AuthPayload::welcome(&signed_in, "Welcome back!")),
            Err(SignInError::Storage(error)) => Err(internal(&error)),
            Err(SignInError::Hashing(error @ HashingError::Argon2(_))) => Err(internal(&error)),
            Err(error @ SignInError::WrongCredentials) => Ok(AuthPayload::refused("WRONG_CREDENTIALS", error)),
            Err(error @ SignInError::Hashing(HashingError::Busy)) => Ok(AuthPayload::refused("BUSY", error)),
        }
    }

    /// Makes the token of this request stop working.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload> {
        let asker: &Asker = ctx.data_unchecked();
        let ended = match &asker.token {
            Some(token) => sign_out(&app(ctx).accounts, token).await.or_error()?,
            None => false,
        };
        let message = if ended { "You are signed out." } else { "You were not signed in." };
        Ok(SignOutPayload { success: ended, message: message.to_owned() })
    }
}

fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked()
}
