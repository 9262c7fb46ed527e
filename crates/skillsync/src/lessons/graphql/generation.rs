//! The writing of a lesson in the GraphQL API, asked for or followed.

use async_graphql::{ComplexObject, Context, Enum, ID, InputType, Object, Result, SimpleObject, Subscription};
use futures::{Stream, StreamExt};

use crate::api::errors::{Code, OrError, internal};
use crate::ids::RunId;
use crate::lessons::progress::{self, RunProgress};
use crate::lessons::shown::{Shown, ShownBlock, ShownHead};

use super::app;
use super::content::BlockContent;

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
#[graphql(complex)]
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
    #[graphql(skip)]
    run: RunId,
    #[graphql(skip)]
    readable: Readable,
}

/// What of the lesson the fields `head` and `blocks` give.
enum Readable {
    /// What one event tells of it.
    News(Shown),
    /// All that was told up to the event.
    SoFar,
}

#[ComplexObject]
impl Generation {
    /// The head of the lesson, which can be read before the rest is written. In a subscription it comes once, with the event
    /// that tells it; null in all others.
    async fn head(&self, ctx: &Context<'_>) -> Result<Option<GenerationHead>> {
        let head = match &self.readable {
            Readable::News(shown) => shown.head.clone(),
            Readable::SoFar => self.so_far(ctx).await?.head,
        };
        Ok(head.map(GenerationHead::from))
    }

    /// Blocks of the lesson that can be read before the rest is written. Sort them by `position`.
    /// In a subscription these are the blocks that the event has news of, mostly none. The same block can be told again: when
    /// it was checked, when it was written again, and when it was left out (`dropped`). The last word on an id holds. Asked
    /// for outside of a subscription, these are all blocks as they stood at the event `sequence`, without those that were left
    /// out; whoever goes on with `generationProgress(after: sequence)` misses nothing.
    async fn blocks(&self, ctx: &Context<'_>) -> Result<Vec<GenerationBlock>> {
        let blocks = match &self.readable {
            Readable::News(shown) => shown.blocks.iter().map(GenerationBlock::of).collect(),
            Readable::SoFar => self.so_far(ctx).await?.blocks.iter().map(GenerationBlock::of).collect(),
        };
        let blocks: serde_json::Result<_> = blocks;
        blocks.map_err(|error| internal(&error))
    }
}

/// The head of a lesson that is being written.
#[derive(SimpleObject)]
pub struct GenerationHead {
    /// The heading.
    title: String,
    /// What the learner will be able to do.
    description: String,
    /// How long it will take, in minutes.
    estimated_duration: u32,
}

impl From<ShownHead> for GenerationHead {
    fn from(ShownHead { title, description, minutes }: ShownHead) -> Self {
        Self { title, description, estimated_duration: minutes }
    }
}

/// A block of a lesson that is being written.
#[derive(SimpleObject)]
pub struct GenerationBlock {
    /// The block's id, which it keeps in the lesson.
    id: ID,
    /// Blocks are read in the order of their positions.
    position: i64,
    /// Whether it has passed its checks. What is not checked yet may still change or go.
    checked: bool,
    /// Whether it was left out of the lesson, since it did not pass.
    dropped: bool,
    /// The block; null when it was left out.
    content: Option<BlockContent>,
}

impl GenerationBlock {
    fn of(shown: &ShownBlock) -> serde_json::Result<Self> {
        let content = shown.block.as_ref().map(BlockContent::of).transpose()?;
        let ShownBlock { id, position, checked, .. } = shown;
        Ok(Self { id: id.into(), position: *position, checked: *checked, dropped: content.is_none(), content })
    }
}

impl Generation {
    /// One event, with what it tells of the lesson.
    fn event(mut progress: RunProgress) -> Self {
        let news = progress.shown.take().unwrap_or_default();
        Self::new(progress, Readable::News(news))
    }

    /// Where it stands, with all that can be read of the lesson.
    pub fn standing(progress: RunProgress) -> Self {
        Self::new(progress, Readable::SoFar)
    }

    async fn so_far(&self, ctx: &Context<'_>) -> Result<Shown> {
        progress::shown_until(app(ctx), self.run, self.sequence).await.or_error()
    }

    fn new(progress: RunProgress, readable: Readable) -> Self {
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
            run: progress.run,
            readable,
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
        Ok(follow.map(|progress| LessonEvents { generation: Generation::event(progress) }))
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
