//! Counts a learner's vote.

use crate::accounts::person::Person;
use crate::app::App;
use crate::ids::LessonId;
use crate::lessons::lesson::Lesson;
use crate::lessons::versions;
use crate::storage::StorageError;

use super::ballot::{Ballot, Comment, InvalidBallot};
use super::store::{self, NewBallot, OwnVote};

/// Why a vote was not counted.
#[derive(Debug, thiserror::Error)]
pub enum CastVoteError {
    /// No such lesson.
    #[error("There is no lesson with this number.")]
    NotFound,
    /// The vote or its comment is not fit.
    #[error(transparent)]
    Invalid(#[from] InvalidBallot),
    /// The database cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Counts a vote: a new one, another instead of the one before, or none any more. Gives the lesson as it stands after it.
///
/// # Errors
/// When there is no such lesson, the comment is not fit, or the database cannot be used.
pub async fn cast_vote(
    app: &App,
    by: &Person,
    lesson: LessonId,
    ballot: Ballot,
    comment: &str,
) -> Result<Lesson, CastVoteError> {
    let comment = Comment::parse(comment)?;
    let mut voted = versions::by_id(app, lesson).await?.ok_or(CastVoteError::NotFound)?;
    let new = NewBallot { lesson, person: by.id, ballot, comment: comment.as_ref(), at: app.clock.now() };
    let tally = store::cast(&app.db, &new).await?.ok_or(CastVoteError::NotFound)?;
    app.cache.forget(&voted.lookup_key());
    // The views of the tally may lag behind those that this process has counted; the ones read before are complete.
    voted.tally.upvotes = tally.upvotes;
    voted.tally.downvotes = tally.downvotes;
    Ok(voted)
}

/// The vote that a learner has on a version.
///
/// # Errors
/// When the database cannot be used.
pub async fn own_vote(app: &App, lesson: LessonId, by: &Person) -> Result<Option<OwnVote>, StorageError> {
    store::own_vote(&app.db, lesson, by.id).await
}
