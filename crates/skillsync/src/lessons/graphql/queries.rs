//! Asking for lessons and looking them up.

use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::accounts::graphql::viewer;
use crate::api::errors::{OrError, internal};
use crate::ids::RunId;
use crate::lessons::get_or_generate::{Answer, Ask, GetOrGenerateError, get_or_generate};
use crate::lessons::key::{LookupKey, cache_key};
use crate::lessons::progress;
use crate::lessons::request::{Difficulty, Language, LearningStyle, LessonNumber, LessonRequest, StepTitle};
use crate::lessons::versions;

use super::generation::Generation;
use super::profile::LearnerProfileInput;
use super::{BUSY, LessonObject, app, failure};

/// What can be read of lessons.
pub struct LessonQueries;

/// The answer to a request for a lesson.
#[derive(SimpleObject, Default)]
pub struct LessonPayload {
    /// Whether there is a lesson, or one is being written for an asker who did not want to wait.
    success: bool,
    /// What happened, for the learner.
    message: String,
    /// The same for programs, when there is no lesson: `NO_MODEL`, `RESEARCH_OFF`, `GENERATION_FAILED`, ….
    code: Option<String>,
    /// The lesson.
    lesson: Option<LessonObject>,
    /// Whether it was there before this question.
    was_cached: bool,
    /// The writing of it, when `wait` was false and it is not there yet.
    generation: Option<Generation>,
}

impl LessonPayload {
    fn from_answer(answer: Answer) -> Self {
        match answer {
            Answer::Served { served, was_cached } => Self {
                success: true,
                message: format!("Here is your lesson, {}.", served.reason),
                lesson: Some(LessonObject::from(served)),
                was_cached,
                ..Self::default()
            },
            Answer::Writing(progress) => Self {
                success: true,
                message: "Your lesson is being written.".to_owned(),
                generation: Some(Generation::standing(progress)),
                ..Self::default()
            },
        }
    }
}

fn request(
    step_title: String,
    learning_style: LearningStyle,
    lesson_number: Option<i64>,
    rest: (Option<Difficulty>, Option<String>, Option<bool>, Option<LearnerProfileInput>),
) -> Result<LessonRequest> {
    let (difficulty, language, research, profile) = rest;
    let mut request = LessonRequest::new(StepTitle::parse(step_title).or_error()?, learning_style);
    if let Some(number) = lesson_number {
        request.lesson_number = LessonNumber::try_from(number).or_error()?;
    }
    request.difficulty = difficulty.unwrap_or(request.difficulty);
    if let Some(language) = language {
        request.language = language.parse::<Language>().or_error()?;
    }
    request.research = research.unwrap_or(request.research);
    request.profile = profile.unwrap_or_default().parse()?;
    Ok(request)
}

#[Object]
impl LessonQueries {
    /// The best version of a lesson. The first question for it has it written; every later one is served at once and
    /// costs nothing. With `wait: false` the answer comes at once, with the `generation` to follow when it is not there.
    #[graphql(complexity = "50 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "these are the arguments of the API's field")]
    async fn get_or_generate_lesson(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The topic, 1 to 255 characters.")] step_title: String,
        #[graphql(desc = "`hands_on`, `video`, `reading` or `mixed`.")] learning_style: LearningStyle,
        #[graphql(desc = "Which lesson on the topic, from 1.", default_with = "Some(1)")] lesson_number: Option<i64>,
        #[graphql(desc = "`beginner` (the default), `intermediate` or `advanced`.")] difficulty: Option<Difficulty>,
        #[graphql(desc = "The language as a BCP 47 tag; `en` by default.")] language: Option<String>,
        #[graphql(desc = "Whether to research sources first.", default_with = "Some(false)")] research: Option<bool>,
        #[graphql(desc = "Whom to write it for; everybody by default.")] profile: Option<LearnerProfileInput>,
        #[graphql(desc = "Whether to wait until it is written.", default_with = "Some(true)")] wait: Option<bool>,
    ) -> Result<LessonPayload> {
        let request = request(step_title, learning_style, lesson_number, (difficulty, language, research, profile))?;
        let by = viewer(ctx)?.person().map(|person| person.id);
        let wait = wait.unwrap_or(true);
        let (message, code) = match get_or_generate(app(ctx), Ask { request, by, wait, counts: true }).await {
            Ok(answer) => return Ok(LessonPayload::from_answer(answer)),
            Err(GetOrGenerateError::Storage(error)) => return Err(internal(&*error)),
            Err(GetOrGenerateError::Busy(error)) => (error.to_string(), BUSY.to_owned()),
            Err(GetOrGenerateError::NoAuthor(error)) => (error.to_string(), error.code().to_owned()),
            Err(GetOrGenerateError::Generation(error)) => (error.to_string(), failure(&error)?),
        };
        Ok(LessonPayload { message, code: Some(code), ..LessonPayload::default() })
    }

    /// One version by its number; null when there is none. Looking a version up is not counted as a view.
    #[graphql(complexity = "5 + child_complexity")]
    async fn get_lesson_by_id(&self, ctx: &Context<'_>, lesson_id: ID) -> Result<Option<LessonObject>> {
        Ok(versions::by_id(app(ctx), super::lesson_id(&lesson_id)).await.or_error()?.map(LessonObject::new))
    }

    /// All versions of a lesson, newest first, at most 100; none when nobody asked for it yet.
    #[graphql(complexity = "20 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "these are the arguments of the API's field")]
    async fn get_lesson_versions(
        &self,
        ctx: &Context<'_>,
        step_title: String,
        learning_style: LearningStyle,
        #[graphql(default_with = "Some(1)")] lesson_number: Option<i64>,
        difficulty: Option<Difficulty>,
        language: Option<String>,
        #[graphql(default_with = "Some(false)")] research: Option<bool>,
        profile: Option<LearnerProfileInput>,
    ) -> Result<Vec<LessonObject>> {
        let request = request(step_title, learning_style, lesson_number, (difficulty, language, research, profile))?;
        let lessons = versions::of_request(app(ctx), &request).await.or_error()?;
        Ok(lessons.into_iter().map(LessonObject::new).collect())
    }

    /// The keys of a request, without asking for the lesson.
    #[expect(clippy::too_many_arguments, reason = "these are the arguments of the API's field")]
    async fn lesson_key(
        &self,
        step_title: String,
        learning_style: LearningStyle,
        #[graphql(default_with = "Some(1)")] lesson_number: Option<i64>,
        difficulty: Option<Difficulty>,
        language: Option<String>,
        profile: Option<LearnerProfileInput>,
    ) -> Result<LessonKey> {
        let request = request(step_title, learning_style, lesson_number, (difficulty, language, None, profile))?;
        Ok(LessonKey {
            cache_key: cache_key(&request),
            lookup_key: LookupKey::of(&request).to_string(),
            canonical_title: request.step_title.canonical().to_owned(),
        })
    }

    /// Where the writing of a lesson stands, with all blocks that can be read already; null when there is no such run.
    async fn generation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Generation>> {
        let Ok(run) = id.parse::<RunId>() else { return Ok(None) };
        Ok(progress::of_run(app(ctx), run).await.or_error()?.map(Generation::standing))
    }
}

/// The keys of a request.
#[derive(SimpleObject)]
pub struct LessonKey {
    /// The key of the first API: md5 of `title:number:style`.
    cache_key: String,
    /// The key that the lesson is found by.
    lookup_key: String,
    /// The form under which titles are compared.
    canonical_title: String,
}
