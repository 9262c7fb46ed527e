//! A lesson in the GraphQL API.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use crate::accounts::graphql::viewer;
use crate::api::errors::{OrError, internal};
use crate::lessons::changes::changes;
use crate::lessons::document::Source;
use crate::lessons::lesson::{Lesson, Served};
use crate::lessons::request::{Difficulty, LearningStyle};
use crate::lessons::versions;
use crate::money::prices::dollars;
use crate::reports::graphql::{BlockReport, BlockReportCount};
use crate::reports::open_reports;
use crate::voting::approval::approval;
use crate::voting::ranking::Reason;

use super::app;
use super::changes::LessonChanges;
use super::checks::LessonCheck;
use super::content::Content;
use super::profile::LearnerProfile;

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

impl From<Served> for LessonObject {
    fn from(served: Served) -> Self {
        Self { lesson: served.lesson, reason: Some(served.reason) }
    }
}

/// What a version cost to write, and what it has saved since.
#[derive(SimpleObject)]
pub struct Cost {
    /// In billionths of a dollar, as text since it may not fit an `Int`; null when the price of the model is not known.
    nano_dollars: Option<String>,
    /// In dollars, as text, such as `0.001234000`.
    dollars: Option<String>,
    /// What it saved: its cost for each view after the first, in billionths of a dollar; null when the cost is not known.
    saved_nano_dollars: Option<String>,
    /// The same in dollars.
    saved_dollars: Option<String>,
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
    /// An `https` or `http` address, or `document:ID` for a document that the server's operator has added.
    url: String,
    /// The site that it stands on.
    site: Option<String>,
    /// The licence of its text.
    licence: Option<String>,
    /// The day on which it was read, `YYYY-MM-DD`.
    read_on: Option<String>,
    /// The page of a document that has pages.
    page: Option<u32>,
}

impl From<&Source> for LessonSource {
    fn from(source: &Source) -> Self {
        let Source { title, url, site, licence, read_on, page } = source.clone();
        Self { title, url, site, licence, read_on, page }
    }
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
        Content::new(self.lesson.content.clone())
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
    /// Whom it was written for. Null when it is for everybody.
    async fn written_for(&self) -> Option<LearnerProfile> {
        LearnerProfile::of(&self.lesson.request.profile)
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
        Ok(document.sources().map(LessonSource::from).collect())
    }
    /// How many reports are open for each of its blocks, by kind.
    #[graphql(complexity = "5 + child_complexity")]
    async fn reports(&self, ctx: &Context<'_>) -> Result<Vec<BlockReportCount>> {
        let counts = open_reports::counts(app(ctx), self.lesson.id).await.or_error()?;
        Ok(counts.into_iter().map(BlockReportCount::from).collect())
    }
    /// The open reports of its blocks with what they say, newest first, at most 200. For mentors.
    #[graphql(complexity = "5 + child_complexity")]
    async fn open_reports(&self, ctx: &Context<'_>) -> Result<Option<Vec<BlockReport>>> {
        let mentor = viewer(ctx)?.mentor().or_error()?;
        let reports = open_reports::for_mentor(app(ctx), &mentor, self.lesson.id).await.or_error()?;
        Ok(Some(reports.into_iter().map(BlockReport::from).collect()))
    }
    /// What changed in it since another version of the same lesson; null when there is no such version.
    #[graphql(complexity = "10 + child_complexity")]
    async fn changes_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The other version's number, from 1.")] version: i64,
    ) -> Result<Option<LessonChanges>> {
        let Some(other) = versions::by_number(app(ctx), &self.lesson.request, version).await.or_error()? else {
            return Ok(None);
        };
        let document = |lesson: &Lesson| lesson.document().map_err(|error| internal(&error));
        Ok(Some(changes(&document(&other)?, &document(&self.lesson)?).into()))
    }
    /// What was checked before it was published. Empty for versions of earlier programs, whose checks were not kept, and for
    /// lessons of the starter library, which are checked by the project's own tests.
    async fn checks(&self) -> Vec<LessonCheck> {
        self.lesson.origin.checks.results.iter().map(LessonCheck::from).collect()
    }
    /// What it cost to write, and what it saved. Null when nothing was paid for it, as for lessons of the starter library.
    async fn cost(&self, ctx: &Context<'_>) -> Result<Option<Cost>> {
        let Some(run) = self.lesson.origin.run_id else { return Ok(None) };
        let spent = app(ctx).ledger.spent(run).await.or_error()?;
        let saved = spent.saved_nano_dollars(versions::views_now(app(ctx), &self.lesson));
        Ok((spent.calls > 0).then(|| Cost {
            nano_dollars: spent.cost_nano_dollars.map(|cost| cost.to_string()),
            dollars: spent.cost_nano_dollars.map(dollars),
            saved_nano_dollars: saved.map(|saved| saved.to_string()),
            saved_dollars: saved.map(dollars),
            input_tokens: spent.input_tokens,
            output_tokens: spent.output_tokens,
            exact: spent.exact,
            calls: spent.calls,
        }))
    }
}
