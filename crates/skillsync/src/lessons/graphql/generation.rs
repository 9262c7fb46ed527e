//! The writing of a lesson in the GraphQL API, asked for or followed.

use async_graphql::{Context, Enum, ID, InputType, Object, Result, SimpleObject, Subscription};
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
    /// The number of the whole, to be followed by `generationProgress` or asked for by `generation`.
    id: ID,
    /// The number of this event in the writing of the lesson, from 1.
    sequence: i64,
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
        Self {
            id: progress.run.into(),
            sequence: progress.sequence,
            state,
            progress: progress.percent,
            message: progress.message,
            code,
            lesson_id,
        }
    }
}

/// What can be followed.
pub struct LessonSubscriptions;

#[Subscription(name = "Subscription")]
impl LessonSubscriptions {
    /// What happens to lessons. One field of it can be followed at a time.
    async fn lessons(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = LessonEvents>> {
        let (run, after) = wanted(ctx)?;
        let not_found = || Code::NotFound.error("There is no generation with this number.");
        let run = run.parse::<RunId>().map_err(|_| not_found())?;
        let follow = progress::follow(app(ctx), run, after).await.or_error()?.ok_or_else(not_found)?;
        Ok(follow.map(|progress| LessonEvents { generation: progress.into() }))
    }
}

/// What the subscriber asks for. A stream begins at the root of a document, so the root reads what the field below is asked.
fn wanted(ctx: &Context<'_>) -> Result<(ID, i64)> {
    let root = ctx.field();
    let mut fields = root.selection_set().filter(|field| field.name() == "generationProgress");
    let only_one = || Code::InvalidInput.error("Follow one generation at a time, with `generationProgress(id: …)`.");
    let (Some(field), None) = (fields.next(), fields.next()) else { return Err(only_one()) };
    let (mut run, mut after) = (ID::from(""), 0);
    for (name, value) in field.arguments().map_err(|_| only_one())? {
        match name.as_str() {
            "id" => run = ID::parse(Some(value)).map_err(|_| only_one())?,
            _ => after = Option::<i64>::parse(Some(value)).map_err(|_| only_one())?.unwrap_or(0),
        }
    }
    Ok((run, after))
}

/// One thing that happened to a lesson.
pub struct LessonEvents {
    generation: Generation,
}

#[Object]
impl LessonEvents {
    /// The writing of a lesson: every event from the first, or those after the event with the number `after`, until it has
    /// ended. The events of one generation are the same for all who follow it.
    async fn generation_progress(
        &self,
        #[graphql(desc = "The number of the generation.")] id: ID,
        #[graphql(desc = "The last event that was heard; 0 for all.", default)] after: i64,
    ) -> &Generation {
        // Which generation it is was decided when the stream began, see `wanted`.
        let _ = (id, after);
        &self.generation
    }
}
