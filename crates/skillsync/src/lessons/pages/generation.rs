//! The page that shows a lesson while it is being written, the events that keep it up to date, and its diagrams.

use std::convert::Infallible;
use std::future;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Redirect, Response};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::ids::RunId;
use crate::lessons::document::Body;
use crate::lessons::progress::{self, RunProgress};
use crate::web::pages::{GenerationState, ProgressPage};
use crate::web::render::diagram as draw;
use crate::web::responses::{failed, frame, missing, page, picture, visitor};

use super::early::{Drawing, Pieces};
use super::home::form_of;
use super::lesson::theme_of;
use super::rendered::Drawn;

type RunPath = Result<Path<RunId>, PathRejection>;

const NO_RUN: &str = "There is no lesson being written under this number.";

/// `GET /generations/{id}`: how far it is, and all that can be read of it; to the lesson once it is there.
pub async fn generation(State(app): State<App>, headers: HeaderMap, run: RunPath) -> Result<Response, Response> {
    let Ok(Path(run)) = run else { return Err(missing(NO_RUN)) };
    let visitor = visitor(&app, &headers).await?;
    let events = progress::so_far(&app, run).await.map_err(|error| failed(&error))?;
    let last = events.last().ok_or_else(|| missing(NO_RUN))?;
    let now = match &last.ended {
        Some(Ok(lesson)) => return Ok(Redirect::to(&format!("/lessons/{lesson}")).into_response()),
        Some(Err(_)) => GenerationState::Failed { message: last.message.clone() },
        None => {
            let mut drawing = Drawing::new(&app, run);
            let drawn: Vec<_> = events.iter().filter_map(|progress| drawing.draw(progress)).collect();
            let Pieces { head, blocks } = Pieces::merged(drawn.iter().map(AsRef::as_ref));
            let blocks = blocks.into_iter().filter_map(|piece| piece.html).collect();
            let (percent, stage, heard) = (last.percent, last.message.clone(), last.sequence);
            GenerationState::Running { percent, stage, heard, head, blocks }
        }
    };
    let request = progress::request_of(&app, run).await.map_err(|error| failed(&error))?;
    let request = request.ok_or_else(|| missing(NO_RUN))?;
    let frame = frame(&format!("/generations/{run}"), &visitor);
    let shown = ProgressPage { frame, id: run.to_string(), request: form_of(&request), state: now };
    Ok(page(StatusCode::OK, &shown))
}

/// What a follower has heard already, as the page says it.
#[derive(Debug, Deserialize)]
pub struct Heard {
    after: Option<String>,
}

/// `GET /generations/{id}/events?after=N`: server-sent events with a JSON object each, after the one with the number N, until
/// the run has ended.
///
/// Each carries its number as its id, so a browser that lost the connection says which it heard last, and goes on there,
/// whatever its address says.
pub async fn generation_events(
    State(app): State<App>,
    Query(Heard { after }): Query<Heard>,
    headers: HeaderMap,
    run: RunPath,
) -> Result<Response, Response> {
    let Ok(Path(run)) = run else { return Err(missing(NO_RUN)) };
    let told = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let heard: i64 = told.or_else(|| after?.parse().ok()).unwrap_or(0);
    let changes = progress::follow(&app, run, 0).await.map_err(|error| failed(&error))?;
    let changes = changes.ok_or_else(|| missing(NO_RUN))?;
    let stopping = app.stopping.clone().cancelled_owned();
    let mut drawing = Drawing::new(&app, run);
    let events = changes.filter_map(move |progress| {
        if progress.sequence <= heard {
            drawing.pass(&progress);
            return future::ready(None);
        }
        let pieces = drawing.draw(&progress);
        future::ready(Some(Ok::<_, Infallible>(event(&progress, pieces.as_deref()))))
    });
    Ok(Sse::new(events.take_until(stopping)).keep_alive(KeepAlive::default()).into_response())
}

fn event(progress: &RunProgress, pieces: Option<&Pieces>) -> Event {
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
        "head": pieces.and_then(|pieces| pieces.head.as_ref()),
        "blocks": pieces.map(|pieces| pieces.blocks.as_slice()).unwrap_or_default(),
    });
    Event::default().id(progress.sequence.to_string()).data(data.to_string())
}

/// How long browsers may keep a picture of a lesson that is being written: not longer than its page is of use.
const KEEP_PICTURE_S: u32 = 3_600;

/// Which picture of a block is asked for.
#[derive(Debug, Deserialize)]
pub struct PictureQuery {
    theme: Option<String>,
    form: Option<String>,
}

/// `GET /generations/{id}/diagrams/{block}.svg?theme=light|dark&form={form}`: a diagram in one of the forms it was shown in,
/// without a form in the last one.
pub async fn generation_diagram(
    State(app): State<App>,
    Path((run, file)): Path<(String, String)>,
    Query(PictureQuery { theme, form }): Query<PictureQuery>,
) -> Result<Response, Response> {
    let missing = || StatusCode::NOT_FOUND.into_response();
    let theme = theme_of(theme.as_deref());
    let run = run.parse::<RunId>().map_err(|_| missing())?;
    let block = file.strip_suffix(".svg").ok_or_else(missing)?;
    let events = progress::so_far(&app, run).await.map_err(|error| failed(&error))?;
    let told = events.iter().rev().filter_map(|progress| progress.shown.as_ref()).flat_map(|shown| &shown.blocks);
    let mut forms = told.filter(|told| told.id == block && told.block.is_some()).map(|told| (told, told.form()));
    let found = forms.find(|(_, found)| form.as_ref().is_none_or(|form| form == found));
    let (told, form) = found.ok_or_else(missing)?;
    let svg = app.rendered.picture(Drawn::Early(run, form), block, theme, || {
        let Some(Body::Diagram { mermaid, .. }) = told.block.as_ref().map(|block| &block.body) else {
            return Err(missing());
        };
        draw(mermaid, theme).map(|svg| svg.text).map_err(|_| missing())
    })?;
    Ok(picture(&svg, KEEP_PICTURE_S))
}
