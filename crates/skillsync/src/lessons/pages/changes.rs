//! The page that shows what changed between two versions.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::app::App;
use crate::lessons::changes::{BlockChange, changes};
use crate::lessons::document::{Block, Document};
use crate::lessons::lesson::Lesson;
use crate::lessons::versions;
use crate::web::pages::{ChangesPage, ShownChange};
use crate::web::render::block_name;
use crate::web::responses::{failed, frame, missing, page, visitor};

use super::lesson::{LessonPath, damaged, find};

/// Most other versions that the page offers to compare with, the newest.
const MOST_OTHERS: usize = 12;

/// Which version to compare with.
#[derive(Debug, Deserialize)]
pub struct Since {
    since: Option<String>,
}

/// `GET /lessons/{id}/changes?since=N`
pub async fn lesson_changes(
    State(app): State<App>,
    headers: HeaderMap,
    id: LessonPath,
    Query(Since { since }): Query<Since>,
) -> Result<Response, Response> {
    let visitor = visitor(&app, &headers).await?;
    let lesson = find(&app, id).await?;
    let no_version = || missing("There is no such version to compare this lesson with.");
    let since: i64 = since.and_then(|since| since.parse().ok()).ok_or_else(no_version)?;
    let other = versions::by_number(&app, &lesson.request, since).await.map_err(|error| failed(&error))?;
    let other = other.ok_or_else(no_version)?;
    let entry = versions::entry(&app, &lesson.request).await.map_err(|error| failed(&error))?;
    let numbers = entry.iter().flat_map(|entry| entry.versions.iter().rev().map(|version| version.version));
    let others = numbers.filter(|number| ![since, lesson.version].contains(number)).take(MOST_OTHERS).collect();
    let read = |lesson: &Lesson| lesson.document().map_err(|error| damaged(lesson, &error));
    let (old, new) = (read(&other)?, read(&lesson)?);
    let changes = changes(&old, &new);
    let names: HashMap<&str, &Block> = [&old, &new].into_iter().flat_map(by_id).collect();
    let shown = |change: BlockChange| ShownChange {
        name: names.get(change.id.as_str()).map_or_else(String::new, |block| block_name(block)),
        id: change.id,
        change: change.change,
        lines: change.lines,
    };
    let shown = ChangesPage {
        frame: frame(&format!("/lessons/{}/changes?since={since}", lesson.id), &visitor),
        id: lesson.id.0,
        number: lesson.version,
        title: lesson.title.clone(),
        language: lesson.request.language.to_string(),
        since,
        since_id: other.id.0,
        others,
        head: changes.head,
        blocks: changes.blocks.into_iter().map(shown).collect(),
    };
    Ok(page(StatusCode::OK, &shown))
}

fn by_id(document: &Document) -> impl Iterator<Item = (&str, &Block)> {
    document.blocks.iter().map(|block| (block.id.as_str(), block))
}
