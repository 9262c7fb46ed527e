//! Answers that are pages, and the page shown when something is wrong.

use std::any::Any;

use askama::Template;
use axum::extract::OriginalUri;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::accounts::asker::asker;
use crate::accounts::{Person, Viewer};
use crate::app::App;
use crate::storage::StorageError;

use super::pages::{ErrorPage, Frame, NotFoundPage};
use super::{DIAGRAM_POLICY, page_policy};

/// A page as an answer. Pages show who is signed in, so nobody on the way may keep them.
pub fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => {
            let mut response = (status, Html(text)).into_response();
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on the server.\n").into_response()
        }
    }
}

/// A diagram as an answer, for as many seconds as it may be kept.
pub fn picture(svg: &str, seconds: u32) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
        (header::CONTENT_SECURITY_POLICY, DIAGRAM_POLICY.to_owned()),
        (header::CACHE_CONTROL, format!("public, max-age={seconds}")),
    ];
    (headers, svg.to_owned()).into_response()
}

/// A page that may show players of videos from these hosts. A host that no header can hold keeps the policy of other pages,
/// under which its player stays away.
pub fn page_with_players(status: StatusCode, shown: &impl Template, player_hosts: &[String]) -> Response {
    let mut response = page(status, shown);
    if let Ok(policy) = HeaderValue::from_str(&page_policy(player_hosts.iter().map(String::as_str))) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Who looks at a page. A cookie that is no longer valid is as good as none here: the page shows "Sign in".
///
/// # Errors
/// When the database cannot be used.
pub async fn visitor(app: &App, headers: &HeaderMap) -> Result<Viewer, Response> {
    let asker = asker(&app.accounts, headers).await.map_err(|error| failed(&error))?;
    Ok(asker.viewer.unwrap_or(Viewer::Anonymous))
}

/// What is around a page at an address, for a visitor.
pub fn frame(here: &str, visitor: &Viewer) -> Frame {
    let learner = visitor.person().map(|person| person.email.as_str().to_owned());
    Frame { here: here.to_owned(), learner }
}

/// The signed-in visitor, or the way to the sign-in page and back to `here`.
///
/// # Errors
/// With the redirect.
pub fn signed_in<'a>(visitor: &'a Viewer, here: &str) -> Result<&'a Person, Response> {
    let frame = frame(here, visitor);
    visitor.person().ok_or_else(|| Redirect::to(&frame.sign_in()).into_response())
}

/// A path of this server to go on to; anything else, such as another site's address, becomes the start page.
///
/// Browsers drop tabs and line breaks from an address, so that `/<tab>/evil.example` would lead elsewhere.
pub fn local_path(next: &str) -> &str {
    let local =
        next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\']) && !next.contains(char::is_control);
    if local { next } else { "/" }
}

/// The server failed. The cause goes to the log, once, here.
pub fn failed(error: &StorageError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "a page could not be made");
    trouble(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong",
        "The server could not do that. Its log says why.",
    )
}

/// A page that says what is wrong.
pub fn trouble(status: StatusCode, title: &str, message: &str) -> Response {
    let hint = status.is_server_error().then(|| "Try again in a moment. Nothing you did is lost.".to_owned());
    let error = ErrorPage {
        frame: Frame::default(),
        status: status.as_u16(),
        title: title.to_owned(),
        message: message.to_owned(),
        hint,
    };
    page(status, &error)
}

/// There is nothing at this address.
pub async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    missing(&format!("There is nothing at {}.", uri.path()))
}

/// What was asked for is not there.
pub fn missing(message: &str) -> Response {
    page(StatusCode::NOT_FOUND, &NotFoundPage { frame: Frame::default(), message: message.to_owned() })
}

/// Another site's page tried to act in the visitor's name.
pub fn foreign_page() -> Response {
    let message = "This came from another site's page. Open this site itself and try there.";
    trouble(StatusCode::FORBIDDEN, "Not from here", message)
}

/// A handler panicked. The panic itself was logged by the runtime.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    trouble(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong",
        "The server could not do that. Its log says why.",
    )
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_paths_of_this_server_are_gone_to() {
        for (next, path) in [
            ("/lessons/7?a=b", "/lessons/7?a=b"),
            ("", "/"),
            ("lessons", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("/x\r\nset-cookie: a=b", "/"),
            ("/\t/evil.example", "/"),
            ("/\0", "/"),
        ] {
            assert_eq!(local_path(next), path, "{next:?}");
        }
    }
}
