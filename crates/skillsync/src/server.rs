//! The server: its routes, what surrounds every request, and how it stops.

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::{get, post};
use futures::StreamExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

use crate::accounts::same_origin::{is_cross_origin, is_from_foreign_page};
use crate::api::errors::Code;
use crate::api::executor::Api;
use crate::api::{http as graphql, schema};
use crate::app::App;
use crate::lessons::document::Document;
use crate::web::PAGE_POLICY;
use crate::web::assets::{Asset, asset};
use crate::web::responses;
use crate::{accounts, lessons};

/// What handlers can ask for.
#[derive(Clone, FromRef)]
struct AppState {
    app: App,
    api: Api,
}

/// Every address that the server answers.
fn routes() -> Router<AppState> {
    Router::new()
        .route("/", get(lessons::pages::home))
        .route("/lessons", post(lessons::pages::ask))
        .route("/lessons/{id}", get(lessons::pages::lesson))
        .route("/lessons/{id}/diagrams/{file}", get(lessons::pages::diagram))
        .route("/lessons/{id}/vote", post(lessons::pages::vote))
        .route("/lessons/{id}/reports", post(lessons::pages::report))
        .route("/lessons/{id}/changes", get(lessons::pages::lesson_changes))
        .route("/lessons/{id}/regenerate", post(lessons::pages::regenerate))
        .route("/generations/{id}", get(lessons::pages::generation))
        .route("/generations/{id}/events", get(lessons::pages::generation_events))
        .route("/generations/{id}/diagrams/{file}", get(lessons::pages::generation_diagram))
        .route("/sign-in", get(accounts::pages::sign_in_form).post(accounts::pages::sign_in))
        .route("/sign-up", get(accounts::pages::sign_up_form).post(accounts::pages::sign_up))
        .route("/sign-out", post(accounts::pages::sign_out))
        .route("/graphql", get(graphql::get).post(graphql::post))
        .route("/graphiql", get(console))
        .route("/schema/lesson.json", get(lesson_schema))
        .route("/schema/schema.graphql", get(graphql_schema))
        .route("/assets/{*path}", get(assets))
        .route("/healthz", get(health))
        .fallback(responses::not_found)
}

/// The whole service: the routes and, from the outside in, what surrounds them.
pub fn service(app: &App) -> Router {
    let state = AppState { app: app.clone(), api: Api::new(schema::schema(app)) };
    routes()
        .layer(DefaultBodyLimit::max(app.config.server.max_body_bytes))
        .layer(middleware::from_fn_with_state(app.clone(), refuse_large_bodies))
        .layer(middleware::from_fn(refuse_foreign_pages))
        .layer(CatchPanicLayer::custom(responses::panicked))
        .layer(middleware::from_fn(security_headers))
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

/// Serves until the program is to stop, then lets requests under way end.
///
/// # Errors
/// When the listener fails.
pub async fn serve(app: &App, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    let stopping = app.stopping.clone();
    axum::serve(listener, service(app)).with_graceful_shutdown(async move { stopping.cancelled().await }).await
}

async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(PAGE_POLICY);
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Refuses what another site's page would do in the name of a signed-in visitor.
async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    if !is_foreign(&request) {
        return next.run(request).await;
    }
    if request.uri().path() == "/graphql" {
        let message = "This came from another site's page, which may not use this API with the visitor's cookie.";
        return graphql::refuse_with(StatusCode::FORBIDDEN, Code::Forbidden, message);
    }
    responses::foreign_page()
}

/// Most bytes that are read of a body that is refused.
const MOST_DROPPED: usize = 16 * 1024 * 1024;

/// Refuses a body that says to be too large. It is read and dropped first, within reason: when the connection is closed
/// on a client that is still sending, the answer is lost.
async fn refuse_large_bodies(State(app): State<App>, request: Request, next: Next) -> Response {
    let limit = app.config.server.max_body_bytes;
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_none_or(|length: usize| length <= limit) {
        return next.run(request).await;
    }
    let is_api = request.uri().path() == "/graphql";
    let mut parts = request.into_body().into_data_stream();
    let mut dropped = 0;
    while dropped < MOST_DROPPED
        && let Some(Ok(part)) = parts.next().await
    {
        dropped += part.len();
    }
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    if is_api {
        graphql::unreadable(status, limit)
    } else {
        responses::trouble(status, "That was too much", &format!("At most {limit} bytes can be sent at once."))
    }
}

/// A WebSocket begins with a GET that browsers let any page send, so it is looked at as well as what changes something.
fn is_foreign(request: &Request) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = header(header::HOST).or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let site = header(header::HeaderName::from_static("sec-fetch-site"));
    let origin = header(header::ORIGIN);
    let opens_socket = request.headers().contains_key(header::UPGRADE);
    is_cross_origin(request.method(), site, origin, host) || opens_socket && is_from_foreign_page(site, origin, host)
}

async fn console() -> Response {
    match asset("console.html") {
        Some(page) => Html(page.bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn lesson_schema() -> Json<serde_json::Value> {
    Json(Document::json_schema())
}

async fn graphql_schema() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], schema::sdl())
}

#[derive(serde::Deserialize)]
struct Version {
    v: Option<String>,
}

async fn assets(Path(path): Path<String>, Query(Version { v }): Query<Version>, headers: HeaderMap) -> Response {
    let Some(file) = asset(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let cache = file.cache_control(v.as_deref());
    let Asset { bytes, content_type, etag } = file;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let about = [(header::ETAG, etag), (header::CACHE_CONTROL, cache.to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    (about, [(header::CONTENT_TYPE, content_type)], bytes).into_response()
}

/// 200 while the database answers, else 503.
async fn health(State(app): State<App>) -> Response {
    match app.db.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}
