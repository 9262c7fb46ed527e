//! The pages to sign up, in and out.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::app::App;
use crate::web::pages::{SignInPage, SignUpPage};
use crate::web::responses::{failed, frame, local_path, page, trouble, visitor};

use super::asker::asker;
use super::password::HashingError;
use super::sign_in::SignInError;
use super::sign_up::SignUpError;
use super::{SignedIn, Viewer, cookies};

/// Where to go on to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NextQuery {
    next: String,
}

/// What both forms send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CredentialFields {
    email: String,
    password: String,
    next: String,
}

type Fields = Result<Form<CredentialFields>, FormRejection>;

/// `GET /sign-in`
pub async fn sign_in_form(
    State(app): State<App>,
    headers: HeaderMap,
    Query(NextQuery { next }): Query<NextQuery>,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    Ok(page(StatusCode::OK, &sign_in_page(&visitor, String::new(), &next, None)))
}

/// `POST /sign-in`
pub async fn sign_in(State(app): State<App>, fields: Fields) -> Result<Response, Response> {
    let Form(fields) = fields.map_err(|_| unreadable())?;
    match super::sign_in::sign_in(&app.accounts, &fields.email, &fields.password).await {
        Ok(signed_in) => Ok(welcome(&app, &signed_in, &fields.next)),
        Err(SignInError::Storage(error)) => Err(failed(&error)),
        Err(SignInError::Hashing(error @ HashingError::Argon2(_))) => Err(hashing_failed(&error)),
        Err(error) => {
            let shown = sign_in_page(&Viewer::Anonymous, fields.email, &fields.next, Some(error.to_string()));
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
    }
}

fn sign_in_page(visitor: &Viewer, email: String, next: &str, problem: Option<String>) -> SignInPage {
    SignInPage { frame: frame("/", visitor), email, next: local_path(next).to_owned(), problem }
}

/// `GET /sign-up`
pub async fn sign_up_form(
    State(app): State<App>,
    headers: HeaderMap,
    Query(NextQuery { next }): Query<NextQuery>,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    Ok(page(StatusCode::OK, &sign_up_page(&app, &visitor, String::new(), &next, None)))
}

/// `POST /sign-up`
pub async fn sign_up(State(app): State<App>, fields: Fields) -> Result<Response, Response> {
    let Form(fields) = fields.map_err(|_| unreadable())?;
    match super::sign_up::sign_up(&app.accounts, &fields.email, &fields.password).await {
        Ok(signed_in) => Ok(welcome(&app, &signed_in, &fields.next)),
        Err(SignUpError::Storage(error)) => Err(failed(&error)),
        Err(SignUpError::Hashing(error @ HashingError::Argon2(_))) => Err(hashing_failed(&error)),
        Err(error) => {
            let shown = sign_up_page(&app, &Viewer::Anonymous, fields.email, &fields.next, Some(error.to_string()));
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown))
        }
    }
}

fn sign_up_page(app: &App, visitor: &Viewer, email: String, next: &str, problem: Option<String>) -> SignUpPage {
    SignUpPage {
        frame: frame("/", visitor),
        email,
        next: local_path(next).to_owned(),
        shortest_password: app.accounts.settings.min_password_chars,
        problem,
    }
}

/// `POST /sign-out`
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Response> {
    let asker = asker(&app.accounts, &headers).await.map_err(|error| failed(&error))?;
    if let Some(token) = asker.token {
        super::sign_out::sign_out(&app.accounts, &token).await.map_err(|error| failed(&error))?;
    }
    let cookie = cookies::clearing_cookie(app.config.server.secure_cookies);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

fn welcome(app: &App, signed_in: &SignedIn, next: &str) -> Response {
    let secure = app.config.server.secure_cookies;
    let cookie = cookies::session_cookie(&signed_in.token, app.accounts.settings.session_lifetime, secure);
    ([(header::SET_COOKIE, cookie)], Redirect::to(local_path(next))).into_response()
}

fn unreadable() -> Response {
    trouble(StatusCode::BAD_REQUEST, "That form could not be read", "Go back and send it again.")
}

fn hashing_failed(error: &HashingError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "a password could not be checked");
    trouble(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong", "Your password could not be checked just now.")
}
