//! Lessons in the GraphQL API.

use std::sync::Arc;

use async_graphql::{
    Context, Enum, ID, InputObject, InputValueError, InputValueResult, Object, Scalar, ScalarType, Value,
};
use async_graphql::{Result, SimpleObject, Subscription};
use chrono::{DateTime, Utc};
use futures::Stream;

use crate::api::errors::{Code, OrError, internal};
use crate::app::App;
use crate::generation::error::GenerationError;
use crate::ids::{LessonId, RunId};
use crate::voting::approval::approval;
use crate::voting::graphql::{VoteLessonInput, VotePayload, vote};
use crate::voting::ranking::Reason;

use super::get_or_generate::{Answer, Ask, GetOrGenerateError};
use super::key::LookupKey;
use super::lesson::Lesson;
use super::progress::{self, RunProgress};
use super::regenerate::RegenerateError;
use super::request::{Difficulty, Language, LearningStyle, LessonNumber, LessonRequest, StepTitle};
use super::{get_or_generate, regenerate, versions};
use crate::accounts::graphql::viewer;

/// What can be read of lessons.
pub struct LessonQueries;

/// A lesson's document as JSON. It goes into the reply byte for byte as it was published, and is never parsed on the way.
pub struct Content(Arc<str>);

/// A lesson's document, see /schema/lesson.json.
#[Scalar(name = "LessonContent", specified_by_url = "/schema/lesson.json")]
impl ScalarType for Content {
    fn parse(_: Value) -> InputValueResult<Self> {
        Err(InputValueError::custom("a lesson's content is only given, never taken"))
    }

    fn to_value(&self) -> Value {
        let token = async_graphql_value::Name::new(async_graphql_value::RAW_VALUE_TOKEN);
        Value::Object([(token, Value::String(self.0.to_string()))].into_iter().collect())
    }
}

/// A lesson: one version of what was asked for.
pub struct LessonObject {
    lesson: Arc<Lesson>,
    reason: Option<Reason>,
}

impl LessonObject {
    /// A lesson that was looked up rather than chosen.
    pub fn new(lesson: Lesson) -> Self {
        Self { lesson: Arc::new(lesson), reason: None }
    }
}

/// What a version cost to write.
#[derive(SimpleObject)]
pub struct Cost {
    /// In billionths of a dollar; null when the price of the model is not known.
    nano_dollars: Option<i64>,
    /// In dollars, as text, such as `0.001234000`.
    dollars: Option<String>,
    /// Tokens that the model read.
    input_tokens: i64,
    /// Tokens that the model wrote.
    output_tokens: i64,
    /// Whether the tokens are the provider's own count.
    exact: bool,
    /// Calls of the model.
    calls: i64,
}

/// A page that a lesson rests on or points to.
#[derive(SimpleObject)]
pub struct LessonSource {
    title: String,
    url: String,
}

/// A lesson: one version of what was asked for. A version never changes; its votes and views do.
#[Object(name = "Lesson")]
impl LessonObject {
    /// The lesson's number.
    async fn id(&self) -> ID {
        self.lesson.id.into()
    }
    /// The heading.
    async fn title(&self) -> &str {
        &self.lesson.title
    }
    /// What the learner will be able to do.
    async fn description(&self) -> &str {
        &self.lesson.description
    }
    /// The document: typed blocks with stable ids.
    async fn content(&self) -> Content {
        Content(self.lesson.content.clone())
    }
    /// The topic as it was first asked for.
    async fn step_title(&self) -> &str {
        self.lesson.request.step_title.given()
    }
    /// Which lesson on the topic, from 1.
    async fn lesson_number(&self) -> i64 {
        self.lesson.request.lesson_number.get()
    }
    /// `hands_on`, `video`, `reading` or `mixed`.
    async fn learning_style(&self) -> LearningStyle {
        self.lesson.request.learning_style
    }
    /// `beginner`, `intermediate` or `advanced`.
    async fn difficulty(&self) -> Difficulty {
        self.lesson.request.difficulty
    }
    /// The language, as a BCP 47 tag.
    async fn language(&self) -> &str {
        self.lesson.request.language.as_str()
    }
    /// How long it takes, in minutes.
    async fn estimated_duration(&self) -> i64 {
        self.lesson.minutes
    }
    /// Its number among the versions of its key, from 1.
    async fn version(&self) -> i64 {
        self.lesson.version
    }
    /// How often it was served.
    async fn view_count(&self, ctx: &Context<'_>) -> i64 {
        versions::views_now(app(ctx), &self.lesson)
    }
    /// Votes for it.
    async fn upvotes(&self) -> i64 {
        self.lesson.tally.upvotes
    }
    /// Votes against it.
    async fn downvotes(&self) -> i64 {
        self.lesson.tally.downvotes
    }
    /// Votes for it less votes against it.
    async fn net_votes(&self) -> i64 {
        self.lesson.tally.net_votes()
    }
    /// The share of votes for it in per cent, 0 to 100; 0 without votes.
    async fn approval_rate(&self) -> f64 {
        self.lesson.tally.approval_rate() * 100.0
    }
    /// `pending`, `approved`, `verified`, `needs_improvement` or `rejected`.
    async fn approval_status(&self, ctx: &Context<'_>) -> &'static str {
        approval(self.lesson.review, self.lesson.tally, app(ctx).approval_policy()).as_str()
    }
    /// When it was published.
    async fn generated_at(&self) -> DateTime<Utc> {
        self.lesson.origin.generated_at
    }
    /// The model that wrote it, or `starter-library`, or `import`.
    async fn ai_model_version(&self) -> &str {
        &self.lesson.origin.author_model
    }
    /// The version of the prompts it was written with.
    async fn prompt_version(&self) -> &str {
        &self.lesson.origin.prompt_version
    }
    /// The number of the learner who asked for it first, when they were signed in.
    async fn created_by(&self) -> Option<ID> {
        self.lesson.origin.created_by.map(ID::from)
    }
    /// Why it was written again.
    async fn regeneration_reason(&self) -> Option<&str> {
        self.lesson.origin.reason.as_deref()
    }
    /// The key of the first API: md5 of `title:number:style`.
    async fn cache_key(&self) -> &str {
        &self.lesson.cache_key
    }
    /// The key that the lesson is found by: 64 hexadecimal digits over all that was asked for.
    async fn lookup_key(&self) -> String {
        self.lesson.lookup_key().to_string()
    }
    /// Why this version was served. Null when it was not chosen but looked up.
    async fn why_chosen(&self) -> Option<String> {
        self.reason.map(|reason| reason.to_string())
    }
    /// The pages that the lesson rests on or points to.
    async fn sources(&self) -> Result<Vec<LessonSource>> {
        let document = self.lesson.document().map_err(|error| internal(&error))?;
        let source =
            |source: &super::document::Source| LessonSource { title: source.title.clone(), url: source.url.clone() };
        Ok(document.sources().map(source).collect())
    }
    /// What it cost to write. Null when nothing was paid for it, as for lessons of the starter library.
    async fn cost(&self, ctx: &Context<'_>) -> Result<Option<Cost>> {
        let Some(run) = self.lesson.origin.run_id else { return Ok(None) };
        let spent = app(ctx).ledger.spent(run).await.or_error()?;
        Ok((spent.calls > 0).then(|| Cost {
            nano_dollars: spent.cost_nano_dollars,
            dollars: spent.cost_nano_dollars.map(crate::money::prices::dollars),
            input_tokens: spent.input_tokens,
            output_tokens: spent.output_tokens,
            exact: spent.exact,
            calls: spent.calls,
        }))
    }
}

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
        let lesson_id = progress.ended.and_then(Result::ok).map(ID::from);
        Self { id: progress.run.into(), state, progress: progress.percent, message: progress.message, lesson_id }
    }
}

/// The answer to a request for a lesson.
#[derive(SimpleObject, Default)]
pub struct LessonPayload {
    /// Whether there is a lesson, or one is being written for an asker who did not want to wait.
    success: bool,
    /// What happened, for the learner.
    message: String,
    /// The same for programs, when there is no lesson: `NO_MODEL`, `STYLE_NOT_READY`, `GENERATION_FAILED`, ….
    code: Option<&'static str>,
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
                message: format!("Here is your lesson: {}.", served.reason),
                lesson: Some(LessonObject { lesson: served.lesson, reason: Some(served.reason) }),
                was_cached,
                ..Self::default()
            },
            Answer::Writing { run, progress } => Self {
                success: true,
                message: "Your lesson is being written.".to_owned(),
                generation: Some(Generation::from(RunProgress::running(run, progress))),
                ..Self::default()
            },
        }
    }
}

/// The code of a failed run, or the error that the API shows when the server itself failed.
fn failure(error: &GenerationError) -> Result<&'static str> {
    match error {
        GenerationError::Storage(error) => Err(internal(error)),
        error => Ok(error.code()),
    }
}

fn request(
    step_title: String,
    learning_style: LearningStyle,
    lesson_number: i64,
    rest: (Option<Difficulty>, Option<String>, bool),
) -> Result<LessonRequest> {
    let (difficulty, language, research) = rest;
    let mut request = LessonRequest::new(StepTitle::parse(step_title).or_error()?, learning_style);
    request.lesson_number = LessonNumber::try_from(lesson_number).or_error()?;
    request.difficulty = difficulty.unwrap_or(request.difficulty);
    if let Some(language) = language {
        request.language = language.parse::<Language>().or_error()?;
    }
    request.research = research;
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
        #[graphql(desc = "Which lesson on the topic, from 1.", default = 1)] lesson_number: i64,
        #[graphql(desc = "`beginner` (the default), `intermediate` or `advanced`.")] difficulty: Option<Difficulty>,
        #[graphql(desc = "The language as a BCP 47 tag; `en` by default.")] language: Option<String>,
        #[graphql(desc = "Whether to research sources first.", default = false)] research: bool,
        #[graphql(desc = "Whether to wait until it is written.", default = true)] wait: bool,
    ) -> Result<LessonPayload> {
        let request = request(step_title, learning_style, lesson_number, (difficulty, language, research))?;
        let by = viewer(ctx)?.person().map(|person| person.id);
        let (message, code) =
            match get_or_generate::get_or_generate(app(ctx), Ask { request, by, wait, counts: true }).await {
                Ok(answer) => return Ok(LessonPayload::from_answer(answer)),
                Err(GetOrGenerateError::Storage(error)) => return Err(internal(&*error)),
                Err(GetOrGenerateError::NoAuthor(error)) => (error.to_string(), error.code()),
                Err(GetOrGenerateError::Generation(error)) => (error.to_string(), failure(&error)?),
            };
        Ok(LessonPayload { message, code: Some(code), ..LessonPayload::default() })
    }

    /// One version by its number; null when there is none. Looking a version up is not counted as a view.
    #[graphql(complexity = "5 + child_complexity")]
    async fn get_lesson_by_id(&self, ctx: &Context<'_>, lesson_id: ID) -> Result<Option<LessonObject>> {
        let Ok(id) = lesson_id.parse() else { return Ok(None) };
        Ok(versions::by_id(app(ctx), id).await.or_error()?.map(LessonObject::new))
    }

    /// All versions of a lesson, newest first, at most 100; none when nobody asked for it yet.
    #[graphql(complexity = "20 + child_complexity")]
    #[expect(clippy::too_many_arguments, reason = "these are the arguments of the API's field")]
    async fn get_lesson_versions(
        &self,
        ctx: &Context<'_>,
        step_title: String,
        learning_style: LearningStyle,
        #[graphql(default = 1)] lesson_number: i64,
        difficulty: Option<Difficulty>,
        language: Option<String>,
        #[graphql(default = false)] research: bool,
    ) -> Result<Vec<LessonObject>> {
        let request = request(step_title, learning_style, lesson_number, (difficulty, language, research))?;
        let lessons = versions::of_request(app(ctx), &request).await.or_error()?;
        Ok(lessons.into_iter().map(LessonObject::new).collect())
    }

    /// The keys of a request, without asking for the lesson.
    async fn lesson_key(
        &self,
        step_title: String,
        learning_style: LearningStyle,
        #[graphql(default = 1)] lesson_number: i64,
        difficulty: Option<Difficulty>,
        language: Option<String>,
    ) -> Result<LessonKey> {
        let request = request(step_title, learning_style, lesson_number, (difficulty, language, false))?;
        Ok(LessonKey {
            cache_key: super::key::cache_key(&request),
            lookup_key: LookupKey::of(&request).to_string(),
            canonical_title: request.step_title.canonical().to_owned(),
        })
    }

    /// Where the writing of a lesson stands; null when there is no such run.
    async fn generation(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Generation>> {
        let Ok(run) = id.parse::<RunId>() else { return Ok(None) };
        Ok(progress::of_run(app(ctx), run).await.or_error()?.map(Generation::from))
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

/// What can be done with lessons.
pub struct LessonMutations;

/// Which lesson to write again, and why.
#[derive(InputObject)]
pub struct RegenerateLessonInput {
    /// The lesson that was found wanting.
    lesson_id: ID,
    /// What the new version should do better, at most 500 characters.
    #[graphql(default)]
    reason: String,
}

/// The answer to a request for a new version.
#[derive(SimpleObject)]
pub struct RegeneratePayload {
    /// Whether there is a new version.
    success: bool,
    /// What happened, for the learner.
    message: String,
    /// The same for programs, when there is none.
    code: Option<&'static str>,
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

    /// Has a new version written. The old ones stay. For signed-in learners.
    #[graphql(complexity = "100 + child_complexity")]
    async fn regenerate_lesson(&self, ctx: &Context<'_>, input: RegenerateLessonInput) -> Result<RegeneratePayload> {
        let viewer = viewer(ctx)?;
        let person = viewer.require().or_error()?;
        let Ok(id) = input.lesson_id.parse::<LessonId>() else {
            return Err(Code::NotFound.error(RegenerateError::NotFound));
        };
        let (message, code) = match regenerate::regenerate(app(ctx), person, id, &input.reason).await {
            Ok(done) => {
                return Ok(RegeneratePayload {
                    success: true,
                    message: format!("Version {} is there.", done.new.version),
                    code: None,
                    old_lesson: Some(LessonObject::new(done.old)),
                    new_lesson: Some(LessonObject::new(done.new)),
                });
            }
            Err(error @ RegenerateError::NotFound) => (error.to_string(), Code::NotFound.as_str()),
            Err(error @ (RegenerateError::ReasonTooLong(_) | RegenerateError::ReasonControlCharacter)) => {
                return Err(Code::InvalidInput.error(error));
            }
            Err(RegenerateError::NoAuthor(error)) => (error.to_string(), error.code()),
            Err(RegenerateError::Generation(error)) => (error.to_string(), failure(&error)?),
            Err(RegenerateError::Storage(error)) => return Err(internal(&error)),
        };
        Ok(RegeneratePayload { success: false, message, code: Some(code), old_lesson: None, new_lesson: None })
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
        Ok(futures::StreamExt::map(follow, Generation::from))
    }
}

fn app<'a>(ctx: &Context<'a>) -> &'a App {
    ctx.data_unchecked()
}
