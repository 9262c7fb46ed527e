//! Voting on lessons and having them written again.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use crate::accounts::graphql::viewer;
use crate::api::errors::{Code, OrError, internal};
use crate::lessons::regenerate::{RegenerateError, Wish, regenerate};
use crate::reports::graphql::{ReportBlockInput, ReportPayload, WithdrawReportInput, report, withdraw};
use crate::voting::graphql::{VoteLessonInput, VotePayload, vote};

use super::{BUSY, LessonObject, app, failure, lesson_id};

/// What can be done with lessons.
pub struct LessonMutations;

/// Which lesson to write again, and why.
#[derive(InputObject)]
pub struct RegenerateLessonInput {
    /// The lesson that was found wanting.
    lesson_id: ID,
    /// What the new version should do better, at most 500 characters.
    reason: Option<String>,
    /// The ids of the blocks to write again, 1 to 10; all others stay as they are. Without it the whole lesson is written again.
    block_ids: Option<Vec<ID>>,
}

/// The answer to a request for a new version.
#[derive(SimpleObject)]
pub struct RegeneratePayload {
    /// Whether there is a new version.
    success: bool,
    /// What happened, for the learner.
    message: String,
    /// The same for programs, when there is none.
    code: Option<String>,
    /// The lesson that was found wanting. It stays.
    old_lesson: Option<LessonObject>,
    /// The new version.
    new_lesson: Option<LessonObject>,
}

#[Object]
impl LessonMutations {
    /// Votes on a version: for it, against it, differently than before, or no more. For signed-in learners.
    #[graphql(complexity = "20 + child_complexity")]
    async fn vote_lesson(&self, ctx: &Context<'_>, input: VoteLessonInput) -> Result<VotePayload> {
        let viewer = viewer(ctx)?;
        let person = viewer.require().or_error()?;
        vote(app(ctx), person, input).await
    }

    /// Reports a block of a version. A learner's second report of the same block takes the place of the first. For signed-in
    /// learners.
    #[graphql(complexity = "20 + child_complexity")]
    async fn report_block(&self, ctx: &Context<'_>, input: ReportBlockInput) -> Result<ReportPayload> {
        let viewer = viewer(ctx)?;
        let person = viewer.require().or_error()?;
        report(app(ctx), person, input).await
    }

    /// Takes one's own report of a block back. For signed-in learners.
    #[graphql(complexity = "20 + child_complexity")]
    async fn withdraw_report(&self, ctx: &Context<'_>, input: WithdrawReportInput) -> Result<ReportPayload> {
        let viewer = viewer(ctx)?;
        let person = viewer.require().or_error()?;
        withdraw(app(ctx), person, input).await
    }

    /// Has a new version written, whole or some of its blocks. The old ones stay. For signed-in learners.
    #[graphql(complexity = "100 + child_complexity")]
    async fn regenerate_lesson(&self, ctx: &Context<'_>, input: RegenerateLessonInput) -> Result<RegeneratePayload> {
        let viewer = viewer(ctx)?;
        let person = viewer.require().or_error()?;
        let reason = input.reason.unwrap_or_default();
        let blocks: Option<Vec<String>> = input.block_ids.map(|ids| ids.into_iter().map(|id| id.0).collect());
        let wish = Wish { lesson: lesson_id(&input.lesson_id), reason: &reason, blocks: blocks.as_deref() };
        let (message, code) = match regenerate(app(ctx), person, &wish).await {
            Ok(done) => {
                return Ok(RegeneratePayload {
                    success: true,
                    message: format!("Version {} is there.", done.new.version),
                    code: None,
                    old_lesson: Some(LessonObject::new(done.old)),
                    new_lesson: Some(LessonObject::new(done.new)),
                });
            }
            Err(error @ RegenerateError::NotFound) => (error.to_string(), Code::NotFound.as_str().to_owned()),
            Err(
                error @ (RegenerateError::ReasonTooLong(_)
                | RegenerateError::ReasonControlCharacter
                | RegenerateError::Blocks(_)),
            ) => return Err(Code::InvalidInput.error(error)),
            Err(RegenerateError::Busy(error)) => (error.to_string(), BUSY.to_owned()),
            Err(RegenerateError::NoAuthor(error)) => (error.to_string(), error.code().to_owned()),
            Err(RegenerateError::Generation(error)) => (error.to_string(), failure(&error)?),
            Err(RegenerateError::Storage(error)) => return Err(internal(&error)),
        };
        Ok(RegeneratePayload { success: false, message, code: Some(code), old_lesson: None, new_lesson: None })
    }
}
