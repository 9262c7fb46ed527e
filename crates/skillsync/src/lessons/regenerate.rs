//! Has a new version of a lesson written, with a reason; the old ones stay.

use std::sync::Arc;

use crate::accounts::person::Person;
use crate::app::App;
use crate::generation::authors::NoAuthor;
use crate::generation::pipeline::{Job, Rewrite};
use crate::ids::LessonId;
use crate::storage::StorageError;
use crate::work::flight::Full;

use super::lesson::Lesson;
use super::order::{Order, Unwritten, order};
use super::{LessonFlight, Writing, versions};

/// The longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// Why a lesson could not be written again.
#[derive(Debug, thiserror::Error)]
pub enum RegenerateError {
    /// No such lesson.
    #[error("There is no lesson with this number.")]
    NotFound,
    /// The reason is too long.
    #[error("The reason has {0} characters; at most {MAX_REASON_CHARS} are allowed.")]
    ReasonTooLong(usize),
    /// The reason contains what could not be shown.
    #[error("The reason contains a control character. Remove it and try again.")]
    ReasonControlCharacter,
    /// Nobody can write it; nothing was started.
    #[error(transparent)]
    NoAuthor(#[from] NoAuthor),
    /// Too many lessons are being written; nothing was started.
    #[error(transparent)]
    Busy(#[from] Full),
    /// The run that was to write it failed.
    #[error(transparent)]
    Generation(Arc<Unwritten>),
    /// The database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A lesson and the one that was written after it.
pub struct Regenerated {
    /// The lesson that was found wanting.
    pub old: Lesson,
    /// The new version.
    pub new: Lesson,
}

/// Starts writing a new version of a lesson, or joins the run that is already writing one for the same key.
///
/// # Errors
/// When there is no such lesson, the reason is not fit, or no model is connected.
pub async fn start_regeneration(
    app: &App,
    by: &Person,
    lesson: LessonId,
    reason: &str,
) -> Result<(Lesson, LessonFlight), RegenerateError> {
    let reason = checked(reason)?;
    let old = versions::by_id(app, lesson).await?.ok_or(RegenerateError::NotFound)?;
    let writing = Writing::Again(old.lookup_key());
    // The library would only give the same lesson again, so this takes a model.
    app.authors.model_for(&old.request).await?;
    let job = Job { request: old.request.clone(), rewrite: Some(Rewrite { reason, only: None }) };
    let flight = order(app, Order { writing, job, by: Some(by.id) })?.flight;
    Ok((old, flight))
}

/// Has a new version written and waits for it.
///
/// # Errors
/// As [`start_regeneration`], and when the run fails.
pub async fn regenerate(
    app: &App,
    by: &Person,
    lesson: LessonId,
    reason: &str,
) -> Result<Regenerated, RegenerateError> {
    let (old, flight) = start_regeneration(app, by, lesson, reason).await?;
    let id = flight.outcome().await.map_err(RegenerateError::Generation)?;
    let new = versions::by_id(app, id).await?.ok_or(RegenerateError::NotFound)?;
    Ok(Regenerated { old, new })
}

fn checked(reason: &str) -> Result<String, RegenerateError> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if length > MAX_REASON_CHARS {
        return Err(RegenerateError::ReasonTooLong(length));
    }
    if reason.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return Err(RegenerateError::ReasonControlCharacter);
    }
    Ok(reason.to_owned())
}
