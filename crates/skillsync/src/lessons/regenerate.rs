//! Has a new version of a lesson written, all of it or some of its blocks, with a reason; the old ones stay.

use std::sync::Arc;

use crate::accounts::person::Person;
use crate::app::App;
use crate::generation::authors::NoAuthor;
use crate::generation::pipeline::{Job, OnlyBlocks, Rewrite};
use crate::generation::rewrite::can_be_written_again;
use crate::ids::LessonId;
use crate::reports::open_reports;
use crate::storage::StorageError;
use crate::work::flight::Full;

use super::document::{Body, Document};
use super::lesson::Lesson;
use super::order::{Order, Unwritten, order};
use super::{LessonFlight, SomeBlocks, Writing, versions};

/// The longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// Most blocks that are written again at once. Who finds more wanting wants another lesson.
pub const MAX_BLOCKS: usize = 10;

/// What is to be written again.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The version that was found wanting.
    pub lesson: LessonId,
    /// What should be better; may be empty.
    pub reason: &'a str,
    /// The ids of the blocks to write again; all of the lesson when there are none.
    pub blocks: Option<&'a [String]>,
}

/// Why these blocks cannot be written again. Nothing was started or paid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBlocks {
    /// None is named.
    #[error("Choose at least one block, or have the whole lesson written again.")]
    None,
    /// More than [`MAX_BLOCKS`].
    #[error(
        "{0} blocks are named; at most {MAX_BLOCKS} can be written again at once. Have the whole lesson written again instead."
    )]
    TooMany(usize),
    /// One is not in the lesson.
    #[error("This lesson has no block with the id \u{201c}{0}\u{201d}.")]
    Unknown(String),
    /// One was not written but found.
    #[error(
        "The block \u{201c}{0}\u{201d} cannot be written again alone: videos, sources and questions on a video rest on what was found elsewhere."
    )]
    NotWritten(String),
    /// The answers of one quiz are confirmed at a time.
    #[error("One quiz can be written again at a time.")]
    SeveralQuizzes,
}

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
    /// The blocks are not fit.
    #[error(transparent)]
    Blocks(#[from] InvalidBlocks),
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

/// Starts writing a new version of a lesson, or joins the run that is already writing the same for this key. One run at a time
/// writes new versions of a key: who wants others is told so by the flight's outcome, [`Unwritten::OtherWish`].
///
/// # Errors
/// When there is no such lesson or block, a block cannot be written, the reason is not fit, or no model is connected.
pub async fn start_regeneration(
    app: &App,
    by: &Person,
    wish: &Wish<'_>,
) -> Result<(Lesson, LessonFlight), RegenerateError> {
    let reason = checked(wish.reason)?;
    let old = versions::by_id(app, wish.lesson).await?.ok_or(RegenerateError::NotFound)?;
    let only = match wish.blocks {
        Some(blocks) => Some(only(app, &old, blocks).await?),
        None => None,
    };
    // The library would only give the same lesson again, so this takes a model.
    app.authors.model_for(&old.request).await?;
    let blocks = only.as_ref().map(|only| SomeBlocks { of: old.id, blocks: only.blocks.clone() });
    let writing = Writing::Again(old.lookup_key(), blocks);
    let job = Job { request: old.request.clone(), rewrite: Some(Rewrite { reason, only }) };
    let flight = order(app, Order { writing, job, by: Some(by.id) })?.flight;
    Ok((old, flight))
}

/// Has a new version written and waits for it.
///
/// # Errors
/// As [`start_regeneration`], and when the run fails.
pub async fn regenerate(app: &App, by: &Person, wish: &Wish<'_>) -> Result<Regenerated, RegenerateError> {
    let (old, flight) = start_regeneration(app, by, wish).await?;
    let id = flight.outcome().await.map_err(RegenerateError::Generation)?;
    let new = versions::by_id(app, id).await?.ok_or(RegenerateError::NotFound)?;
    Ok(Regenerated { old, new })
}

/// The blocks to write again, with all that their writer needs: the version, its checks, and what is reported about them.
async fn only(app: &App, old: &Lesson, wanted: &[String]) -> Result<OnlyBlocks, RegenerateError> {
    let document = old.document().map_err(StorageError::encode)?;
    let blocks = chosen(&document, wanted)?;
    let reported = open_reports::for_model(app, old.id, &blocks).await?;
    Ok(OnlyBlocks { blocks, document, checks: old.origin.checks.clone(), reported })
}

/// The ids of the wanted blocks, each once, in the order of the lesson.
fn chosen(document: &Document, wanted: &[String]) -> Result<Vec<String>, InvalidBlocks> {
    if wanted.is_empty() {
        return Err(InvalidBlocks::None);
    }
    if let Some(unknown) = wanted.iter().find(|id| !document.blocks.iter().any(|block| block.id == **id)) {
        // An id has at most 64 characters; what is longer is not told back whole.
        return Err(InvalidBlocks::Unknown(unknown.chars().take(64).collect()));
    }
    let blocks: Vec<_> = document.blocks.iter().filter(|block| wanted.contains(&block.id)).collect();
    if let Some(found) = blocks.iter().find(|block| !can_be_written_again(&block.body)) {
        return Err(InvalidBlocks::NotWritten(found.id.clone()));
    }
    if blocks.iter().filter(|block| matches!(block.body, Body::Quiz { .. })).count() > 1 {
        return Err(InvalidBlocks::SeveralQuizzes);
    }
    if blocks.len() > MAX_BLOCKS {
        return Err(InvalidBlocks::TooMany(blocks.len()));
    }
    Ok(blocks.into_iter().map(|block| block.id.clone()).collect())
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
