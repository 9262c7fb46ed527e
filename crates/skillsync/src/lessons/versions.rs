//! Reads lessons: the version that is served for a request, all versions of a key, one version by its id.

use std::sync::Arc;

use crate::app::App;
use crate::ids::LessonId;
use crate::storage::StorageError;
use crate::voting::ranking::choose_version;

use super::cache::KeyEntry;
use super::key::{Identity, LookupKey};
use super::lesson::{Lesson, Served};
use super::request::LessonRequest;
use super::store::{self, ReadyLesson};

/// Takes the views out of a lesson as it was read that this process has added itself, see [`super::views::Settled`].
/// From here on `lesson.tally.views` is a base, and [`views_now`] the number to show.
macro_rules! rebase {
    ($settled:expr, $lesson:expr) => {
        $lesson.tally.views = $settled.base($lesson.id, $lesson.tally.views)
    };
}

/// How often a lesson was served until this moment.
pub fn views_now(app: &App, lesson: &Lesson) -> i64 {
    app.views.total(lesson.id, lesson.tally.views)
}

/// The version that is served for a request, from memory or the database; none when nobody asked before, or when all
/// versions are rejected.
///
/// # Errors
/// When the database cannot be used.
pub async fn best(app: &App, request: &LessonRequest) -> Result<Option<Served>, StorageError> {
    Ok(entry(app, request).await?.and_then(|entry| entry.served.clone()))
}

/// The key of a request with its versions, from memory or the database.
///
/// # Errors
/// When the database cannot be used.
pub async fn entry(app: &App, request: &LessonRequest) -> Result<Option<Arc<KeyEntry>>, StorageError> {
    let key = LookupKey::of(request);
    let entry = app.cache.get(&key, app.clock.now(), read_entry(app, &key)).await?;
    Ok(entry.filter(|entry| entry.identity.is_of(request)))
}

async fn read_entry(app: &App, key: &LookupKey) -> Result<Option<KeyEntry>, StorageError> {
    let read_at = app.clock.now();
    let Some((identity, versions)) = store::versions(&app.db, key).await? else { return Ok(None) };
    let candidates: Vec<_> = versions.iter().map(|version| version.candidate()).collect();
    let served = match choose_version(&candidates, &app.ranking_policy()) {
        Some((index, reason)) => {
            let lesson = by_id(app, versions[index].id).await?;
            lesson.map(|lesson| Served { lesson: Arc::new(lesson), reason })
        }
        None => None,
    };
    Ok(Some(KeyEntry { identity, versions, served, read_at }))
}

/// One version, whether it is the one that is served or not.
///
/// # Errors
/// When the database cannot be used.
pub async fn by_id(app: &App, id: LessonId) -> Result<Option<Lesson>, StorageError> {
    let settled = app.views.settled().await;
    let lesson = store::lesson(&app.db, id).await?;
    Ok(lesson.map(|mut lesson| {
        rebase!(settled, lesson);
        lesson
    }))
}

/// The version with this number among those of what a request asks for.
///
/// # Errors
/// When the database cannot be used.
pub async fn by_number(app: &App, request: &LessonRequest, number: i64) -> Result<Option<Lesson>, StorageError> {
    let Some(entry) = entry(app, request).await? else { return Ok(None) };
    match entry.versions.iter().find(|version| version.version == number) {
        Some(version) => by_id(app, version.id).await,
        None => Ok(None),
    }
}

/// All versions of what a request asks for, newest first, at most 100.
///
/// # Errors
/// When the database cannot be used.
pub async fn of_request(app: &App, request: &LessonRequest) -> Result<Vec<Lesson>, StorageError> {
    let settled = app.views.settled().await;
    let mut lessons = store::lessons_of_key(&app.db, &LookupKey::of(request)).await?;
    lessons.retain(|lesson| Identity::of(&lesson.request).is_of(request));
    for lesson in &mut lessons {
        rebase!(settled, lesson);
    }
    Ok(lessons)
}

/// What was answered last, newest first, but lessons by the author `but_by`.
///
/// # Errors
/// When the database cannot be used.
pub async fn ready(app: &App, but_by: &str, limit: i64) -> Result<Vec<ReadyLesson>, StorageError> {
    store::ready(&app.db, but_by, limit).await
}
