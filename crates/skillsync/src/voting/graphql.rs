//! Votes in the GraphQL API.

use async_graphql::{ID, InputObject, Result, SimpleObject};

use crate::accounts::person::Person;
use crate::api::errors::{Code, internal};
use crate::app::App;
use crate::lessons::graphql::{LessonObject, lesson_id};

use super::ballot::Ballot;
use super::cast_vote::{CastVoteError, cast_vote};

/// A vote.
#[derive(InputObject)]
pub struct VoteLessonInput {
    /// The version.
    pub lesson_id: ID,
    /// `upvote`, `downvote` or `withdraw`.
    pub vote_type: Ballot,
    /// What to say about it, at most 2,000 characters.
    pub comment: Option<String>,
}

/// The answer to a vote.
#[derive(SimpleObject)]
pub struct VotePayload {
    /// Whether the vote was counted.
    success: bool,
    /// What happened, for the learner.
    message: String,
    /// The same for programs, when it was not counted.
    code: Option<&'static str>,
    /// The lesson as it stands now.
    lesson: Option<LessonObject>,
}

/// Casts a vote and says what came of it.
///
/// # Errors
/// When the comment is not allowed or the server failed.
pub async fn vote(app: &App, person: &Person, input: VoteLessonInput) -> Result<VotePayload> {
    let lesson = lesson_id(&input.lesson_id);
    match cast_vote(app, person, lesson, input.vote_type, input.comment.as_deref().unwrap_or_default()).await {
        Ok(lesson) => Ok(VotePayload {
            success: true,
            message: said(input.vote_type).to_owned(),
            code: None,
            lesson: Some(LessonObject::new(lesson)),
        }),
        Err(error @ CastVoteError::NotFound) => Ok(VotePayload {
            success: false,
            message: error.to_string(),
            code: Some(Code::NotFound.as_str()),
            lesson: None,
        }),
        Err(error @ CastVoteError::Invalid(_)) => Err(Code::InvalidInput.error(error)),
        Err(CastVoteError::Storage(error)) => Err(internal(&error)),
    }
}

fn said(ballot: Ballot) -> &'static str {
    match ballot {
        Ballot::Cast(_) => "Thank you, your vote is counted.",
        Ballot::Withdraw => "Your vote is withdrawn.",
    }
}
