//! The writing of a lesson in the GraphQL API, asked for or followed.

use async_graphql::{Context, Enum, ID, Result, SimpleObject, Subscription};
use futures::{Stream, StreamExt};

use crate::api::errors::{Code, OrError};
use crate::ids::RunId;
use crate::lessons::progress::{self, RunProgress};

use super::app;

/// Where the writing of a lesson stands.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum GenerationState {
    /// It is being written.
    Running,
    /// It is there.
    Published,
    /// It could not be written.
    Failed,
}

/// The writing of a lesson.
#[derive(SimpleObject)]
pub struct Generation {
    /// Its number, to be followed by `generationProgress` or asked for by `generation`.
    id: ID,
    /// Where it stands.
    state: GenerationState,
    /// How far it is, 0 to 100 per cent.
    progress: u8,
    /// What happens now, or what went wrong, for the learner.
    message: String,
    /// Why it failed, for programs.
    code: Option<String>,
    /// The lesson's number, once it is there.
    lesson_id: Option<ID>,
}

impl From<RunProgress> for Generation {
    fn from(progress: RunProgress) -> Self {
        let state = match &progress.ended {
            None => GenerationState::Running,
            Some(Ok(_)) => GenerationState::Published,
            Some(Err(_)) => GenerationState::Failed,
        };
        let (lesson_id, code) = match progress.ended {
            Some(Ok(lesson)) => (Some(lesson.into()), None),
            Some(Err(code)) => (None, Some(code)),
            None => (None, None),
        };
        Self { id: progress.run.into(), state, progress: progress.percent, message: progress.message, code, lesson_id }
    }
}

/// What can be followed.
pub struct LessonSubscriptions;

#[Subscription(name = "Subscription")]
impl LessonSubscriptions {
    /// The writing of a lesson, from where it stands until it has ended.
    async fn generation_progress(&self, ctx: &Context<'_>, id: ID) -> Result<impl Stream<Item = Generation>> {
        let not_found = || Code::NotFound.error("There is no generation with this number.");
        let run = id.parse::<RunId>().map_err(|_| not_found())?;
        let follow = progress::follow(app(ctx), run).await.or_error()?.ok_or_else(not_found)?;
        Ok(follow.map(Generation::from))
    }
}
