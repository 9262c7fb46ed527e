//! Finds out who sent a request.

use axum::http::{HeaderMap, header};

use crate::storage::StorageError;

use super::viewer::{ViewerError, viewer_of};
use super::{Accounts, Viewer, cookies};

/// Who asks, and with which token.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who asks; none when there is a token that is no longer valid.
    pub viewer: Option<Viewer>,
    /// The token, so that it can be signed out.
    pub token: Option<String>,
}

/// Finds out who asks: by the `Authorization: Bearer` header, else by the cookie.
///
/// # Errors
/// When the database cannot be used.
pub async fn asker(accounts: &Accounts, headers: &HeaderMap) -> Result<Asker, StorageError> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let token = bearer.or_else(|| cookies::token_in(cookies, accounts.settings.secure_cookies));
    let viewer = match viewer_of(accounts, token).await {
        Ok(viewer) => Some(viewer),
        Err(ViewerError::InvalidToken) => None,
        Err(ViewerError::Storage(error)) => return Err(error),
    };
    Ok(Asker { viewer, token: token.map(str::to_owned) })
}
