//! The page that shows how a lesson is being written, and the events that keep it up to date.

use std::convert::Infallible;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures::StreamExt;
use serde_json::json;

use crate::app::App;
use crate::ids::RunId;
use crate::lessons::progress::{self, RunProgress};
use crate::web::pages::{GenerationState, ProgressPage};
use crate::web::responses::{failed, frame, missing, page, visitor};

use super::home::form_of;

type RunPath = Result<Path<RunId>, PathRejection>;

const NO_RUN: &str = "There is no lesson being written under this number.";

/// `GET /generations/{id}`: how far it is; to the lesson once it is there.
pub async fn generation(State(app): State<App>, headers: HeaderMap, run: RunPath) -> Result<Response, Response> {
    let Ok(Path(run)) = run else { return Err(missing(NO_RUN)) };
    let visitor = visitor(&app, &headers).await?;
    let progress = progress::of_run(&app, run).await.map_err(|error| failed(&error))?.ok_or_else(|| missing(NO_RUN))?;
    let now = match progress.ended {
        Some(Ok(lesson)) => return Ok(Redirect::to(&format!("/lessons/{lesson}")).into_response()),
        Some(Err(_)) => GenerationState::Failed { message: progress.message },
        None => GenerationState::Running { percent: progress.percent, stage: progress.message },
    };
    let request = progress::request_of(&app, run).await.map_err(|error| failed(&error))?;
    let request = request.ok_or_else(|| missing(NO_RUN))?;
    let frame = frame(&format!("/generations/{run}"), &visitor);
    let shown = ProgressPage { frame, id: run.to_string(), request: form_of(&request), state: now };
    Ok(page(StatusCode::OK, &shown))
}

/// `GET /generations/{id}/events`: server-sent events with a JSON object each, until the run has ended.
///
/// Each carries its number as its id, so a browser that lost the connection says which it heard last, and goes on there.
pub async fn generation_events(State(app): State<App>, headers: HeaderMap, run: RunPath) -> Result<Response, Response> {
    let Ok(Path(run)) = run else { return Err(missing(NO_RUN)) };
    let heard = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok()).unwrap_or(0);
    let changes = progress::follow(&app, run, heard).await.map_err(|error| failed(&error))?;
    let changes = changes.ok_or_else(|| missing(NO_RUN))?;
    let stopping = app.stopping.clone().cancelled_owned();
    let events = changes.map(|progress| Ok::<_, Infallible>(event(&progress))).take_until(stopping);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

fn event(progress: &RunProgress) -> Event {
    let (state, location) = match &progress.ended {
        None => ("running", None),
        Some(Ok(lesson)) => ("published", Some(format!("/lessons/{lesson}"))),
        Some(Err(_)) => ("failed", None),
    };
    let data = json!({
        "percent": progress.percent,
        "stage": progress.message,
        "state": state,
        "location": location,
        "message": progress.message,
    });
    Event::default().id(progress.sequence.to_string()).data(data.to_string())
}
