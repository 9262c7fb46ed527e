//! Reports a block of a version, or takes a report back.

use crate::accounts::person::Person;
use crate::app::App;
use crate::ids::LessonId;
use crate::lessons::versions;
use crate::storage::StorageError;

use super::report::{Comment, InvalidReport, ReportKind};
use super::store::{self, NewReport};

/// Why a report was not kept, or not taken back.
#[derive(Debug, thiserror::Error)]
pub enum ReportBlockError {
    /// No such lesson.
    #[error("There is no lesson with this number.")]
    NoLesson,
    /// The lesson has no such block.
    #[error("This lesson has no block with this id.")]
    NoBlock,
    /// The report is not fit.
    #[error(transparent)]
    Invalid(#[from] InvalidReport),
    /// The database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What is reported.
#[derive(Clone, Copy, Debug)]
pub struct Reported<'a> {
    /// The version.
    pub lesson: LessonId,
    /// Its block.
    pub block: &'a str,
    /// What is the matter with it.
    pub kind: ReportKind,
    /// The same in words; may be empty.
    pub comment: &'a str,
}

/// Keeps a report. A person's second one on the same block of the same version takes the place of the first.
///
/// # Errors
/// When there is no such lesson or block, the comment is not fit, or the database cannot be used.
pub async fn report_block(app: &App, by: &Person, reported: &Reported<'_>) -> Result<(), ReportBlockError> {
    let Reported { lesson, block, kind, comment } = *reported;
    let comment = Comment::parse(comment)?;
    // A version never changes and is never deleted, so what was found now is there when the report is stored.
    find_block(app, lesson, block).await?;
    let new = NewReport { lesson, person: by.id, block, kind, comment: comment.as_ref(), at: app.clock.now() };
    Ok(store::put(&app.db, &new).await?)
}

/// Takes a person's own report back; none is as good as one that was taken back.
///
/// # Errors
/// When there is no such lesson or block, or the database cannot be used.
pub async fn withdraw_report(app: &App, by: &Person, lesson: LessonId, block: &str) -> Result<(), ReportBlockError> {
    find_block(app, lesson, block).await?;
    Ok(store::withdraw(&app.db, lesson, by.id, block).await?)
}

async fn find_block(app: &App, lesson: LessonId, block: &str) -> Result<(), ReportBlockError> {
    let lesson = versions::by_id(app, lesson).await?.ok_or(ReportBlockError::NoLesson)?;
    let document = lesson.document().map_err(StorageError::encode)?;
    let found = document.blocks.iter().any(|other| other.id == block);
    found.then_some(()).ok_or(ReportBlockError::NoBlock)
}
